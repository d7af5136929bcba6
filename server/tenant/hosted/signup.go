package hosted

import (
	"net/http"

	"twinlock/server/tenant/oauth"
	"twinlock/server/tenant/seed"
)

// signup shows the form that makes an account and signs in to it.
func (p *Pages) signup(w http.ResponseWriter, r *http.Request) {
	if request, ok := p.pending(w, r); ok {
		p.showSignup(w, request, http.StatusOK, request.Asked.LoginHint, "")
	}
}

func (p *Pages) showSignup(w http.ResponseWriter, request *oauth.Request, status int, email, alert string) {
	data := p.newData(request)
	data.Username, data.Alert = email, alert
	if !data.Signup {
		p.Renderer.Message(w, http.StatusForbidden, "No sign-up", "Accounts of this connection are not made here.")
		return
	}
	p.Renderer.Show(w, signupPage, status, request.Asked.RedirectURI, data)
}

func (p *Pages) signUp(w http.ResponseWriter, r *http.Request) {
	request, ok := p.pending(w, r)
	if !ok {
		return
	}
	c, ok := p.database(request)
	if !ok {
		p.showSignup(w, request, http.StatusForbidden, "", "")
		return
	}
	email := r.PostForm.Get("email")
	id, err := p.Accounts.Register(c, seed.Identity{Email: email}, r.PostForm.Get("password"), nil)
	if err != nil {
		p.showAgain(w, err, func(status int, alert string) { p.showSignup(w, request, status, email, alert) })
		return
	}
	p.finish(w, r, request, id)
}
