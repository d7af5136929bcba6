package authapi

import (
	"crypto/rand"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"

	"twinlock/server/tenant/account"
	"twinlock/server/tenant/directory"
	"twinlock/server/tenant/leftout"
	"twinlock/server/tenant/oauth"
	"twinlock/server/tenant/reply"
)

// loginTTL is how long after the check of a password its owner can be signed in.
const loginTTL = time.Minute

// verifierCookie binds a login ticket to the browser.
const verifierCookie = "co"

// The credential types of cross-origin authentication that are not left out.
const (
	credentialPassword      = "password"
	credentialPasswordRealm = "http://auth0.com/oauth/grant-type/password-realm"
)

// The failures of /co/authenticate.
// https://auth0.com/docs/authenticate/login/cross-origin-authentication#error-codes-and-descriptions
var (
	errCOBody     = account.Error{Status: 400, Code: "invalid_request", Description: "the body is no JSON object"}
	errCOUsername = account.Error{Status: 400, Code: "invalid_request",
		Description: "Missing required parameter: username"}
	errCOPassword = account.Error{Status: 400, Code: "invalid_request",
		Description: "Missing required parameter: password"}
	errCOClient = account.Error{Status: 400, Code: "invalid_request", Description: "Unknown client"}
	errCORealm  = account.Error{Status: 400, Code: "invalid_request", Description: "Unknown or invalid realm."}
	errCOType   = account.Error{Status: 400, Code: "unsupported_credential_type",
		Description: "Unknown or unsupported credential_type. " + leftout.Text}
	errCOSwitchedOff = account.Error{Status: 401, Code: "unauthorized_client",
		Description: "Cross origin login not allowed."}
)

func errCOOrigin(origin string) error {
	return account.Error{Status: 403, Code: "access_denied", Description: "Origin " + origin + " is not allowed."}
}

// A loginTicket stands for checked credentials until the browser brings it to the
// authorization endpoint.
type loginTicket struct {
	client     string
	connection string
	identity   string // key
	verifier   string // the cookie of the browser that has checked
}

// authenticate checks credentials for a page of another origin.
func (a *API) authenticate(w http.ResponseWriter, r *http.Request) {
	body, err := readFields(r)
	if err != nil {
		a.fail(w, errCOBody)
		return
	}
	id, err := a.signInAcrossOrigins(r, body)
	if err != nil {
		a.fail(w, err)
		return
	}
	value := rand.Text() + rand.Text()
	login := loginTicket{client: body.text("client_id"), connection: id.Connection, identity: id.Key(),
		verifier: rand.Text()}
	a.tickets.Put(value, login)
	a.Sessions.Set(w, verifierCookie, login.verifier, int(loginTTL/time.Second))
	reply.NoStore(w)
	reply.JSON(w, http.StatusOK, map[string]string{"login_ticket": value, "co_verifier": login.verifier,
		"co_id": rand.Text()})
}

func (a *API) signInAcrossOrigins(r *http.Request, body fields) (directory.Identity, error) {
	client, ok := a.Provider.Client(body.text("client_id"))
	if !ok {
		return directory.Identity{}, errCOClient
	}
	if !client.CrossOriginAuthentication {
		return directory.Identity{}, errCOSwitchedOff
	}
	if origin := r.Header.Get("Origin"); !slices.Contains(client.WebOrigins, origin) {
		return directory.Identity{}, errCOOrigin(origin)
	}
	realm := body.text("realm")
	switch body.text("credential_type") {
	case credentialPasswordRealm:
	case credentialPassword:
		realm = "" // the default directory
	default:
		return directory.Identity{}, errCOType
	}
	c, ok := a.database(client, realm)
	switch {
	case !ok:
		return directory.Identity{}, errCORealm
	case strings.TrimSpace(body.text("username")) == "":
		return directory.Identity{}, errCOUsername
	case body.text("password") == "":
		return directory.Identity{}, errCOPassword
	}
	return a.Accounts.SignIn(r, c, body.text("username"), body.text("password"))
}

// Redeem implements authorize.Tickets for the tickets that /co/authenticate gave to this
// browser. Where cookies of other sites are blocked Auth0 asks a page of the application
// for the verifier; without such a page it fails as here.
func (a *API) Redeem(r *http.Request, request *oauth.Request) (directory.Identity, error) {
	login, ok := a.tickets.Pop(r.Form.Get("login_ticket"))
	realm := r.Form.Get("realm")
	unknown := oidc.ErrAccessDenied().WithDescription("Unknown or invalid login ticket.")
	if !ok || login.client != request.GetClientID() || realm != "" && realm != login.connection {
		return directory.Identity{}, unknown
	}
	if a.Sessions.Get(r, verifierCookie) != login.verifier {
		return directory.Identity{}, oidc.ErrServerError().WithDescription("Unable to configure verification page.")
	}
	owner := a.Users.Owner(login.identity)
	if owner == nil {
		return directory.Identity{}, unknown
	}
	return *owner.Identity(login.identity), nil
}
