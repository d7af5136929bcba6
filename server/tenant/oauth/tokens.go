package oauth

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"

	"twinlock/server/tenant/action"
	"twinlock/server/tenant/fault"
	"twinlock/server/tenant/leftout"
)

// Auth0's texts for an invalid grant; auth0-spa-js looks for "invalid refresh token".
const (
	invalidCode    = "Invalid authorization code"
	invalidRefresh = "Unknown or invalid refresh token."
)

// VerifyClient implements op.Server.
func (s *opServer) VerifyClient(ctx context.Context, r *op.Request[op.ClientCredentials]) (op.Client, error) {
	if r.Form.Get("grant_type") == GrantClientCredentials {
		return s.machineClient(r.Data.ClientID, r.Data.ClientSecret)
	}
	if err := s.checkSettings(r); err != nil {
		return nil, err
	}
	client, err := s.LegacyServer.VerifyClient(ctx, r)
	if err != nil {
		return nil, unknownClient(r.Form)
	}
	return client, nil
}

// unknownClient is the error for a client that there is not, and for a wrong secret. The
// token endpoint's was reported: https://github.com/auth0/express-openid-connect/issues/363.
// Of revocation, which has no grant, the code is documented:
// https://auth0.com/docs/api/authentication/revoke-refresh-token/revoke-refresh-token
func unknownClient(form url.Values) error {
	if form.Get("grant_type") == "" {
		return machineError(http.StatusUnauthorized, oidc.ErrInvalidClient(), "Unknown or invalid client")
	}
	return machineError(http.StatusUnauthorized, oidc.ErrAccessDenied(), "Unauthorized")
}

// refuseOtherGrants answers requests for grants that are left out, as ones that the client is not allowed:
// the provider knows only some.
func (s *opServer) refuseOtherGrants(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != endpoints.Token.Relative() || !leftout.IsGrant(r.FormValue("grant_type")) {
			next.ServeHTTP(w, r)
			return
		}
		sent := op.ClientCredentials{ClientID: r.FormValue("client_id"), ClientSecret: r.FormValue("client_secret")}
		if id, secret, ok := r.BasicAuth(); ok {
			sent.ClientID, sent.ClientSecret = id, secret
		}
		err := s.checkSettings(&op.Request[op.ClientCredentials]{Form: r.Form, Data: &sent})
		if err == nil {
			err = unknownClient(r.Form)
		}
		op.WriteError(w, r, err, nil)
	})
}

// checkSettings refuses what the client's settings do not allow.
func (s *opServer) checkSettings(r *op.Request[op.ClientCredentials]) error {
	client, known := s.provider.Client(r.Data.ClientID)
	grant := r.Form.Get("grant_type")
	switch {
	case !known:
	case client.Secret != "" && r.Data.ClientSecret == "":
		// As was reported of a client whose authentication method is not none:
		// https://github.com/auth0/auth0-spa-js/issues/454
		return unknownClient(r.Form)
	case grant != "" && !client.allows(grant):
		// https://github.com/auth0/auth0-java/issues/165
		return machineError(http.StatusForbidden, oidc.ErrUnauthorizedClient(), "Grant type '%s' not allowed for the client.", grant)
	}
	return nil
}

// CodeExchange implements op.Server. One after the other: a second use of a code ends the
// tokens of the first, and must find all of them.
func (s *opServer) CodeExchange(ctx context.Context, r *op.ClientRequest[oidc.AccessTokenRequest]) (*op.Response,
	error) {
	s.exchanges.Lock()
	defer s.exchanges.Unlock()
	answer, err := s.LegacyServer.CodeExchange(ctx, r)
	if err != nil {
		return nil, forbidden(err, invalidCode)
	}
	return s.shape(ctx, answer)
}

// RefreshToken implements op.Server.
func (s *opServer) RefreshToken(ctx context.Context, r *op.ClientRequest[oidc.RefreshTokenRequest]) (*op.Response,
	error) {
	answer, err := s.LegacyServer.RefreshToken(ctx, r)
	if err != nil {
		return nil, forbidden(err, invalidRefresh)
	}
	return s.shape(ctx, answer)
}

// UserInfo implements op.Server.
func (s *opServer) UserInfo(ctx context.Context, r *op.Request[oidc.UserInfoRequest]) (*op.Response, error) {
	answer, err := s.LegacyServer.UserInfo(ctx, r)
	if err != nil {
		return nil, op.NewStatusError(oidc.ErrAccessDenied().WithDescription("Unauthorized"), http.StatusUnauthorized)
	}
	return answer, nil
}

// forbidden gives an invalid grant Auth0's status and text.
func forbidden(err error, text string) error {
	answer := oidc.DefaultToServerError(err, "the token could not be issued")
	if answer.ErrorType != oidc.InvalidGrant {
		return err
	}
	switch answer.Description {
	case "invalid code_verifier":
		text = "Failed to verify code verifier"
	case "redirect_uri does not correspond":
		text = "The redirect URI is not the one of the authorization request."
	}
	return op.NewStatusError(oidc.ErrInvalidGrant().WithDescription("%s", text), http.StatusForbidden)
}

// shape turns the provider's tokens into Auth0's: other claims, an opaque access token
// if no audience was asked for, an ID token only with openid.
func (s *opServer) shape(ctx context.Context, answer *op.Response) (*op.Response, error) {
	tokens, ok := answer.Data.(*oidc.AccessTokenResponse)
	if !ok {
		return nil, fmt.Errorf("shape tokens: unexpected %T", answer.Data)
	}
	claims, err := claimsOf(tokens.AccessToken)
	if err != nil {
		return nil, err
	}
	id, _ := claims["jti"].(string)
	g, ok := s.provider.storage.access.Get(id)
	if !ok {
		return nil, fmt.Errorf("shape tokens: %w", errGrant)
	}
	if !slices.Contains(g.scopes, oidc.ScopeOpenID) {
		tokens.IDToken = ""
	}
	if err := s.provider.reshape(ctx, tokens, g); err != nil {
		return nil, err
	}
	answer.Header.Set("Cache-Control", "no-store")
	answer.Header.Set("Pragma", "no-cache")
	return answer, nil
}

// reshape replaces the tokens that there are.
func (p *Provider) reshape(ctx context.Context, tokens *oidc.AccessTokenResponse, g grant) error {
	if tokens.AccessToken != "" {
		claims, err := claimsOf(tokens.AccessToken)
		if err != nil {
			return err
		}
		if tokens.AccessToken, err = p.accessToken(g, claims); err != nil {
			return err
		}
		tokens.ExpiresIn = uint64(p.storage.accessTTL(g).Seconds())
	}
	if tokens.IDToken != "" {
		claims, err := claimsOf(tokens.IDToken)
		if err != nil {
			return err
		}
		if tokens.IDToken, err = p.idToken(g, claims, tokens.AccessToken, fault.FlawOf(ctx)); err != nil {
			return err
		}
	}
	return nil
}

// FrontChannelTokens returns the tokens with which the authorization endpoint itself
// answers the request; those that it does not want are empty.
func (p *Provider) FrontChannelTokens(ctx context.Context, request *Request) (*oidc.AccessTokenResponse, error) {
	owner := p.config.Users.Owner(request.Identity)
	if owner == nil {
		return nil, fmt.Errorf("tokens: %w", errGrant)
	}
	request.subject = owner.ID()
	client := opClient{p.storage.clients[request.GetClientID()]}
	tokens, err := op.CreateTokenResponse(ctx, request, client, p.op, request.Wants("token"), "", "")
	if err != nil {
		return nil, fmt.Errorf("tokens: %w", err)
	}
	if !request.Wants("id_token") {
		tokens.IDToken = ""
	}
	if err := p.reshape(ctx, tokens, request.grant()); err != nil {
		return nil, fmt.Errorf("tokens: %w", err)
	}
	return tokens, nil
}

func (p *Provider) accessToken(g grant, claims map[string]any) (string, error) {
	if len(g.audience) == 0 {
		id, _ := claims["jti"].(string)
		return op.CreateBearerToken(id, g.subject, p.op.Crypto())
	}
	now := p.config.Now()
	claims["aud"] = g.audience
	if len(g.audience) == 1 {
		claims["aud"] = g.audience[0]
	}
	claims["azp"] = g.clientID
	claims["scope"] = strings.Join(g.scopes, " ")
	claims["iat"], claims["exp"] = now.Unix(), now.Add(p.storage.accessTTL(g)).Unix()
	delete(claims, "client_id")
	delete(claims, "nbf")
	p.addOrganization(claims, g.organization)
	return p.sign(claims, fault.Flaw{})
}

// idToken has an at_hash only beside an access token in the front channel, as Auth0's
// (OpenID Connect Core, section 3.2.2.10).
func (p *Provider) idToken(g grant, claims map[string]any, accessToken string, flaw fault.Flaw) (string, error) {
	now := p.config.Now()
	claims["aud"] = g.clientID
	claims["sid"] = g.session
	claims["iat"], claims["exp"] = now.Unix(), now.Add(p.storage.clients[g.clientID].idTokenTTL()).Unix()
	for _, name := range []string{"azp", "client_id", "at_hash", "c_hash", "amr"} {
		delete(claims, name)
	}
	p.addOrganization(claims, g.organization)
	addFactor(claims, g)
	if !g.timed {
		delete(claims, "auth_time")
	}
	if g.frontChannel && accessToken != "" {
		hash, err := oidc.ClaimHash(accessToken, jose.RS256)
		if err != nil {
			return "", err
		}
		claims["at_hash"] = hash
	}
	if err := p.addCustomClaims(claims, g); err != nil {
		return "", err
	}
	for name, value := range flaw.Claims {
		if claims[name] = value; value == nil {
			delete(claims, name)
		}
	}
	return p.sign(claims, flaw)
}

// addFactor adds the claims of a second factor, which are in an ID token only where the
// person has just been asked: not in a silent one, and not in a refreshed one. That acr is
// there even if acr_values did not ask is in Auth0's example only.
// https://auth0.com/docs/secure/multi-factor-authentication/step-up-authentication/configure-step-up-authentication-for-web-apps
func addFactor(claims map[string]any, g grant) {
	if g.factor {
		claims["acr"], claims["amr"] = MultiFactor, []string{"mfa"}
	}
}

// addCustomClaims adds what the operator's code says of the login. A claim that is there
// already stays.
// https://auth0.com/docs/secure/tokens/json-web-tokens/create-custom-claims
func (p *Provider) addCustomClaims(claims map[string]any, g grant) error {
	u := p.config.Users.Get(g.subject)
	if p.config.PostLogin == nil || u == nil {
		return nil
	}
	custom, err := p.config.PostLogin(action.Login{
		User: u.Represent(), Client: action.Client{ID: g.clientID, Name: p.storage.clients[g.clientID].Name},
		Transaction: action.Transaction{Protocol: g.protocol()},
	})
	for name, value := range custom {
		if _, taken := claims[name]; !taken {
			claims[name] = value
		}
	}
	return err
}
