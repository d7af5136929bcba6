package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"

	"twinlock/app/text"
	"twinlock/server/site"
	"twinlock/wasm/bundle"
	"twinlock/web/asset"
)

// A spoiler is a moment of a deployment in which some of the site's files come
// broken.
type spoiler struct {
	path  string // how they begin; "/" stands for itself
	spoil func(w http.ResponseWriter, right *httptest.ResponseRecorder)
	on    atomic.Bool
	spare atomic.Int32 // how many answers are right, and kept by no cache, before
	count atomic.Int32 // of those that came broken
}

func (s *spoiler) front(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.on.Load() || r.URL.Path != s.path && (s.path == "/" || !strings.HasPrefix(r.URL.Path, s.path)) {
			next.ServeHTTP(w, r)
			return
		}
		if s.spare.Add(-1) >= 0 {
			next.ServeHTTP(&unkept{w}, r)
			return
		}
		r.Header.Del("Accept-Encoding")
		r.Header.Del("If-None-Match")
		right := httptest.NewRecorder()
		next.ServeHTTP(right, r)
		s.spoil(w, right)
		s.count.Add(1)
	})
}

// askedTwice waits until a worker has got what is broken, and asked once more.
func (s *spoiler) askedTwice(p *page) {
	p.t.Helper()
	p.until("a worker has asked twice", func(context.Context) (bool, error) { return s.count.Load() >= 2, nil })
	s.count.Store(0)
}

// unkept is an answer that no cache keeps.
type unkept struct{ http.ResponseWriter }

// WriteHeader implements http.ResponseWriter.
func (u *unkept) WriteHeader(status int) {
	u.Header().Set("Cache-Control", "no-store")
	u.ResponseWriter.WriteHeader(status)
}

// flipped has the headers of the right answer, and some bytes of its own.
func flipped(w http.ResponseWriter, right *httptest.ResponseRecorder) {
	for name, values := range right.Header() {
		w.Header()[name] = values
	}
	body := right.Body.Bytes()
	for i := range min(64, len(body)/2) {
		body[len(body)/2+i] ^= 0x55
	}
	w.Write(body)
}

// halved breaks off in the middle, on a connection that does not say how long the
// answer is: to the browser it is whole.
func halved(w http.ResponseWriter, right *httptest.ResponseRecorder) {
	connection, out, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(err)
	}
	defer connection.Close()
	right.Header().Del("Content-Length")
	fmt.Fprint(out, "HTTP/1.0 200 OK\r\n")
	right.Header().Write(out)
	fmt.Fprint(out, "\r\n")
	out.Write(right.Body.Bytes()[:right.Body.Len()/2])
	out.Flush()
}

// aPage is what some hosts answer for any path that they do not know.
func aPage(w http.ResponseWriter, _ *httptest.ResponseRecorder) {
	w.Header().Set("Content-Type", "text/html")
	fmt.Fprint(w, "<!doctype html><title>Welcome</title><h1>We are back soon</h1>")
}

// otherProgram are the site's files with another program, which does the same.
func otherProgram(t *testing.T) fs.FS {
	t.Helper()
	files := otherFiles(t).(fstest.MapFS)
	var m bundle.Manifest
	if err := json.Unmarshal(files["dist/"+bundle.ManifestName].Data, &m); err != nil {
		t.Fatal(err)
	}
	// A section of its own that means nothing, at the end.
	body := append(bytes.Clone(files["dist/"+m.Program.Name].Data), 0, 2, 1, 'x')
	sum := asset.Sum(body)
	m.Program = bundle.File{Name: asset.HashedName("app.wasm", sum), SHA256: sum, Size: len(body)}
	files["dist/"+m.Program.Name] = &fstest.MapFile{Data: body}
	data, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	files["dist/"+bundle.ManifestName].Data = data
	return files
}

// lookForUpdate has the browser ask for a new version.
func (p *page) lookForUpdate() {
	p.t.Helper()
	evaluateAsync[bool](p, `(async () => { await (await navigator.serviceWorker.ready).update(); return true; })()`)
}

// givesUp waits until no worker is about to take the place of another.
func (p *page) givesUp() {
	p.t.Helper()
	p.wait("the new worker has given up", `navigator.serviceWorker.getRegistration().then((r) => window.givenUp = !r?.installing && !r?.waiting), window.givenUp`)
}

// takesOver lets in what is offered until it is a certain version: a deployment
// that has been repaired may come first.
func (p *page) takesOver(version string) {
	p.t.Helper()
	p.wait("the new version is shown", js(`%s === document.getElementById("boot").dataset.version || document.querySelector("#update button")?.click()`, version))
	p.started()
}

// Whatever comes broken in one moment of a deployment, at a first visit or with a
// new version, is not kept: the site opens as it was, without a network too, and
// with the next deployment it is the new one.
func TestSpoiltDeployment(t *testing.T) {
	t.Parallel()
	for _, tt := range cases(1, []struct {
		name, path string
		spoil      func(http.ResponseWriter, *httptest.ResponseRecorder)
	}{
		{"half of the program", "/web/app.", halved},
		{"flipped bytes", "/web/app.", flipped},
		{"a page for any path", "/web/app.", aPage},
		{"half of a page", "/", halved},
	}) {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			v, w, m := &versions{}, &wire{}, &spoiler{path: tt.path, spoil: tt.spoil}
			s := newStage(t, setup{front: func(first http.Handler) http.Handler { return w.carry(m.front(v.front(first))) }, around: w.carry})
			p := s.blank()
			p.troubles.expect("net::ERR", "Failed to fetch", "WebAssembly") // the browser's cache has it, too

			// The page itself gets what is right.
			m.spare.Store(1)
			m.on.Store(true)
			p.visit(s.site + "/")
			p.started()
			m.askedTwice(p)
			p.wait("the worker has given up", `navigator.serviceWorker.getRegistration().then((r) => window.givenUp = !r), window.givenUp`)
			m.on.Store(false)
			p.visit(s.site + "/")
			p.started()
			p.signIn(ada)
			p.kept()

			m.on.Store(true)
			v.serve(t, site.Options{Config: s.config, Version: "broken", Static: otherProgram(t)})
			p.lookForUpdate()
			m.askedTwice(p)
			p.givesUp()
			p.cutOff(w, true)
			p.visit(s.site + "/")
			p.started()
			p.profileOf(ada)
			p.cutOff(w, false)

			v.serve(t, site.Options{Config: s.config, Version: "next", Static: otherProgram(t)})
			m.on.Store(false)
			p.visit(s.site + "/")
			p.started()
			p.profileOf(ada)
			p.lookForUpdate()
			p.takesOver("next")
			p.profileOf(ada)
		})
	}
}

// spoilKept breaks a file in every shelf that the workers of the site have.
func (p *page) spoilKept(path string) {
	p.t.Helper()
	if n := evaluateAsync[int](p, js(`(async () => {
		let spoilt = 0;
		for (const name of await caches.keys()) {
			const cache = await caches.open(name);
			for (const {url} of await cache.keys()) if (new URL(url).pathname.startsWith(%s)) {
				const {headers} = await cache.match(url);
				await cache.put(url, new Response("<!doctype html>", {headers}));
				spoilt++;
			}
		}
		return spoilt;
	})()`, path)); n == 0 {
		p.t.Fatalf("no %s is kept", path)
	}
}

// keptRight waits until a worker has kept the site, as it was deployed.
func (p *page) keptRight(path string) {
	p.t.Helper()
	p.kept()
	p.wait(path+" is kept right", js(`(async () => {
		const found = [];
		for (const name of await caches.keys()) {
			const cache = await caches.open(name);
			for (const request of await cache.keys()) if (new URL(request.url).pathname.startsWith(%s)) found.push((await cache.match(request)).text());
		}
		window.right = found.length > 0 && (await Promise.all(found)).every((text) => !text.startsWith("<!doctype html>"));
	})(), window.right`, path))
}

// What an earlier worker has kept broken is thrown away by a start that fails for
// it, which is then made again with nothing lost; and no later version copies it.
func TestSpoiltShelf(t *testing.T) {
	t.Parallel()
	v, w := &versions{}, &wire{}
	s := newStage(t, setup{front: func(first http.Handler) http.Handler { return w.carry(v.front(first)) }, around: w.carry})
	p := s.open("/")
	p.troubles.expect("net::ERR", "Failed to fetch", "WebAssembly", "Go is not defined", "Unexpected token", "compileStreaming")
	again := func() {
		t.Helper()
		p.visit(s.site + "/")
		p.started()
	}
	p.kept()
	again()

	// On the way back from the tenant: the answer is not lost.
	p.click("#btn-login")
	p.spoilKept("/web/app.")
	p.login(ada)
	p.profileOf(ada)
	p.clean()
	p.keptRight("/web/app.")

	// Without a network nothing is thrown away.
	again()
	p.spoilKept("/web/app.")
	p.cutOff(w, true)
	p.visit(s.site + "/")
	p.alert("could not be loaded")
	p.cutOff(w, false)
	if n := evaluateAsync[int](p, `caches.keys().then((names) => names.length)`); n == 0 {
		t.Error("without a network, all that there was is gone")
	}
	p.click(".boot-panel button")
	p.started()
	p.profileOf(ada)
	p.keptRight("/web/app.")

	// The next version has the same program: it does not wait, nor copy it.
	again()
	p.spoilKept("/web/app.")
	v.serve(t, site.Options{Config: s.config, Version: "next", Static: otherFiles(t)})
	p.lookForUpdate()
	p.keptRight("/web/app.")
	p.cutOff(w, true)
	again()
	p.profileOf(ada)
	if got := evaluate[string](p, versionShown); got != "next" {
		t.Errorf("version %q", got)
	}
}

// Where no worker is, the browser's own cache keeps what came broken under a name
// that never changes its content: one start that fails is enough.
func TestSpoiltCache(t *testing.T) {
	t.Parallel()
	m := &spoiler{path: "/web/", spoil: func(w http.ResponseWriter, right *httptest.ResponseRecorder) {
		if strings.HasPrefix(right.Body.String(), `"use strict";`) { // the boot script
			w.Header().Set("Content-Type", "text/javascript")
			w.Write(right.Body.Bytes())
			return
		}
		flipped(w, right)
	}}
	s := newStage(t, setup{front: m.front})
	p := s.blank()
	p.troubles.expect("WebAssembly", "Go is not defined", "Unexpected", "SyntaxError", "Invalid")
	m.on.Store(true)
	p.visit(s.site + "/")
	p.alert("could not be loaded")
	m.on.Store(false)
	p.visit(s.site + "/")
	p.started()
	p.signIn(ada)
	p.kept()
}

// What is no configuration is not kept as one; one that the program cannot read
// does not keep the person from the version that can.
func TestSpoiltConfiguration(t *testing.T) {
	t.Parallel()
	v, l := &versions{}, &requestLog{}
	m := &spoiler{path: "/config.json"}
	var body atomic.Pointer[string]
	m.spoil = func(w http.ResponseWriter, right *httptest.ResponseRecorder) {
		for name, values := range right.Header() {
			w.Header()[name] = values
		}
		w.Header().Del("Content-Length")
		fmt.Fprint(w, *body.Load())
	}
	s := newStage(t, setup{front: func(first http.Handler) http.Handler { return l.front(m.front(v.front(first))) }})
	right, err := json.Marshal(s.config)
	if err != nil {
		t.Fatal(err)
	}
	p := s.open("/")
	p.kept()
	m.on.Store(true)
	for _, wrong := range []string{"<!doctype html><h1>We are back soon</h1>", `{"error":"maintenance"}`, "null", string(right[:len(right)/2])} {
		body.Store(&wrong)
		l.drain()
		p.visit(s.site + "/")
		p.started()
		p.until("the worker has asked for the configuration", func(context.Context) (bool, error) { return l.count("/config.json") >= 2, nil })
		p.visit(s.site + "/")
		p.started()
		p.appear("#btn-login")
		p.vanish("#update")
	}

	// A worker asks twice for what is none.
	p.until("the worker is done", func(context.Context) (bool, error) { return l.count("/config.json") >= 4, nil })
	// Both are written by hand: one that leaves out what has a default, and one that
	// only the next version can read.
	short := js(`{"issuer": %s, "client_id": %s, "connections": [{"name": %s}]}`,
		strings.TrimSuffix(s.issuer, "/"), s.config.ClientID, connectionOf(ada))
	later := strings.Replace(string(right), "{", `{"of_a_later_version":true,`, 1)
	for _, edited := range []string{short, later} {
		body.Store(&edited)
		p.visit(s.site + "/")
		p.started()
		p.appear("#update")
	}
	v.deploy(t, s, "next")
	p.visit(s.site + "/")
	p.alert(say.Of(text.Configuration))
	p.wait("the new version is kept", `navigator.serviceWorker.getRegistration().then((r) => window.waitingVersion = r.waiting), window.waitingVersion`)
	m.on.Store(false)
	p.click(".notice-actions .button")
	p.wait("the new version is shown", versionShown+` === "next"`)
}

// Where the host writes into the pages they are not kept, and hold nobody back.
func TestRewrittenPages(t *testing.T) {
	t.Parallel()
	v := &versions{}
	m := &spoiler{path: "/", spoil: func(w http.ResponseWriter, right *httptest.ResponseRecorder) {
		for name, values := range right.Header() {
			w.Header()[name] = values
		}
		w.Header().Del("Content-Length")
		fmt.Fprint(w, strings.Replace(right.Body.String(), "</body>", "<!-- the host's --></body>", 1))
	}}
	m.on.Store(true)
	s := newStage(t, setup{front: func(first http.Handler) http.Handler { return m.front(v.front(first)) }})
	p := s.open("/")
	p.kept()
	v.deploy(t, s, "next")
	p.visit(s.site + "/")
	p.started()
	if got := evaluate[string](p, versionShown); got != "next" {
		t.Errorf("version %q", got)
	}
	p.appear("#update")
	m.on.Store(false)
	evaluate[bool](p, `twinlockUpdate() && true`)
	p.wait("the new worker is there", `navigator.serviceWorker.getRegistration().then((r) => window.none = !r.waiting), window.none`)
	p.visit(s.site + "/")
	p.started()
	p.wait("the page is kept", `caches.match("/").then((page) => window.pageKept = page), window.pageKept`)
}

// Where the browser's store is out of order, what the worker has kept is out of
// reach: everything comes from the network.
func TestBrokenShelf(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{front: func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "worker.js") {
				w.Header().Set("Content-Type", "text/javascript")
				fmt.Fprint(w, `for (const name of ["open", "match", "keys"]) {
					const right = CacheStorage.prototype[name];
					CacheStorage.prototype[name] = function (...args) {
						return serviceWorker.state === "activated" ? Promise.reject(new DOMException("", "UnknownError")) : right.apply(this, args);
					};
				}
				`)
				r.Header.Del("Accept-Encoding")
				r.Header.Del("If-None-Match")
				w = &beginning{w}
			}
			next.ServeHTTP(w, r)
		})
	}})
	p := s.open("/")
	p.kept()
	p.visit(s.site + "/")
	p.started()
	p.signIn(ada)
}

// beginning is an answer that has begun already.
type beginning struct{ http.ResponseWriter }

// Header implements http.ResponseWriter.
func (*beginning) Header() http.Header { return http.Header{} }

// WriteHeader implements http.ResponseWriter.
func (*beginning) WriteHeader(int) {}

// A site in a folder of another one may be had by that one's worker. A start that
// fails there leaves it alone.
func TestWorkerOfTheSiteAround(t *testing.T) {
	t.Parallel()
	var beside http.Handler
	m := &spoiler{path: "/staging/web/app.", spoil: flipped}
	s := newStage(t, setup{front: func(next http.Handler) http.Handler {
		return m.front(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(r.URL.Path, "/staging") {
				beside.ServeHTTP(w, r)
				return
			}
			next.ServeHTTP(w, r)
		}))
	}})
	beside = render(t, s.config, "/staging")
	p := s.open("/")
	p.kept()
	p.troubles.expect("WebAssembly", "CompileError", "compileStreaming")
	m.on.Store(true)
	p.visit(s.site + "/staging/")
	p.alert("could not be loaded")
	if workers := evaluateAsync[[]string](p, `navigator.serviceWorker.getRegistrations().then((all) => all.map((r) => r.scope))`); !slices.Contains(workers, s.site+"/") {
		t.Errorf("the workers are %q", workers)
	}
	m.on.Store(false)
	p.click(".boot-panel button")
	p.started()
}
