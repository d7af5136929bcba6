package tenant

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/golang-jwt/jwt/v5"
	"github.com/zitadel/oidc/v3/pkg/op"

	"twinlock/server/tenant/reply"
)

// logout is the vendor's own endpoint. The stand-ins for social providers keep
// no session, so that federated, to end that too, changes nothing.
func (t *Tenant) logout(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	t.leave(w, r, query, query.Get("client_id"), query.Get("returnTo"), "")
}

// endSessionEndpoint is OpenID Connect's (RP-Initiated Logout 1.0).
func (t *Tenant) endSessionEndpoint(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		t.errorPage(w, http.StatusBadRequest, "The form cannot be read", "Go back to the application and sign out again.")
		return
	}
	client := r.Form.Get("client_id")
	if hint := r.Form.Get("id_token_hint"); hint != "" {
		claims := jwt.MapClaims{}
		// An expired hint is a hint all the same.
		_, err := jwt.ParseWithClaims(hint, claims, t.keys.VerificationKey,
			jwt.WithValidMethods([]string{"RS256"}), jwt.WithoutClaimsValidation())
		hinted, _ := claims["aud"].(string)
		if err != nil || claims["iss"] != op.IssuerFromContext(r.Context()) || client != "" && client != hinted {
			t.errorPage(w, http.StatusBadRequest, "Wrong ID token hint", "The id_token_hint is not an ID token of this tenant for the application.")
			return
		}
		client = hinted
		r.Form.Set("client_id", client)
	}
	t.leave(w, r, r.Form, client, r.Form.Get("post_logout_redirect_uri"), r.Form.Get("state"))
}

// leave ends the browser's session and goes where the client may send it. A
// wrong request ends nothing.
func (t *Tenant) leave(w http.ResponseWriter, r *http.Request, asked url.Values, clientID, to, state string) {
	client, known := t.storage.clients[clientID]
	if asked.Has("client_id") && !known {
		t.errorPage(w, http.StatusBadRequest, "Unknown client", "No application with this client_id is registered at the tenant.")
		return
	}
	if to == "" && known && len(client.LogoutURLs) > 0 {
		to = client.LogoutURLs[0]
	}
	if to != "" && !slices.Contains(client.LogoutURLs, to) {
		t.errorPage(w, http.StatusBadRequest, "Logout URL mismatch", "The returnTo address of the request is not one of the application's allowed logout URLs.")
		return
	}
	t.endSession(w, r)
	reply.NoStore(w)
	if to == "" {
		t.page(w, http.StatusOK, "", "message", message{Title: "Signed out", Text: "You have signed out of the tenant."})
		return
	}
	if state != "" {
		to = withParameters(to, url.Values{"state": {state}}, false)
	}
	http.Redirect(w, r, to, http.StatusFound)
}
