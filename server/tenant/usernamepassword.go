package tenant

import (
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"

	"github.com/zitadel/oidc/v3/pkg/op"

	"twinlock/server/tenant/connection"
	"twinlock/server/tenant/directory"
	"twinlock/server/tenant/reply"
)

// A hostedLogin is a sign-in of the vendor's classic login page, between the
// check of the password and the form that the page then submits.
type hostedLogin struct {
	request  authRequest
	identity string
}

// hiddenForm is what the template of that form sees.
type hiddenForm struct {
	Action, Result, Context string
}

// usernamePasswordLogin checks a password for a login page on the tenant's own
// origin. A page elsewhere could sign its visitor in to another's account
// (CVE-2018-6874), so it is refused; for those there is /co/authenticate.
func (t *Tenant) usernamePasswordLogin(w http.ResponseWriter, r *http.Request) {
	if origin := r.Header.Get("Origin"); origin != "" && origin+"/" != op.IssuerFromContext(r.Context()) {
		t.failAuth(w, authError{403, "ForbiddenError", "access_denied", "Origin " + origin + " is not allowed."})
		return
	}
	fields, err := readFields(r)
	if err != nil {
		t.failAuth(w, errDatabaseBody)
		return
	}
	request, ok := t.hostedRequest(w, r, fields)
	if !ok {
		return
	}
	c, ok := t.directory.Connections().Allowed(t.storage.clients[request.GetClientID()].mayUse).Database(text(fields, "connection"))
	if !ok {
		t.failAuth(w, errNoDatabase)
		return
	}
	id, err := t.checkLogin(r, c, text(fields, "username"), text(fields, "password"))
	if err != nil {
		t.failAuth(w, validationError(err))
		return
	}
	t.showHiddenForm(w, r, *request, id)
}

// hostedRequest is the one that the login page was opened for, which its state
// names, or what the body itself asks for.
func (t *Tenant) hostedRequest(w http.ResponseWriter, r *http.Request, fields map[string]any) (*authRequest, bool) {
	pending, ok := t.storage.requests.Get(text(fields, "state"))
	if ok && !pending.Done() && pending.browser == t.cookie(r, "did") && pending.issuer == op.IssuerFromContext(r.Context()) && pending.GetClientID() == text(fields, "client_id") {
		return &pending, true
	}
	return t.begin(w, r, formOf(fields))
}

// validationError says a failed login in the words of this endpoint.
func validationError(err error) error {
	switch err {
	case errWrongPassword:
		return authError{400, "ValidationError", "invalid_user_password", "Wrong email or password."}
	case errTooManyAttempts:
		return authError{429, "TooManyRequestsError", "too_many_attempts", errTooManyAttempts.Description}
	case errBlockedUser:
		return authError{401, "UnauthorizedError", "blocked_user", "user is blocked"}
	}
	return err
}

func (t *Tenant) showHiddenForm(w http.ResponseWriter, r *http.Request, request authRequest, id directory.Identity) {
	context, err := json.Marshal(map[string]string{
		"strategy": connection.DatabaseStrategy, "tenant": t.issuer.Tenant(), "connection": id.Connection, "client_id": request.asked.ClientID,
		"response_type": string(request.asked.ResponseType), "redirect_uri": request.asked.RedirectURI, "state": request.asked.State,
		"nonce": request.asked.Nonce, "realm": id.Connection,
	})
	if err != nil {
		t.failAuth(w, err)
		return
	}
	request.browser = t.browser(w, r)
	result := rand.Text() + rand.Text()
	t.storage.hosted.Put(result, hostedLogin{request, id.Key()})
	t.render(w, http.StatusOK, "hiddenform", hiddenForm{request.issuer + "login/callback", result, string(context)})
}

// loginCallback takes the form. The browser must be the one that has checked.
func (t *Tenant) loginCallback(w http.ResponseWriter, r *http.Request) {
	login, ok := t.storage.hosted.Pop(r.PostFormValue("wresult"))
	if !ok || login.request.browser != t.cookie(r, "did") {
		t.errorPage(w, http.StatusBadRequest, "This sign-in is over", "It has been finished or has expired. Go back to the application and sign in again.")
		return
	}
	owner := t.directory.Owner(login.identity)
	if owner == nil {
		t.errorPage(w, http.StatusBadRequest, "This sign-in is over", "The account is gone. Go back to the application and sign in again.")
		return
	}
	t.storage.requests.Pop(login.request.id)
	t.signInAs(w, r, &login.request, *owner.Identity(login.identity))
}

// formOf shows a JSON object as the form that the authorization endpoint reads.
func formOf(fields map[string]any) url.Values {
	form := url.Values{}
	for name, value := range fields {
		switch v := value.(type) {
		case string:
			form.Set(name, v)
		case float64:
			form.Set(name, strconv.FormatFloat(v, 'f', -1, 64))
		}
	}
	return form
}

// ssoData is the answer about the browser's session.
type ssoData struct {
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

// ssodata tells the classic login page who is signed in.
func (t *Tenant) ssodata(w http.ResponseWriter, r *http.Request) {
	reply.NoStore(w)
	s, ok := t.session(r)
	owner := t.directory.Owner(s.identity)
	if !ok || owner == nil {
		reply.JSON(w, http.StatusOK, ssoData{})
		return
	}
	i := owner.Identity(s.identity)
	data := ssoData{
		SSO: true, LastUsedClientID: s.client, LastUsedConnection: &ssoConnection{i.Connection, i.Provider},
		LastUsedUserID: owner.ID(), LastUsedUsername: i.Profile.Email,
	}
	if s.client != "" {
		data.SessionClients = []string{s.client}
	}
	reply.JSON(w, http.StatusOK, data)
}
