package site_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"image/png"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
	dom "golang.org/x/net/html"

	"twinlock/app/config"
	"twinlock/app/provider"
	"twinlock/app/text"
	"twinlock/app/text/texttest"
	"twinlock/server/site"
	"twinlock/wasm/bundle"
	"twinlock/web"
	"twinlock/web/asset"
)

var program = []byte("\x00asm" + strings.Repeat("two locks, one identity. ", 100))

// static is the folder web with a program that need not be built.
func static(t testing.TB) fstest.MapFS {
	t.Helper()
	folder := fstest.MapFS{}
	err := fs.WalkDir(web.Files, ".", func(path string, e fs.DirEntry, err error) error {
		if path == "dist" {
			return fs.SkipDir
		}
		if err != nil || e.IsDir() {
			return err
		}
		body, err := fs.ReadFile(web.Files, path)
		folder[path] = &fstest.MapFile{Data: body}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	manifest := bundle.Manifest{
		Program: distribute(t, folder, "app.wasm", program),
		Exec:    distribute(t, folder, "wasm_exec.js", []byte("// the toolchain's")),
	}
	body, err := json.Marshal(manifest)
	if err != nil {
		t.Fatal(err)
	}
	folder["dist/"+bundle.ManifestName] = &fstest.MapFile{Data: body}
	return folder
}

func distribute(t testing.TB, folder fstest.MapFS, name string, body []byte) bundle.File {
	t.Helper()
	f := bundle.File{SHA256: asset.Sum(body), Size: len(body), Encoded: map[asset.Encoding]int{}}
	f.Name = asset.HashedName(name, f.SHA256)
	folder["dist/"+f.Name] = &fstest.MapFile{Data: body}
	for _, e := range asset.Encodings {
		small, err := e.Compress(body)
		if err != nil {
			t.Fatal(err)
		}
		f.Encoded[e] = len(small)
		folder["dist/"+f.Name+e.Extension()] = &fstest.MapFile{Data: small}
	}
	return f
}

func options(t testing.TB) site.Options {
	t.Helper()
	return site.Options{
		Config: config.Config{
			Domain:      "acme.eu.auth0.com",
			ClientID:    "client",
			Connections: []config.Connection{{Name: "google-oauth2"}},
			Brand:       config.Brand{Name: `Acme & "Sons" <b>`},
		}.WithDefaults(),
		Version: "v1",
		Static:  static(t),
	}
}

func render(t testing.TB, o site.Options) *site.Site {
	t.Helper()
	s, err := site.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// ask sends a request. The headers are a name, its value, the next name and so on.
func ask(s http.Handler, method, target string, headers ...string) *http.Response {
	r := httptest.NewRequest(method, target, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r *http.Response) []byte {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// find returns the path of a file by how it begins and ends.
func find(t *testing.T, s *site.Site, prefix, suffix string) string {
	t.Helper()
	for f := range s.Files() {
		if strings.HasPrefix(f.Path, prefix) && strings.HasSuffix(f.Path, suffix) {
			return f.Path
		}
	}
	t.Fatalf("no file %s…%s", prefix, suffix)
	return ""
}

func TestServe(t *testing.T) {
	s := render(t, options(t))
	wasm := find(t, s, "/web/app.", ".wasm")
	tests := []struct {
		name, method, target string
		status               int
		contentType, cache   string
	}{
		{"page", "GET", "/", 200, "text/html; charset=utf-8", "no-cache"},
		{"page with a query", "GET", "/?a=b&utm=x", 200, "text/html; charset=utf-8", "no-cache"},
		{"callback (attack case 39)", "GET", "/callback?code=1&state=2", 200, "text/html; charset=utf-8", "no-store"},
		{"program", "GET", wasm, 200, "application/wasm", "public, max-age=31536000, immutable"},
		{
			"script", "GET", find(t, s, "/web/boot.", ".js"), 200, "text/javascript; charset=utf-8",
			"public, max-age=31536000, immutable",
		},
		{"picture", "GET", find(t, s, "/web/icon-192.", ".png"), 200, "image/png", "public, max-age=31536000, immutable"},
		{"configuration", "GET", "/config.json", 200, "application/json", "no-cache"},
		{"manifest", "GET", "/manifest.webmanifest", 200, "application/manifest+json", "no-cache"},
		{"robots", "GET", "/robots.txt", 200, "text/plain; charset=utf-8", "no-cache"},
		{"favicon", "GET", "/favicon.ico", 200, "image/png", "no-cache"},
		{"head", "HEAD", "/", 200, "text/html; charset=utf-8", "no-cache"},
		{"unknown", "GET", "/nothing", 404, "text/html; charset=utf-8", "no-store"},
		{"head of unknown", "HEAD", "/nothing", 404, "text/html; charset=utf-8", "no-store"},
		{"the lost page has no address", "GET", "/404", 404, "text/html; charset=utf-8", "no-store"},
		{"slash at the end", "GET", "/callback/", 404, "text/html; charset=utf-8", "no-store"},
		{"name without hash", "GET", "/web/app.wasm", 404, "text/html; charset=utf-8", "no-store"},
		{"compressed form by name", "GET", wasm + ".br", 404, "text/html; charset=utf-8", "no-store"},
		{"no folder listing", "GET", "/web/", 404, "text/html; charset=utf-8", "no-store"},
		{"no way out of the folder", "GET", "/web/..%2fgo.mod", 404, "text/html; charset=utf-8", "no-store"},
		{"nor undressed", "GET", "/web/../go.mod", 404, "text/html; charset=utf-8", "no-store"},
		{"go-app's own files", "GET", "/app.js", 404, "text/html; charset=utf-8", "no-store"},
		{"post", "POST", "/", 405, "text/plain; charset=utf-8", "no-store"},
		{"post to unknown", "DELETE", "/nothing", 405, "text/plain; charset=utf-8", "no-store"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := ask(s, test.method, test.target)
			if r.StatusCode != test.status {
				t.Errorf("status = %d, want %d", r.StatusCode, test.status)
			}
			if got := r.Header.Get("Content-Type"); got != test.contentType {
				t.Errorf("Content-Type = %q, want %q", got, test.contentType)
			}
			if got := r.Header.Get("Cache-Control"); got != test.cache {
				t.Errorf("Cache-Control = %q, want %q", got, test.cache)
			}
			if got := r.Header.Get("Allow"); (r.StatusCode == 405) != (got == "GET, HEAD") {
				t.Errorf("Allow = %q", got)
			}
			if b := body(t, r); (test.method == "HEAD") != (len(b) == 0) {
				t.Errorf("%d bytes of body", len(b))
			}
			checkSecure(t, r)
		})
	}
}

// checkSecure checks the headers that every answer has, also one that refuses.
func checkSecure(t *testing.T, r *http.Response) {
	t.Helper()
	for name, want := range map[string]string{
		"Content-Security-Policy":      "default-src 'none'; script-src 'self' 'wasm-unsafe-eval' 'sha256-",
		"Cross-Origin-Opener-Policy":   "", // the callback has one of its own
		"Cross-Origin-Resource-Policy": "same-origin",
		"Permissions-Policy":           "camera=()",
		"Referrer-Policy":              "no-referrer",
		"X-Content-Type-Options":       "nosniff",
	} {
		if got := r.Header.Values(name); len(got) != 1 || !strings.HasPrefix(got[0], want) {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
}

func TestErrorsAreSecure(t *testing.T) {
	o := options(t)
	o.BasePath = "/link"
	s := render(t, o)
	wasm := "/link" + find(t, s, "/web/app.", ".wasm")
	tests := []struct {
		name, method, target, header, value string
		want                                int
	}{
		{"outside", "GET", "/", "", "", 404},
		{"without slash", "GET", "/link", "", "", 308},
		{"post without slash", "POST", "/link", "", "", 405},
		{"refused method", "PUT", "/link/config.json", "", "", 405},
		{"general options", "OPTIONS", "/link/", "", "", 405},
		{"no acceptable form", "GET", wasm, "Accept-Encoding", "identity;q=0", 406},
		{"no acceptable form of a lost page", "GET", "/link/x", "Accept-Encoding", "*;q=0", 406},
		{"not the one that is had", "GET", wasm, "If-Match", `"other"`, 412},
		{"not modified", "GET", wasm, "If-None-Match", "*", 304},
		{"range beyond the end", "GET", wasm, "Range", "bytes=99999-", 416},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := ask(s, test.method, test.target, test.header, test.value)
			if r.StatusCode != test.want {
				t.Errorf("status = %d, want %d", r.StatusCode, test.want)
			}
			if length := r.Header.Get("Content-Length"); length != "" && length != fmt.Sprint(len(body(t, r))) {
				t.Errorf("Content-Length %s of another content", length)
			}
			if test.want == 406 && r.Header.Get("Vary") != "Accept-Encoding" {
				t.Error("406 does not vary")
			}
			checkSecure(t, r)
		})
	}
}

func TestEncodings(t *testing.T) {
	s := render(t, options(t))
	wasm := find(t, s, "/web/app.", ".wasm")
	decode := map[string]func(io.Reader) (io.Reader, error){
		"br":   func(r io.Reader) (io.Reader, error) { return brotli.NewReader(r), nil },
		"zstd": func(r io.Reader) (io.Reader, error) { return zstd.NewReader(r) },
		"gzip": func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) },
		"":     func(r io.Reader) (io.Reader, error) { return r, nil },
	}
	tags := map[string]string{}
	for accept, want := range map[string]string{
		"gzip, deflate, br": "br",
		"zstd, gzip;q=0.9":  "zstd",
		"gzip":              "gzip",
		"":                  "",
		"br;q=0":            "",
	} {
		r := ask(s, "GET", wasm, "Accept-Encoding", accept)
		got := r.Header.Get("Content-Encoding")
		if got != want {
			t.Errorf("Accept-Encoding %q: %q, want %q", accept, got, want)
			continue
		}
		if r.Header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("Accept-Encoding %q: no Vary", accept)
		}
		raw := body(t, r)
		if length := r.Header.Get("Content-Length"); length != fmt.Sprint(len(raw)) {
			t.Errorf("Accept-Encoding %q: Content-Length %s of %d bytes", accept, length, len(raw))
		}
		plain, err := decode[want](bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		if b, err := io.ReadAll(plain); err != nil || !bytes.Equal(b, program) {
			t.Errorf("Accept-Encoding %q: not the program: %v", accept, err)
		}
		tags[r.Header.Get("ETag")] = want
	}
	if len(tags) != 4 {
		t.Errorf("ETags %v do not tell four forms apart", tags)
	}
}

func TestConditional(t *testing.T) {
	s := render(t, options(t))
	tag := ask(s, "GET", "/", "Accept-Encoding", "br").Header.Get("ETag")
	if !strings.HasPrefix(tag, `"`) {
		t.Fatalf("ETag = %s, want a strong one", tag)
	}
	tests := []struct {
		name, target, accept, match string
		want                        int
	}{
		{"same form", "/", "br", tag, 304},
		{"one of a list", "/", "br", `"x", ` + tag, 304},
		{"weak comparison", "/", "br", "W/" + tag, 304},
		{"other form", "/", "gzip", tag, 200},
		{"other page", "/callback", "br", tag, 200},
		{"unknown path", "/nothing", "br", tag, 404},
		{"any", "/", "br", "*", 304},
		{"any form of an unknown path", "/nothing", "br", "*", 404},
		{"no quotation marks", "/", "br", strings.Trim(tag, `"`), 200},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := ask(s, "GET", test.target, "Accept-Encoding", test.accept, "If-None-Match", test.match)
			if r.StatusCode != test.want {
				t.Errorf("status = %d, want %d", r.StatusCode, test.want)
			}
			if b := body(t, r); test.want == 304 && (len(b) != 0 || r.Header.Get("ETag") != tag) {
				t.Errorf("304 with ETag %s and %d bytes", r.Header.Get("ETag"), len(b))
			}
		})
	}
}

func TestRange(t *testing.T) {
	s := render(t, options(t))
	wasm := find(t, s, "/web/app.", ".wasm")
	whole := ask(s, "GET", wasm, "Accept-Encoding", "br")
	tag, content := whole.Header.Get("ETag"), string(body(t, whole))
	size := len(content)
	if whole.Header.Get("Accept-Ranges") != "bytes" {
		t.Error("ranges are not offered")
	}
	tests := []struct {
		name, method, ranges, ifRange string
		status                        int
		want, contentRange            string
	}{
		{"the first bytes", "GET", "bytes=0-3", "", 206, content[:4], fmt.Sprintf("bytes 0-3/%d", size)},
		{"the last bytes", "GET", "bytes=-2", "", 206, content[size-2:], fmt.Sprintf("bytes %d-%d/%d", size-2, size-1, size)},
		{"from the middle on", "GET", "bytes=9-", "", 206, content[9:], fmt.Sprintf("bytes 9-%d/%d", size-1, size)},
		{"of what is had", "GET", "bytes=4-", tag, 206, content[4:], fmt.Sprintf("bytes 4-%d/%d", size-1, size)},
		{"of something else", "GET", "bytes=4-", `"other"`, 200, content, ""},
		{"of what may be the same", "GET", "bytes=4-", "W/" + tag, 200, content, ""},
		{"beyond the end", "GET", "bytes=99999-", "", 416, "", fmt.Sprintf("bytes */%d", size)},
		{"only asked", "HEAD", "bytes=0-3", "", 206, "", fmt.Sprintf("bytes 0-3/%d", size)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			headers := []string{"Accept-Encoding", "br", "Range", test.ranges}
			if test.ifRange != "" {
				headers = append(headers, "If-Range", test.ifRange)
			}
			r := ask(s, test.method, wasm, headers...)
			if r.StatusCode != test.status || r.Header.Get("Content-Range") != test.contentRange {
				t.Errorf(
					"status %d, Content-Range %q, want %d, %q", r.StatusCode, r.Header.Get("Content-Range"), test.status,
					test.contentRange,
				)
			}
			if test.status == 416 {
				return
			}
			if got := string(body(t, r)); got != test.want {
				t.Errorf("%d bytes, want %d", len(got), len(test.want))
			}
			if r.Header.Get("Content-Encoding") != "br" || r.Header.Get("ETag") != tag {
				t.Errorf(
					"Content-Encoding %q, ETag %s: not of the same form", r.Header.Get("Content-Encoding"),
					r.Header.Get("ETag"),
				)
			}
		})
	}
	r := ask(s, "GET", wasm, "Range", "bytes=0-3")
	if b := body(t, r); string(b) != "\x00asm" || r.Header.Get("Content-Length") != "4" {
		t.Errorf("first four bytes: %q, length %s", b, r.Header.Get("Content-Length"))
	}
}

// TestHeadersAreNotShared: changing the headers of one answer does not change the next.
func TestHeadersAreNotShared(t *testing.T) {
	s := render(t, options(t))
	first := ask(s, "GET", "/", "Accept-Encoding", "br").Header
	ask(s, "GET", "/", "Accept-Encoding", "br", "Range", "bytes=0-3")
	ask(s, "POST", "/")
	if again := ask(s, "GET", "/", "Accept-Encoding", "br").Header; !reflect.DeepEqual(first, again) {
		t.Errorf("headers were %v and are %v", first, again)
	}
}

func TestContentSecurityPolicy(t *testing.T) {
	const rest = "manifest-src 'self'; worker-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; " +
		"require-trusted-types-for 'script'; trusted-types twinlock; frame-ancestors 'none'"
	pictures := " https://" + strings.Join(provider.PictureHosts(), " https://")
	tests := []struct {
		name   string
		change func(*config.Config)
		want   string
	}{
		{
			"a tenant's own domain", func(*config.Config) {},
			"default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' https://acme.eu.auth0.com" + pictures + "; " +
				"connect-src 'self' https://acme.eu.auth0.com; frame-src 'none'; " + rest,
		},
		{
			"pictures from elsewhere, and a logo",
			func(c *config.Config) {
				c.PictureHosts, c.Brand.Logo = []string{"*.cdn.example"}, "https://brand.example/logo.svg"
			},
			"default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; " +
				"img-src 'self' https://acme.eu.auth0.com https://*.cdn.example https://brand.example; " +
				"connect-src 'self' https://acme.eu.auth0.com; frame-src 'none'; " + rest,
		},
		{
			"a custom domain: the API is there too",
			func(c *config.Config) { c.Domain, c.Issuer = "", "https://id.acme.example/" },
			"default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' https://id.acme.example" + pictures + "; " +
				"connect-src 'self' https://id.acme.example; frame-src 'none'; " + rest,
		},
		{
			"a tenant on this machine",
			func(c *config.Config) {
				c.Domain, c.Issuer, c.Audience = "", "http://127.0.0.1:8001/", "http://127.0.0.1:8001/api/v2/"
			},
			"default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' http://127.0.0.1:8001" + pictures + "; " +
				"connect-src 'self' http://127.0.0.1:8001; frame-src 'none'; " + rest,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := options(t)
			test.change(&o.Config)
			s := render(t, o)
			script := hashIn(t, body(t, ask(s, "GET", "/")), "script")
			for _, target := range []string{"/", "/callback", "/nothing"} {
				r := ask(s, "GET", target)
				want := strings.NewReplacer(
					"'wasm-unsafe-eval'", "'wasm-unsafe-eval' "+script,
					"style-src 'self'", "style-src 'self' "+hashIn(t, body(t, r), "style"),
				).Replace(test.want)
				if got := r.Header.Get("Content-Security-Policy"); got != want {
					t.Errorf("%s\n got %s\nwant %s", target, got, want)
				}
			}
		})
	}
}

// hashIn is the source that allows the text of the page's only style, or script.
func hashIn(t *testing.T, page []byte, tag string) string {
	t.Helper()
	doc, err := dom.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for n := range doc.Descendants() {
		if n.Data == tag && n.FirstChild != nil {
			sum := sha256.Sum256([]byte(n.FirstChild.Data))
			found = append(found, "'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'")
		}
	}
	if len(found) != 1 {
		t.Fatalf("the page has %d of %s", len(found), tag)
	}
	return found[0]
}

// The worker changes if, and only if, a file that it stores does. It has the hash of each.
func TestWorkerVersion(t *testing.T) {
	facts := func(change func(*site.Options)) (facts struct {
		Version, Base, Config, Program string
		Pages, Files                   map[string]string
	}) {
		t.Helper()
		o := options(t)
		o.BasePath = "/accounts"
		change(&o)
		s := render(t, o)
		script := body(t, ask(s, "GET", "/accounts/app-worker.js"))
		line, _, _ := bytes.Cut(bytes.TrimPrefix(script, []byte("const site = ")), []byte(";\n"))
		if err := json.Unmarshal(line, &facts); err != nil {
			t.Fatal(err)
		}
		if r := ask(s, "GET", facts.Config); r.StatusCode != 200 {
			t.Errorf("the worker keeps %s: status %d", facts.Config, r.StatusCode)
		}
		if _, kept := facts.Files[facts.Program]; !kept {
			t.Errorf("the worker does not keep %s", facts.Program)
		}
		for _, kept := range []map[string]string{facts.Pages, facts.Files} {
			for path, want := range kept {
				sum := sha256.Sum256(body(t, ask(s, "GET", path)))
				if got := base64.StdEncoding.EncodeToString(sum[:]); got != want {
					t.Errorf("%s has the hash %s; the worker expects %s", path, got, want)
				}
			}
		}
		for path := range facts.Pages {
			if page := body(t, ask(s, "GET", path)); !bytes.Contains(page, []byte(facts.Program)) {
				t.Errorf("%s does not refer to %s", path, facts.Program)
			}
		}
		return facts
	}
	first := facts(func(*site.Options) {})
	pages := slices.Sorted(maps.Keys(first.Pages))
	if first.Base != "/accounts/" || !slices.Equal(pages, []string{"/accounts/", "/accounts/callback"}) {
		t.Errorf("worker = %+v", first)
	}
	for _, test := range []struct {
		name   string
		change func(*site.Options)
		same   bool
	}{
		{"the same", func(*site.Options) {}, true},
		{"what only the configuration says", func(o *site.Options) { o.Config.MaxAuthAge = 60 }, false}, // its sum
		{"another colour", func(o *site.Options) { o.Config.Brand.Accent = "#004488" }, false},
		{"another name", func(o *site.Options) { o.Config.Brand.Name = "Other" }, false},
		{"another release", func(o *site.Options) { o.Version = "v2" }, false},
	} {
		if again := facts(test.change); (again.Version == first.Version) != test.same {
			t.Errorf("%s: version %s after %s", test.name, again.Version, first.Version)
		}
	}
}

func TestOpenerPolicy(t *testing.T) {
	s := render(t, options(t))
	for target, want := range map[string]string{"/": "same-origin-allow-popups", "/callback": "unsafe-none"} {
		if got := ask(s, "GET", target).Header.Get("Cross-Origin-Opener-Policy"); got != want {
			t.Errorf("%s: %s, want %s", target, got, want)
		}
	}
}

// TestPages checks every page: there is no inline script and one style, every file that it
// names is there, and the brand's name is text only.
func TestPages(t *testing.T) {
	for _, base := range []string{"", "/accounts", "/deep/er"} {
		t.Run("base "+base, func(t *testing.T) {
			o := options(t)
			o.BasePath = base
			s := render(t, o)
			for _, path := range []string{"/", "/callback", "/nothing"} {
				r := ask(s, "GET", base+path)
				doc, err := dom.Parse(bytes.NewReader(body(t, r)))
				if err != nil {
					t.Fatal(err)
				}
				hashIn(t, body(t, ask(s, "GET", base+"/")), "script") // there is one
				styles := 0
				for n := range doc.Descendants() {
					if n.Type == dom.ElementNode {
						checkElement(t, s, n)
					}
					if n.Data == "style" {
						styles++
						if !strings.Contains(n.FirstChild.Data, provider.Style()) {
							t.Errorf("%s: the marks of the providers have no colours", path)
						}
					}
				}
				if styles != 1 {
					t.Errorf("%s: %d styles, want the policy's one", path, styles)
				}
			}
		})
	}
}

func checkElement(t *testing.T, s http.Handler, n *dom.Node) {
	t.Helper()
	switch n.Data {
	case "base", "b": // <b> would be the brand's name come alive
		t.Errorf("there is a <%s>", n.Data)
	}
	for _, a := range n.Attr {
		if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
			t.Errorf("<%s> has %s", n.Data, a.Key)
		}
		link := a.Key == "href" || a.Key == "src" || a.Key == "data-wasm" || a.Key == "data-config"
		if link && strings.HasPrefix(a.Val, "/") && ask(s, "GET", a.Val).StatusCode != http.StatusOK {
			t.Errorf("<%s %s=%q> leads nowhere", n.Data, a.Key, a.Val)
		}
	}
}

func TestBootData(t *testing.T) {
	o := options(t)
	o.BasePath = "/accounts/"
	s := render(t, o)
	page := string(body(t, ask(s, "GET", "/accounts/")))
	sum := sha256.Sum256(body(t, ask(s, "GET", "/accounts/config.json")))
	for _, want := range []string{
		fmt.Sprintf(`data-issuer=%q`, o.Config.Issuer), fmt.Sprintf(`data-client-id=%q`, o.Config.ClientID),
		fmt.Sprintf(`data-config-sum=%q`, base64.StdEncoding.EncodeToString(sum[:])),
		`data-base="/accounts"`, `data-config="/accounts/config.json"`, `data-version="v1"`,
		fmt.Sprintf(`data-exec="/accounts%s"`, find(t, s, "/web/wasm_exec.", ".js")),
		fmt.Sprintf(`data-touch="/accounts%s"`, find(t, s, "/web/touch.", ".js")),
		fmt.Sprintf(`data-wasm="/accounts%s"`, find(t, s, "/web/app.", ".wasm")),
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %s", want)
		}
	}
}

func TestBasePath(t *testing.T) {
	o := options(t)
	o.BasePath = "/accounts"
	s := render(t, o)
	if r := ask(s, "GET", "/accounts?a=b"); r.StatusCode != 308 || r.Header.Get("Location") != "/accounts/?a=b" {
		t.Errorf("without slash: status %d to %q", r.StatusCode, r.Header.Get("Location"))
	}
	for _, outside := range []string{"/", "/callback", "/accountsx/", "/config.json"} {
		if r := ask(s, "GET", outside); r.StatusCode != 404 {
			t.Errorf("%s: status %d, want 404", outside, r.StatusCode)
		}
	}
	var manifest struct {
		ID       string `json:"id"`
		Scope    string `json:"scope"`
		StartURL string `json:"start_url"`
		Name     string `json:"name"`
		Icons    []struct{ Src string }

		Screenshots []struct{ Src, Sizes string }
		Shortcuts   []struct{ URL string }
	}
	if err := json.Unmarshal(body(t, ask(s, "GET", "/accounts/manifest.webmanifest")), &manifest); err != nil {
		t.Fatal(err)
	}
	if len(manifest.Screenshots) != 2 || len(manifest.Shortcuts) != 1 || manifest.Shortcuts[0].URL != "/accounts/?do=link" {
		t.Errorf("manifest = %+v", manifest)
	}
	for _, shot := range manifest.Screenshots {
		picture, err := png.DecodeConfig(bytes.NewReader(body(t, ask(s, "GET", shot.Src))))
		if size := fmt.Sprintf("%dx%d", picture.Width, picture.Height); err != nil || size != shot.Sizes {
			t.Errorf("%s is %s, %v; the manifest says %s", shot.Src, size, err, shot.Sizes)
		}
	}
	if manifest.ID != "/accounts/" || manifest.Scope != "/accounts/" || manifest.StartURL != "/accounts/" || manifest.Name != o.Config.Brand.Name {
		t.Errorf("manifest = %+v", manifest)
	}
	for _, icon := range manifest.Icons {
		if r := ask(s, "GET", icon.Src); r.StatusCode != 200 {
			t.Errorf("icon %s: status %d", icon.Src, r.StatusCode)
		}
	}
}

// A path that is not of the site is answered in the site's first language, with a way
// home; and each page can say the same.
func TestNotFound(t *testing.T) {
	o := options(t)
	o.BasePath, o.Config.Languages = "/link", []string{"de", "en"}
	s := render(t, o)
	const says = `<h1 data-say="lost">Hier gibt es keine Seite</h1><a class="button" href="/link/" data-say="go_home">`
	lost, page := string(body(t, ask(s, "GET", "/link/nothing"))), string(body(t, ask(s, "GET", "/link/")))
	if !strings.Contains(lost, `<html dir="ltr" lang="de">`) || !strings.Contains(lost, says) {
		t.Errorf("the answer to an unknown path:\n%s", lost)
	}
	template := templateOf(page, "lost")
	if !strings.Contains(template, says) || !strings.Contains(template, html.EscapeString(o.Config.Brand.Name)) {
		t.Errorf("the page says %q", template)
	}
}

func templateOf(page, kind string) string {
	_, template, _ := strings.Cut(page, `<template data-`+kind+`="">`)
	template, _, _ = strings.Cut(template, "</template>")
	return template
}

// Each page has what is said without the program: one alert for each reason.
func TestWithoutProgram(t *testing.T) {
	o := options(t)
	o.Config.Languages = []string{"de", "en"}
	panel := templateOf(string(body(t, ask(render(t, o), "GET", "/"))), "panel")
	say := texttest.In("de")
	for why, key := range map[string]text.Key{
		"old": text.TooOld, "unloaded": text.NotLoaded, "status": text.NoProgram, "type": text.OtherProgram, "stopped": text.Stopped,
	} {
		said := strings.Replace(say.Of(key), "{value}", `<bdi data-is="value" translate="no"></bdi>`, 1)
		want := fmt.Sprintf(`<p data-says=%q role="alert" data-say=%q>%s</p>`, why, key, said)
		if strings.Count(panel, want) != 1 {
			t.Errorf("no %s in %s", want, panel)
		}
	}
	if n := strings.Count(panel, "<p"); n != 5 {
		t.Errorf("%d sentences", n)
	}
}

// A browser without scripts is told so in the site's language. Where there are several, it is
// led to a page that has them all.
func TestWithoutScripts(t *testing.T) {
	o := options(t)
	o.BasePath = "/link"
	noScript := func(language string) string {
		say := texttest.In(language)
		return `<div class="noscript notice notice-bad" dir="` + say.Direction + `" lang="` + language + `"><p role="alert">` + say.Of(text.NoScript) +
			`</p><a class="button" href="/link/">` + say.Of(text.Reload) + `</a></div>`
	}
	inPage := func(s *site.Site) string {
		_, rest, _ := strings.Cut(string(body(t, ask(s, "GET", "/link/"))), "<noscript>")
		noscript, _, _ := strings.Cut(rest, "</noscript>")
		return noscript
	}
	const refresh = `http-equiv="refresh"`
	alone := render(t, o)
	if got := inPage(alone); !strings.Contains(got, noScript("en")) || strings.Contains(got, refresh) {
		t.Errorf("in English alone: %s", got)
	}
	if r := ask(alone, "GET", "/link/noscript.html"); r.StatusCode != http.StatusNotFound {
		t.Errorf("in English alone there is a page of languages: status %d", r.StatusCode)
	}
	o.Config.Languages = []string{"de", "en", "ar"}
	several := render(t, o)
	if got := inPage(several); !strings.Contains(got, noScript("de")) || !strings.Contains(got, `<meta content="0; url=/link/noscript.html" `+refresh+`/>`) {
		t.Errorf("in three languages: %s", got)
	}
	page := string(body(t, ask(several, "GET", "/link/noscript.html")))
	for _, language := range o.Config.Languages {
		if !strings.Contains(page, noScript(language)) {
			t.Errorf("the page of languages lacks %s", language)
		}
	}
}

// Each page can say that its window can be closed.
func TestDone(t *testing.T) {
	o := options(t)
	o.Config.Languages = []string{"de", "en"}
	page := string(body(t, ask(render(t, o), "GET", "/callback")))
	want := `<main class="column"><div role="status"><h1 data-say="close_window">Sie können dieses Fenster schließen.</h1>`
	if got := templateOf(page, "done"); !strings.HasPrefix(got, want) {
		t.Errorf("the page has %s", got)
	}
}

func TestCleanBasePath(t *testing.T) {
	for path, want := range map[string]string{"": "", "/": "", "/a": "/a", "/a/": "/a", "/a-b/c_d.e~": "/a-b/c_d.e~"} {
		if got, err := site.CleanBasePath(path); got != want || err != nil {
			t.Errorf("CleanBasePath(%q) = %q, %v", path, got, err)
		}
	}
	for _, path := range []string{
		"a", "//", "//a", "/a//b", "/..", "/a/../b", "/.", "/a b", "/a%2f", "/a?b", "/a#b", `/a\b`, "/a\n", `/"`,
	} {
		if _, err := site.CleanBasePath(path); !errors.Is(err, site.ErrBasePath) {
			t.Errorf("CleanBasePath(%q): %v, want ErrBasePath", path, err)
		}
	}
}

func TestConfig(t *testing.T) {
	o := options(t)
	got, err := config.Parse(body(t, ask(render(t, o), "GET", "/config.json")))
	if err != nil {
		t.Fatal(err)
	}
	if got.Issuer != "https://acme.eu.auth0.com/" || got.Brand.Name != o.Config.Brand.Name {
		t.Errorf("configuration = %+v", got)
	}
}

func TestAccent(t *testing.T) {
	o := options(t)
	o.Config.Brand.Accent, o.Config.Brand.AccentDark = "#a03050", "#ffd0e0"
	s := render(t, o)
	got := string(body(t, ask(s, "GET", "/")))
	for _, want := range []string{
		"@media (prefers-color-scheme: light) { :root { --accent: #a03050; --on-accent: #ffffff; } }",
		"@media (prefers-color-scheme: dark) { :root { --accent: #ffd0e0; --on-accent: #000000; } }",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the page's style lacks %s", want)
		}
	}
}

// TestReproducible renders twice. go-app by itself writes attributes in random order.
func TestReproducible(t *testing.T) {
	tags := func() string {
		var all strings.Builder
		for f := range render(t, options(t)).Files() {
			fmt.Fprintln(&all, f.Path, f.Forms[0].ETag)
		}
		return all.String()
	}
	if first, second := tags(), tags(); first != second {
		t.Errorf("two renderings differ:\n%s\n%s", first, second)
	}
}

func TestNewErrors(t *testing.T) {
	tests := []struct {
		name    string
		spoil   func(*site.Options)
		wantErr error
		text    string
	}{
		{
			"not built", func(o *site.Options) { delete(o.Static.(fstest.MapFS), "dist/"+bundle.ManifestName) },
			bundle.ErrMissing, "run make build",
		},
		{"base path", func(o *site.Options) { o.BasePath = "accounts" }, site.ErrBasePath, "base path"},
		{"other program than the manifest's", func(o *site.Options) {
			for name, f := range o.Static.(fstest.MapFS) {
				if strings.HasSuffix(name, ".wasm") {
					f.Data = []byte("other")
				}
			}
		}, nil, "is not what was built"},
		{"compressed form lost", func(o *site.Options) {
			for name := range o.Static.(fstest.MapFS) {
				if strings.HasSuffix(name, ".wasm.br") {
					delete(o.Static.(fstest.MapFS), name)
				}
			}
		}, fs.ErrNotExist, ".wasm.br"},
		{"no boot script", func(o *site.Options) { delete(o.Static.(fstest.MapFS), "boot/main.js") }, nil, "boot/main.js"},
		{
			"module of the boot script lost",
			func(o *site.Options) { delete(o.Static.(fstest.MapFS), "boot/login.js") }, nil, "boot/login.js",
		},
		{"import that nothing exports", func(o *site.Options) {
			o.Static.(fstest.MapFS)["boot/main.js"] = &fstest.MapFile{Data: []byte(`import { nothing } from "lock"; nothing();`)}
		}, nil, "nothing"},
		{
			"file of another kind", func(o *site.Options) { o.Static.(fstest.MapFS)["notes.txt"] = &fstest.MapFile{} },
			nil, "notes.txt",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := options(t)
			test.spoil(&o)
			_, err := site.New(o)
			if err == nil || test.wantErr != nil && !errors.Is(err, test.wantErr) || !strings.Contains(err.Error(), test.text) {
				t.Errorf("err = %v, want %v with %q", err, test.wantErr, test.text)
			}
		})
	}
}

// BenchmarkNew measures the start of the server, without reading the program.
func BenchmarkNew(b *testing.B) {
	o := options(b)
	for b.Loop() {
		render(b, o)
	}
}

func BenchmarkServe(b *testing.B) {
	s := render(b, options(b))
	b.ReportAllocs()
	for b.Loop() {
		ask(s, "GET", "/", "Accept-Encoding", "gzip, deflate, br, zstd")
	}
}
