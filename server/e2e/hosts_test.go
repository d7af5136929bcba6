package e2e

import (
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"

	"twinlock/app/config"
	"twinlock/app/text"
	"twinlock/app/text/texttest"
	"twinlock/server/doctor"
	"twinlock/server/e2e/webhost"
	"twinlock/server/site"
	"twinlock/server/tenant"
)

// A hosted stage has its site exported to a folder, which a web server of
// somebody else's serves.
type hosted struct {
	*stage
	folder   string
	rendered *site.Site
	server   *webhost.Running
}

func newHosted(t *testing.T, server webhost.Server, base string) *hosted {
	t.Helper()
	addr := freeAddress(t)
	h := &hosted{folder: t.TempDir()}
	h.stage = newStage(t, setup{
		basePath: base,
		furnish: func(o *tenant.Options) {
			client := &o.Clients[0]
			client.Callbacks = []string{"http://" + addr + base + "/callback"}
			client.LogoutURLs = []string{"http://" + addr + base + "/"}
			client.WebOrigins = []string{"http://" + addr}
		},
	})
	h.origin = "http://" + addr
	h.site = h.origin + base
	h.courier.callback = h.site + "/callback"
	rendered, err := site.New(site.Options{Config: h.config, BasePath: base, Version: "e2e"})
	if err != nil {
		t.Fatal(err)
	}
	h.rendered = rendered
	if err := rendered.Export(t.Context(), filepath.Join(h.folder, base)); err != nil {
		t.Fatal(err)
	}
	h.server, err = server.Start(addr, h.folder, base)
	if errors.Is(err, webhost.ErrMissing) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.stop)
	return h
}

func (h *hosted) stop() {
	h.t.Helper()
	if h.server == nil {
		return
	}
	if err := h.server.Stop(); err != nil {
		h.t.Errorf("stop: %v", err)
	}
	h.server = nil
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// The exported site behind the web servers of HOSTING.md, configured as it says.
func TestHosts(t *testing.T) {
	t.Parallel()
	for _, tt := range cases(2, []struct {
		server webhost.Server
		base   string
	}{{webhost.Nginx, ""}, {webhost.Caddy, "/link"}, {webhost.Nginx, "/link"}, {webhost.Caddy, ""}}) {
		t.Run(tt.server.Name+" at "+tt.base+"/", func(t *testing.T) {
			t.Parallel()
			h := newHosted(t, tt.server, tt.base)
			h.sendsHeaders()
			h.isRight(h.rendered)
			h.sendsForms()
			h.followsItsConfiguration()
			p := h.open("/")
			p.signIn(ada)
			p.link(lovelace)
			h.wantHeld(map[string]string{adaID: adaAndGoogle, lovelaceID: ""})
			p.click(".unlink-account")
			p.click("#btn-confirm")
			p.linked()
			h.wantHeld(map[string]string{adaID: adaAgain, lovelaceID: lovelaceBare})
			p.clean()
			h.logsNoCode(tt.server.Name == webhost.Nginx.Name)
			h.isKept(p)
		})
	}
}

// A host that maps no name to another, and has no configuration, sends the
// browser from /callback to the folder of this name. People sign in there, too.
func TestPlainHost(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	files := http.FileServer(http.Dir(folder))
	s := newStage(t, setup{front: func(http.Handler) http.Handler { return files }})
	rendered, err := site.New(site.Options{Config: s.config, Version: "e2e"})
	if err != nil {
		t.Fatal(err)
	}
	if err := rendered.Export(t.Context(), folder); err != nil {
		t.Fatal(err)
	}
	s.isRight(rendered, doctor.SiteHeaders, doctor.SiteCompression)
	p := s.open("/")
	p.signIn(ada)
	p.link(lovelace)
	p.clean()
	s.wantHeld(map[string]string{adaID: adaAndGoogle, lovelaceID: ""})
}

// isRight has the doctor look at the site, where only these kinds are wrong.
func (s *stage) isRight(rendered *site.Site, wrong ...doctor.Kind) {
	s.t.Helper()
	page, err := url.Parse(s.site + "/")
	if err != nil {
		s.t.Fatal(err)
	}
	report := doctor.Examine(s.t.Context(), doctor.Options{Config: s.config, Page: page, Serve: rendered})
	for _, f := range report.Findings {
		if strings.HasPrefix(string(f.Kind), "site_") && !slices.Contains(wrong, f.Kind) {
			s.t.Errorf("the doctor finds %+v", f)
		}
	}
}

// logsNoCode looks for the queries of callbacks in the host's logs, also of those that
// it has no page for. Caddy logs requests only when it is told to.
func (h *hosted) logsNoCode(logs bool) {
	h.t.Helper()
	h.ask("/callback/no-such-page?code=lost&state=lost")
	logged, err := h.server.Logged()
	if err != nil {
		h.t.Fatal(err)
	}
	for line := range strings.Lines(logged) {
		if strings.Contains(line, "code=") || strings.Contains(line, "state=") {
			h.t.Errorf("logged: %s", line)
		}
	}
	if logs && !strings.Contains(logged, "/callback") {
		h.t.Errorf("no callback is logged:\n%s", logged)
	}
}

// isKept stops the host: the profile is still shown.
func (h *hosted) isKept(p *page) {
	h.t.Helper()
	p.kept()
	h.stop()
	p.troubles.expect("ERR_CONNECTION_REFUSED", "net::ERR", "Failed to fetch")
	p.reload()
	p.profileOf(ada)
}

func (h *hosted) ask(path string, headers ...string) (*http.Response, []byte) {
	h.t.Helper()
	r, err := http.NewRequest("GET", h.site+path, nil)
	if err != nil {
		h.t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	client := http.Client{
		Transport:     &http.Transport{DisableCompression: true, DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	answer, err := client.Do(r)
	if err != nil {
		h.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	return answer, body
}

// program is the path of the program, below the base.
func (h *hosted) program() string {
	h.t.Helper()
	names, err := fs.Glob(os.DirFS(filepath.Join(h.folder, strings.TrimPrefix(h.site, h.origin))), "web/app.*.wasm")
	if err != nil || len(names) != 1 {
		h.t.Fatalf("programs %q, %v", names, err)
	}
	return "/" + names[0]
}

func (h *hosted) sendsHeaders() {
	h.t.Helper()
	const opener = "same-origin-allow-popups"
	for _, tt := range []struct {
		path                       string
		status                     int
		contentType, cache, opener string
	}{
		{"/", 200, "text/html", "no-cache", opener},
		{"/callback?code=1&state=2", 200, "text/html", "no-store", "unsafe-none"},
		{"/config.json", 200, "application/json", "no-cache", opener},
		{"/app-worker.js", 200, "javascript", "no-cache", opener},
		{"/manifest.webmanifest", 200, "application/manifest+json", "no-cache", opener},
		{h.program(), 200, "application/wasm", "public, max-age=31536000, immutable", opener},
		{"/no/such/page", 404, "text/html", "", opener},
		{"/web/no-such-file.js", 404, "text/html", "", opener},
	} {
		r, _ := h.ask(tt.path)
		if r.StatusCode != tt.status || !strings.Contains(r.Header.Get("Content-Type"), tt.contentType) {
			h.t.Errorf("%s: status %d, %s, want %d, %s", tt.path, r.StatusCode, r.Header.Get("Content-Type"), tt.status, tt.contentType)
		}
		cache := r.Header.Values("Cache-Control")
		if got := strings.Join(cache, ", "); got != tt.cache && (tt.status == 200 || strings.Contains(got, "immutable")) || len(cache) != 1 {
			h.t.Errorf("%s: Cache-Control %q, want %q", tt.path, cache, tt.cache)
		}
		for name, want := range map[string]string{
			"Content-Security-Policy":      "frame-ancestors 'none'",
			"Cross-Origin-Opener-Policy":   tt.opener,
			"Cross-Origin-Resource-Policy": "same-origin",
			"Referrer-Policy":              "no-referrer",
			"X-Content-Type-Options":       "nosniff",
		} {
			if got := strings.Join(r.Header.Values(name), " | "); got != want {
				h.t.Errorf("%s: %s = %q, want %q", tt.path, name, got, want)
			}
		}
	}
	if base := strings.TrimPrefix(h.site, h.origin); base != "" {
		h.site = h.origin
		r, _ := h.ask(base)
		h.site += base
		if to := r.Header.Get("Location"); r.StatusCode/100 != 3 || !strings.HasSuffix(to, base+"/") {
			h.t.Errorf("%s: status %d to %q", base, r.StatusCode, to)
		}
	}
}

// sendsForms checks the compressed forms, each with an ETag of its own.
func (h *hosted) sendsForms() {
	h.t.Helper()
	for _, path := range []string{h.program(), "/", "/callback"} {
		_, plain := h.ask(path)
		tags := map[string]string{}
		for accept, decode := range map[string]func(io.Reader) (io.Reader, error){
			"br":   func(r io.Reader) (io.Reader, error) { return brotli.NewReader(r), nil },
			"gzip": func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) },
		} {
			r, body := h.ask(path, "Accept-Encoding", accept)
			if got := r.Header.Get("Content-Encoding"); got != accept || !strings.Contains(r.Header.Get("Vary"), "Accept-Encoding") {
				h.t.Errorf("%s as %s: Content-Encoding %q, Vary %q", path, accept, got, r.Header.Get("Vary"))
				continue
			}
			decoded, err := decode(strings.NewReader(string(body)))
			if err != nil {
				h.t.Fatal(err)
			}
			if content, err := io.ReadAll(decoded); err != nil || string(content) != string(plain) {
				h.t.Errorf("%s as %s is another content: %v", path, accept, err)
			}
			tag := r.Header.Get("ETag")
			if other, again := tags[tag]; again || tag == "" {
				h.t.Errorf("%s: %s and %s have the ETag %q", path, accept, other, tag)
			}
			tags[tag] = accept
			if r, _ := h.ask(path, "Accept-Encoding", accept, "If-None-Match", tag); r.StatusCode != http.StatusNotModified {
				h.t.Errorf("%s as %s: status %d for what is had", path, accept, r.StatusCode)
			}
		}
	}
}

// followsItsConfiguration edits config.json in the folder.
func (h *hosted) followsItsConfiguration() {
	h.t.Helper()
	name := filepath.Join(h.folder, strings.TrimPrefix(h.site, h.origin), "config.json")
	was, err := os.ReadFile(name)
	if err != nil {
		h.t.Fatal(err)
	}
	edited := strings.Replace(string(was), `"label":"Facebook"`, `"label":"Face of a book"`, 1)
	if err := os.WriteFile(name, []byte(edited), 0o644); err != nil {
		h.t.Fatal(err)
	}
	p := h.open("/")
	p.click("#btn-login")
	p.see("[role=dialog]", "Face of a book")
	if err := os.WriteFile(name, was, 0o644); err != nil {
		h.t.Fatal(err)
	}
}

// everyPath answers every path that the site does not have with its page.
func everyPath(base string) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			found := httptest.NewRecorder()
			next.ServeHTTP(found, r.Clone(r.Context()))
			// Also where the site would send the browser to its folder.
			if found.Code == http.StatusNotFound || found.Code/100 == 3 && found.Code != http.StatusNotModified {
				r.URL.Path = base + "/"
			}
			next.ServeHTTP(w, r)
		})
	}
}

// Where a host answers every path with the page, the page says in the person's language
// that there is none there, starts nothing, and links to itself. The folder of the site
// is no such path without its slash either.
func TestEveryPath(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{
		basePath: "/link", front: everyPath("/link"),
		configure: func(c *config.Config) { c.Languages = []string{"de", "en"} },
	})
	p := s.blank()
	lost := texttest.In("en").Of(text.Lost)
	for _, url := range []string{
		s.site + "/no/such/page?code=c&state=s", s.site + "/index.html", s.site + "/callback/more", s.origin + "/linked", s.origin + "/",
	} {
		p.visit(url)
		p.see("h1", lost)
		if title := evaluate[string](p, `document.title + " " + document.documentElement.lang`); title != lost+" en" {
			t.Errorf("%s: the title is %q", url, title)
		}
		if evaluate[bool](p, `window.twinlockConfiguration !== undefined || document.querySelector("button, #twinlock") !== null`) {
			t.Errorf("%s: something has started", url)
		}
	}
	p.replaced(func() { p.click("main a") })
	p.started()
	if at := p.location(); at != s.site+"/" {
		t.Errorf("the way home leads to %s", at)
	}
	p.visit(s.site)
	p.started()
	p.visit(s.site + "/")
	p.started()
	p.signIn(ada)
}
