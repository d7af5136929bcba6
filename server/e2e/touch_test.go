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

// What the worker touches traps where no call has led to: nothing of the program runs there. An
// access out of bounds is a trap too, but Chromium's headless shell ends the page at one.
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
				try { exports.table.get(4096 + 8 * at + bit)(65535); } catch (err) { if (err.message === "unreachable") trapped++; }
			}
		});
		return { Touched: touched, Trapped: trapped };
	})()`)
	if got.Touched < 1000 || got.Trapped != got.Touched {
		t.Errorf("%+v: write the list again, with -touched", got)
	}
}

// TestTouched writes the list of the functions that the program's start calls on a first visit, with
// -touched. It counts them in the linked program of the last make build, and leaves out those that do
// something else than trap when they are touched.
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
	program, _, err = module.Touch(program, nil) // for the table
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
	p := s.whole() // the headless shell ends the page when an address is out of bounds
	p.inject(`{ const { instantiate } = WebAssembly;
		WebAssembly.instantiate = async (module, imports) => {
			const { gojs } = imports, counted = await instantiate(module, imports);
			window.touchable = async (length) => {
				const called = Array.from({ length }, (_, i) => i).filter((i) => counted.exports["called" + i].value);
				for (const name in gojs) gojs[name] = () => { throw new Error(name); };
				const { exports: { table } } = await instantiate(module, { gojs });
				return called.filter((i) => {
					try { table.get(4096 + i)(65535); } catch (err) { return err.message === "unreachable"; }
				});
			};
			return counted;
		}; }`)
	p.visit(s.site + "/")
	p.started()
	var list []string
	for _, i := range evaluateAsync[[]int](p, fmt.Sprintf(`touchable(%d)`, len(names))) {
		list = append(list, names[i])
	}
	slices.Sort(list)
	list = slices.Compact(list)
	t.Logf("%d of %d functions", len(list), len(names))
	if err := os.WriteFile("../../wasm/mkbundle/touched.txt", []byte(strings.Join(list, "\n")+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
}
