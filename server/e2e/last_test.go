package e2e

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"twinlock/app/config"
	"twinlock/app/text"
	"twinlock/server/tenant"
)

// holdProgram keeps the program from starting until letProgramIn is called.
const holdProgram = `{
	const compile = WebAssembly.compileStreaming;
	const held = new Promise((go) => { window.letProgramIn = () => (go(), true); });
	WebAssembly.compileStreaming = async (answer) => { await held; return compile.call(WebAssembly, answer); };
}`

// later makes the clock of a page run ahead.
func later(d time.Duration) string {
	return fmt.Sprintf(`{
		const now = Date.now, ahead = %d;
		Date = class extends Date {
			constructor(...when) { when.length ? super(...when) : super(now() + ahead); }
			static now() { return now() + ahead; }
		};
	}`, d.Milliseconds())
}

// returning opens a stage on which ada, with Google linked, has been before, and will come back
// to a page whose program is held.
func returning(t *testing.T, o setup) (*stage, *page, *wire) {
	t.Helper()
	s, p, w := withoutNetwork(t, o)
	p.viewIsKept()
	p.inject(onSite(holdProgram))
	return s, p, w
}

// viewIsKept waits until what is shown is stored for the next visit.
func (p *page) viewIsKept() {
	p.t.Helper()
	p.reload() // by the worker from now on
	p.profileOf(ada)
	p.wait("a worker", `navigator.serviceWorker.controller`)
	p.until("the view is kept", p.vaultHas("view"))
}

// vaultHas is the condition that something is stored sealed.
func (p *page) vaultHas(name string) func(context.Context) (bool, error) {
	return func(context.Context) (bool, error) { return slices.Contains(p.vault(), name), nil }
}

// showsLast waits for the last view.
func (p *page) showsLast(email string) {
	p.t.Helper()
	p.showsProfile(email)
	p.wait("the program is not there", `window.letProgramIn && !document.documentElement.dataset.ready`)
}

func (p *page) showsProfile(email string) {
	p.t.Helper()
	p.see(`main section[aria-label="`+say.Of(text.Profile)+`"]`, email)
}

// showsNobody waits for the first frame of somebody who is not signed in.
func (p *page) showsNobody() {
	p.t.Helper()
	p.appear("#btn-login")
	p.saysNothingOf(ada)
}

func (p *page) saysNothingOf(email string) {
	p.t.Helper()
	if text := p.text("body"); strings.Contains(text, email) {
		p.t.Errorf("the page shows %s: %s", email, text)
	}
}

// letProgramIn lets the program start.
func (p *page) letProgramIn() {
	p.t.Helper()
	evaluate[bool](p, `letProgramIn()`)
	p.started()
}

// The first frame of a return visit is the last view. It says as of when until the tenant has
// answered; the program takes the page over without a shift, and uses that answer.
func TestLastView(t *testing.T) {
	t.Parallel()
	for _, size := range cases(1, []screen{phone, desktop}) {
		t.Run(size.name, func(t *testing.T) {
			t.Parallel()
			s, p, _ := returning(t, setup{configure: speaks("en", "de")})
			p.needsChromium("layout shifts")
			p.inject(onSite(watchShifts))
			p.resize(size)
			read := s.asked("GET", "/api/v2/users/", 200)
			p.visit(s.site + "/")
			p.showsLast(ada)
			p.linked(lovelace)
			p.wait("the tenant's answer is the same", `document.documentElement.dataset.fresh`)
			p.letProgramIn()
			p.profileOf(ada)
			p.linked(lovelace)
			p.still("taken over")
			if n := s.asked("GET", "/api/v2/users/", 200) - read; n != 1 {
				t.Errorf("the profile was read %d times", n)
			}

			// What the tenant holds has changed since, and it takes its time.
			other := s.open("/")
			other.signIn(ada)
			other.link(byron, lovelace)
			s.fault(fault{Method: "GET", Path: "/api/v2/users/*", DelayMS: 1500, Times: 1})
			p.visit(s.site + "/")
			p.showsLast(ada)
			p.see("#as-of", "")
			p.letProgramIn()
			p.see("#as-of", "")
			p.profileOf(ada)
			p.linked(lovelace, byron)
		})
	}
}

// Who presses before the program is there is heard.
func TestPressOnLastView(t *testing.T) {
	t.Parallel()
	s, p, _ := returning(t, setup{})
	for selector, dialog := range map[string]string{"#btn-link-account": "[role=dialog]", ".unlink-account": "#confirm"} {
		s.fault(fault{Method: "GET", Path: "/api/v2/users/*", DelayMS: 1000, Times: 1})
		p.visit(s.site + "/")
		p.showsLast(ada)
		p.click(selector)
		p.appear(selector + "[aria-busy=true]")
		p.letProgramIn()
		p.appear(dialog)
	}
	p.visit(s.site + "/")
	p.showsLast(ada)
	p.replaced(func() { p.click("#btn-logout"); evaluate[bool](p, `letProgramIn()`) })
	p.wait("the page is back from the tenant", js(`location.href === %s`, s.site+"/"))
	p.showsNobody()
}

// Online the view is shown only as long as its session can be used or renewed.
func TestLastViewEndsWithItsSession(t *testing.T) {
	t.Parallel()
	const life = 10 * time.Minute
	s, p, w := returning(t, setup{tokenLife: tenant.Seconds(life.Seconds())})
	p.visit(s.site + "/")
	p.showsLast(ada)
	p.inject(onSite(later(life + time.Minute)))
	p.visit(s.site + "/")
	p.showsNobody()
	p.cutOff(w, true)
	p.visit(s.site + "/")
	p.showsLast(ada)
	p.see("#as-of", say.Of(text.TryAgain))
	p.letProgramIn()
	p.showsProfile(ada)
	p.see("#as-of", say.Of(text.TryAgain))
	p.inject(onSite(later(31 * 24 * time.Hour)))
	p.visit(s.site + "/")
	p.wait("the page is shown", `!document.documentElement.hidden && document.querySelector("#twinlock")`)
	p.saysNothingOf(ada)
}

// changeVault changes what is stored sealed under a name: f is a function in JavaScript that gets
// it and returns what takes its place, undefined for nothing.
func (p *page) changeVault(name, f string) {
	p.t.Helper()
	scope := p.stage.scope().String()
	database, _, _ := strings.Cut(scope, " http")
	if name != "key" {
		name = "entry " + name
	}
	evaluateAsync[bool](p, js(`new Promise((done, fail) => {
		const opening = indexedDB.open(%s), name = %s;
		opening.onerror = fail;
		opening.onsuccess = () => {
			const db = opening.result, transaction = db.transaction("vault", "readwrite"), vault = transaction.objectStore("vault");
			vault.get(name).onsuccess = ({ target }) => {
				const changed = (`+f+`)(target.result);
				if (changed) vault.put(changed, name);
				else vault.delete(name);
			};
			transaction.oncomplete = () => { db.close(); done(true); };
			transaction.onabort = fail;
		};
	})`, database, scope+name))
}

// reseal changes what is in a seal: change is a statement in JavaScript about the value v.
func (p *page) reseal(name, change string) {
	p.t.Helper()
	p.changeVault("key", `({ key, id }) => { window.key_ = key; return { key, id }; }`)
	p.changeVault(name, `(sealed) => { window.sealed_ = sealed; return sealed; }`)
	evaluateAsync[bool](p, js(`(async () => {
		const additionalData = new TextEncoder().encode(%s + "\0"), name = "AES-GCM";
		const v = JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt({ name, iv: sealed_.iv, additionalData }, key_, sealed_.box)));
		`+change+`;
		const iv = crypto.getRandomValues(new Uint8Array(12));
		window.resealed = { iv, box: await crypto.subtle.encrypt({ name, iv, additionalData }, key_, new TextEncoder().encode(JSON.stringify(v))) };
		return true;
	})()`, p.stage.scope().String()+"entry "+name))
	p.changeVault(name, `() => window.resealed`)
}

// What cannot be opened, or is not this page's last view, is not shown.
func TestLastViewIsNotShown(t *testing.T) {
	t.Parallel()
	const (
		skeleton = `getComputedStyle(document.querySelector(".if-signed-in")).display === "block"`
		welcome  = `getComputedStyle(document.querySelector(".if-signed-out")).display === "block"`
		gone     = `() => undefined`
	)
	for name, test := range map[string]struct {
		spoil func(p *page)
		shows string
	}{
		"broken": {func(p *page) {
			p.changeVault("view", `(sealed) => { new Uint8Array(sealed.box)[9] ^= 1; return sealed; }`)
		}, skeleton},
		"without its key":                    {func(p *page) { p.changeVault("key", gone) }, skeleton},
		"too old":                            {func(p *page) { p.reseal("view", `v.at = "2026-01-01T00:00:00Z"`) }, skeleton},
		"of another version":                 {func(p *page) { p.reseal("view", `v.v = 2`) }, skeleton},
		"of another page":                    {func(p *page) { p.reseal("view", `v.value.page = v.value.page.replace("app.", "ape.")`) }, skeleton},
		"the session has an end":             {func(p *page) { p.reseal("view", `v.value.ends = "2026-01-01T00:00:00Z"`) }, skeleton},
		"the session is over":                {func(p *page) { p.reseal("session", `v.value.claims.SessionEnds = 1`) }, welcome},
		"an element that acts":               {func(p *page) { p.reseal("view", `v.value.page = v.value.page.replace('["bdi"', '["script"')`) }, skeleton},
		"not there":                          {func(p *page) { p.changeVault("view", gone) }, skeleton},
		"something else":                     {func(p *page) { p.changeVault("view", `() => "view"`) }, skeleton},
		"the tenant has refused the session": {func(p *page) { p.changeVault("session", gone) }, welcome}, // as the program leaves it
		"another language":                   {func(p *page) { p.replaced(func() { p.chooseLanguage("de") }) }, skeleton},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, p, _ := returning(t, setup{configure: speaks("en", "de")})
			p.visit(s.site + "/")
			p.showsLast(ada)
			test.spoil(p)
			p.visit(s.site + "/")
			p.wait("it is not shown", `!document.documentElement.hidden && `+test.shows)
			p.saysNothingOf(ada)
			p.saysNothingOf(lovelace)
		})
	}
}

// The view is its subject's alone, whatever is left of it, and signing out wipes it.
func TestLastViewIsOneSubjects(t *testing.T) {
	t.Parallel()
	// What is remembered stays, and with it the key.
	s, p, _ := withoutNetwork(t, setup{history: config.KeepHistory})
	p.link(byron, lovelace)
	p.viewIsKept()
	p.changeVault("view", `(sealed) => { window.aside = sealed; return sealed; }`)
	aside := evaluate[string](p, `JSON.stringify({ iv: [...new Uint8Array(aside.iv)], box: [...new Uint8Array(aside.box)] })`)
	key := func() (id string) {
		p.changeVault("key", `(key) => { window.keyID = key.id; return key; }`)
		return evaluate[string](p, `keyID`)
	}
	before := key()
	p.signOut()
	if kept := strings.Join(p.vault(), " "); strings.Contains(kept, "view") || strings.Contains(kept, "offline") {
		t.Errorf("after signing out there is %s", kept)
	}
	p.signIn(charles)
	p.until("the view is kept", p.vaultHas("view"))
	if key() != before {
		t.Fatal("the key is another one: this shows nothing")
	}
	p.changeVault("view", js(`() => { const { iv, box } = JSON.parse(%s); return { iv: new Uint8Array(iv), box: new Uint8Array(box).buffer }; }`, aside))
	p.inject(onSite(holdProgram))
	p.visit(s.site + "/")
	p.wait("the page is shown", `!document.documentElement.hidden && letProgramIn`)
	p.saysNothingOf(ada)
	p.letProgramIn()
	p.profileOf(charles)
	p.saysNothingOf(ada)
}

// What is shown can do nothing, whatever is in the seal.
func TestLastViewIsInert(t *testing.T) {
	t.Parallel()
	s, p, _ := returning(t, setup{})
	p.visit(s.site + "/")
	p.showsLast(ada)
	p.reseal("view", `const page = JSON.parse(v.value.page);
		Object.assign(page.drawn[1][1], { onclick: "boom()", style: "color: red", href: "javascript:boom()", class: "profile marked" });
		page.drawn[1].push("<b id=markup>markup</b>");
		v.value.page = JSON.stringify(page)`)
	p.visit(s.site + "/")
	p.showsLast(ada)
	p.appear(".profile.marked")
	p.see(".profile", "<b id=markup>markup</b>")
	p.none("attributes that act", `[...document.querySelector(".profile").attributes].filter(({ name }) => name !== "class").map(({ name }) => name)`)
}

// What a translator or an extension has drawn is not kept, and nothing is shown again that has
// not been drawn by the program.
func TestLastViewIsTheProgramsOwn(t *testing.T) {
	t.Parallel()
	_, p, _ := withoutNetwork(t, setup{})
	for change, kept := range map[string]bool{
		``: true,
		`document.querySelector(".person-name").append(document.createElement("font"))`: false,
		`document.querySelector(".person").append(document.createElement("iframe"))`:    false,
		`document.querySelector(".profile").setAttribute("onboom", "boom()")`:           true, // without that
	} {
		p.reload()
		p.profileOf(ada)
		view := evaluate[string](p, `(() => {`+change+`; return window.twinlockView(); })()`)
		if (view != "") != kept || strings.Contains(view, "boom") {
			t.Errorf("after %q the view is %.200q", change, view)
		}
	}
}

// Where a host has changed the script in the page, the browser does not run it: that costs speed,
// and nothing else.
func TestInlineScriptIsChanged(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(string) string{
		"a byte":  func(page string) string { return strings.Replace(page, "twinlockBegun", "twinlockbegun", 1) },
		"nothing": func(page string) string { return page },
		"left out": func(page string) string {
			return regexp.MustCompile(`(?s)<script>.*?</script>`).ReplaceAllString(page, "")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			front := func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if r.URL.Path != "/" {
						next.ServeHTTP(w, r)
						return
					}
					r.Header.Del("Accept-Encoding")
					r.Header.Del("If-None-Match")
					right := httptest.NewRecorder()
					next.ServeHTTP(right, r)
					maps.Copy(w.Header(), right.Header())
					w.Header().Del("Content-Length")
					fmt.Fprint(w, spoil(right.Body.String()))
				})
			}
			s := newStage(t, setup{front: front, furnish: linkedBefore(ada, lovelace)})
			p := s.open("/")
			p.troubles.expect("violates the following Content Security Policy")
			p.signIn(ada)
			p.kept()
			p.viewIsKept()
			if begun := evaluate[bool](p, `!!window.twinlockBegun`); begun != (name == "nothing") {
				t.Errorf("the script in the page has run: %v", begun)
			}
			p.inject(onSite(holdProgram))
			p.visit(s.site + "/")
			p.showsLast(ada)
			p.letProgramIn()
			p.profileOf(ada)
			p.linked(lovelace)
		})
	}
}
