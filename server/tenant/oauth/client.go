package oauth

import (
	"crypto/subtle"
	"slices"
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"

	"twinlock/server/tenant/seconds"
)

// The grants that a Client can be allowed.
const (
	GrantCode              = "authorization_code"
	GrantImplicit          = "implicit"
	GrantRefreshToken      = "refresh_token"
	GrantClientCredentials = "client_credentials"
)

// Grants returns all grants.
func Grants() []string {
	return []string{GrantCode, GrantImplicit, GrantRefreshToken, GrantClientCredentials}
}

// A Client is an application of the tenant. The zero value of each field is what suits
// a single-page application: public, code with PKCE, refresh tokens that rotate. All
// lists are compared exactly; nothing is a pattern.
type Client struct {
	// ID is the client_id. It must be given.
	ID   string `yaml:"id"`
	Name string `yaml:"name"`
	// Secret makes a confidential client. Empty: a public one.
	Secret string `yaml:"secret"`

	// Callbacks are the allowed redirect_uri.
	Callbacks []string `yaml:"callbacks"`
	// WebOrigins are allowed by CORS and for web_message, e.g. "http://127.0.0.1:8000".
	WebOrigins []string `yaml:"web_origins"`
	// LogoutURLs are the allowed returnTo and post_logout_redirect_uri.
	LogoutURLs []string `yaml:"logout_urls"`

	// Grants are some of Grants(). Nil: authorization_code and refresh_token.
	Grants []string `yaml:"grants"`
	// Connections are the names of those that may be used. Nil: all of the tenant's.
	Connections []string `yaml:"connections"`
	// Scopes are those of the Management API for client_credentials.
	Scopes []string `yaml:"scopes"`
	// UserGrant lets the client ask for people's access to the Management API, where the
	// tenant demands a grant for that.
	UserGrant bool `yaml:"user_grant"`

	// OrganizationUsage says whether people sign in as members of an organization. Empty:
	// DenyOrganizations.
	OrganizationUsage OrganizationUsage `yaml:"organization_usage"`

	// PKCEOptional accepts a code request without code_challenge.
	PKCEOptional bool `yaml:"pkce_optional"`
	// CrossOriginAuthentication opens /co/authenticate.
	CrossOriginAuthentication bool `yaml:"cross_origin_authentication"`

	// IDTokenLifetime. 0: 36000.
	IDTokenLifetime seconds.Seconds `yaml:"id_token_lifetime"`
	// AccessTokenLifetime. 0: 86400.
	AccessTokenLifetime seconds.Seconds `yaml:"access_token_lifetime"`
	// ImplicitAccessTokenLifetime is of access tokens that the authorization endpoint
	// issues. 0: 7200.
	ImplicitAccessTokenLifetime seconds.Seconds `yaml:"implicit_access_token_lifetime"`
	// RefreshTokens are how those of the client live.
	RefreshTokens RefreshTokens `yaml:"refresh_token"`
}

// RefreshTokens say how those of a client live.
// https://auth0.com/docs/secure/tokens/refresh-tokens/configure-refresh-token-rotation
type RefreshTokens struct {
	// NonRotating ones are used again and again.
	NonRotating bool `yaml:"non_rotating"`
	// Lifetime counts from the sign-in. 0: 30 days.
	Lifetime seconds.Seconds `yaml:"lifetime"`
	// Leeway is for how long a token that has rotated may be used once more: for
	// clients that the answer did not reach. 0: not at all.
	Leeway seconds.Seconds `yaml:"leeway"`
}

// UserAccess says which clients may ask for people's access to the Management API.
// https://auth0.com/docs/get-started/apis/api-access-policies-for-applications
type UserAccess string

// The values of a UserAccess, with the vendor's names.
const (
	AllowAll           UserAccess = "allow_all"
	RequireClientGrant UserAccess = "require_client_grant"
	DenyAll            UserAccess = "deny_all"
)

// admits reports whether the client may ask.
func (a UserAccess) admits(c Client) bool {
	return a == "" || a == AllowAll || a == RequireClientGrant && c.UserGrant
}

// MayUse reports whether people may sign in to the client through the connection.
func (c Client) MayUse(connection string) bool {
	return c.Connections == nil || slices.Contains(c.Connections, connection)
}

func (c Client) grants() []string {
	if c.Grants == nil {
		return []string{GrantCode, GrantRefreshToken}
	}
	return c.Grants
}

func (c Client) allows(grant string) bool { return slices.Contains(c.grants(), grant) }

// hasSecret compares in constant time.
func (c Client) hasSecret(secret string) bool {
	return c.Secret != "" && subtle.ConstantTimeCompare([]byte(c.Secret), []byte(secret)) == 1
}

func (c Client) idTokenTTL() time.Duration     { return c.IDTokenLifetime.Or(36000) }
func (c Client) accessTokenTTL() time.Duration { return c.AccessTokenLifetime.Or(86400) }
func (c Client) implicitTTL() time.Duration    { return c.ImplicitAccessTokenLifetime.Or(7200) }
func (c Client) refreshTTL() time.Duration     { return c.RefreshTokens.Lifetime.Or(2592000) }

// opClient is a Client as an op.Client.
type opClient struct{ client Client }

func (c opClient) GetID() string                       { return c.client.ID }
func (c opClient) RedirectURIs() []string              { return c.client.Callbacks }
func (c opClient) PostLogoutRedirectURIs() []string    { return c.client.LogoutURLs }
func (c opClient) ApplicationType() op.ApplicationType { return op.ApplicationTypeUserAgent }
func (c opClient) AuthMethod() oidc.AuthMethod {
	if c.client.Secret == "" {
		return oidc.AuthMethodNone
	}
	return oidc.AuthMethodBasic // the provider reads the secret from the form too
}
func (c opClient) ResponseTypes() []oidc.ResponseType {
	var types []oidc.ResponseType
	if c.client.allows(GrantCode) {
		types = append(types, oidc.ResponseTypeCode)
	}
	if c.client.allows(GrantImplicit) {
		types = append(types, responseTypeToken, oidc.ResponseTypeIDTokenOnly, oidc.ResponseTypeIDToken)
	}
	return types
}
func (c opClient) GrantTypes() []oidc.GrantType {
	var types []oidc.GrantType
	for _, grant := range c.client.grants() {
		types = append(types, oidc.GrantType(grant))
	}
	return types
}
func (c opClient) LoginURL(string) string               { return "" } // the provider sends nobody to sign in
func (c opClient) AccessTokenType() op.AccessTokenType  { return op.AccessTokenTypeJWT }
func (c opClient) IDTokenLifetime() time.Duration       { return c.client.idTokenTTL() }
func (c opClient) DevMode() bool                        { return true } // callbacks may be plain http
func (c opClient) ClockSkew() time.Duration             { return 0 }
func (c opClient) IDTokenUserinfoClaimsAssertion() bool { return true }
func (c opClient) IsScopeAllowed(scope string) bool     { return slices.Contains(personScopes, scope) }
func (c opClient) RestrictAdditionalIdTokenScopes() func([]string) []string {
	return func(scopes []string) []string { return scopes }
}
func (c opClient) RestrictAdditionalAccessTokenScopes() func([]string) []string {
	return func(scopes []string) []string { return scopes }
}
