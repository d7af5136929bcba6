// Package authapi is the part of Auth0's Authentication API that sign-in forms call
// which Auth0's scripts draw, outside OAuth's endpoints: [API]. It signs in across
// origins (/co/authenticate) and from the classic login page
// (/usernamepassword/login), signs up, sends messages (/dbconnections/…), and tells
// what a client has (/client/….js).
// https://auth0.com/docs/api/authentication
package authapi

import (
	"embed"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"twinlock/server/tenant/account"
	"twinlock/server/tenant/authorize"
	"twinlock/server/tenant/connection"
	"twinlock/server/tenant/directory"
	"twinlock/server/tenant/expiring"
	"twinlock/server/tenant/issuer"
	"twinlock/server/tenant/oauth"
	"twinlock/server/tenant/page"
	"twinlock/server/tenant/password"
	"twinlock/server/tenant/reply"
	"twinlock/server/tenant/session"
)

//go:embed *.html
var files embed.FS

var hiddenFormPage = page.Parse(files).Page("hiddenform")

// Config of an API. All of it must be given.
type Config struct {
	Issuer issuer.Issuer
	// Endpoint finishes authorization requests.
	Endpoint *authorize.Endpoint
	Provider *oauth.Provider
	Users    *directory.Directory
	Accounts *account.Service
	Sessions *session.Store
	Renderer *page.Renderer
	Log      *slog.Logger
	// Now is the clock.
	Now func() time.Time
}

// An API serves the calls of sign-in forms.
type API struct {
	Config
	tickets *expiring.Map[loginTicket] // by the ticket of /co/authenticate
	logins  *expiring.Map[hostedLogin] // by the form's wresult
}

// New returns an API.
func New(c Config) *API {
	return &API{
		Config:  c,
		tickets: expiring.New[loginTicket](c.Now, loginTTL, expiring.DefaultLimit),
		logins:  expiring.New[hostedLogin](c.Now, loginTTL, expiring.DefaultLimit),
	}
}

// Register adds the calls to the mux.
func (a *API) Register(mux *http.ServeMux) {
	mux.HandleFunc("GET /client/{file}", a.clientScript)
	mux.HandleFunc("POST /co/authenticate", a.authenticate)
	mux.HandleFunc("POST /usernamepassword/login", a.login)
	mux.HandleFunc("POST /login/callback", a.loginCallback)
	mux.HandleFunc("GET /user/ssodata", a.ssoData)
	mux.HandleFunc("POST /dbconnections/signup", a.signup)
	mux.HandleFunc("POST /dbconnections/change_password", a.changePassword)
	for _, path := range []string{"/usernamepassword", "/dbconnections/signup", "/dbconnections/change_password"} {
		mux.HandleFunc("POST "+path+"/challenge", challenge)
	}
}

// Clear forgets the logins under way.
func (a *API) Clear() {
	a.tickets.Clear()
	a.logins.Clear()
}

// database returns the client's database of that name, or its first one if the name is
// empty; false if there is none.
func (a *API) database(client oauth.Client, name string) (connection.Connection, bool) {
	return a.Users.Connections().Allowed(client.MayUse).Database(name)
}

// fail answers with the error: the API's own, or 500 for one that it does not know.
func (a *API) fail(w http.ResponseWriter, err error) {
	reply.NoStore(w)
	var weak password.WeakError
	if errors.As(err, &weak) {
		reply.JSON(w, http.StatusBadRequest, weak)
		return
	}
	var known account.Error
	if !errors.As(err, &known) {
		a.Log.Error("authentication API", "error", err)
		known = account.Error{Status: http.StatusInternalServerError, Code: "server_error", Description: "Internal error"}
	}
	reply.JSON(w, known.Status, known)
}

// challenge says that no captcha is wanted.
func challenge(w http.ResponseWriter, _ *http.Request) {
	reply.NoStore(w)
	reply.JSON(w, http.StatusOK, map[string]bool{"required": false})
}
