package e2e

import (
	"flag"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"twinlock/wasm/module"
)

var writeTouched = flag.Bool("touched", false, "write the list of functions that the program's start calls")

// noteWorkers keeps in window.workers what the workers of every page to come say.
func (p *page) noteWorkers() {
	p.t.Helper()
	p.needsChromium("a script before the page's own")
	p.inject(`window.workers = [];
				window.Worker = class extends Worker {
					constructor(url) {
						super(url);
						workers.push("begun");
						this.addEventListener("message", ({ data }) => workers.push(data instanceof WebAssembly.Module ? "module" : String(data)));
						this.addEventListener("error", () => workers.push("failed"));
					}
				};`)
}

func (p *page) workers() []string {
	p.t.Helper()
	return evaluate[[]string](p, `workers`)
}

// compiledAhead is what the worker of a first visit says.
var compiledAhead = []string{"begun", "here", "module", "null"}

// On a first visit a worker compiles the program; a later one has no need to.
func TestCompiledAhead(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{})
	p := s.blank()
	p.noteWorkers()
	p.visit(s.site + "/")
	p.started()
	if got := p.workers(); !slices.Equal(got, compiledAhead) {
		t.Errorf("the first visit's worker: %q, want %q", got, compiledAhead)
	}
	p.kept()
	p.reload()
	p.started()
	if got := p.workers(); len(got) != 0 {
		t.Errorf("the second visit's worker: %q", got)
	}
}

// The page starts whatever becomes of the worker.
func TestCompilingAheadFails(t *testing.T) {
	t.Parallel()
	for _, test := range cases(2, []struct {
		name, script string // in the place of the worker's
		trouble      string
	}{
		{"not there", "", "404"},
		{"never ends", `onmessage = async ({ data }) => postMessage(await WebAssembly.compileStreaming(fetch(data)))`, ""},
		{"says nothing", ";", ""},
		{"does not run", `throw new Error("no")`, "no"},
		{"gives up", `onmessage = () => postMessage(null)`, ""},
		{"gives something else", `onmessage = () => postMessage({ module: "none" })`, ""},
	}) {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, setup{front: func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					switch {
					case !strings.HasPrefix(r.URL.Path, "/web/touch."):
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

// What the worker touches ends at once, and nothing outside of the program hears of it.
func TestTouchedEnds(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{})
	p := s.open("/")
	type end struct{ Touched, Trapped int }
	got := evaluateAsync[end](p, `(async () => {
		const module = await WebAssembly.compileStreaming(fetch(document.getElementById("boot").dataset.wasm));
		const imports = {};
		for (const { module: from, name } of WebAssembly.Module.imports(module)) (imports[from] ??= {})[name] = () => { throw new Error(name); };
		const { exports } = await WebAssembly.instantiate(module, imports);
		const [named] = WebAssembly.Module.customSections(module, "touch");
		let touched = 0, trapped = 0;
		new Uint8Array(named).forEach((byte, at) => {
			for (let bit = 0; bit < 8; bit++) if (byte >> bit & 1) {
				touched++;
				try { exports.table.get(4096 + 8 * at + bit)(65535); } catch { trapped++; }
			}
		});
		return { Touched: touched, Trapped: trapped };
	})()`)
	t.Logf("%+v", got)
	if got.Touched < 1000 || got.Trapped < got.Touched*9/10 {
		t.Errorf("%+v", got)
	}
}

// TestTouched writes the list of the functions that the program's start calls on a first visit, with
// -touched. It counts them in the linked program of the last make build.
func TestTouched(t *testing.T) {
	if !*writeTouched {
		t.Skip("writes a file: -touched")
	}
	program, err := os.ReadFile("../../bin/twinlock.wasm")
	if err != nil {
		t.Fatal(err)
	}
	names, err := module.Names(program)
	if err != nil {
		t.Fatal(err)
	}
	counting, err := module.Count(program)
	if err != nil {
		t.Fatal(err)
	}
	s := newStage(t, setup{front: func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !strings.HasPrefix(r.URL.Path, "/web/app.") {
				next.ServeHTTP(w, r)
				return
			}
			w.Header().Set("Content-Type", "application/wasm")
			_, _ = w.Write(counting)
		})
	}})
	p := s.blank()
	p.inject(`{ const { instantiate } = WebAssembly;
		WebAssembly.instantiate = async (...args) => (window.counted = await instantiate.apply(WebAssembly, args)); }`)
	p.visit(s.site + "/")
	p.started()
	var list []string
	for _, i := range evaluate[[]int](p, fmt.Sprintf(`Array.from({ length: %d }, (_, i) => i).filter((i) => counted.exports["called" + i].value)`, len(names))) {
		list = append(list, names[i])
	}
	slices.Sort(list)
	list = slices.Compact(list)
	t.Logf("%d of %d functions", len(list), len(names))
	if err := os.WriteFile("../../wasm/mkbundle/touched.txt", []byte(strings.Join(list, "\n")+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
}
