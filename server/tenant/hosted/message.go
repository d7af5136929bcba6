package hosted

import (
	"errors"
	"net/http"

	"twinlock/server/tenant/account"
)

// forgot asks for the address whose password is forgotten.
func (p *Pages) forgot(w http.ResponseWriter, r *http.Request) {
	if request, ok := p.pending(w, r); ok {
		p.Renderer.Show(w, forgotPage, http.StatusOK, "", p.newData(request))
	}
}

// sendReset sends a message with a link to choose a new password.
func (p *Pages) sendReset(w http.ResponseWriter, r *http.Request) {
	request, ok := p.pending(w, r)
	if !ok {
		return
	}
	if c, ok := p.database(request); ok {
		p.Accounts.Forgot(c, r.PostForm.Get("email"))
	}
	data := p.newData(request)
	data.Notice = "If this address has an account, a message with a link is on its way."
	p.Renderer.Show(w, forgotPage, http.StatusOK, "", data)
}

// done shows what the link of a message has done, or why it has not.
func (p *Pages) done(w http.ResponseWriter, err error, doing, title, text string) {
	switch {
	case err == nil:
		p.Renderer.Message(w, http.StatusOK, title, text)
	case errors.Is(err, account.ErrTicket):
		p.Renderer.Message(w, http.StatusBadRequest, "This link does not work",
			"It has been used or has expired. Ask for a new message.")
	default:
		p.Renderer.Fail(w, doing, err)
	}
}

func (p *Pages) verifyEmail(w http.ResponseWriter, r *http.Request) {
	err := p.Accounts.VerifyEmail(r.FormValue("ticket"))
	p.done(w, err, "verify address", "Email verified", "Your email address has been verified.")
}

func (p *Pages) unblock(w http.ResponseWriter, r *http.Request) {
	err := p.Accounts.Unblock(r.FormValue("ticket"))
	p.done(w, err, "unblock account", "Account unblocked", "You can sign in again.")
}

// resetData is what the template of the page that asks for a new password sees.
type resetData struct{ Tenant, Ticket, Alert string }

func (p *Pages) reset(w http.ResponseWriter, r *http.Request) {
	ticket := r.FormValue("ticket")
	if !p.Accounts.CanReset(ticket) {
		p.done(w, account.ErrTicket, "", "", "")
		return
	}
	p.Renderer.Show(w, resetPage, http.StatusOK, "", resetData{Tenant: p.Renderer.Name(), Ticket: ticket})
}

// resetPassword sets the new password and signs the identity out everywhere.
func (p *Pages) resetPassword(w http.ResponseWriter, r *http.Request) {
	ticket := r.FormValue("ticket")
	identity, err := p.Accounts.ResetPassword(ticket, r.PostFormValue("password"))
	if alert := account.Sentence(err); alert != "" {
		p.Renderer.Show(w, resetPage, http.StatusBadRequest, "", resetData{p.Renderer.Name(), ticket, alert})
		return
	}
	if err == nil {
		p.Sessions.EndAll(identity)
	}
	p.done(w, err, "reset password", "Password changed", "Your password has been changed. You can sign in with it now.")
}
