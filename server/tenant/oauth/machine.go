package oauth

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"

	"twinlock/server/tenant/fault"
)

// machineSuffix marks the subject of a token that no person has asked for.
const machineSuffix = "@clients"

// The failures of client_credentials, with Auth0's texts.
func machineError(status int, of *oidc.Error, text string, args ...any) error {
	return op.NewStatusError(of.WithDescription(text, args...), status)
}

// machineClient authenticates a client for the grant of that name.
func (s *opServer) machineClient(id, secret string) (op.Client, error) {
	client, ok := s.provider.Client(id)
	if ok && !client.allows(GrantClientCredentials) {
		return nil, machineError(http.StatusForbidden, oidc.ErrUnauthorizedClient(),
			"Grant type 'client_credentials' not allowed for the client.")
	}
	if !client.hasSecret(secret) {
		return nil, machineError(http.StatusUnauthorized, oidc.ErrAccessDenied(), "Unauthorized")
	}
	return opClient{client}, nil
}

// ClientCredentialsExchange implements op.Server: a token for the Management
// API with the scopes that the client is granted.
func (s *opServer) ClientCredentialsExchange(ctx context.Context,
	r *op.ClientRequest[oidc.ClientCredentialsRequest]) (*op.Response, error) {
	p := s.provider
	client, _ := p.Client(r.Client.GetID())
	audience := r.Form.Get("audience")
	if audience == "" {
		// As was reported of tenants without a default audience, which this one has not; the
		// status is a guess. https://auth0.com/docs/get-started/tenant-settings
		return nil, machineError(http.StatusForbidden, oidc.ErrAccessDenied(),
			"No audience parameter was provided, and no default audience has been configured")
	}
	if audience != p.config.Issuer.ManagementAPI() {
		return nil, machineError(http.StatusForbidden, oidc.ErrAccessDenied(), "Service not enabled within domain: %s",
			audience)
	}
	if len(client.Scopes) == 0 {
		return nil, machineError(http.StatusForbidden, oidc.ErrAccessDenied(),
			"Client is not authorized to access %q. You need to create a \"client-grant\" associated to this API.", audience)
	}
	scopes := slices.DeleteFunc(slices.Clone(client.Scopes), func(scope string) bool {
		return len(r.Data.Scope) > 0 && !slices.Contains(r.Data.Scope, scope)
	})
	now, ttl := p.config.Now(), client.accessTokenTTL()
	token, err := p.sign(map[string]any{
		"iss": op.IssuerFromContext(ctx), "sub": client.ID + machineSuffix, "aud": audience, "azp": client.ID,
		"gty": "client-credentials",
		"iat": now.Unix(), "exp": now.Add(ttl).Unix(), "scope": strings.Join(scopes, " "),
	}, fault.Flaw{})
	if err != nil {
		return nil, err
	}
	answer := op.NewResponse(&oidc.AccessTokenResponse{
		AccessToken: token, TokenType: oidc.BearerToken, ExpiresIn: uint64(ttl.Seconds()), Scope: scopes})
	answer.Header.Set("Cache-Control", "no-store")
	return answer, nil
}
