package e2e

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"twinlock/app/text"
	"twinlock/app/text/texttest"
	"twinlock/server/site"
)

// chooseLanguage has the person choose a language by the switch.
func (p *page) chooseLanguage(language string) {
	p.t.Helper()
	evaluate[bool](p, js(`((select) => { select.value = %s; return select.dispatchEvent(new Event("change", { bubbles: true })) })(document.querySelector("#language"))`, language))
}

// The first frame is in the person's language, and the first language is never seen.
func TestFirstFrameIsTranslated(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{configure: speaks("en", "de", "ar")})
	p := s.blank()
	p.needsChromium("a language")
	p.speak("ar")
	p.inject(`window.frames_ = new Set();
		(function look() {
			const button = document.getElementById("btn-login");
			if (button && !document.documentElement.hidden) frames_.add(button.textContent + " " + document.documentElement.dir);
			requestAnimationFrame(look);
		})();`)
	p.visit(s.site + "/")
	arabic := texttest.In("ar")
	p.speaks(arabic)
	p.none("seen besides", js(`[...frames_].filter((said) => said !== %s)`, arabic.Of(text.SignIn)+" rtl"))
}

// Where the catalogue is late, the page is shown in the site's first language, and then in the
// person's. It can be used meanwhile.
func TestLateCatalogue(t *testing.T) {
	t.Parallel()
	g := newGate(t, "/web/de.")
	program := newGate(t, "/web/app.")
	s := newStage(t, setup{front: func(next http.Handler) http.Handler { return program.front(g.front(next)) }, configure: bilingual})
	p := s.blank()
	p.speak("de")
	p.visit(s.site + "/")
	p.see("#btn-login", say.Of(text.SignIn))
	p.click("#btn-login")
	p.appear("#lock-login[open]")
	g.lift()
	p.see("#lock-login h2", german.Of(text.SignInTitle))
	if got := evaluate[string](p, `document.documentElement.lang`); got != "de" {
		t.Errorf("the page is in %s", got)
	}
	if !evaluate[bool](p, `document.querySelector("#lock-login").open`) {
		t.Error("the dialog has been closed")
	}
	p.see(`[data-connection="google-oauth2"]`, "Google")
	program.lift()
	p.speaks(german)
}

// Where a language cannot be had the page speaks the site's first one. Where that cannot be had
// either, the page says that it could not be loaded.
func TestMissingCatalogue(t *testing.T) {
	t.Parallel()
	missing := func(w http.ResponseWriter, _ *httptest.ResponseRecorder) {
		http.NotFound(w, httptest.NewRequest("GET", "/", nil))
	}
	for name, tt := range map[string]struct {
		path  string
		spoil func(http.ResponseWriter, *httptest.ResponseRecorder)
		check func(p *page)
	}{
		"not found": {"/web/de.", missing, func(p *page) { p.speaks(say) }},
		"a page":    {"/web/de.", aPage, func(p *page) { p.speaks(say) }},
		"another document": {"/web/de.", func(w http.ResponseWriter, _ *httptest.ResponseRecorder) {
			w.Header().Set("Content-Type", "application/json")
			io.WriteString(w, `{"message": "not found"}`)
		}, func(p *page) { p.speaks(say) }},
		"answers too late": {"/web/de.", func(http.ResponseWriter, *httptest.ResponseRecorder) { time.Sleep(4 * time.Second) }, func(p *page) { p.speaks(say) }},
		"all": {"/web/", func(w http.ResponseWriter, right *httptest.ResponseRecorder) {
			if right.Header().Get("Content-Type") == "application/json" {
				aPage(w, right)
				return
			}
			for name, values := range right.Header() {
				w.Header()[name] = values
			}
			w.Write(right.Body.Bytes())
		}, func(p *page) { p.alert(say.Of(text.NotLoaded)) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := &spoiler{path: tt.path, spoil: tt.spoil}
			m.on.Store(true)
			s := newStage(t, setup{front: m.front, configure: bilingual})
			p := s.blank()
			p.troubles.expect("404", "SyntaxError", "status")
			p.speak("de")
			p.inject(`const wait = setTimeout; window.setTimeout = (f, ms, ...args) => wait(f, ms === 15000 ? 500 : ms, ...args);`)
			p.visit(s.site + "/")
			tt.check(p)
		})
	}
}

// The worker keeps the first language and the one in use: without a network the page is in the
// person's language, and the browser says that another one cannot be had.
func TestLanguagesWithoutNetwork(t *testing.T) {
	t.Parallel()
	w := &wire{}
	s := newStage(t, setup{front: w.carry, around: w.carry, configure: speaks("en", "de", "fr")})
	p := s.blank()
	p.needsChromium("a language")
	p.troubles.expect(failed, "net::ERR", "Failed to fetch")
	p.speak("de")
	p.visit(s.site + "/")
	p.speaks(german)
	keeps := func(want string) {
		t.Helper()
		p.kept()
		p.wait("the worker keeps "+want, js(`(async () => {
			const found = new Set();
			for (const name of await caches.keys()) for (const { url } of await (await caches.open(name)).keys()) {
				const m = /\/web\/([a-zA-Z-]+)\.[0-9a-f]+\.json$/.exec(url);
				if (m) found.add(m[1]);
			}
			window.languagesKept = [...found].sort().join(" ");
		})(), window.languagesKept === %s`, want))
	}
	keeps("de en")
	p.cutOff(w, true)
	p.reload()
	p.speaks(german)
	p.chooseLanguage("fr")
	p.wait("the switch is back", `document.querySelector("#language").value === "de"`)
	p.speaks(german)
	p.cutOff(w, false)
	p.replaced(func() { p.chooseLanguage("fr") })
	p.speaks(texttest.In("fr"))
	p.reload()
	keeps("en fr")
	p.cutOff(w, true)
	p.reload()
	p.speaks(texttest.In("fr"))
	p.replaced(func() { p.chooseLanguage("en") })
	p.speaks(say)
}

// A new version keeps the language that was in use, with its own words.
func TestUpdateKeepsTheLanguage(t *testing.T) {
	t.Parallel()
	v, w := &versions{}, &wire{}
	s := newStage(t, setup{front: func(next http.Handler) http.Handler { return w.carry(v.front(next)) }, around: w.carry, configure: speaks("en", "de", "fr")})
	p := s.blank()
	p.needsChromium("a language")
	p.troubles.expect(failed, "net::ERR", "Failed to fetch")
	p.speak("de")
	p.visit(s.site + "/")
	p.speaks(german)
	p.kept()
	v.serve(t, site.Options{Config: s.config, Version: "next", Texts: site.Texts{"de": {"welcome": "Willkommen bei der nächsten Version"}}})
	evaluateAsync[bool](p, `(async () => { await (await navigator.serviceWorker.ready).update(); return true; })()`)
	p.wait("the new version is kept", `navigator.serviceWorker.getRegistration().then((r) => window.waitingVersion = r.waiting), window.waitingVersion`)
	p.appear("#update button")
	p.replaced(func() { p.click("#update button") })
	p.started()
	p.cutOff(w, true)
	p.reload()
	p.see("#twinlock", "Willkommen bei der nächsten Version")
}

// What cannot be had is not chosen: the page speaks the next language that the person reads, the
// choice is not stored, and the worker keeps what it has.
func TestLanguageThatCannotBeHad(t *testing.T) {
	t.Parallel()
	m := &spoiler{path: "/web/fr.", spoil: func(w http.ResponseWriter, _ *httptest.ResponseRecorder) { w.WriteHeader(http.StatusNotFound) }}
	s := newStage(t, setup{front: m.front, configure: speaks("en", "de", "fr")})
	p := s.blank()
	p.needsChromium("a language")
	p.troubles.expect("404")
	p.speak("de")
	p.visit(s.site + "/")
	p.speaks(german)
	p.kept()
	p.reload()
	m.on.Store(true)
	p.visit(s.site + "/?lang=fr")
	p.speaks(german)
	m.on.Store(false)
	p.reload()
	p.speaks(german)
}

// A catalogue that comes when another language has been found does nothing any more.
func TestOutdatedCatalogue(t *testing.T) {
	t.Parallel()
	g := newGate(t, "/web/ar.")
	s := newStage(t, setup{front: g.front, configure: speaks("en", "de", "ar")})
	p := s.blank()
	p.needsChromium("a language")
	p.inject(`Object.defineProperty(navigator, "serviceWorker", {value: undefined});`) // as in a private window
	p.visit(s.site + "/?lang=de")
	p.speaks(german)
	p.speak("ar")
	p.visit(s.site + "/")
	p.speaks(german)
	g.lift()
	p.wait("the Arabic catalogue is there", `performance.getEntriesByType("resource").some((e) => e.name.includes("/web/ar.") && e.responseEnd)`)
	if got := evaluate[string](p, `document.documentElement.lang + " " + document.documentElement.dir`); got != "de ltr" {
		t.Errorf("the page is %s", got)
	}
	p.speaks(german)
}

// What is shown instead of the page changes too when the catalogue is late.
func TestLateCatalogueOfALostPage(t *testing.T) {
	t.Parallel()
	g := newGate(t, "/web/ar.")
	s := newStage(t, setup{front: func(next http.Handler) http.Handler {
		return g.front(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/nothing" { // as hosts do that answer each path with the page
				r.URL.Path = "/"
			}
			next.ServeHTTP(w, r)
		}))
	}, configure: speaks("en", "ar")})
	p := s.blank()
	p.speak("ar")
	p.visit(s.site + "/nothing")
	p.see("h1", say.Of(text.Lost))
	g.lift()
	p.see("h1", texttest.In("ar").Of(text.Lost))
}

// Where nothing can be stored the switch works all the same, for the page that it leads to.
func TestSwitchWithoutStorage(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{configure: bilingual})
	p := s.blank()
	p.inject(`{ const store = Storage.prototype.setItem;
		Storage.prototype.setItem = function(key, value) { if (key.endsWith(" language")) throw new DOMException("full", "QuotaExceededError"); store.call(this, key, value); }; }`)
	p.visit(s.site + "/")
	p.speaks(say)
	p.replaced(func() { p.chooseLanguage("de") })
	p.speaks(german)
}

// The worker keeps the pages also where the host leads from a page to a folder of its name.
func TestHostWithFolders(t *testing.T) {
	t.Parallel()
	w := &wire{}
	s := newStage(t, setup{around: w.carry, front: func(next http.Handler) http.Handler {
		return w.carry(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch r.URL.Path {
			case "/callback":
				http.Redirect(w, r, "/callback/?"+r.URL.RawQuery, http.StatusMovedPermanently)
				return
			case "/callback/", "/callback.html":
				r.URL.Path = "/callback"
			}
			next.ServeHTTP(w, r)
		}))
	}})
	p := s.open("/")
	p.troubles.expect(failed, "net::ERR", "Failed to fetch")
	p.signIn(ada)
	p.kept()
	p.cutOff(w, true)
	p.visit(s.site + "/")
	p.started()
	p.appear("#as-of")
}
