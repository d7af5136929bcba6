package tenant

import (
	"net/http"
	"net/url"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"

	"twinlock/server/tenant/directory"
)

const credentialsPath = "/u/login"
const accountsPath = "/u/login/accounts"
const signupPath = "/u/signup"
const forgotPath = "/u/reset-password"

// signInPath is the hosted page on which the request goes on.
func (t *Tenant) signInPath(request *authRequest, hint string) string {
	path := credentialsPath
	if c, _ := t.directory.Connections().Find(request.connection); request.connection != "" && c.Social() {
		path = accountsPath
	} else if c, ok := t.passwordsFor(request); ok && hint == "signup" && !c.DisableSignup {
		path = signupPath
	}
	return path + "?" + url.Values{"state": {request.id}}.Encode()
}

// passwordsFor is the database whose passwords answer the request, if any.
func (t *Tenant) passwordsFor(request *authRequest) (Connection, bool) {
	return t.directory.Connections().Allowed(t.storage.clients[request.GetClientID()].mayUse).Database(request.connection)
}

// signInPage is what the templates of the hosted pages see.
type signInPage struct {
	State      string // the request's id
	Tenant     string
	Connection Connection
	Username   string
	Alert      string
	Notice     string
	Password   bool         // whether to ask for one
	Signup     bool         // whether one can sign up
	Social     []Connection // to choose from
	Accounts   []account    // to choose from
}

// An account is one that the person could have at a social provider.
type account struct {
	directory.Profile
	Account string // what chooses it
}

// pending returns the request that the form or the query names, if this browser
// began it and it is not finished.
func (t *Tenant) pending(w http.ResponseWriter, r *http.Request) (*authRequest, bool) {
	if err := r.ParseForm(); err != nil {
		t.errorPage(w, http.StatusBadRequest, "The form cannot be read", "Go back to the application and sign in again.")
		return nil, false
	}
	request, ok := t.storage.requests.Get(r.Form.Get("state"))
	if !ok || request.Done() {
		t.errorPage(w, http.StatusBadRequest, "This sign-in is over", "It has been finished or has expired. Go back to the application and sign in again.")
		return nil, false
	}
	if request.browser != t.cookie(r, "did") || request.issuer != op.IssuerFromContext(r.Context()) {
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
	page := t.newSignInPage(request)
	page.Username, page.Alert = username, alert
	if request.connection == "" {
		for _, c := range t.directory.Connections().Allowed(t.storage.clients[request.GetClientID()].mayUse) {
			if c.Social() {
				page.Social = append(page.Social, c)
			}
		}
	}
	t.page(w, status, request.asked.RedirectURI, "credentials", page)
}

func (t *Tenant) newSignInPage(request *authRequest) signInPage {
	page := signInPage{State: request.id, Tenant: t.displayName()}
	c, ok := t.passwordsFor(request)
	page.Password, page.Signup = ok, ok && !c.DisableSignup
	return page
}

// signIn takes a username and a password, or the choice of a social connection.
func (t *Tenant) signIn(w http.ResponseWriter, r *http.Request) {
	request, ok := t.pending(w, r)
	if !ok {
		return
	}
	choice, known := t.directory.Connections().Find(r.PostForm.Get("connection"))
	if known && choice.Social() && request.connection == "" && t.storage.clients[request.GetClientID()].mayUse(choice.Name) {
		t.storage.requests.Update(request.id, func(r *authRequest) { r.connection = choice.Name })
		request.connection = choice.Name
		http.Redirect(w, r, t.signInPath(request, ""), http.StatusSeeOther)
		return
	}
	username := r.PostForm.Get("username")
	c, _ := t.passwordsFor(request) // none has no account
	id, err := t.checkLogin(r, c, username, r.PostForm.Get("password"))
	if err != nil {
		t.showRefusal(w, err, func(status int, alert string) { t.showCredentials(w, request, status, username, alert) })
		return
	}
	t.complete(w, r, request, id)
}

// showRefusal shows the form again with a sentence about what was refused.
func (t *Tenant) showRefusal(w http.ResponseWriter, err error, again func(status int, alert string)) {
	alert := asRefusal(err)
	if alert == "" {
		t.failPage(w, "hosted page", err)
		return
	}
	status := http.StatusBadRequest
	if known, ok := err.(authError); ok && known.Name == "" {
		if status = known.Status; known == errWrongPassword {
			status = http.StatusUnauthorized
		}
	}
	again(status, alert)
}

// accounts is the stand-in for a social provider: it lists the accounts that
// the person could have there.
func (t *Tenant) accounts(w http.ResponseWriter, r *http.Request) {
	request, ok := t.pending(w, r)
	if !ok {
		return
	}
	c, ok := t.directory.Connections().Find(request.connection)
	if !ok || !c.Social() {
		http.Redirect(w, r, t.signInPath(request, ""), http.StatusSeeOther)
		return
	}
	page := signInPage{State: request.id, Tenant: t.displayName(), Connection: c}
	list := t.directory.Identities(c.Name)
	for n, name := range directory.AccountNames(list) {
		page.Accounts = append(page.Accounts, account{list[n].Profile, name})
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
		t.storage.requests.Pop(request.id)
		t.refuse(w, r, request, oidc.ErrAccessDenied().WithDescription("User did not authorize the request"))
		return
	}
	id, ok := t.directory.Find(request.connection, r.PostForm.Get("account"))
	if !ok || !id.Social {
		t.errorPage(w, http.StatusBadRequest, "No such account", "Go back and choose one of the listed accounts.")
		return
	}
	t.complete(w, r, request, id)
}

// complete finishes a pending request. Of two forms that race for one, the
// second is late.
func (t *Tenant) complete(w http.ResponseWriter, r *http.Request, request *authRequest, id directory.Identity) {
	if _, ok := t.storage.requests.Pop(request.id); !ok {
		t.errorPage(w, http.StatusBadRequest, "This sign-in is over", "It has been finished or has expired. Go back to the application and sign in again.")
		return
	}
	t.signInAs(w, r, request, id)
}

// signInAs starts a session for the identity and answers the client.
func (t *Tenant) signInAs(w http.ResponseWriter, r *http.Request, request *authRequest, id directory.Identity) {
	if t.refused(w, r, request) {
		return
	}
	owner, err := t.directory.SignedIn(id.Key())
	if err != nil {
		t.failPage(w, "sign in", err)
		return
	}
	if owner.Blocked {
		t.refuse(w, r, request, &oidc.Error{ErrorType: "unauthorized", Description: "user is blocked"})
		return
	}
	request.signedIn(t.startSession(w, r, id, request.GetClientID()))
	t.respond(w, r, request)
}
