package authapi

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/zitadel/oidc/v3/pkg/op"

	"twinlock/server/tenant/account"
	"twinlock/server/tenant/connection"
	"twinlock/server/tenant/directory"
	"twinlock/server/tenant/oauth"
	"twinlock/server/tenant/reply"
)

// A hostedLogin is a sign-in of Auth0's classic login page, between the check of the
// password and the form that the page then submits.
type hostedLogin struct {
	request  oauth.Request
	identity string // key
}

// hiddenForm is what the template of that form sees.
type hiddenForm struct {
	Action, Result, Context string
}

// login checks a password for a login page on the tenant's own origin. A page elsewhere
// could sign its visitor in to another's account (CVE-2018-6874), so it is refused; for
// those there is /co/authenticate.
func (a *API) login(w http.ResponseWriter, r *http.Request) {
	if origin := r.Header.Get("Origin"); origin != "" && origin+"/" != op.IssuerFromContext(r.Context()) {
		a.fail(w, account.Error{Status: 403, Name: "ForbiddenError", Code: "access_denied",
			Description: "Origin " + origin + " is not allowed."})
		return
	}
	body, err := readFields(r)
	if err != nil {
		a.fail(w, errDatabaseBody)
		return
	}
	request, ok := a.hostedRequest(w, r, body)
	if !ok {
		return
	}
	client, _ := a.Provider.Client(request.GetClientID())
	c, ok := a.database(client, body.text("connection"))
	if !ok {
		a.fail(w, errNoDatabase)
		return
	}
	id, err := a.Accounts.SignIn(r, c, body.text("username"), body.text("password"))
	if err != nil {
		a.fail(w, validationError(err))
		return
	}
	a.showHiddenForm(w, r, *request, id)
}

// hostedRequest returns the request that the login page was opened for, which its state
// names, or what the body itself asks for.
func (a *API) hostedRequest(w http.ResponseWriter, r *http.Request, body fields) (*oauth.Request, bool) {
	pending, ok := a.Provider.Pending(body.text("state"))
	if ok && a.Sessions.IsBrowser(r, pending.Browser) && pending.Issuer == op.IssuerFromContext(r.Context()) &&
		pending.GetClientID() == body.text("client_id") {
		return pending, true
	}
	return a.Endpoint.Read(w, r, body.form())
}

// validationError says a failed login in the words of this endpoint.
func validationError(err error) error {
	switch {
	case errors.Is(err, account.ErrWrongPassword):
		return account.Error{Status: 400, Name: "ValidationError", Code: "invalid_user_password",
			Description: "Wrong email or password."}
	case errors.Is(err, account.ErrTooManyAttempts):
		return account.Error{Status: 429, Name: "TooManyRequestsError", Code: "too_many_attempts", Description: err.Error()}
	case errors.Is(err, account.ErrBlocked):
		return account.Error{Status: 401, Name: "UnauthorizedError", Code: "blocked_user", Description: "user is blocked"}
	}
	return err
}

func (a *API) showHiddenForm(w http.ResponseWriter, r *http.Request, request oauth.Request, id directory.Identity) {
	asked := request.Asked
	context, err := json.Marshal(map[string]string{
		"strategy": connection.DatabaseStrategy, "tenant": a.Issuer.Tenant(), "connection": id.Connection,
		"client_id": asked.ClientID, "response_type": string(asked.ResponseType), "redirect_uri": asked.RedirectURI,
		"state": asked.State, "nonce": asked.Nonce, "realm": id.Connection,
	})
	if err != nil {
		a.fail(w, err)
		return
	}
	request.Browser = a.Sessions.Browser(w, r)
	result := rand.Text() + rand.Text()
	a.logins.Put(result, hostedLogin{request, id.Key()})
	a.Renderer.Write(w, hiddenFormPage, http.StatusOK,
		hiddenForm{request.Issuer + "login/callback", result, string(context)})
}

// loginCallback reads the form. The browser must be the one that has checked.
func (a *API) loginCallback(w http.ResponseWriter, r *http.Request) {
	const over = "This sign-in is over"
	login, ok := a.logins.Pop(r.PostFormValue("wresult"))
	if !ok || !a.Sessions.IsBrowser(r, login.request.Browser) {
		a.Renderer.Message(w, http.StatusBadRequest, over,
			"It has been finished or has expired. Go back to the application and sign in again.")
		return
	}
	owner := a.Users.Owner(login.identity)
	if owner == nil {
		a.Renderer.Message(w, http.StatusBadRequest, over,
			"The account is gone. Go back to the application and sign in again.")
		return
	}
	a.Provider.Discard(login.request.ID)
	a.Endpoint.SignIn(w, r, &login.request, *owner.Identity(login.identity))
}

// ssoBody is the answer about the browser's session.
type ssoBody struct {
	SSO                bool           `json:"sso"`
	LastUsedClientID   string         `json:"lastUsedClientID,omitempty"`
	LastUsedConnection *ssoConnection `json:"lastUsedConnection,omitempty"`
	LastUsedUserID     string         `json:"lastUsedUserID,omitempty"`
	LastUsedUsername   string         `json:"lastUsedUsername,omitempty"`
	SessionClients     []string       `json:"sessionClients,omitempty"`
}

type ssoConnection struct {
	Name     string `json:"name"`
	Strategy string `json:"strategy"`
}

// ssoData tells the classic login page who is signed in.
func (a *API) ssoData(w http.ResponseWriter, r *http.Request) {
	reply.NoStore(w)
	s, ok := a.Sessions.Of(r)
	owner := a.Users.Owner(s.Identity)
	if !ok || owner == nil {
		reply.JSON(w, http.StatusOK, ssoBody{})
		return
	}
	i := owner.Identity(s.Identity)
	body := ssoBody{
		SSO: true, LastUsedClientID: s.Client, LastUsedConnection: &ssoConnection{i.Connection, i.Provider},
		LastUsedUserID: owner.ID(), LastUsedUsername: i.Profile.Email,
	}
	if s.Client != "" {
		body.SessionClients = []string{s.Client}
	}
	reply.JSON(w, http.StatusOK, body)
}
