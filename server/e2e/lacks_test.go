package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"twinlock/app/provider"
	"twinlock/app/text"
)

// lacking are scripts that take from a browser what some browser, setting or host does not
// give. With all of them the page starts and opens its dialog. The first five stand for the
// others: a sentence, no vault, a window, smaller things that are missing.
var lacking = []struct {
	name   string
	script string
	// told is what the dialog says instead of leaving for the tenant; "" where signing in,
	// linking and signing out work all the same.
	told text.Key
	// unnamed: no login outlasts a redirect, so that each goes on in a window.
	unnamed bool
	// forgets: the session ends with the page, so that only a window links.
	forgets bool
	popup   bool
}{
	{name: "crypto.subtle", script: none("Crypto.prototype", "subtle"), told: text.Insecure},
	{name: "indexedDB", script: none("window", "indexedDB"), forgets: true},
	{name: "localStorage refused", script: refused("window", "localStorage") + refused("window", "sessionStorage"), unnamed: true},
	{name: "navigator", script: none("Navigator.prototype", "locks") + none("Navigator.prototype", "clipboard") +
		none("Navigator.prototype", "onLine") + none("Navigator.prototype", "serviceWorker")},
	{name: "BroadcastChannel", script: none("window", "BroadcastChannel")},
	{name: "crypto.subtle, popup", script: none("Crypto.prototype", "subtle"), told: text.Insecure, popup: true},
	{name: "indexedDB refused", script: refused("window", "indexedDB"), forgets: true},
	{name: "indexedDB.open", script: none("IDBFactory.prototype", "open"), forgets: true},
	{name: "indexedDB's answer", script: slowDatabase, forgets: true},
	{name: "localStorage", script: none("window", "localStorage")},
	{name: "BroadcastChannel refused", script: `window.BroadcastChannel = class { constructor() { throw new DOMException("no", "SecurityError"); } };`},
	{name: "AbortController", script: none("window", "AbortController")},
	{name: "a modal dialog", script: none("HTMLDialogElement.prototype", "showModal")},
	{name: "Intl", script: none("window", "Intl") +
		`Date.prototype.toLocaleString = () => { throw new RangeError("no dates"); };`},
	{name: "matchMedia, Worker, Blob", script: none("window", "matchMedia") + none("window", "Worker") + none("window", "Blob")},
	{name: "a window", script: none("window", "screenX") + none("window", "outerWidth"), popup: true},
}

// none makes a property of an object undefined.
func none(object, property string) string {
	return js(`Object.defineProperty(`+object+`, %s, {value: undefined, writable: true, configurable: true});`, property)
}

// refused makes reading a property of an object throw.
func refused(object, property string) string {
	return js(`Object.defineProperty(`+object+`, %s, {
		get() { throw new DOMException("refused", "SecurityError"); }, configurable: true,
	});`, property)
}

// What a browser lacks costs what it is for, or is said before somebody leaves to sign in.
// It never ends the program.
func TestWhatABrowserLacks(t *testing.T) {
	t.Parallel()
	for _, test := range cases(5, lacking) {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var o setup
			if test.popup {
				o.interaction = provider.Popup
			}
			s := newStage(t, o)
			p := s.blank()
			p.needsChromium("scripts before the page's own")
			p.inject(onSite(test.script))
			p.visit(s.site + "/")
			p.started()
			p.click("#btn-login")
			p.appear("[role=dialog]")
			p.hears("#lock-login")
			login := p.login
			if test.unnamed {
				login = p.loginInWindow
			}
			switch {
			case test.told != "":
				p.choose(connectionOf(ada))
				p.see("[role=dialog] [role=alert]", say.Of(test.told))
				if asked := s.authorizations(); len(asked) != 0 || p.windows() != 0 || !strings.HasPrefix(p.location(), s.site) {
					t.Errorf("the page has left for %q, at %s", asked, p.location())
				}
			default:
				login(ada)
				p.profileOf(ada)
				if test.forgets {
					p.see("[role=status]", say.Of(text.OnlyThisPage))
					login = p.loginInWindow
				}
				p.click("#btn-link-account")
				login(byron) // who has no settings that would need the journal
				p.click("#btn-confirm")
				p.linked(byron)
				p.signOut()
			}
			p.key("\x1b")
			p.started()
		})
	}
}

// A page that is served over plain http, on a name that is not this machine's.
func TestPlainHTTP(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{})
	p := s.whole(chromedp.Flag("host-resolver-rules", "MAP site.test 127.0.0.1"))
	p.troubles.expect("Cross-Origin-Opener-Policy") // browsers ignore it there, and say so
	p.visit(strings.Replace(s.site, "127.0.0.1", "site.test", 1) + "/")
	p.started()
	p.click("#btn-login")
	p.hears("#lock-login")
	p.choose(connectionOf(ada))
	p.see("[role=dialog] [role=alert]", say.Of(text.Insecure))
	if asked := s.authorizations(); len(asked) != 0 {
		t.Errorf("the page has left for %q", asked)
	}
}

// Nor does the page leave before the program is there, which then says why.
func TestNoEarlySignInWithoutSignatures(t *testing.T) {
	t.Parallel()
	g := newGate(t, "/web/app.")
	s := newStage(t, setup{front: g.front})
	p := s.blank()
	p.needsChromium("scripts before the page's own")
	p.inject(none("Crypto.prototype", "subtle"))
	p.visit(s.site + "/")
	p.click("#btn-login")
	p.hears("#lock-login")
	p.choose(connectionOf(ada))
	p.appear(`[role=dialog] [aria-busy=true]`)
	g.lift()
	p.see("[role=dialog] [role=alert]", say.Of(text.Insecure))
	if asked := s.authorizations(); len(asked) != 0 {
		t.Errorf("the page has left for %q", asked)
	}
}

// Without what the program itself needs, the boot script says so.
func TestBrowserThatCannotRunThePage(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"WebAssembly", "fetch", "crypto"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, setup{})
			p := s.blank()
			p.needsChromium("scripts before the page's own")
			p.troubles.expect("globalThis.crypto is not available") // Go's own script says so
			p.inject(none("window", name))
			p.visit(s.site + "/")
			p.alert("This browser cannot run this page.")
		})
	}
}

// Where no signature can be checked, no window is opened, not even for a moment.
func TestNoWindowWithoutSignatures(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{interaction: provider.Popup})
	p := s.blank()
	p.needsChromium("scripts before the page's own")
	p.inject(none("Crypto.prototype", "subtle") + `
		window.opened = 0;
		const right = window.open;
		window.open = (...args) => { window.opened++; return right(...args); };`)
	p.visit(s.site + "/")
	p.started()
	p.click("#btn-login")
	p.hears("#lock-login")
	p.choose(connectionOf(ada))
	p.see("[role=dialog] [role=alert]", say.Of(text.Insecure))
	if n := evaluate[int](p, `window.opened`); n != 0 {
		t.Errorf("%d windows were opened", n)
	}
}

// Where the browser saves no files, the page says so, with the content, and the person can go
// on.
func TestCopyIsNotSaved(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{furnish: linkedBefore(ada, lovelace)})
	p := s.blank()
	p.needsChromium("scripts before the page's own")
	p.inject(none("window", "Blob"))
	p.resize(phone)
	p.visit(s.site + "/")
	p.started()
	p.signIn(ada)
	p.click(".unlink-account")
	p.click("#btn-save-copy")
	p.alert(say.Of(text.NotSaved))
	p.click(".details summary")
	p.see(".details pre", lovelace)
	p.fits()
	p.pressButton(say.Of(text.TryAgain))
	p.click("#btn-confirm")
	p.linked()
}
