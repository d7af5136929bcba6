package e2e

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"twinlock/app/text"
)

// The person goes back to the tenant's page, and a tenant that knows them by now answers at
// once: a login that this tab has finished. No alarm, and nothing changes.
func TestBackAndSignInAgain(t *testing.T) {
	t.Parallel()
	var again atomic.Pointer[string]
	s := newStage(t, setup{around: func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if answer := again.Load(); answer != nil && r.URL.Path == "/u/login" {
				http.Redirect(w, r, *answer, http.StatusFound)
				return
			}
			next.ServeHTTP(w, r)
		})
	}})
	p := s.open("/")
	p.signIn(ada)
	untouched := s.untouched()
	answer := strings.Replace(s.courier.last(t), "code=", "code=another", 1)
	again.Store(&answer)
	p.back()
	p.see("[role=status]", say.Of(text.FinishedBefore))
	p.profileOf(ada)
	p.vanish("[role=alert]")
	p.clean()
	untouched()
}

// Two tabs sign in as the same person. The one that comes later is no other account's.
func TestTwoTabsSignInAsTheSame(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{})
	p := s.open("/")
	other := p.tab("/")
	for _, tab := range []*page{p, other} {
		tab.click("#btn-login")
		tab.choose(connectionOf(ada))
		tab.appear("input[name=username]")
	}
	for _, tab := range []*page{p, other} {
		tab.answer(ada)
		tab.started()
		tab.profileOf(ada)
		tab.vanish("[role=alert]")
		tab.clean()
	}
	p.reload()
	p.profileOf(ada)
}

// A link in one of the tenant's e-mails leads to the page with what looks like an answer.
func TestMailLinks(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{})
	p := s.open("/")
	asked := len(s.requests())
	come := func(path string, sentence text.Key) {
		t.Helper()
		p.visit("about:blank")
		p.visit(s.site + path)
		p.started()
		p.see("[role=status]", say.Of(sentence))
		p.vanish("[role=alert]")
		p.clean()
		if at := p.location(); at != s.site+"/" {
			t.Errorf("the address is %s", at)
		}
		if body := p.text("body"); strings.Contains(body, "0800") {
			t.Errorf("the page repeats what anybody can write: %s", body)
		}
	}
	const worked = "?supportSignUp=true&email=ada%40example.com&message=Call%200800.&success=true&code=success#"
	for _, path := range []string{"/", "/callback"} {
		come(path+worked, text.MailLinkWorked)
		p.appear("#btn-login")
		come(path+"?message=Call%200800.&success=false", text.MailLinkFailed)
		p.appear("#btn-login")
	}
	for _, r := range s.requests()[asked:] {
		if r.Path == "/oauth/token" {
			t.Error("a code was exchanged")
		}
	}
	p.signIn(ada)
	untouched := s.untouched()
	for _, path := range []string{"/", "/callback"} {
		come(path+worked, text.MailLinkWorked)
		p.stays(ada)
	}
	untouched()
}
