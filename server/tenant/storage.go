package tenant

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"

	"twinlock/server/tenant/directory"
	"twinlock/server/tenant/expiring"
	"twinlock/server/tenant/keyring"
)

// How long the tenant remembers what is under way.
const (
	requestTTL = 30 * time.Minute // to sign in
	codeTTL    = 5 * time.Minute
	sessionTTL = 72 * time.Hour // the vendor's idle limit
)

// errGrant is what the provider turns into invalid_grant.
var errGrant = errors.New("unknown, used or expired")

// storage is what the OpenID provider keeps between two requests.
type storage struct {
	clients   map[string]opClient
	directory *directory.Directory
	keys      *keyring.Ring
	now       func() time.Time

	requests *expiring.Map[authRequest]  // by id
	codes    *expiring.Map[string]       // request id by code
	sessions *expiring.Map[session]      // by the cookie's value
	access   *expiring.Map[grant]        // by access token id
	refresh  *expiring.Map[refreshToken] // by refresh token
	tickets  *expiring.Map[ticket]       // by the value in a message's link
	logins   *expiring.Map[loginTicket]  // by the ticket of /co/authenticate
	hosted   *expiring.Map[hostedLogin]  // by the form's wresult
}

func newStorage(clients []Client, users *directory.Directory, keys *keyring.Ring, now func() time.Time) *storage {
	s := &storage{
		clients:   map[string]opClient{},
		directory: users,
		keys:      keys,
		now:       now,
		requests:  expiring.New[authRequest](now, requestTTL, expiring.DefaultLimit),
		codes:     expiring.New[string](now, codeTTL, expiring.DefaultLimit),
		sessions:  expiring.New[session](now, sessionTTL, expiring.DefaultLimit),
		access:    expiring.New[grant](now, longest(clients, opClient.accessTokenTTL), expiring.DefaultLimit),
		refresh:   expiring.New[refreshToken](now, longest(clients, opClient.refreshTTL), expiring.DefaultLimit),
		tickets:   expiring.New[ticket](now, ticketTTL, expiring.DefaultLimit),
		logins:    expiring.New[loginTicket](now, coTTL, expiring.DefaultLimit),
		hosted:    expiring.New[hostedLogin](now, coTTL, expiring.DefaultLimit),
	}
	for _, c := range clients {
		s.clients[c.ID] = opClient{c}
	}
	return s
}

// longest is the longest lifetime that a client gives its tokens. Each token
// has an end of its own besides.
func longest(clients []Client, lifetime func(opClient) time.Duration) time.Duration {
	var most time.Duration
	for _, c := range clients {
		most = max(most, lifetime(opClient{c}))
	}
	return most
}

// forget ends every session and all that is under way.
func (s *storage) forget() {
	s.requests.Clear()
	s.codes.Clear()
	s.sessions.Clear()
	s.access.Clear()
	s.refresh.Clear()
	s.tickets.Clear()
	s.logins.Clear()
	s.hosted.Clear()
}

// endSessions signs the identity out of every browser.
func (s *storage) endSessions(identity string) {
	s.sessions.DeleteFunc(func(of session) bool { return of.identity == identity })
}

// A grant is what a client was given on behalf of a user.
type grant struct {
	issuer   string
	clientID string
	subject  string
	session  string // the sid claim
	audience []string
	scopes   []string
	authTime time.Time

	frontChannel bool      // answered by the authorization endpoint: implicit
	until        time.Time // of an access token
}

func (s *storage) accessTTL(g grant) time.Duration {
	c := s.clients[g.clientID]
	if g.frontChannel {
		return c.implicitTTL()
	}
	return c.accessTokenTTL()
}

// A refreshToken of a family that is used twice ends the family
// (RFC 9700, section 4.14.2).
type refreshToken struct {
	grant
	family string
	until  time.Time // the end of the family, however often it is used
	usedAt time.Time // zero: not yet
}

// refreshRequest is the provider's view of a refreshToken.
type refreshRequest struct{ refreshToken }

func (r *refreshRequest) GetAMR() []string                { return nil }
func (r *refreshRequest) GetAudience() []string           { return r.audience }
func (r *refreshRequest) GetAuthTime() time.Time          { return r.authTime }
func (r *refreshRequest) GetClientID() string             { return r.clientID }
func (r *refreshRequest) GetScopes() []string             { return r.scopes }
func (r *refreshRequest) GetSubject() string              { return r.subject }
func (r *refreshRequest) SetCurrentScopes(scope []string) { r.scopes = scope }

func grantOf(request op.TokenRequest) (grant, error) {
	switch r := request.(type) {
	case *authRequest:
		return r.grant(), nil
	case *refreshRequest:
		return r.grant, nil
	}
	return grant{}, fmt.Errorf("no grant for a %T", request)
}

// A draftKey signs what the provider makes before tokens.go gives it Auth0's claims
// and signs it anew: an RSA signature that nobody sees would double the work. No key
// of the tenant verifies it.
type draftKey struct{}

var _, draftPrivate, _ = ed25519.GenerateKey(nil)

func (draftKey) ID() string                                  { return "draft" }
func (draftKey) Key() any                                    { return draftPrivate }
func (draftKey) SignatureAlgorithm() jose.SignatureAlgorithm { return jose.EdDSA }

// SigningKey implements op.AuthStorage.
func (s *storage) SigningKey(context.Context) (op.SigningKey, error) { return draftKey{}, nil }

// SignatureAlgorithms implements op.AuthStorage.
func (s *storage) SignatureAlgorithms(context.Context) ([]jose.SignatureAlgorithm, error) {
	return []jose.SignatureAlgorithm{jose.RS256}, nil
}

// KeySet implements op.AuthStorage.
func (s *storage) KeySet(context.Context) ([]op.Key, error) { return s.keys.KeySet(), nil }

// CreateAuthRequest implements op.AuthStorage. The authorization endpoint
// (authorize.go) does this itself, because it knows the vendor's parameters.
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

// AuthRequestByCode implements op.AuthStorage. A code is gone after its first
// use, also when that use failed: of two that race only one gets tokens.
func (s *storage) AuthRequestByCode(ctx context.Context, code string) (op.AuthRequest, error) {
	id, ok := s.codes.Pop(code)
	if !ok {
		return nil, errGrant
	}
	r, ok := s.requests.Pop(id)
	if !ok || r.issuer != op.IssuerFromContext(ctx) {
		return nil, errGrant
	}
	// The identity may have been linked since: it signs in to its user of now.
	owner := s.directory.Owner(r.identity)
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
func (s *storage) CreateAccessAndRefreshTokens(ctx context.Context, request op.TokenRequest, current string) (string, string, time.Time, error) {
	g, err := grantOf(request)
	if err != nil {
		return "", "", time.Time{}, err
	}
	client := s.clients[g.clientID]
	next := refreshToken{grant: g, family: rand.Text(), until: s.now().Add(client.refreshTTL())}
	if current != "" {
		before, err := s.spend(current)
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

// spend marks the refresh token as used. If it was, its family ends.
func (s *storage) spend(token string) (refreshToken, error) {
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

// usable tells whether the token is young and has not been used, or so lately
// that the client may not have got the answer.
func (s *storage) usable(r refreshToken) bool {
	if !s.now().Before(r.until) {
		return false
	}
	leeway := s.clients[r.clientID].RefreshTokens.Leeway.Duration()
	return r.usedAt.IsZero() || s.now().Before(r.usedAt.Add(leeway))
}

func (s *storage) revokeFamily(family string) {
	s.refresh.DeleteFunc(func(r refreshToken) bool { return r.family == family })
}

// revokeSubject ends the grants of a user that is no more. They must not live
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
	if u := s.directory.Get(r.subject); u == nil || u.Blocked {
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

// RevokeToken implements op.AuthStorage. Access tokens cannot be revoked at the
// vendor; a refresh token takes its family along.
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
	return c, nil
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
func (s *storage) SetUserinfoFromRequest(_ context.Context, info *oidc.UserInfo, request op.IDTokenRequest, scopes []string) error {
	return s.describe(info, request.GetSubject(), scopes)
}

// SetUserinfoFromToken fills the answer of the userinfo endpoint.
func (s *storage) SetUserinfoFromToken(ctx context.Context, info *oidc.UserInfo, tokenID, subject, _ string) error {
	g, ok := s.access.Get(tokenID)
	if !ok || g.issuer != op.IssuerFromContext(ctx) || !s.now().Before(g.until) || g.subject != subject || !slices.Contains(g.scopes, oidc.ScopeOpenID) {
		return errGrant
	}
	return s.describe(info, subject, g.scopes)
}

// describe puts the claims of the vendor into info: as extra claims, because
// the provider's own fields leave out email_verified when it is false.
func (s *storage) describe(info *oidc.UserInfo, subject string, scopes []string) error {
	u := s.directory.Get(subject)
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
func (s *storage) SetIntrospectionFromToken(context.Context, *oidc.IntrospectionResponse, string, string, string) error {
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
