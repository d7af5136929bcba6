package tenant

import (
	"net/http"
	"net/url"

	"github.com/zitadel/oidc/v3/pkg/oidc"
)

// leftOutText tells where to read what the emulator does.
const leftOutText = "The Twinlock tenant emulator leaves this out: see README.md of server/tenant."

// leftOut lists the vendor's endpoints that the emulator does not have, so that
// a client hears that and not just "not found".
var leftOut = map[string]string{
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

// answerLeftOut refuses with 501 (RFC 9110, section 15.6.2).
func answerLeftOut(code string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		noStore(w)
		writeJSON(w, http.StatusNotImplemented, authError{Code: code, Description: leftOutText})
	}
}

// leftOutParameters are those of an authorization request that ask for more
// than the emulator does. Ignoring one would answer another question.
var leftOutParameters = []string{"organization", "invitation", "request_uri", "acr_values", "claims", "authorization_details", "dpop_jkt", "session_transfer_token", "access_token"}

func unsupportedParameter(form url.Values) error {
	if form.Get("request") != "" {
		return oidc.ErrRequestNotSupported()
	}
	for _, name := range leftOutParameters {
		if form.Get(name) != "" {
			return oidc.ErrInvalidRequest().WithDescription("Unsupported parameter: %s. %s", name, leftOutText)
		}
	}
	return nil
}

// withoutDPoP refuses proofs of possession: to ignore one would hand out a
// token that its holder believes to be bound.
func withoutDPoP(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("DPoP") != "" {
			answerLeftOut("unsupported_dpop")(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}
