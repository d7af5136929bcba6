package tenant

import (
	"crypto/rand"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"

	"twinlock/server/tenant/directory"
	"twinlock/server/tenant/leftout"
	"twinlock/server/tenant/reply"
)

// coTTL is for how long a login ticket works.
const coTTL = time.Minute

// The credential types of cross-origin authentication that are not left out.
const (
	credentialPassword      = "password"
	credentialPasswordRealm = "http://auth0.com/oauth/grant-type/password-realm"
)

// The failures of /co/authenticate.
// https://auth0.com/docs/authenticate/login/cross-origin-authentication#error-codes-and-descriptions
var (
	errCOBody       = authError{Status: 400, Code: "invalid_request", Description: "the body is no JSON object"}
	errCOUsername   = authError{Status: 400, Code: "invalid_request", Description: "Missing required parameter: username"}
	errCOPassword   = authError{Status: 400, Code: "invalid_request", Description: "Missing required parameter: password"}
	errCOClient     = authError{Status: 400, Code: "invalid_request", Description: "Unknown client"}
	errCORealm      = authError{Status: 400, Code: "invalid_request", Description: "Unknown or invalid realm."}
	errCOType       = authError{Status: 400, Code: "unsupported_credential_type", Description: "Unknown or unsupported credential_type. " + leftout.Text}
	errCOSwitchedOf = authError{Status: 401, Code: "unauthorized_client", Description: "Cross origin login not allowed."}
)

func errCOOrigin(origin string) error {
	return authError{Status: 403, Code: "access_denied", Description: "Origin " + origin + " is not allowed."}
}

// A loginTicket stands for checked credentials until the browser brings it to
// the authorization endpoint.
type loginTicket struct {
	client     string
	connection string
	identity   string
	verifier   string // the cookie of the browser that has checked
}

// coAuthenticate checks credentials for a page of another origin.
func (t *Tenant) coAuthenticate(w http.ResponseWriter, r *http.Request) {
	fields, err := readFields(r)
	if err != nil {
		t.failAuth(w, errCOBody)
		return
	}
	id, err := t.coLogin(r, fields)
	if err != nil {
		t.failAuth(w, err)
		return
	}
	value := rand.Text() + rand.Text()
	login := loginTicket{client: text(fields, "client_id"), connection: id.Connection, identity: id.Key(), verifier: rand.Text()}
	t.storage.logins.Put(value, login)
	t.setCookie(w, "co", login.verifier, int(coTTL/time.Second))
	reply.NoStore(w)
	reply.JSON(w, http.StatusOK, map[string]string{"login_ticket": value, "co_verifier": login.verifier, "co_id": rand.Text()})
}

func (t *Tenant) coLogin(r *http.Request, fields map[string]any) (directory.Identity, error) {
	client, ok := t.storage.clients[text(fields, "client_id")]
	if !ok {
		return directory.Identity{}, errCOClient
	}
	if !client.CrossOriginAuthentication {
		return directory.Identity{}, errCOSwitchedOf
	}
	if origin := r.Header.Get("Origin"); !slices.Contains(client.WebOrigins, origin) {
		return directory.Identity{}, errCOOrigin(origin)
	}
	realm := text(fields, "realm")
	switch text(fields, "credential_type") {
	case credentialPasswordRealm:
	case credentialPassword:
		realm = "" // the default directory
	default:
		return directory.Identity{}, errCOType
	}
	c, ok := t.directory.Connections().Allowed(client.mayUse).Database(realm)
	switch {
	case !ok:
		return directory.Identity{}, errCORealm
	case strings.TrimSpace(text(fields, "username")) == "":
		return directory.Identity{}, errCOUsername
	case text(fields, "password") == "":
		return directory.Identity{}, errCOPassword
	}
	return t.checkLogin(r, c, text(fields, "username"), text(fields, "password"))
}

// redeemTicket signs in with the ticket that /co/authenticate gave to this
// browser. Where cookies of other sites are blocked the vendor asks a page of
// the application for the verifier; without such a page it fails as here.
func (t *Tenant) redeemTicket(w http.ResponseWriter, r *http.Request, request *authRequest) {
	login, ok := t.storage.logins.Pop(r.Form.Get("login_ticket"))
	realm := r.Form.Get("realm")
	if !ok || login.client != request.GetClientID() || realm != "" && realm != login.connection {
		t.refuse(w, r, request, oidc.ErrAccessDenied().WithDescription("Unknown or invalid login ticket."))
		return
	}
	if t.cookie(r, "co") != login.verifier {
		t.refuse(w, r, request, oidc.ErrServerError().WithDescription("Unable to configure verification page."))
		return
	}
	owner := t.directory.Owner(login.identity)
	if owner == nil {
		t.refuse(w, r, request, oidc.ErrAccessDenied().WithDescription("Unknown or invalid login ticket."))
		return
	}
	t.signInAs(w, r, request, *owner.Identity(login.identity))
}
