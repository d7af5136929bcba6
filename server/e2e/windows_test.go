package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"twinlock/app/text"
	"twinlock/app/text/texttest"
)

// bare is a host that sends no headers of one's own.
func bare(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { next.ServeHTTP(&headless{w}, r) })
}

type headless struct{ http.ResponseWriter }

// WriteHeader implements http.ResponseWriter.
func (h *headless) WriteHeader(status int) {
	for _, name := range []string{"Content-Security-Policy", "Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy"} {
		h.Header().Del(name)
	}
	h.ResponseWriter.WriteHeader(status)
}

// Attack case 5: where no header forbids a frame, nothing starts in one, whoever is
// signed in.
func TestFramedWithoutHeaders(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{front: func(next http.Handler) http.Handler {
		next = bare(next)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/frames" {
				next.ServeHTTP(w, r)
				return
			}
			// Of the same origin, so that the test can look inside.
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, `<!doctype html><link rel="icon" href="data:,"><iframe src="/"></iframe><iframe src="/callback?code=c&amp;state=login.AAAAAAAAAAAAAAAAAAAAAA"></iframe>`)
		})
	}})
	p := s.open("/")
	p.signIn(ada)
	p.kept()
	p.visit(s.site + "/frames")
	for i := range 2 {
		frame := fmt.Sprintf("frames[%d]", i)
		p.wait("the frame says that it is one", frame+js(`.document.body?.innerText.includes(%s)`, texttest.In("en").Of(text.Framed)))
		if said := evaluate[string](p, frame+`.document.body.innerText.trim()`); strings.Contains(said, ada) || strings.Contains(said, say.Of(text.SignIn)) {
			t.Errorf("the frame shows %q", said)
		}
		if evaluate[bool](p, frame+`.twinlockConfiguration !== undefined || `+frame+`.document.documentElement.dataset.ready === "true" || `+frame+`.document.querySelector("button") !== null`) {
			t.Error("something has started in the frame")
		}
		if link := evaluate[string](p, frame+`.document.links[0].href + " " + `+frame+`.document.links[0].target + " " + `+frame+`.document.links[0].rel`); link != s.site+"/ _blank noopener" {
			t.Errorf("the link is %s", link)
		}
	}
}

// A stranger's page opens windows and holds on to them, in a variable.
func (s *stage) stranger() *page {
	s.t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, `<!doctype html><link rel="icon" href="data:,"><button onclick="w = window.open('about:blank')">Open</button>`)
	}))
	s.t.Cleanup(server.Close)
	p := s.blank()
	p.visit(strings.Replace(server.URL, "127.0.0.1", "evil.localhost", 1))
	return p
}

// opens has the stranger's page open an address of the site.
func (p *page) opens(path string) *page {
	p.t.Helper()
	p.click("button")
	window := p.window()
	evaluate[bool](p, js(`(w.location = %s, true)`, p.stage.site+path))
	window.wait("the site is there", js(`location.href.startsWith(%s)`, p.stage.site))
	window.started()
	return window
}

// controlsWindow tells whether the stranger's page can still do something with the window.
func (p *page) controlsWindow() bool {
	p.t.Helper()
	return evaluate[bool](p, `!w.closed`)
}

const unasked = "/callback?code=c&state=login.AAAAAAAAAAAAAAAAAAAAAA"

// Whoever opens the page in a window has no hold of it where somebody is signed
// in, not even by way of the callback's page, which every window may stay with.
func TestOpenedWindow(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{})
	p := s.stranger()
	window := p.opens("/")
	if p.controlsWindow() {
		t.Error("the page's window is held")
	}
	window.signIn(ada)
	window.clean()
	if p.controlsWindow() {
		t.Error("after signing in the window is held")
	}
	window = p.opens(unasked)
	window.alert(say.Of(text.NoTransaction))
	window.stays(ada)
	if p.controlsWindow() {
		t.Error("a window opened at the callback's page is held")
	}
	// The hold need not be seen from within.
	evaluate[bool](p, `(window.open = ((open) => (url) => { const w = open(url); w.opener = null; return w; })(window.open), true)`)
	window = p.opens(unasked)
	window.alert(say.Of(text.NoTransaction))
	if p.controlsWindow() {
		t.Error("a window that does not know its opener is held")
	}
}

// On a host without headers the hold stays. Signing in and linking work, and
// nothing is loaded for ever.
func TestOpenedWindowWithoutHeaders(t *testing.T) {
	t.Parallel()
	l := &requestLog{}
	s := newStage(t, setup{front: func(next http.Handler) http.Handler { return l.front(bare(next)) }})
	p := s.stranger()
	window := p.opens("/")
	window.signIn(ada)
	window.clean()
	if got := evaluate[string](window, `performance.getEntriesByType("navigation")[0].type`); got != "reload" {
		t.Errorf("after signing in the page has come by %q, and not afresh", got)
	}
	if !p.controlsWindow() {
		t.Error("without headers the window is not held: the test shows nothing")
	}
	window.link(lovelace)
	s.wantHeld(map[string]string{adaID: adaAndGoogle, lovelaceID: ""})
	window.clean()
	window = p.opens(unasked)
	window.alert(say.Of(text.NoTransaction))
	window.profileOf(ada)
	window.clean()
}
