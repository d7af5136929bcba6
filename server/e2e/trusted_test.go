package e2e

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
)

const trustedTypes = "require-trusted-types-for 'script'; trusted-types twinlock"

// reports are what browsers tell of violations, from pages and workers alike.
type reports struct {
	mu   sync.Mutex
	told []string
}

// front adds a policy of Trusted Types alone that only reports.
func (x *reports) front(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/reports" {
			told, _ := io.ReadAll(r.Body)
			x.mu.Lock()
			defer x.mu.Unlock()
			x.told = append(x.told, string(told))
			w.WriteHeader(http.StatusNoContent)
			return
		}
		w.Header().Set("Content-Security-Policy-Report-Only", trustedTypes+"; report-uri /reports")
		next.ServeHTTP(w, r)
	})
}

func (x *reports) all() []string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return slices.Clone(x.told)
}

// waitForReport waits for the first: what was to be told before has been told by then.
func (p *page) waitForReport(x *reports) {
	p.t.Helper()
	p.until("a violation is reported", func(context.Context) (bool, error) { return len(x.all()) > 0, nil })
}

// A whole walk sets nothing that Trusted Types would refuse, in the page and in its workers:
// nothing is reported before what the test itself does at the end.
func TestTrustedTypesReportNothing(t *testing.T) {
	t.Parallel()
	t.Run("walk", func(t *testing.T) {
		t.Parallel()
		x, v := &reports{}, &versions{}
		s := newStage(t, setup{front: func(first http.Handler) http.Handler { return x.front(v.front(first)) }})
		p := s.blank()
		p.noteWorkers()
		p.visit(s.site + "/")
		p.started()
		if got, want := p.workers(), compiledAhead; !slices.Equal(got, want) {
			t.Errorf("the first visit's worker: %q, want %q", got, want)
		}
		p.signIn(ada)
		p.link(lovelace)
		p.click(".unlink-account")
		p.click("#btn-confirm")
		p.linked()
		p.kept()
		p.reload()
		p.profileOf(ada)
		v.deploy(t, s, "next")
		p.lookForUpdate()
		p.takesOver("next")
		p.profileOf(ada)
		p.violates(x)
	})
	t.Run("repair", func(t *testing.T) {
		t.Parallel()
		x := &reports{}
		m := &spoiler{path: "/web/wasm_exec.", spoil: func(w http.ResponseWriter, _ *httptest.ResponseRecorder) {
			w.Header().Set("Cache-Control", "no-store")
			w.WriteHeader(http.StatusNotFound)
		}}
		s := newStage(t, setup{front: func(next http.Handler) http.Handler {
			next = m.front(next)
			return x.front(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				// The page's element gets nothing, and what repairs it does.
				if strings.HasPrefix(r.URL.Path, m.path) && r.Header.Get("Cache-Control") == "no-cache" {
					m.on.Store(false)
				}
				next.ServeHTTP(w, r)
			}))
		}})
		p := s.blank()
		p.troubles.expect("404", "Go is not defined", "NetworkError", "importScripts")
		m.on.Store(true)
		p.visit(s.site + "/")
		p.started()
		if m.count.Load() == 0 || m.on.Load() {
			t.Error("nothing was to be repaired")
		}
		p.violates(x)
	})
}

// violates does what is forbidden, and checks that this is all that is reported.
func (p *page) violates(x *reports) {
	p.t.Helper()
	p.troubles.expect("TrustedHTML")
	evaluate[bool](p, `(() => { try { document.createElement("p").innerHTML = "witness"; } catch {} return true; })()`)
	p.waitForReport(x)
	for _, told := range x.all() {
		if !strings.Contains(told, "witness") {
			p.t.Errorf("reported: %s", told)
		}
	}
}

// Attack case 38b: whatever gets a script to run finds no way to make more of text, and no second
// policy; the site's own policy knows the site's scripts alone.
func TestTrustedTypesRefuse(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		front func(http.Handler) http.Handler
	}{{"headers", nil}, {"only the page", bare}} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, setup{front: tt.front})
			p := s.blank()
			p.needsChromium("a script before the page's own")
			p.troubles.expect("Trusted", "Content Security Policy", "not a script of this site")
			// The policy is in no place where scripts find it: the test takes it as it is made.
			p.inject(`if (self.trustedTypes) { const { createPolicy } = TrustedTypePolicyFactory.prototype;
				TrustedTypePolicyFactory.prototype.createPolicy = function (...its) { return window.taken = createPolicy.apply(this, its); }; }`)
			p.visit(s.site + "/")
			p.started()
			p.none("was not refused", `Object.entries({
				markup: () => { document.createElement("p").innerHTML = "<img src=x onerror=1>"; },
				"markup beside": () => document.body.insertAdjacentHTML("beforeend", "<b>"),
				document: () => new DOMParser().parseFromString("<b>", "text/html"),
				frame: () => { document.createElement("iframe").srcdoc = "<b>"; },
				script: () => { document.createElement("script").src = document.getElementById("boot").dataset.exec; },
				"text of a script": () => { document.createElement("script").text = "1"; },
				worker: () => new Worker("/app-worker.js"),
				"second policy": () => trustedTypes.createPolicy("twinlock", { createScriptURL: (url) => url }),
				"default policy": () => trustedTypes.createPolicy("default", { createHTML: (text) => text }),
				"another's script": () => taken.createScriptURL("https://evil.example/script.js"),
				"a file of the site that is no script": () => taken.createScriptURL("/config.json"),
				"more than the address of a script": () => taken.createScriptURL(document.getElementById("boot").dataset.touch + "#more"),
				"what the page was changed to say": () => {
					document.getElementById("boot").dataset.exec = "/other.js";
					taken.createScriptURL("/other.js");
				},
				"markup by our policy": () => taken.createHTML("<b>"),
				"script by our policy": () => taken.createScript("1"),
			}).flatMap(([what, attempt]) => { try { attempt(); return [what]; } catch { return []; } })`)
			if !evaluate[bool](p, `taken.createScriptURL(document.getElementById("boot").dataset.worker) instanceof TrustedScriptURL`) {
				t.Error("the site's own script is refused")
			}
		})
	}
}
