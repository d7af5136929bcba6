package e2e

import (
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
)

// noteWorkers keeps in window.rehearsals what the workers of every page to come say.
func (p *page) noteWorkers() {
	p.t.Helper()
	p.needsChromium("a script before the page's own")
	p.inject(`window.rehearsals = [];
				window.Worker = class extends Worker {
					constructor(url) {
						super(url);
						rehearsals.push("begun");
						this.addEventListener("message", (e) => rehearsals.push(Object.keys(e.data).join() || "given up"));
						this.addEventListener("error", () => rehearsals.push("failed"));
					}
				};`)
}

func (p *page) rehearsals() []string {
	p.t.Helper()
	return evaluate[[]string](p, `rehearsals`)
}

// A first visit rehearses, to the end; a later one has no need to.
func TestRehearsal(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{})
	p := s.blank()
	p.noteWorkers()
	p.visit(s.site + "/")
	p.started()
	if got, want := p.rehearsals(), []string{"begun", "here", "module", "played"}; !slices.Equal(got, want) {
		t.Errorf("the first visit's rehearsal: %q, want %q", got, want)
	}
	p.kept()
	p.reload()
	p.started()
	if got := p.rehearsals(); len(got) != 0 {
		t.Errorf("the second visit's rehearsal: %q", got)
	}
}

// A rehearsal that a service worker has answered for does not know what to rehearse: it says so
// at once, and nothing is reported.
func TestRehearsalWithoutFragment(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{})
	p := s.blank()
	p.noteWorkers()
	p.inject(`{ const { createPolicy } = TrustedTypePolicyFactory.prototype;
		TrustedTypePolicyFactory.prototype.createPolicy = function (name, { createScriptURL }) {
			return createPolicy.call(this, name, { createScriptURL: (url) => createScriptURL(url).split("#")[0] });
		} }`)
	p.visit(s.site + "/")
	p.started()
	if got, want := p.rehearsals(), []string{"begun", "here", "given up"}; !slices.Equal(got, want) {
		t.Errorf("the rehearsal: %q, want %q", got, want)
	}
}

// The page starts whatever becomes of the rehearsal.
func TestRehearsalFails(t *testing.T) {
	t.Parallel()
	for _, test := range cases(2, []struct {
		name, script string // in the place of the rehearsal's
		trouble      string
	}{
		{"not there", "", "404"},
		{"never ends", `onmessage = async () => postMessage({module: await WebAssembly.compileStreaming(fetch(new URLSearchParams(location.hash.slice(1)).get("wasm")))})`, ""},
		{"says nothing", ";", ""},
		{"does not run", `throw new Error("no")`, "no"},
		{"gives up", `onmessage = () => postMessage({})`, ""},
		{"gives something else", `onmessage = () => postMessage({module: "none"})`, ""},
	}) {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, setup{front: func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					switch {
					case !strings.HasPrefix(r.URL.Path, "/web/rehearsal."):
						next.ServeHTTP(w, r)
					default:
						w.Header().Set("Content-Type", "text/javascript")
						if test.script == "" {
							w.WriteHeader(http.StatusNotFound)
						}
						fmt.Fprint(w, "if (!self.document) {"+test.script+"}")
					}
				})
			}})
			p := s.blank()
			if test.trouble != "" {
				p.troubles.expect(test.trouble)
			}
			p.visit(s.site + "/")
			p.started()
			p.signIn(ada)
		})
	}
}

// The program that is rehearsed finds nothing in the worker that it could change,
// ask or tell, and none of what is there is the browser's.
func TestRehearsalStage(t *testing.T) {
	t.Parallel()
	script, err := os.ReadFile("../../web/rehearsal.js")
	if err != nil {
		t.Fatal(err)
	}
	send := func(mux *http.ServeMux, path, contentType, body string) {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", contentType)
			fmt.Fprint(w, body)
		})
	}
	mux := http.NewServeMux()
	send(mux, "/rehearsal.js", "text/javascript", string(script))
	send(mux, "/app.wasm", "application/wasm", "\x00asm\x01\x00\x00\x00")
	// In the place of Go's own script: a program that tells what it sees.
	send(mux, "/exec.js", "text/javascript", `
		const channel = new BroadcastChannel("seen");
		class Go {
			importObject = {};
			async run() {
				const seen = new Set();
				for (let owner = globalThis; owner && owner !== Object.prototype; owner = Object.getPrototypeOf(owner)) {
					for (const name of Object.getOwnPropertyNames(owner)) if (globalThis[name] !== undefined) seen.add(name);
				}
				const native = (f) => typeof f === "function" && Function.prototype.toString.call(f).includes("[native code]");
				const real = [];
				for (const name of ["document", "window", "navigator", "location", "history", "indexedDB", "localStorage", "sessionStorage", "console"]) {
					for (const [key, value] of Object.entries(globalThis[name] ?? {})) {
						if (globalThis[name] !== globalThis && native(value)) real.push(name + "." + key);
					}
				}
				channel.postMessage({ seen: [...seen], real });
			}
		}
		globalThis.Go = Go;`)
	send(mux, "/page.js", "text/javascript", `
		new BroadcastChannel("seen").onmessage = (e) => { window.told = e.data; };
		const worker = new Worker("/rehearsal.js#" + new URLSearchParams({ exec: "/exec.js", wasm: "/app.wasm" }));
		worker.onmessage = (e) => { if (!e.data.module && !e.data.here) window.ended = true; };
		worker.postMessage({ config: "{}", env: {}, page: { location: {}, navigator: {} } });`)
	send(mux, "/{$}", "text/html", `<!doctype html><script src="/page.js" defer></script>`)
	s := newStage(t, setup{front: func(http.Handler) http.Handler { return mux }})
	p := s.blank()
	p.troubles.expect("404") // a browser asks for an icon
	p.visit(s.site + "/")
	p.wait("the rehearsal has ended", `window.told && window.ended`)
	type told struct{ Seen, Real []string }
	got := evaluate[told](p, `told`)
	if len(got.Real) > 0 {
		t.Errorf("the browser's own: %v", got.Real)
	}
	for _, name := range []string{
		"fetch", "XMLHttpRequest", "WebSocket", "EventSource", "WebTransport", "Request", "importScripts", "Worker", "caches", "CacheStorage",
		"BroadcastChannel", "MessageChannel", "postMessage", "IDBFactory", "StorageManager", "cookieStore", "Notification", "close", "eval",
		"setInterval", "reportError", "WorkerNavigator", "EventTarget",
	} {
		if slices.Contains(got.Seen, name) {
			t.Errorf("%s is to be had", name)
		}
	}
	for _, name := range []string{"Uint8Array", "Promise", "setTimeout", "performance", "crypto", "indexedDB"} {
		if !slices.Contains(got.Seen, name) {
			t.Errorf("%s is not there, without which nothing can be rehearsed", name)
		}
	}
}
