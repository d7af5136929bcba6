package e2e

import (
	"strings"
	"testing"

	"twinlock/app/provider"
	"twinlock/app/text"
)

// fillStorage uses up what the browser gives the origin in localStorage, as another site on
// it can.
const fillStorage = `(() => {
	let part = "x".repeat(1 << 20);
	for (let n = 0; ; n++) {
		try {
			localStorage.setItem("neighbour " + n, part);
		} catch {
			if (part.length < 2) return true;
			part = part.slice(part.length >> 1);
		}
	}
})()`

func (p *page) fillStorage() {
	p.t.Helper()
	if !evaluate[bool](p, fillStorage) {
		p.t.Fatal("there is room left")
	}
}

// What browsers may do to what is to be stored.
const (
	silentStorage = `const store = Storage.prototype.setItem;
		Storage.prototype.setItem = function (key, value) { if (this !== localStorage) store.call(this, key, value); };`
	fullDatabase = `IDBObjectStore.prototype.put = () => { throw new DOMException("no room", "QuotaExceededError"); };`
	slowDatabase = `IDBFactory.prototype.open = () => ({});`
	noWindows    = `window.reallyOpen = window.open; window.open = () => null;`
)

// onSite makes a script one that runs on the site's pages and not on the tenant's.
func onSite(script string) string {
	return `if (!location.host.startsWith("tenant.")) {` + script + `}`
}

// loginInWindow is [page.login] where the site's redirect becomes a window.
func (p *page) loginInWindow(email string) {
	p.t.Helper()
	p.choose(connectionOf(email))
	p.window().answer(email)
}

// Where localStorage keeps nothing, logins wait in the database, whether the boot script
// or the program has begun them.
func TestLoginsWaitInTheDatabase(t *testing.T) {
	t.Parallel()
	for _, tt := range cases(1, []struct{ name, script string }{
		{"full", fillStorage},
		{"stores nothing", silentStorage},
		{"refused", refused("window", "localStorage")},
	}) {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			g := newGate(t, "/web/app.")
			s := newStage(t, setup{front: g.front, basePath: "/link"})
			p := s.blank()
			p.needsChromium("scripts before the page's own")
			p.inject(onSite(tt.script))
			p.visit(s.site + "/")
			p.click("#btn-login")
			p.appear("[role=dialog]")
			p.login(ada)
			g.lift()
			p.profileOf(ada)
			p.link(lovelace)
			for _, name := range p.vault() {
				if strings.Contains(name, ".tx.") {
					t.Errorf("%s is left", name)
				}
			}
			p.signOut()
			p.signIn(ada)
		})
	}
}

// A neighbour fills the storage while the person is at the tenant.
func TestStorageIsFilledBeforeTheAnswer(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{})
	p := s.open("/")
	other := p.tab("/")
	p.click("#btn-login")
	p.choose(connectionOf(ada))
	p.appear("input[name=username]")
	other.fillStorage()
	p.answer(ada)
	p.profileOf(ada)
}

// Where nothing keeps a login while the page is away, it goes on in a window. Where there
// is none either, the person is told before they leave.
func TestNothingKeepsALogin(t *testing.T) {
	t.Parallel()
	for _, tt := range cases(1, []struct {
		name, script string
		told         text.Key
	}{
		{"both full", fillStorage + ";" + fullDatabase, text.StorageFull},
		{"full, and no database", fillStorage + ";" + none("window", "indexedDB"), text.StorageFull},
		{"stores nothing, and the database never answers", silentStorage + slowDatabase, text.NotKept},
		{"all refused", refused("window", "localStorage") + refused("window", "indexedDB"), text.NotKept},
		{"the tab keeps no name", `Storage.prototype.setItem = () => {};`, text.NotKept},
	}) {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			g := newGate(t, "/web/app.")
			s := newStage(t, setup{front: g.front})
			p := s.blank()
			p.needsChromium("scripts before the page's own")
			p.inject(onSite(tt.script + noWindows))
			p.visit(s.site + "/")
			p.click("#btn-login")
			p.hears("#lock-login")
			p.choose(connectionOf(ada))
			p.appear(`[role=dialog] [aria-busy=true]`)
			g.lift()
			p.see("[role=dialog] [role=alert]", say.Of(tt.told))
			if asked := s.authorizations(); len(asked) != 0 || !strings.HasPrefix(p.location(), s.site) {
				t.Errorf("the page has left for %q, at %s", asked, p.location())
			}
			evaluate[bool](p, `(window.open = window.reallyOpen, true)`)
			p.loginInWindow(ada)
			p.profileOf(ada)
		})
	}
}

// The callback's page hands an answer over from a window whatever the storage is like.
func TestWindowWithFullStorage(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{interaction: provider.Popup})
	p := s.open("/")
	p.fillStorage()
	p.signIn(ada)
	p.link(lovelace)
}

// Where the session does not outlast a redirect, no login under it leaves by one.
func TestSessionThatWouldNotOutlastALink(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{})
	p := s.blank()
	p.needsChromium("scripts before the page's own")
	p.inject(onSite(none("window", "indexedDB") + noWindows))
	p.visit(s.site + "/")
	p.started()
	p.signIn(ada)
	untouched, asked := s.untouched(), len(s.authorizations())
	p.click("#btn-link-account")
	p.hears("#lock-linking")
	p.choose(connectionOf(byron)) // who has no settings that would need the journal
	p.see("[role=dialog] [role=alert]", say.Of(text.NotKept))
	untouched()
	if n := len(s.authorizations()); n != asked {
		t.Errorf("%d logins were begun", n-asked)
	}
	evaluate[bool](p, `(window.open = window.reallyOpen, true)`)
	p.loginInWindow(byron)
	p.click("#btn-confirm")
	p.linked(byron)
}

// The same before a login that something else needs first.
func TestSessionThatWouldNotOutlastAProof(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{configure: oneMinute})
	p := s.blank()
	p.needsChromium("scripts before the page's own")
	p.inject(onSite(none("window", "indexedDB") + noWindows))
	p.visit(s.site + "/")
	p.started()
	p.staleSignIn(ada)
	untouched, asked := s.untouched(), len(s.authorizations())
	p.click("#btn-link-account")
	p.hears("#lock-proof")
	p.wantThing(thing{"dialog", say.Of(text.ProveTitle)})
	p.focusIn("#lock-proof #btn-confirm")
	p.goOn("proof")
	p.see("#lock-proof [role=alert]", say.Of(text.NotKept))
	untouched()
	if n := len(s.authorizations()); n != asked {
		t.Errorf("%d logins were begun", n-asked)
	}
	evaluate[bool](p, `(window.open = window.reallyOpen, true)`)
	p.goOn("proof")
	p.window().prove(ada)
	p.hears("#lock-linking")
	p.loginInWindow(byron)
	p.click("#btn-confirm")
	p.linked(byron)
}
