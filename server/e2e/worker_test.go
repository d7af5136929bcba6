package e2e

import (
	"context"
	"fmt"
	"io/fs"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"

	"twinlock/app/provider"
	"twinlock/server/site"
	"twinlock/web"
)

// A log is what the site was asked for, and how many bytes it has sent.
type requestLog struct {
	mu    sync.Mutex
	asked []string
	bytes map[string]int
}

func (l *requestLog) front(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		l.mu.Lock()
		l.asked = append(l.asked, r.URL.Path)
		l.mu.Unlock()
		next.ServeHTTP(&counted{w, l, r.URL.Path}, r)
	})
}

type counted struct {
	http.ResponseWriter
	log  *requestLog
	path string
}

// Write implements http.ResponseWriter.
func (c *counted) Write(b []byte) (int, error) {
	n, err := c.ResponseWriter.Write(b)
	c.log.mu.Lock()
	defer c.log.mu.Unlock()
	if c.log.bytes == nil {
		c.log.bytes = map[string]int{}
	}
	c.log.bytes[c.path] += n
	return n, err
}

func (l *requestLog) count(path string) (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, asked := range l.asked {
		if asked == path {
			n++
		}
	}
	return n
}

// drain returns what was asked for since the last time, and the bytes sent.
func (l *requestLog) drain() (asked []string, bytes map[string]int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	asked, bytes, l.asked, l.bytes = l.asked, l.bytes, nil, nil
	return asked, bytes
}

// No byte of a file is sent twice, though page and worker both want it.
func TestNothingIsFetchedTwice(t *testing.T) {
	t.Parallel()
	l := &requestLog{}
	s := newStage(t, setup{front: l.front, configure: bilingual})
	p := s.blank()
	p.speak("de")
	p.visit(s.site + "/")
	p.speaks(german)
	p.kept()
	_, bytes := l.drain()
	sizes := map[string]int{}
	for f := range rendered(t, s).Files() {
		sizes[f.Path] = len(f.Forms[0].Body) // the smallest, which the browser takes
	}
	for path, sent := range bytes {
		if strings.HasPrefix(path, "/web/") && sent > sizes[path] {
			t.Errorf("%s has %d bytes; %d were sent", path, sizes[path], sent)
		}
	}
	p.reload()
	if asked, _ := l.drain(); slices.ContainsFunc(asked, func(path string) bool {
		return path != "/config.json" && path != "/app-worker.js"
	}) {
		t.Errorf("the second visit asked for %v", asked)
	}
}

func rendered(t *testing.T, s *stage) *site.Site {
	t.Helper()
	c := s.config
	made, err := site.New(site.Options{Config: c, BasePath: strings.TrimPrefix(s.site, s.origin), Version: "e2e"})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// The worker goes on with the download while the person is at the tenant: the
// page that is called back asks the site for nothing more.
func TestDownloadBehindThePassword(t *testing.T) {
	t.Parallel()
	l, g := &requestLog{}, newGate(t, "/web/app.")
	s := newStage(t, setup{front: func(next http.Handler) http.Handler { return l.front(g.front(next)) }})
	p := s.blank()
	p.visit(s.site + "/")
	p.click("#btn-login")
	p.choose(connectionOf(ada))
	p.appear("input[name=username]")
	g.lift()
	// The page asks for the configuration first of all, the worker last of all.
	p.until("the worker has kept the site", func(context.Context) (bool, error) { return l.count("/config.json") == 2, nil })
	l.drain()
	p.answer(ada)
	p.profileOf(ada)
	if asked, _ := l.drain(); slices.ContainsFunc(asked, func(path string) bool { return strings.HasPrefix(path, "/web/") }) {
		t.Errorf("the page that was called back asked for %v", asked)
	}
}

// The page that a window is called back at does its work without the program.
func TestWindowNeedsNoProgram(t *testing.T) {
	t.Parallel()
	l := &requestLog{}
	s := newStage(t, setup{front: l.front, interaction: provider.Popup})
	p := s.open("/")
	p.click("#btn-login")
	p.choose(connectionOf(ada))
	window := p.window()
	window.appear("input[name=username]")
	p.kept()
	l.drain()
	window.answer(ada)
	p.profileOf(ada)
	if asked, _ := l.drain(); slices.ContainsFunc(asked, func(path string) bool { return strings.HasSuffix(path, ".wasm") }) {
		t.Errorf("the window asked for %v", asked)
	}
}

// versions is a site that is deployed anew in the middle of things.
type versions struct{ current atomic.Pointer[site.Site] }

func (v *versions) front(first http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if next := v.current.Load(); next != nil {
			next.ServeHTTP(w, r)
			return
		}
		first.ServeHTTP(w, r)
	})
}

func (v *versions) deploy(t *testing.T, s *stage, version string) {
	t.Helper()
	v.serve(t, site.Options{Config: s.config, Version: version})
}

func (v *versions) serve(t *testing.T, o site.Options) {
	t.Helper()
	made, err := site.New(o)
	if err != nil {
		t.Fatal(err)
	}
	v.current.Store(made)
}

// otherFiles are the site's files with another boot script.
func otherFiles(t *testing.T) fs.FS {
	t.Helper()
	files := fstest.MapFS{}
	err := fs.WalkDir(web.Files, ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		body, err := fs.ReadFile(web.Files, path)
		files[path] = &fstest.MapFile{Data: body}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	files["boot/main.js"].Data = append(files["boot/main.js"].Data, "window.another = true;\n"...)
	return files
}

const versionShown = `document.getElementById("boot").dataset.version`

// A new version is told of, waits while something is going on, and is taken over
// when the person says so: they stay signed in.
func TestUpdate(t *testing.T) {
	t.Parallel()
	v := &versions{}
	s := newStage(t, setup{front: v.front})
	p := s.open("/")
	p.signIn(ada)
	p.startLink(lovelace)
	p.appear("#btn-confirm")
	p.kept()
	v.deploy(t, s, "next")
	evaluateAsync[bool](p, `(async () => { await (await navigator.serviceWorker.ready).update(); return true; })()`)
	p.wait("the new version is kept", `navigator.serviceWorker.getRegistration().then((r) => window.waitingVersion = r.waiting), window.waitingVersion`)
	if p.count("#update") != 0 {
		t.Error("the new version is offered in the middle of a ceremony")
	}
	p.click("#btn-confirm")
	p.linked(lovelace)
	p.appear("#update")
	if got := evaluate[string](p, versionShown); got != "e2e" {
		t.Errorf("version %q has taken over by itself", got)
	}
	p.click("#update button")
	p.wait("the new version is shown", versionShown+` === "next"`)
	p.started()
	p.profileOf(ada)
	p.linked(lovelace)
	p.vanish("#update")
}

// A configuration that has changed is used from the next visit on, and told of.
func TestConfigurationChanges(t *testing.T) {
	t.Parallel()
	v := &versions{}
	s := newStage(t, setup{front: v.front})
	p := s.open("/")
	p.kept()
	s.config.Brand.Name = "Anew"
	v.deploy(t, s, "e2e")
	p.visit(s.site + "/")
	p.started()
	p.appear("#update")
	p.click("#update button")
	p.see(".brand-name", "Anew")
}

// A worker whose site has been taken away makes way for what is there instead.
func TestSiteIsGone(t *testing.T) {
	t.Parallel()
	var gone atomic.Bool
	s := newStage(t, setup{front: func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !gone.Load() {
				next.ServeHTTP(w, r)
				return
			}
			if r.URL.Path != "/" {
				http.NotFound(w, r)
				return
			}
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, "<!doctype html><link rel=icon href=data:><h1>Another site</h1>")
		})
	}})
	p := s.open("/")
	p.kept()
	p.troubles.expect("404")
	gone.Store(true)
	p.visit(s.site + "/")
	p.started()
	p.wait("nothing is kept", `caches.keys().then((names) => window.gone = names.length === 0), window.gone`)
	// The open page asks the worker for more, as it does when it is slow to load.
	p.wait("nothing is kept again", `(async () => {
		const script = document.querySelector("script[src]").src;
		for (let i = 0; i < 3; i++) await fetch(script, {cache: "reload"});
		window.again = (await caches.keys()).length;
	})(), window.again !== undefined`)
	if n := evaluate[int](p, `window.again`); n != 0 {
		t.Errorf("%d caches are made for a site that is gone", n)
	}
	p.visit(s.site + "/")
	p.see("h1", "Another site")
}

// A new version that cannot be kept whole leaves the old one in its place.
func TestBrokenDeployment(t *testing.T) {
	t.Parallel()
	v, w := &versions{}, &wire{}
	broken := atomic.Bool{}
	s := newStage(t, setup{front: func(first http.Handler) http.Handler {
		next := w.carry(v.front(first))
		return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if broken.Load() && strings.HasPrefix(r.URL.Path, "/web/") {
				http.NotFound(rw, r)
				return
			}
			next.ServeHTTP(rw, r)
		})
	}, around: w.carry})
	p := s.open("/")
	p.signIn(ada)
	p.kept()
	p.troubles.expect("404", "net::ERR", "Failed to fetch")
	broken.Store(true)
	v.serve(t, site.Options{Config: s.config, Version: "broken", Static: otherFiles(t)}) // its boot script is not there
	evaluateAsync[bool](p, `(async () => { await (await navigator.serviceWorker.ready).update(); return true; })()`)
	p.wait("the new worker has given up", `navigator.serviceWorker.getRegistration().then((r) => window.givenUp = !r.installing && !r.waiting), window.givenUp`)
	p.cutOff(w, true)
	p.visit(s.site + "/")
	p.started()
	p.profileOf(ada)
}
