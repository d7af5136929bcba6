// Package leftout names what Auth0 has and the emulator does not: endpoints ([Register]),
// parameters of an authorization request ([Parameter]) and of a token request
// ([TokenParameter]), and proofs of possession ([RefuseDPoP]). A client hears [Text] instead
// of "not found". README.md of package tenant has the whole list.
package leftout

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"twinlock/server/tenant/reply"
)

// Text tells where to read what the emulator does.
const Text = "The Twinlock tenant emulator leaves this out: see README.md of server/tenant."

// endpoints are those of Auth0 that the emulator does not have, with the error code
// that each answers.
// https://auth0.com/docs/api/authentication
var endpoints = map[string]string{
	"/passwordless/":                  "unsupported_passwordless",
	"/mfa/":                           "unsupported_mfa",
	"/oauth/par":                      "unsupported_pushed_authorization_request",
	"/oauth/device/code":              "unsupported_device_authorization",
	"/activate":                       "unsupported_device_authorization",
	"/bc-authorize":                   "unsupported_backchannel_authentication",
	"/oauth/ro":                       "unsupported_resource_owner_endpoint",
	"/oauth/access_token":             "unsupported_access_token_endpoint",
	"/oauth/global-token-revocation/": "unsupported_global_token_revocation",
	"/oidc/register":                  "unsupported_dynamic_registration",
	"/me/":                            "unsupported_my_account_api",
	"/my-org/":                        "unsupported_my_organization_api",
	"/continue":                       "unsupported_actions",
	"/users/{id}/impersonate":         "unsupported_impersonation",
	"/pem":                            "unsupported_certificate",
	"/cer":                            "unsupported_certificate",
	"/passkey/":                       "unsupported_passkeys",
	"/samlp/":                         "unsupported_saml",
	"/wsfed/":                         "unsupported_ws_federation",
	"/scim/":                          "unsupported_scim",
	"/login/unlink":                   "unsupported_legacy_unlink",
	"/tokeninfo":                      "unsupported_tokeninfo",
	"/delegation":                     "unsupported_delegation",
	"/user/geoloc/country":            "unsupported_geolocation",
	"/tenants/":                       "unsupported_tenant_info",
}

// Register adds the endpoints that are left out to the mux. Each answers 501.
func Register(mux *http.ServeMux) {
	for path, code := range endpoints {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) { refuse(w, code) })
	}
}

// refuse answers 501 (RFC 9110, section 15.6.2).
func refuse(w http.ResponseWriter, code string) {
	reply.NoStore(w)
	reply.JSON(w, http.StatusNotImplemented, map[string]string{"error": code, "error_description": Text})
}

// parameters are those of an authorization request that ask for more than the
// emulator does. Ignoring one would answer another question.
var parameters = []string{"invitation", "request_uri", "claims",
	"authorization_details", "dpop_jkt", "session_transfer_token", "access_token",
	"requested_connection", "requested_connection_scope", "link_account"}

// scopes ask the vendor for a link or an unlink at login, where @auth0/auth0-auth-js sends
// them with requested_connection: other unknown scopes do nothing, these would.
// https://github.com/auth0/auth0-auth-js/blob/main/packages/auth0-auth-js/EXAMPLES.md
var scopes = []string{"link_account", "unlink_account"}

// Parameter returns the name of a parameter of an authorization request, or of a scope,
// that is left out, "" if there is none.
func Parameter(form url.Values) string {
	for _, name := range parameters {
		if form.Get(name) != "" {
			return name
		}
	}
	for _, scope := range strings.Fields(form.Get("scope")) {
		if slices.Contains(scopes, scope) {
			return "scope " + scope
		}
	}
	return ""
}

// Grants of the token endpoint that the emulator does not have.
// https://auth0.com/docs/get-started/applications/application-grant-types
var grants = []string{
	"password",
	"http://auth0.com/oauth/grant-type/password-realm",
	"http://auth0.com/oauth/grant-type/passwordless/otp",
	"http://auth0.com/oauth/grant-type/mfa-otp",
	"http://auth0.com/oauth/grant-type/mfa-oob",
	"http://auth0.com/oauth/grant-type/mfa-recovery-code",
	"urn:ietf:params:oauth:grant-type:device_code",
	"urn:ietf:params:oauth:grant-type:token-exchange",
	"urn:ietf:params:oauth:grant-type:jwt-bearer",
	"urn:openid:params:grant-type:ciba",
	"urn:okta:params:oauth:grant-type:webauthn",
	"urn:auth0:params:oauth:grant-type:token-exchange:federated-connection-access-token",
}

// IsGrant reports whether the token endpoint of Auth0 has the grant and the emulator has not.
func IsGrant(name string) bool { return slices.Contains(grants, name) }

// tokenParameters are those of a token request that are left out, with the grant that they
// matter for. Empty: all.
// https://auth0.com/docs/get-started/authentication-and-authorization-flow/authenticate-with-private-key-jwt
// https://auth0.com/docs/manage-users/organizations/organizations-for-m2m-applications
var tokenParameters = map[string]string{"client_assertion": "", "organization": "client_credentials"}

// TokenParameter returns the name of a parameter of a token request that is left out, "" if
// there is none.
func TokenParameter(form url.Values) string {
	for name, grant := range tokenParameters {
		if form.Get(name) != "" && (grant == "" || grant == form.Get("grant_type")) {
			return name
		}
	}
	return ""
}

// RefuseDPoP refuses requests with a proof of possession (RFC 9449): to ignore one
// would give the client a token that it believes to be bound to its key.
func RefuseDPoP(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("DPoP") != "" {
			refuse(w, "unsupported_dpop")
			return
		}
		next.ServeHTTP(w, r)
	})
}
