package oauth

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"

	"twinlock/server/tenant/directory"
	"twinlock/server/tenant/expiring"
	"twinlock/server/tenant/keyring"
)

// How long the provider remembers what is under way.
const (
	requestTTL = 30 * time.Minute // to sign in
	codeTTL    = 5 * time.Minute
)

// errGrant is what the provider turns into invalid_grant.
var errGrant = errors.New("unknown, used or expired")

// storage has what the provider needs between two requests. It implements op.Storage.
type storage struct {
	clients map[string]Client
	users   *directory.Directory
	keys    *keyring.Ring
	now     func() time.Time

	requests *expiring.Map[Request]      // by id
	codes    *expiring.Map[string]       // request id by code
	spent    *expiring.Map[string]       // the same, of codes that have been used
	access   *expiring.Map[grant]        // by access token id
	refresh  *expiring.Map[refreshToken] // by refresh token
}

func newStorage(c Config) *storage {
	s := &storage{
		clients:  map[string]Client{},
		users:    c.Users,
		keys:     c.Keys,
		now:      c.Now,
		requests: expiring.New[Request](c.Now, requestTTL, expiring.DefaultLimit),
		codes:    expiring.New[string](c.Now, codeTTL, expiring.DefaultLimit),
		spent:    expiring.New[string](c.Now, tokensTTL(c.Clients), expiring.DefaultLimit),
		access:   expiring.New[grant](c.Now, longest(c.Clients, Client.accessTokenTTL), expiring.DefaultLimit),
		refresh:  expiring.New[refreshToken](c.Now, longest(c.Clients, Client.refreshTTL), expiring.DefaultLimit),
	}
	for _, client := range c.Clients {
		s.clients[client.ID] = client
	}
	return s
}

// longest returns the longest lifetime that a client gives its tokens. Each token has
// an end of its own besides.
func longest(clients []Client, lifetime func(Client) time.Duration) time.Duration {
	var most time.Duration
	for _, c := range clients {
		most = max(most, lifetime(c))
	}
	return most
}

// tokensTTL returns for how long something that came of a code may live: the last access
// token of the last refresh token. So long a second use of the code ends it; Auth0's
// documentation names no limit.
// https://auth0.com/docs/secure/tokens/refresh-tokens/refresh-token-rotation
func tokensTTL(clients []Client) time.Duration {
	return longest(clients, Client.refreshTTL) + longest(clients, Client.accessTokenTTL)
}

// clear forgets all that is under way, and every token.
func (s *storage) clear() {
	s.requests.Clear()
	s.codes.Clear()
	s.spent.Clear()
	s.access.Clear()
	s.refresh.Clear()
}

func (s *storage) accessTTL(g grant) time.Duration {
	c := s.clients[g.clientID]
	if g.frontChannel {
		return c.implicitTTL()
	}
	return c.accessTokenTTL()
}

// CreateAuthRequest implements op.AuthStorage. The authorization endpoint
// does this itself, because it knows Auth0's parameters; see ReadRequest.
func (s *storage) CreateAuthRequest(context.Context, *oidc.AuthRequest, string) (op.AuthRequest, error) {
	return nil, errors.ErrUnsupported
}

// AuthRequestByID implements op.AuthStorage.
func (s *storage) AuthRequestByID(_ context.Context, id string) (op.AuthRequest, error) {
	r, ok := s.requests.Get(id)
	if !ok {
		return nil, errGrant
	}
	return &r, nil
}

// SaveAuthCode implements op.AuthStorage.
func (s *storage) SaveAuthCode(_ context.Context, id, code string) error {
	s.codes.Put(code, id)
	return nil
}

// AuthRequestByCode implements op.AuthStorage. A code ends with its first
// use, even one that fails: of two clients with one code only one gets tokens.
func (s *storage) AuthRequestByCode(ctx context.Context, code string) (op.AuthRequest, error) {
	id, ok := s.codes.Pop(code)
	if !ok {
		s.revokeTokensOf(code)
		return nil, errGrant
	}
	s.spent.Put(code, id)
	r, ok := s.requests.Pop(id)
	if !ok || r.Issuer != op.IssuerFromContext(ctx) {
		return nil, errGrant
	}
	// The identity may have been linked since: it signs in to the user that has it now.
	owner := s.users.Owner(r.Identity)
	if owner == nil || owner.Blocked {
		return nil, errGrant
	}
	r.subject = owner.ID()
	return &r, nil
}

// DeleteAuthRequest implements op.AuthStorage.
func (s *storage) DeleteAuthRequest(_ context.Context, id string) error {
	s.requests.Pop(id)
	return nil
}

// CreateAccessToken implements op.AuthStorage.
func (s *storage) CreateAccessToken(_ context.Context, request op.TokenRequest) (string, time.Time, error) {
	g, err := grantOf(request)
	if err != nil {
		return "", time.Time{}, err
	}
	id := rand.Text()
	g.until = s.now().Add(s.accessTTL(g))
	s.access.Put(id, g)
	return id, g.until, nil
}

// CreateAccessAndRefreshTokens implements op.AuthStorage.
func (s *storage) CreateAccessAndRefreshTokens(ctx context.Context, request op.TokenRequest, current string) (string,
	string, time.Time, error) {
	g, err := grantOf(request)
	if err != nil {
		return "", "", time.Time{}, err
	}
	client := s.clients[g.clientID]
	next := refreshToken{grant: g, family: rand.Text(), until: s.now().Add(client.refreshTTL())}
	next.factor = false // an ID token of a refresh token has no amr, see addFactor
	if current != "" {
		before, err := s.use(current)
		if err != nil {
			return "", "", time.Time{}, oidc.ErrInvalidGrant().WithParent(err)
		}
		// The scopes first granted: fewer may be asked for once without losing the others.
		next.family, next.scopes, next.until = before.family, before.scopes, before.until
	}
	id, expiry, err := s.CreateAccessToken(ctx, request)
	if err != nil {
		return "", "", time.Time{}, err
	}
	if current != "" && client.RefreshTokens.NonRotating {
		return id, "", expiry, nil
	}
	token := "v1." + rand.Text() + rand.Text()
	s.refresh.Put(token, next)
	return id, token, expiry, nil
}

// use marks the refresh token as used. If it was already, its family ends.
func (s *storage) use(token string) (refreshToken, error) {
	var before refreshToken
	ok := s.refresh.Update(token, func(r *refreshToken) {
		before = *r
		if r.usedAt.IsZero() && !s.clients[r.clientID].RefreshTokens.NonRotating {
			r.usedAt = s.now()
		}
	})
	if !ok || !s.usable(before) {
		s.revokeFamily(before.family)
		return refreshToken{}, errGrant
	}
	return before, nil
}

// usable reports whether the token is still valid and has not been used, or so short a
// time ago that the answer may not have reached the client.
func (s *storage) usable(r refreshToken) bool {
	if !s.now().Before(r.until) {
		return false
	}
	return r.usedAt.IsZero() || s.now().Before(r.usedAt.Add(s.clients[r.clientID].RefreshTokens.Leeway.Duration()))
}

func (s *storage) revokeFamily(family string) {
	s.refresh.DeleteFunc(func(r refreshToken) bool { return r.family == family })
}

// revokeTokensOf ends the tokens that a code was exchanged for, when it comes a second time (RFC
// 6749, section 4.1.2).
func (s *storage) revokeTokensOf(code string) {
	if id, used := s.spent.Get(code); used {
		s.access.DeleteFunc(func(g grant) bool { return g.request == id })
		s.refresh.DeleteFunc(func(r refreshToken) bool { return r.request == id })
	}
}

// revokeSubject ends the grants of a user that has been removed. They must not be valid
// again when unlinking makes a new user with the same id.
func (s *storage) revokeSubject(subject string) {
	s.access.DeleteFunc(func(g grant) bool { return g.subject == subject })
	s.refresh.DeleteFunc(func(r refreshToken) bool { return r.subject == subject })
}

// TokenRequestByRefreshToken implements op.AuthStorage.
func (s *storage) TokenRequestByRefreshToken(ctx context.Context, token string) (op.RefreshTokenRequest, error) {
	r, ok := s.refresh.Get(token)
	if !ok || r.issuer != op.IssuerFromContext(ctx) {
		return nil, errGrant
	}
	if !s.usable(r) {
		s.revokeFamily(r.family)
		return nil, errGrant
	}
	if u := s.users.Get(r.subject); u == nil || u.Blocked {
		return nil, errGrant // linked to another user since, or blocked
	}
	return &refreshRequest{r}, nil
}

// GetRefreshTokenInfo implements op.AuthStorage.
func (s *storage) GetRefreshTokenInfo(ctx context.Context, clientID, token string) (string, string, error) {
	r, ok := s.refresh.Get(token)
	if !ok || r.clientID != clientID || r.issuer != op.IssuerFromContext(ctx) {
		return "", "", op.ErrInvalidRefreshToken
	}
	return r.subject, token, nil
}

// RevokeToken implements op.AuthStorage. Auth0 cannot revoke access
// tokens; with a refresh token its family ends.
func (s *storage) RevokeToken(ctx context.Context, token, _, clientID string) *oidc.Error {
	if r, ok := s.refresh.Get(token); ok && r.clientID == clientID && r.issuer == op.IssuerFromContext(ctx) {
		s.revokeFamily(r.family)
	}
	return nil
}

// TerminateSession implements op.AuthStorage. Sessions belong to browsers here:
// the logout endpoint ends the one of its cookie.
func (s *storage) TerminateSession(context.Context, string, string) error { return nil }

// GetClientByClientID implements op.OPStorage.
func (s *storage) GetClientByClientID(_ context.Context, id string) (op.Client, error) {
	c, ok := s.clients[id]
	if !ok {
		return nil, oidc.ErrInvalidClient().WithDescription("Unknown client")
	}
	return opClient{c}, nil
}

// AuthorizeClientIDSecret implements op.OPStorage.
func (s *storage) AuthorizeClientIDSecret(_ context.Context, id, secret string) error {
	if c, ok := s.clients[id]; !ok || !c.hasSecret(secret) {
		return errors.New("wrong secret")
	}
	return nil
}

// SetUserinfoFromScopes implements op.OPStorage; SetUserinfoFromRequest does it.
func (s *storage) SetUserinfoFromScopes(context.Context, *oidc.UserInfo, string, string, []string) error {
	return nil
}

// SetUserinfoFromRequest fills the ID token.
func (s *storage) SetUserinfoFromRequest(_ context.Context, info *oidc.UserInfo, request op.IDTokenRequest,
	scopes []string) error {
	return s.describe(info, request.GetSubject(), scopes)
}

// SetUserinfoFromToken fills the answer of the userinfo endpoint.
func (s *storage) SetUserinfoFromToken(ctx context.Context, info *oidc.UserInfo, tokenID, subject, _ string) error {
	g, ok := s.access.Get(tokenID)
	if !ok || g.issuer != op.IssuerFromContext(ctx) || !s.now().Before(g.until) || g.subject != subject ||
		!slices.Contains(g.scopes, oidc.ScopeOpenID) {
		return errGrant
	}
	return s.describe(info, subject, g.scopes)
}

// describe puts Auth0's claims into info: as extra claims, because the provider's own
// fields leave out email_verified when it is false.
func (s *storage) describe(info *oidc.UserInfo, subject string, scopes []string) error {
	u := s.users.Get(subject)
	if u == nil {
		return errGrant
	}
	info.Subject = subject
	if slices.Contains(scopes, oidc.ScopeProfile) {
		appendClaims(info, u.ProfileClaims())
	}
	if slices.Contains(scopes, oidc.ScopeEmail) {
		appendClaims(info, u.EmailClaims())
	}
	return nil
}

func appendClaims(info *oidc.UserInfo, claims map[string]any) {
	for name, value := range claims {
		info.AppendClaims(name, value)
	}
}

// GetPrivateClaimsFromScopes implements op.OPStorage; tokens.go shapes the claims.
func (s *storage) GetPrivateClaimsFromScopes(context.Context, string, string, []string) (map[string]any, error) {
	return nil, nil
}

// SetIntrospectionFromToken implements op.OPStorage; there is no such endpoint.
func (s *storage) SetIntrospectionFromToken(context.Context, *oidc.IntrospectionResponse, string, string,
	string) error {
	return errors.ErrUnsupported
}

// GetKeyByIDAndClientID implements op.OPStorage; clients have no keys.
func (s *storage) GetKeyByIDAndClientID(context.Context, string, string) (*jose.JSONWebKey, error) {
	return nil, errors.ErrUnsupported
}

// ValidateJWTProfileScopes implements op.OPStorage; there is no such grant.
func (s *storage) ValidateJWTProfileScopes(context.Context, string, []string) ([]string, error) {
	return nil, errors.ErrUnsupported
}

// Health implements op.Storage.
func (s *storage) Health(context.Context) error { return nil }
