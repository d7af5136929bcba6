package hosted

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/golang-jwt/jwt/v5"
	"github.com/zitadel/oidc/v3/pkg/op"

	"twinlock/server/tenant/reply"
)

// logout is Auth0's own endpoint. The stand-ins for social providers have no session, so
// that federated, which ends that too, changes nothing.
// https://auth0.com/docs/api/authentication/logout/auth-0-logout
func (p *Pages) logout(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	p.leave(w, r, query, query.Get("client_id"), query.Get("returnTo"), "", bare)
}

// endSession is OpenID Connect's endpoint (RP-Initiated Logout 1.0).
func (p *Pages) endSession(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		p.Renderer.Message(w, http.StatusBadRequest, "The form cannot be read",
			"Go back to the application and sign out again.")
		return
	}
	client := r.Form.Get("client_id")
	if hint := r.Form.Get("id_token_hint"); hint != "" {
		hinted, ok := p.hintedClient(r, hint)
		if !ok || client != "" && client != hinted {
			p.Renderer.Message(w, http.StatusBadRequest, "Wrong ID token hint",
				"The id_token_hint is not an ID token of this tenant for the application.")
			return
		}
		client = hinted
		r.Form.Set("client_id", client)
	}
	p.leave(w, r, r.Form, client, r.Form.Get("post_logout_redirect_uri"), r.Form.Get("state"), exactly)
}

// exactly and bare are what two URLs have in common to be the same.
func exactly(raw string) string { return raw }

// bare leaves out query and fragment: so the vendor's own endpoint compares.
// https://auth0.com/docs/authenticate/login/logout/log-users-out-of-auth0
func bare(raw string) string {
	raw, _, _ = strings.Cut(raw, "#")
	raw, _, _ = strings.Cut(raw, "?")
	return raw
}

// hintedClient returns the client that an ID token was issued for, false if it is not of
// this tenant. An expired one will do: it is only a hint.
func (p *Pages) hintedClient(r *http.Request, token string) (string, bool) {
	claims := jwt.MapClaims{}
	_, err := jwt.ParseWithClaims(token, claims, p.Keys.VerificationKey, jwt.WithValidMethods([]string{"RS256"}),
		jwt.WithoutClaimsValidation())
	client, _ := claims["aud"].(string)
	return client, err == nil && claims["iss"] == op.IssuerFromContext(r.Context())
}

// leave ends the browser's session and sends it where the client may have it sent. A
// wrong request ends nothing.
func (p *Pages) leave(w http.ResponseWriter, r *http.Request, asked url.Values, clientID, to, state string,
	compared func(string) string) {
	client, known := p.Provider.Client(clientID)
	if asked.Has("client_id") && !known {
		p.Renderer.Message(w, http.StatusBadRequest, "Unknown client",
			"No application with this client_id is registered at the tenant.")
		return
	}
	if to == "" && known && len(client.LogoutURLs) > 0 {
		to = client.LogoutURLs[0]
	}
	if to != "" && !slices.ContainsFunc(client.LogoutURLs, func(u string) bool { return compared(u) == compared(to) }) {
		p.Renderer.Message(w, http.StatusBadRequest, "Logout URL mismatch",
			"The returnTo address of the request is not one of the application's allowed logout URLs.")
		return
	}
	p.Sessions.End(w, r)
	reply.NoStore(w)
	if to == "" {
		p.Renderer.Message(w, http.StatusOK, "Signed out", "You have signed out of the tenant.")
		return
	}
	http.Redirect(w, r, withState(to, state), http.StatusFound)
}

// withState adds the state, if there is one, to the query of a URL.
func withState(to, state string) string {
	u, err := url.Parse(to)
	if state == "" || err != nil {
		return to
	}
	query := u.Query()
	query.Set("state", state)
	u.RawQuery = query.Encode()
	return u.String()
}
