package tenant

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

// The failures of client_credentials, with the vendor's texts.
func machineError(status int, of *oidc.Error, text string, args ...any) error {
	return op.NewStatusError(of.WithDescription(text, args...), status)
}

// clientCredentials authenticates a client for the grant of that name.
func (s *server) clientCredentials(id, secret string) (op.Client, error) {
	client, ok := s.tenant.storage.clients[id]
	if ok && !client.allows(GrantClientCredentials) {
		return nil, machineError(http.StatusForbidden, oidc.ErrUnauthorizedClient(), "Grant type 'client_credentials' not allowed for the client.")
	}
	if !client.hasSecret(secret) {
		return nil, machineError(http.StatusUnauthorized, oidc.ErrAccessDenied(), "Unauthorized")
	}
	return client, nil
}

// ClientCredentialsExchange implements op.Server: a token for the Management
// API with the scopes that the client is granted.
func (s *server) ClientCredentialsExchange(ctx context.Context, r *op.ClientRequest[oidc.ClientCredentialsRequest]) (*op.Response, error) {
	t := s.tenant
	client := t.storage.clients[r.Client.GetID()]
	audience := r.Form.Get("audience")
	if audience == "" {
		return nil, machineError(http.StatusForbidden, oidc.ErrInvalidRequest(), "Missing required parameter: audience")
	}
	if audience != t.issuer.ManagementAPI() {
		return nil, machineError(http.StatusForbidden, oidc.ErrAccessDenied(), "Service not enabled within domain: %s", audience)
	}
	if len(client.Scopes) == 0 {
		return nil, machineError(http.StatusForbidden, oidc.ErrAccessDenied(), "Client is not authorized to access %q. You need to create a \"client-grant\" associated to this API.", audience)
	}
	scopes := slices.DeleteFunc(slices.Clone(client.Scopes), func(scope string) bool {
		return len(r.Data.Scope) > 0 && !slices.Contains(r.Data.Scope, scope)
	})
	now, ttl := t.now(), client.accessTokenTTL()
	token, err := t.sign(map[string]any{
		"iss": op.IssuerFromContext(ctx), "sub": client.ID + machineSuffix, "aud": audience, "azp": client.ID, "gty": "client-credentials",
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
