package tenant

import (
	"net/http"

	"twinlock/server/tenant/seed"
)

// signupPage shows the form that makes an account and signs in to it.
func (t *Tenant) signupPage(w http.ResponseWriter, r *http.Request) {
	if request, ok := t.pending(w, r); ok {
		t.showSignup(w, request, http.StatusOK, request.asked.LoginHint, "")
	}
}

func (t *Tenant) showSignup(w http.ResponseWriter, request *authRequest, status int, email, alert string) {
	page := t.newSignInPage(request)
	page.Username, page.Alert = email, alert
	if !page.Signup {
		t.errorPage(w, http.StatusForbidden, "No sign-up", "Accounts of this connection are not made here.")
		return
	}
	t.page(w, status, request.asked.RedirectURI, "signup", page)
}

func (t *Tenant) signUp(w http.ResponseWriter, r *http.Request) {
	request, ok := t.pending(w, r)
	if !ok {
		return
	}
	c, ok := t.passwordsFor(request)
	if !ok {
		t.showSignup(w, request, http.StatusForbidden, "", "")
		return
	}
	email := r.PostForm.Get("email")
	id, err := t.register(c, seed.Identity{Email: email}, r.PostForm.Get("password"), nil)
	if err != nil {
		t.showRefusal(w, err, func(status int, alert string) { t.showSignup(w, request, status, email, alert) })
		return
	}
	t.complete(w, r, request, id)
}

// forgotPage asks for the address whose password is forgotten.
func (t *Tenant) forgotPage(w http.ResponseWriter, r *http.Request) {
	if request, ok := t.pending(w, r); ok {
		t.page(w, http.StatusOK, "", "forgot", t.newSignInPage(request))
	}
}

func (t *Tenant) forgotPassword(w http.ResponseWriter, r *http.Request) {
	request, ok := t.pending(w, r)
	if !ok {
		return
	}
	if c, ok := t.passwordsFor(request); ok {
		t.forgot(c, r.PostForm.Get("email"))
	}
	page := t.newSignInPage(request)
	page.Notice = "If this address has an account, a message with a link is on its way."
	t.page(w, http.StatusOK, "", "forgot", page)
}
