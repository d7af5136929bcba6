package e2e

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"twinlock/app/text"
)

// A wire is what site and tenant are reached through. While it is cut, nothing
// is answered.
type wire struct{ cut atomic.Bool }

func (w *wire) carry(next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if w.cut.Load() {
			panic(http.ErrAbortHandler)
		}
		next.ServeHTTP(rw, r)
	})
}

// cutOff takes the network away from a person, or gives it back: from the page,
// which the browser tells, and from the worker, which only finds out.
func (p *page) cutOff(w *wire, yes bool) {
	p.t.Helper()
	w.cut.Store(yes)
	p.offline(yes)
}

// kept waits until the worker has kept the site.
func (p *page) kept() {
	p.t.Helper()
	// A page that was loading when the worker claimed the others has none before
	// the next visit.
	p.wait("a worker has kept the site", `navigator.serviceWorker.getRegistration().then((r) => window.kept = r?.active?.state === "activated"), window.kept`)
}

// withoutNetwork opens a stage and signs ada in, with Google linked, on a device
// that has kept the site.
func withoutNetwork(t *testing.T, o setup) (*stage, *page, *wire) {
	t.Helper()
	w := &wire{}
	o.front, o.around, o.furnish = w.carry, w.carry, linkedBefore(ada, lovelace)
	s := newStage(t, o)
	p := s.open("/")
	p.troubles.expect("ERR_INTERNET_DISCONNECTED", "ERR_EMPTY_RESPONSE", "ERR_FAILED", "net::ERR", "CORS request did not succeed")
	p.signIn(ada)
	p.linked(lovelace)
	p.kept()
	return s, p, w
}

// Without a network every route opens, whatever its query, and shows the profile
// as it was; nothing is written; the network is noticed when it is back.
func TestOfflineVisit(t *testing.T) {
	t.Parallel()
	for _, basePath := range cases(1, []string{"/link", ""}) {
		t.Run("base "+basePath, func(t *testing.T) {
			t.Parallel()
			s, p, w := withoutNetwork(t, setup{basePath: basePath})
			untouched := s.untouched()
			p.cutOff(w, true)
			for _, path := range []string{"/", "/?utm_source=mail", "/callback", "/callback?x=y"} {
				p.visit(s.site + path)
				p.started()
				p.profileOf(ada)
				p.linked(lovelace)
				p.appear("#as-of")
			}
			p.visit(s.site + "/")
			p.started()
			p.appear("#as-of")
			if n := p.count("[role=alert]"); n != 0 {
				t.Errorf("an alarm: %q", p.text("[role=alert]"))
			}
			p.appear("#btn-link-account[aria-disabled=true]")
			p.appear(".unlink-account[aria-disabled=true]")
			p.click("#btn-link-account")
			p.alert(say.Of(text.Offline))
			p.click(".unlink-account")
			p.alert(say.Of(text.Offline))
			p.vanish("[role=dialog]")
			p.cutOff(w, false)
			p.vanish("#as-of")
			p.vanish("[role=alert]")
			p.profileOf(ada)
			untouched()
			p.cachesHoldNobody()
		})
	}
}

// The servers do not answer, but the browser believes in its network. On the way
// there nobody is offered a new version: there is only one.
func TestServersGone(t *testing.T) {
	t.Parallel()
	s, p, w := withoutNetwork(t, setup{})
	p.vanish("#update")
	untouched := s.untouched()
	w.cut.Store(true)
	p.visit(s.site + "/")
	p.started()
	p.profileOf(ada)
	p.linked(lovelace)
	p.appear("#as-of")
	p.click(".unlink-account")
	p.alert("")
	p.vanish("[role=dialog]")
	w.cut.Store(false)
	p.reload()
	p.profileOf(ada)
	p.vanish("#as-of")
	untouched()
}

// A session that has run out does not take the copy with it; signing out does.
func TestOfflineAfterTheSession(t *testing.T) {
	t.Parallel()
	s, p, w := withoutNetwork(t, setup{})
	p.cutOff(w, true)
	p.inject(`{
				const now = Date.now, week = 7 * 24 * 3600 * 1000;
				Date = class extends Date {
					constructor(...when) { when.length ? super(...when) : super(now() + week); }
					static now() { return now() + week; }
				};
			}`)
	p.visit(s.site + "/")
	p.started()
	p.profileOf(ada)
	p.linked(lovelace)
	p.appear("#as-of")
	p.click("#btn-logout")
	p.see("[role=status]", say.Of(text.SignedOutHere))
	p.visit(s.site + "/")
	p.started()
	p.appear("#btn-login")
	if text := p.text("body"); strings.Contains(text, ada) {
		t.Errorf("after signing out the page shows %s", text)
	}
}

// The copy is nobody else's.
func TestOfflineAfterSomebodyElse(t *testing.T) {
	t.Parallel()
	s, p, w := withoutNetwork(t, setup{})
	p.signOut()
	p.cutOff(w, true)
	p.visit(s.site + "/")
	p.started()
	p.appear("#btn-login")
	p.cutOff(w, false)
	p.visit(s.site + "/")
	p.started()
	p.signIn(charles)
	p.cutOff(w, true)
	p.visit(s.site + "/")
	p.started()
	p.profileOf(charles)
	if text := p.text("body"); strings.Contains(text, ada) {
		t.Errorf("the page of %s shows %s: %s", charles, ada, text)
	}
}
