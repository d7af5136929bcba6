package hosted

import (
	"net/http"
	"net/url"

	"twinlock/server/tenant/connection"
	"twinlock/server/tenant/oauth"
)

// coded returns the request and its connection, if that sends codes; or else answers and
// returns false.
func (p *Pages) coded(w http.ResponseWriter, r *http.Request) (*oauth.Request, connection.Connection, bool) {
	request, ok := p.pending(w, r)
	if !ok {
		return nil, connection.Connection{}, false
	}
	c, _ := p.connections(request).Find(request.Connection)
	if !c.Coded() {
		http.Redirect(w, r, p.Path(request, ""), http.StatusSeeOther)
		return nil, c, false
	}
	return request, c, true
}

// code shows the page that asks for an address, and then for the code that was sent there.
func (p *Pages) code(w http.ResponseWriter, r *http.Request) {
	if request, c, ok := p.coded(w, r); ok {
		to := p.Accounts.CodeSentTo(request.ID)
		if r.Form.Has("again") {
			to = ""
		}
		p.showCode(w, request, c, to, http.StatusOK, "")
	}
}

func (p *Pages) showCode(w http.ResponseWriter, request *oauth.Request, c connection.Connection, to string, status int,
	alert string) {
	p.Renderer.Show(w, codePage, status, request.Asked.RedirectURI, signInData{State: request.ID, Tenant: p.Renderer.Name(),
		For: request.Organization.DisplayName, Connection: c, Username: request.Asked.LoginHint, SentTo: to, Alert: alert})
}

// enterCode reads an address, or a code.
func (p *Pages) enterCode(w http.ResponseWriter, r *http.Request) {
	request, c, ok := p.coded(w, r)
	if !ok {
		return
	}
	if !r.PostForm.Has("code") {
		if err := p.Accounts.SendCode(c, request.ID, r.PostForm.Get("username")); err != nil {
			p.showAgain(w, err, func(status int, alert string) { p.showCode(w, request, c, "", status, alert) })
			return
		}
		http.Redirect(w, r, codePath+"?"+url.Values{"state": {request.ID}}.Encode(), http.StatusSeeOther)
		return
	}
	to := p.Accounts.CodeSentTo(request.ID)
	id, err := p.Accounts.SignInByCode(c, request.ID, r.PostForm.Get("code"))
	if err != nil {
		p.showAgain(w, err, func(status int, alert string) { p.showCode(w, request, c, to, status, alert) })
		return
	}
	p.finish(w, r, request, id)
}
