package e2e

import (
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"twinlock/app/config"
	"twinlock/app/text"
	"twinlock/server/tenant"
)

// oneMinute is the strictest setting of how fresh a sign-in must be.
func oneMinute(c *config.Config) { c.MaxAuthAge = 60 }

// staleSignIn signs in with a proof that is ten minutes old.
func (p *page) staleSignIn(email string) {
	p.t.Helper()
	p.stage.fault(fault{Path: "/oauth/token", Token: map[string]any{"auth_time": time.Now().Add(-10 * time.Minute).Unix()}})
	p.signIn(email)
}

// stale is a stage on which ada's proof is stale and lovelace is linked to her.
func stale(t *testing.T) (*stage, *page) {
	t.Helper()
	s := newStage(t, setup{configure: oneMinute, furnish: linkedBefore(ada, lovelace)})
	p := s.open("/")
	p.staleSignIn(ada)
	p.linked(lovelace)
	return s, p
}

// goOn begins the login that a dialog says is needed first.
func (p *page) goOn(purpose string) {
	p.t.Helper()
	p.click("#lock-" + purpose + " #btn-confirm")
}

// prove answers the tenant's page that asks for a password once more; it knows
// who is expected.
func (p *page) prove(email string) {
	p.t.Helper()
	p.wait("the tenant expects "+email, js(`document.querySelector("input[name=username]")?.value === %s`, email))
	p.write("input[name=password]", tenant.Password)
	p.click("button[type=submit]")
}

// proveAs answers that page as somebody else.
func (p *page) proveAs(email string) {
	p.t.Helper()
	p.appear("input[name=username]")
	p.wait("the field is empty", `!(document.querySelector("input[name=username]").value = "")`)
	p.answer(email)
}

// Whoever stops the page on its way to the tenant can begin again.
func TestProofIsStopped(t *testing.T) {
	t.Parallel()
	asked := make(chan struct{}, 1)
	var stall atomic.Bool
	s := newStage(t, setup{configure: oneMinute, around: func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/authorize" && stall.CompareAndSwap(true, false) {
				asked <- struct{}{}
				<-r.Context().Done()
				return
			}
			next.ServeHTTP(w, r)
		})
	}})
	p := s.open("/")
	p.staleSignIn(ada)
	stall.Store(true)
	evaluate[bool](p, `(addEventListener("beforeunload", () => setTimeout(stop, 500)), true)`)
	p.click("#btn-link-account")
	p.goOn("proof")
	<-asked
	p.see("#lock-proof [role=alert]", say.Of(text.NoAnswer))
	p.goOn("proof")
	p.prove(ada)
	p.appear(`[role=dialog] [data-connection="google-oauth2"]`)
}

// deletions counts the unlinks that the tenant was asked for.
func (s *stage) deletions() int {
	s.t.Helper()
	return s.asked("DELETE", "/api/v2/", 0)
}

// Attack case 28: a stale proof is asked for anew before a link; then the lock
// opens by itself.
func TestStaleLink(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{configure: oneMinute})
	p := s.open("/")
	p.staleSignIn(ada)
	untouched := s.untouched()
	p.click("#btn-link-account")
	p.goOn("proof")
	p.prove(ada)
	p.appear(`[role=dialog] [data-connection="google-oauth2"]`)
	p.clean()
	untouched()
	p.login(lovelace)
	p.click("#btn-confirm")
	p.linked(lovelace)
	s.wantHeld(map[string]string{adaID: adaMerged, lovelaceID: ""})

	// Now that it is fresh nothing is asked.
	p.reload()
	p.profileOf(ada)
	p.click("#btn-link-account")
	p.appear(`[role=dialog] [data-connection="google-oauth2"]`)
}

// Attack case 28: an unlink that was confirmed with a stale proof goes on by
// itself once that is fresh, exactly once.
func TestStaleUnlink(t *testing.T) {
	t.Parallel()
	s, p := stale(t)
	untouched := s.untouched()
	p.click(".unlink-account")
	p.click("#confirm #btn-confirm")
	p.goOn("proof")
	p.appear("input[name=password]")
	untouched()
	p.prove(ada)
	p.linked()
	p.see("[role=status]", text.Fill(say.Of(text.Unlinked), "account", lovelace))
	s.wantHeld(map[string]string{lovelaceID: lovelaceBare})
	if n := s.deletions(); n != 1 {
		t.Errorf("the tenant was asked %d times to unlink", n)
	}
	p.clean()

	// Neither a reload, nor the same answer once more, nor a new link of the same
	// account repeats it.
	answer := s.courier.last(t)
	p.reload()
	p.profileOf(ada)
	p.link(lovelace)
	p.visit(answer)
	p.started()
	p.see("[role=status]", say.Of(text.FinishedBefore))
	p.linked(lovelace)
	if n := s.deletions(); n != 1 {
		t.Errorf("the tenant was asked %d times to unlink", n)
	}
}

// Attack case 12: somebody else answers when the person is to prove who they are.
func TestProofOfSomebodyElse(t *testing.T) {
	t.Parallel()
	s, p := stale(t)
	untouched := s.untouched()
	p.click(".unlink-account")
	p.click("#confirm #btn-confirm")
	p.goOn("proof")
	p.proveAs(charles)
	p.alert(say.Of(text.OtherPerson))
	p.profileOf(ada)
	p.linked(lovelace)
	untouched()

	// Attack case 8: what was asked for does not wait for the next proof.
	p.reload()
	p.profileOf(ada)
	p.click("#btn-link-account")
	p.goOn("proof")
	p.prove(ada)
	p.appear(`[role=dialog] [data-connection="google-oauth2"]`)
	p.linked(lovelace)
	untouched()
}

// Attack case 8: who turns back at the tenant's page has asked for nothing any
// more once they ask for something else.
func TestProofAbandoned(t *testing.T) {
	t.Parallel()
	s, p := stale(t)
	untouched := s.untouched()
	p.click(".unlink-account")
	p.click("#confirm #btn-confirm")
	p.goOn("proof")
	p.appear("input[name=password]")
	p.visit(s.site + "/")
	p.started()
	p.profileOf(ada)
	p.linked(lovelace)
	p.click("#btn-link-account")
	p.goOn("proof")
	p.prove(ada)
	p.appear(`[role=dialog] [data-connection="google-oauth2"]`)
	p.login(byron)
	p.appear("#btn-confirm")
	p.click("#btn-cancel")
	p.linked(lovelace)
	untouched()
}

// Only the session is renewed: the login of the second account, and the proof of
// the first, ask for no refresh token.
func TestOnlyTheSessionIsRenewable(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{
		scopes:    renewableScopes,
		configure: oneMinute,
	})
	p := s.open("/")
	p.staleSignIn(ada)
	p.click("#btn-link-account")
	p.goOn("proof")
	p.prove(ada)
	p.login(lovelace)
	p.click("#btn-confirm")
	p.linked(lovelace)
	var renewable []bool
	for _, r := range s.requests() {
		if r.Path == "/authorize" {
			renewable = append(renewable, slices.Contains(strings.Fields(r.Query["scope"]), "offline_access"))
		}
	}
	if want := []bool{true, false, false}; !slices.Equal(renewable, want) {
		t.Errorf("logins, proof and link ask to be renewed: %v, want %v", renewable, want)
	}
}
