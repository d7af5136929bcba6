package hosted

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/zitadel/oidc/v3/pkg/oidc"

	"twinlock/server/tenant/account"
	"twinlock/server/tenant/connection"
	"twinlock/server/tenant/directory"
	"twinlock/server/tenant/oauth"
)

// signInData is what the templates of the sign-in pages see.
type signInData struct {
	State      string // the request's id
	Tenant     string
	For        string // the display name of the organization that one signs in to
	Connection connection.Connection
	Username   string
	Alert      string
	Notice     string
	Password   bool            // asks for one
	Signup     bool            // offers to sign up
	Social     connection.List // to choose from: all that ask for no password
	SentTo     string          // a code
	Secret     string          // of one-time codes, to be added
	Accounts   []choice        // to choose from
	Given      url.Values      // to the provider
}

// A choice is an account that the person could have at a social provider.
type choice struct {
	directory.Profile
	Account string // the form's value
}

func (p *Pages) newData(request *oauth.Request) signInData {
	c, ok := p.database(request)
	return signInData{State: request.ID, Tenant: p.Renderer.Name(), For: request.Organization.DisplayName, Password: ok, Signup: ok && !c.DisableSignup}
}

// credentials shows the page that asks for a password, or for another way.
func (p *Pages) credentials(w http.ResponseWriter, r *http.Request) {
	if request, ok := p.pending(w, r); ok {
		p.showCredentials(w, request, http.StatusOK, request.Asked.LoginHint, "")
	}
}

func (p *Pages) showCredentials(w http.ResponseWriter, request *oauth.Request, status int, username, alert string) {
	data := p.newData(request)
	data.Username, data.Alert = username, alert
	if request.Connection == "" {
		for _, c := range p.connections(request) {
			if !c.IsDatabase() {
				data.Social = append(data.Social, c)
			}
		}
	}
	p.Renderer.Show(w, credentialsPage, status, request.Asked.RedirectURI, data)
}

// signIn reads a username and a password, or the choice of a social connection.
func (p *Pages) signIn(w http.ResponseWriter, r *http.Request) {
	request, ok := p.pending(w, r)
	if !ok {
		return
	}
	chosen, known := p.connections(request).Find(r.PostForm.Get("connection"))
	if known && !chosen.IsDatabase() && request.Connection == "" {
		p.Provider.SetConnection(request.ID, chosen.Name)
		request.Connection = chosen.Name
		http.Redirect(w, r, p.Path(request, ""), http.StatusSeeOther)
		return
	}
	username := r.PostForm.Get("username")
	c, _ := p.database(request) // the zero connection has no account
	id, err := p.Accounts.SignIn(r, c, username, r.PostForm.Get("password"))
	if err != nil {
		p.showAgain(w, err, func(status int, alert string) { p.showCredentials(w, request, status, username, alert) })
		return
	}
	p.finish(w, r, request, id)
}

// showAgain shows the form again with a sentence about what was refused.
func (p *Pages) showAgain(w http.ResponseWriter, err error, show func(status int, alert string)) {
	alert := account.Sentence(err)
	if alert == "" {
		p.Renderer.Fail(w, "hosted page", err)
		return
	}
	status := http.StatusBadRequest
	var known account.Error
	switch {
	case errors.Is(err, account.ErrWrongPassword):
		status = http.StatusUnauthorized
	case errors.As(err, &known) && known.Name == "":
		status = known.Status
	}
	show(status, alert)
}

// accounts shows the stand-in for a social provider: it lists the accounts that the
// person could have there.
func (p *Pages) accounts(w http.ResponseWriter, r *http.Request) {
	request, ok := p.pending(w, r)
	if !ok {
		return
	}
	c, ok := p.Users.Connections().Find(request.Connection)
	if !ok || !c.Social() {
		http.Redirect(w, r, p.Path(request, ""), http.StatusSeeOther)
		return
	}
	data := signInData{State: request.ID, Tenant: p.Renderer.Name(), For: request.Organization.DisplayName, Connection: c, Given: c.Upstream(request.Form)}
	list := p.Users.Identities(c.Name)
	for n, name := range directory.AccountNames(list) {
		data.Accounts = append(data.Accounts, choice{list[n].Profile, name})
	}
	p.Renderer.Show(w, accountsPage, http.StatusOK, request.Asked.RedirectURI, data)
}

// choose reads the choice of an account, or the refusal to choose.
func (p *Pages) choose(w http.ResponseWriter, r *http.Request) {
	request, ok := p.pending(w, r)
	if !ok {
		return
	}
	if r.PostForm.Has("deny") {
		p.Endpoint.Refuse(w, r, request, oidc.ErrAccessDenied().WithDescription("User did not authorize the request"))
		return
	}
	id, ok := p.Users.Find(request.Connection, r.PostForm.Get("account"))
	if !ok || !id.Social {
		p.Renderer.Message(w, http.StatusBadRequest, "No such account", "Go back and choose one of the listed accounts.")
		return
	}
	p.finish(w, r, request, id)
}
