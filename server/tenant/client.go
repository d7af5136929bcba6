package tenant

import (
	"slices"
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// DefaultClientID is the client that the dev command configures.
const DefaultClientID = "twinlock-dev"

// A Client is a single-page application of the tenant: public, code with PKCE.
// All lists are compared exactly; nothing is a pattern.
type Client struct {
	ID         string
	Callbacks  []string // allowed redirect_uri
	WebOrigins []string // allowed by CORS, e.g. "http://127.0.0.1:8000"
	LogoutURLs []string // allowed returnTo
}

// idTokenTTL and accessTokenTTL are the vendor's defaults for the code flow.
const (
	idTokenTTL     = 36000 * time.Second
	accessTokenTTL = 86400 * time.Second
)

// opClient shows a Client to the provider.
type opClient struct{ Client }

func (c opClient) GetID() string                       { return c.ID }
func (c opClient) RedirectURIs() []string              { return c.Callbacks }
func (c opClient) PostLogoutRedirectURIs() []string    { return c.LogoutURLs }
func (c opClient) ApplicationType() op.ApplicationType { return op.ApplicationTypeUserAgent }
func (c opClient) AuthMethod() oidc.AuthMethod         { return oidc.AuthMethodNone }
func (c opClient) ResponseTypes() []oidc.ResponseType {
	return []oidc.ResponseType{oidc.ResponseTypeCode}
}
func (c opClient) GrantTypes() []oidc.GrantType {
	return []oidc.GrantType{oidc.GrantTypeCode, oidc.GrantTypeRefreshToken}
}
func (c opClient) LoginURL(string) string               { return "" } // login.go redirects itself
func (c opClient) AccessTokenType() op.AccessTokenType  { return op.AccessTokenTypeJWT }
func (c opClient) IDTokenLifetime() time.Duration       { return idTokenTTL }
func (c opClient) DevMode() bool                        { return true } // callbacks may be plain http
func (c opClient) ClockSkew() time.Duration             { return 0 }
func (c opClient) IDTokenUserinfoClaimsAssertion() bool { return true }
func (c opClient) IsScopeAllowed(scope string) bool     { return slices.Contains(managementScopes, scope) }
func (c opClient) RestrictAdditionalIdTokenScopes() func([]string) []string {
	return func(scopes []string) []string { return scopes }
}
func (c opClient) RestrictAdditionalAccessTokenScopes() func([]string) []string {
	return func(scopes []string) []string { return scopes }
}

// managementScopes are those that a browser can get for the Management API.
var managementScopes = []string{
	"read:current_user",
	"update:current_user_identities",
	"create:current_user_metadata",
	"update:current_user_metadata",
	"delete:current_user_metadata",
}

var identityScopes = []string{oidc.ScopeOpenID, oidc.ScopeProfile, oidc.ScopeEmail, oidc.ScopeOfflineAccess}

// grantedScopes drops what the tenant does not give for the audience, silently,
// as the vendor does.
func grantedScopes(asked []string, management bool) []string {
	return slices.DeleteFunc(slices.Clone(asked), func(scope string) bool {
		if slices.Contains(identityScopes, scope) {
			return false
		}
		return !management || !slices.Contains(managementScopes, scope)
	})
}
