package tenant

import (
	"net/http"
	"net/url"

	"github.com/zitadel/oidc/v3/pkg/oidc"
)

const credentialsPath = "/u/login"
const accountsPath = "/u/login/accounts"

// signInPath is the hosted page on which the request goes on.
func (t *Tenant) signInPath(request *authRequest) string {
	path := credentialsPath
	if c, _ := findConnection(request.connection); c.Social {
		path = accountsPath
	}
	return path + "?" + url.Values{"state": {request.id}}.Encode()
}

// signInPage is what the templates of both hosted pages see.
type signInPage struct {
	State      string // the request's id
	Tenant     string
	Connection connection
	Username   string
	Alert      string
	Password   bool         // whether to ask for one
	Social     []connection // to choose from
	Accounts   []profile    // to choose from
}

// pending returns the request that the form or the query names, if this browser
// began it and it is not finished.
func (t *Tenant) pending(w http.ResponseWriter, r *http.Request) (*authRequest, bool) {
	if err := r.ParseForm(); err != nil {
		t.errorPage(w, http.StatusBadRequest, "The form cannot be read", "Go back to the application and sign in again.")
		return nil, false
	}
	request, ok := t.storage.requests.get(r.Form.Get("state"))
	if !ok || request.Done() {
		t.errorPage(w, http.StatusBadRequest, "This sign-in is over", "It has been finished or has expired. Go back to the application and sign in again.")
		return nil, false
	}
	if request.browser != t.cookie(r, "did") {
		t.errorPage(w, http.StatusForbidden, "This sign-in began elsewhere", "It can only be finished in the browser in which it began, with cookies allowed.")
		return nil, false
	}
	return &request, true
}

// credentials shows the page that asks for a password, or for another way.
func (t *Tenant) credentials(w http.ResponseWriter, r *http.Request) {
	if request, ok := t.pending(w, r); ok {
		t.showCredentials(w, request, http.StatusOK, request.asked.LoginHint, "")
	}
}

func (t *Tenant) showCredentials(w http.ResponseWriter, request *authRequest, status int, username, alert string) {
	page := signInPage{State: request.id, Tenant: t.host, Username: username, Alert: alert, Password: true}
	if request.connection == "" {
		for _, c := range connections {
			if c.Social {
				page.Social = append(page.Social, c)
			}
		}
	}
	t.page(w, status, request.asked.RedirectURI, "credentials", page)
}

// signIn takes a username and a password, or the choice of a social connection.
func (t *Tenant) signIn(w http.ResponseWriter, r *http.Request) {
	request, ok := t.pending(w, r)
	if !ok {
		return
	}
	if c, known := findConnection(r.PostForm.Get("connection")); known && c.Social && request.connection == "" {
		t.storage.requests.edit(request.id, func(r *authRequest) { r.connection = c.Name })
		request.connection = c.Name
		http.Redirect(w, r, t.signInPath(request), http.StatusSeeOther)
		return
	}
	username := r.PostForm.Get("username")
	id, ok := t.directory.authenticate(Database, username, r.PostForm.Get("password"))
	if c, _ := findConnection(request.connection); !ok || c.Social {
		// One sentence for both cases: it must not tell whether the account exists.
		t.showCredentials(w, request, http.StatusUnauthorized, username, "Wrong email or password.")
		return
	}
	t.complete(w, r, request, id)
}

// accounts is the stand-in for a social provider: it lists the accounts that
// the person could have there.
func (t *Tenant) accounts(w http.ResponseWriter, r *http.Request) {
	request, ok := t.pending(w, r)
	if !ok {
		return
	}
	c, _ := findConnection(request.connection)
	if !c.Social {
		http.Redirect(w, r, t.signInPath(request), http.StatusSeeOther)
		return
	}
	page := signInPage{State: request.id, Tenant: t.host, Connection: c}
	for _, i := range t.directory.identities(c.Name) {
		page.Accounts = append(page.Accounts, i.Profile)
	}
	t.page(w, http.StatusOK, request.asked.RedirectURI, "accounts", page)
}

// choose takes the choice of an account, or its refusal.
func (t *Tenant) choose(w http.ResponseWriter, r *http.Request) {
	request, ok := t.pending(w, r)
	if !ok {
		return
	}
	if r.PostForm.Has("deny") {
		t.storage.requests.take(request.id)
		t.refuse(w, r, request.asked, oidc.ErrAccessDenied().WithDescription("User did not authorize the request"))
		return
	}
	id, ok := t.directory.find(request.connection, r.PostForm.Get("account"))
	if !ok || !id.Social {
		t.errorPage(w, http.StatusBadRequest, "No such account", "Go back and choose one of the listed accounts.")
		return
	}
	t.complete(w, r, request, id)
}

// complete starts a session for the identity and answers the client.
func (t *Tenant) complete(w http.ResponseWriter, r *http.Request, request *authRequest, id identity) {
	if _, err := t.directory.signedIn(id.key()); err != nil {
		t.log.Error("sign in", "error", err)
		t.errorPage(w, http.StatusInternalServerError, "Something went wrong", "The tenant could not sign you in. Go back and try again.")
		return
	}
	s := t.startSession(w, r, id)
	request.signedIn(s)
	if !t.storage.requests.edit(request.id, func(r *authRequest) { r.signedIn(s) }) {
		t.errorPage(w, http.StatusBadRequest, "This sign-in is over", "It has been finished or has expired. Go back to the application and sign in again.")
		return
	}
	t.respond(w, r, request)
}
