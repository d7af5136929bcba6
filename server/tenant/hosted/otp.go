package hosted

import (
	"net/http"

	"twinlock/server/tenant/directory"
	"twinlock/server/tenant/oauth"
)

// waiting returns the request that waits for a second factor and its user, or else answers
// and returns false.
func (p *Pages) waiting(w http.ResponseWriter, r *http.Request) (*oauth.Request, *directory.User, bool) {
	request, ok := p.pending(w, r)
	if !ok {
		return nil, nil, false
	}
	owner := p.Users.Owner(request.First)
	if request.First == "" || owner == nil {
		http.Redirect(w, r, p.Path(request, ""), http.StatusSeeOther)
		return nil, nil, false
	}
	return request, owner, true
}

// otp shows the page that asks for a one-time code, and first shows the secret to a person
// who has none.
func (p *Pages) otp(w http.ResponseWriter, r *http.Request) {
	if request, owner, ok := p.waiting(w, r); ok {
		p.showOTP(w, request, owner, http.StatusOK, "")
	}
}

func (p *Pages) showOTP(w http.ResponseWriter, request *oauth.Request, owner *directory.User, status int, alert string) {
	data := signInData{State: request.ID, Tenant: p.Renderer.Name(), For: request.Organization.DisplayName, Alert: alert}
	if owner.OTPSecret == "" {
		var err error
		if data.Secret, err = p.Accounts.NewSecret(request.ID); err != nil {
			p.Renderer.Fail(w, "one-time codes", err)
			return
		}
	}
	p.Renderer.Show(w, otpPage, status, request.Asked.RedirectURI, data)
}

// enterOTP reads a one-time code.
func (p *Pages) enterOTP(w http.ResponseWriter, r *http.Request) {
	request, owner, ok := p.waiting(w, r)
	if !ok {
		return
	}
	if err := p.Accounts.CheckOTP(owner, request.ID, r.PostForm.Get("code")); err != nil {
		p.showAgain(w, err, func(status int, alert string) { p.showOTP(w, request, owner, status, alert) })
		return
	}
	if !p.Provider.Discard(request.ID) {
		p.showOver(w)
		return
	}
	p.Endpoint.FactorPassed(w, r, request)
}
