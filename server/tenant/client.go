package tenant

import (
	"crypto/subtle"
	"slices"
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// DefaultClientID is the client that the dev command configures.
const DefaultClientID = "twinlock-dev"

// The grants that a Client can be allowed.
const (
	GrantCode              = "authorization_code"
	GrantImplicit          = "implicit"
	GrantRefreshToken      = "refresh_token"
	GrantClientCredentials = "client_credentials"
)

// A Client is an application of the tenant. The zero value of each field is
// what suits a single-page application: public, code with PKCE, refresh tokens
// that rotate. All lists are compared exactly; nothing is a pattern.
type Client struct {
	ID     string `yaml:"id"`
	Name   string `yaml:"name"`
	Secret string `yaml:"secret"` // empty: a public client

	Callbacks  []string `yaml:"callbacks"`   // allowed redirect_uri
	WebOrigins []string `yaml:"web_origins"` // allowed by CORS and for web_message, e.g. "http://127.0.0.1:8000"
	LogoutURLs []string `yaml:"logout_urls"` // allowed returnTo and post_logout_redirect_uri

	Grants      []string `yaml:"grants"`      // nil: authorization_code and refresh_token
	Connections []string `yaml:"connections"` // nil: all of the tenant's
	Scopes      []string `yaml:"scopes"`      // of the Management API, for client_credentials

	// PKCEOptional takes a code request without code_challenge.
	PKCEOptional bool `yaml:"pkce_optional"`
	// CrossOriginAuthentication opens /co/authenticate.
	CrossOriginAuthentication bool `yaml:"cross_origin_authentication"`

	IDTokenLifetime             Seconds       `yaml:"id_token_lifetime"`              // 0: 36000
	AccessTokenLifetime         Seconds       `yaml:"access_token_lifetime"`          // 0: 86400
	ImplicitAccessTokenLifetime Seconds       `yaml:"implicit_access_token_lifetime"` // 0: 7200
	RefreshTokens               RefreshTokens `yaml:"refresh_token"`
}

// RefreshTokens say how those of a client live.
type RefreshTokens struct {
	// NonRotating ones are used again and again.
	NonRotating bool `yaml:"non_rotating"`
	// Lifetime counts from the sign-in. 0: 30 days.
	Lifetime Seconds `yaml:"lifetime"`
	// Leeway is for how long a token that has rotated may be used once more: for
	// clients whose network lost the answer. 0: not at all.
	Leeway Seconds `yaml:"leeway"`
}

// Seconds is a length of time as the vendor writes them.
type Seconds int

// Duration converts s.
func (s Seconds) Duration() time.Duration { return time.Duration(s) * time.Second }

func (s Seconds) or(vendor Seconds) time.Duration {
	if s == 0 {
		s = vendor
	}
	return s.Duration()
}

// opClient shows a Client to the provider.
type opClient struct{ Client }

func (c opClient) grants() []string {
	if c.Grants == nil {
		return []string{GrantCode, GrantRefreshToken}
	}
	return c.Grants
}

func (c opClient) allows(grant string) bool { return slices.Contains(c.grants(), grant) }

func (c opClient) mayUse(connection string) bool {
	return c.Connections == nil || slices.Contains(c.Connections, connection)
}

// hasSecret compares in constant time.
func (c opClient) hasSecret(secret string) bool {
	return c.Secret != "" && subtle.ConstantTimeCompare([]byte(c.Secret), []byte(secret)) == 1
}

func (c opClient) idTokenTTL() time.Duration     { return c.Client.IDTokenLifetime.or(36000) }
func (c opClient) accessTokenTTL() time.Duration { return c.AccessTokenLifetime.or(86400) }
func (c opClient) implicitTTL() time.Duration    { return c.ImplicitAccessTokenLifetime.or(7200) }
func (c opClient) refreshTTL() time.Duration     { return c.RefreshTokens.Lifetime.or(2592000) }

func (c opClient) GetID() string                       { return c.ID }
func (c opClient) RedirectURIs() []string              { return c.Callbacks }
func (c opClient) PostLogoutRedirectURIs() []string    { return c.LogoutURLs }
func (c opClient) ApplicationType() op.ApplicationType { return op.ApplicationTypeUserAgent }
func (c opClient) AuthMethod() oidc.AuthMethod {
	if c.Secret == "" {
		return oidc.AuthMethodNone
	}
	return oidc.AuthMethodBasic // the provider takes the secret in the form too
}
func (c opClient) ResponseTypes() []oidc.ResponseType {
	var types []oidc.ResponseType
	if c.allows(GrantCode) {
		types = append(types, oidc.ResponseTypeCode)
	}
	if c.allows(GrantImplicit) {
		types = append(types, responseTypeToken, oidc.ResponseTypeIDTokenOnly, oidc.ResponseTypeIDToken)
	}
	return types
}
func (c opClient) GrantTypes() []oidc.GrantType {
	var types []oidc.GrantType
	for _, grant := range c.grants() {
		types = append(types, oidc.GrantType(grant))
	}
	return types
}
func (c opClient) LoginURL(string) string               { return "" } // login.go redirects itself
func (c opClient) AccessTokenType() op.AccessTokenType  { return op.AccessTokenTypeJWT }
func (c opClient) IDTokenLifetime() time.Duration       { return c.idTokenTTL() }
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
