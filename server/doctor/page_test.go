package doctor_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"twinlock/app/config"
	"twinlock/server/doctor"
	"twinlock/server/site"
	"twinlock/server/tenant"
	"twinlock/server/tenant/tenanttest"
)

// deployed is a site, below a path, and its tenant: both right.
func deployed(t *testing.T) (c config.Config, page *url.URL, serve *site.Site) {
	t.Helper()
	host := httptest.NewUnstartedServer(nil)
	origin := "http://" + host.Listener.Addr().String()
	s := tenanttest.Start(t, func(o *tenant.Options) {
		o.Clients[0].Callbacks = []string{origin + "/accounts/callback"}
		o.Clients[0].LogoutURLs = []string{origin + "/accounts/"}
		o.Clients[0].WebOrigins = []string{origin}
	})
	c = config.Config{
		Issuer: s.Issuer, ClientID: s.ClientID, Audience: s.Audience(), Connections: []config.Connection{{Name: tenant.Google}},
	}.WithDefaults()
	serve, err := site.New(site.Options{Config: c, BasePath: "/accounts", Version: "v1"})
	if err != nil {
		t.Fatal(err)
	}
	host.Config.Handler = serve
	host.Start()
	t.Cleanup(host.Close)
	page, _ = url.Parse(origin + "/accounts/")
	return c, page, serve
}

// A site that is right is passed over in silence; each mistake is found and named, and nothing
// else is.
func TestSite(t *testing.T) {
	c, page, serve := deployed(t)
	w := httptest.NewRecorder()
	serve.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/accounts/callback", nil))
	callback := w.Body.String()
	at := func(part string, change func(*http.Response)) func(*http.Response) {
		return func(a *http.Response) {
			here := a.Request.URL.Host == page.Host
			if path := a.Request.URL.Path; here && (part == path || part != page.Path && strings.Contains(path, part)) {
				change(a)
			}
		}
	}
	header := func(name, value string) func(*http.Response) {
		return func(a *http.Response) {
			a.Header.Set(name, value)
			if value == "" {
				a.Header.Del(name)
			}
		}
	}
	gone := func(a *http.Response) { says(a, 404, "text/html", "Not Found") }
	app := func(a *http.Response) { says(a, 200, "text/html", "<title>Any page</title>") }
	for _, test := range []struct {
		name   string
		change func(*http.Response)
		want   []doctor.Kind
	}{
		{"right", nil, nil},
		{"not there", at("/accounts/", gone), []doctor.Kind{doctor.SitePage}},
		{"out of order", at("/accounts/", func(a *http.Response) { says(a, 502, "text/html", "Bad gateway") }), []doctor.Kind{doctor.SitePage}},
		{"another page", at("/accounts/", app), []doctor.Kind{doctor.SitePage}},
		{"elsewhere", at("/accounts/", func(a *http.Response) {
			says(a, 301, "text/html", "")
			a.Header.Set("Location", "https://www.accounts.example/")
		}), []doctor.Kind{doctor.SiteRedirect}},
		{"no policy", at("/accounts/", header("Content-Security-Policy", "")), []doctor.Kind{doctor.SiteHeaders}},
		{"another policy", at("/accounts/", header("Cross-Origin-Opener-Policy", "same-origin")), []doctor.Kind{doctor.SiteHeaders}},
		{"only what a header can state", at("/accounts/", func(a *http.Response) {
			a.Header.Set("Content-Security-Policy", " frame-ancestors  'none';")
			a.Header.Del("Permissions-Policy")
		}), nil},
		{"a proxy's policy before it", at("/accounts/", func(a *http.Response) {
			a.Header["Content-Security-Policy"] = []string{"upgrade-insecure-requests", "block-all-mixed-content, " + a.Header.Get("Content-Security-Policy")}
		}), nil},
		{"a policy that lets frames be", at("/accounts/", header("Content-Security-Policy", "default-src 'none'")), []doctor.Kind{doctor.SiteHeaders}},
		{"a policy that says more", at("/accounts/", header("Content-Security-Policy", "frame-ancestors 'none'; script-src 'none'")), []doctor.Kind{doctor.SiteHeaders}},
		{"a policy of before Trusted Types", at("/accounts/", func(a *http.Response) {
			sent := a.Header.Get("Content-Security-Policy")
			a.Header.Set("Content-Security-Policy", strings.Replace(sent, "require-trusted-types-for 'script'; trusted-types twinlock; ", "", 1))
		}), nil}, // the page states them itself
		{"another policy's types", at("/accounts/", header("Content-Security-Policy", "frame-ancestors 'none'; trusted-types other")), []doctor.Kind{doctor.SiteHeaders}},
		{"no configuration", at("/config.json", gone), []doctor.Kind{doctor.SiteConfig}},
		{"another configuration", at("/config.json", func(a *http.Response) { says(a, 200, "application/json", `{"client_id":"old"}`) }), []doctor.Kind{doctor.SiteConfig}},
		{"no callback", at("/callback", gone), []doctor.Kind{doctor.SiteCallback}},
		{"a callback without a window", at("/callback", header("Cross-Origin-Opener-Policy", "same-origin-allow-popups")), []doctor.Kind{doctor.SiteCallback}},
		{"a callback in a folder", at("/callback", func(a *http.Response) {
			if !strings.HasSuffix(a.Request.URL.Path, "/") {
				says(a, 301, "text/html", "")
				a.Header.Set("Location", "callback/?"+a.Request.URL.RawQuery)
				return
			}
			says(a, 200, "text/html; charset=utf-8", callback)
			a.Header.Set("Cross-Origin-Opener-Policy", "unsafe-none")
		}), nil},
		{"a callback in a folder, where the answer is lost", at("/callback", func(a *http.Response) {
			says(a, 301, "text/html", "")
			a.Header.Set("Location", "callback/")
		}), []doctor.Kind{doctor.SiteCallback}},
		{"no program", at(".wasm", gone), []doctor.Kind{doctor.SitePage}},
		{"a program of another type", at(".wasm", header("Content-Type", "application/octet-stream")), []doctor.Kind{doctor.SiteType}},
		{"a large program", at(".wasm", header("Content-Encoding", "")), []doctor.Kind{doctor.SiteCompression}},
		{"no worker", at("app-worker", app), []doctor.Kind{doctor.SiteWorker}},
		{"a page for every path", at("no-such-page", app), []doctor.Kind{doctor.SiteMissing}},
		{"a missing page that is refused", at("no-such-page", func(a *http.Response) { says(a, 403, "application/xml", "<Error/>") }), nil},
		{"slow down", at("/", func(a *http.Response) {
			if a.Request.URL.Path != "/accounts/" {
				says(a, 503, "text/html", "")
			}
		}), nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := doctor.Examine(t.Context(), doctor.Options{Config: c, Page: page, Serve: serve, Transport: changing{test.change, nil}})
			if got := found(r); !slices.Equal(got, test.want) {
				t.Errorf("found %+v, want %v; unseen %q", r.Findings, test.want, r.Unseen)
			}
			if r.Requests > 25 {
				t.Errorf("%d requests", r.Requests)
			}
		})
	}
	t.Run("another tenant's page", func(t *testing.T) {
		other := c
		other.ClientID = "other"
		r := doctor.Examine(t.Context(), doctor.Options{Config: other, Page: page, Serve: must(site.New(site.Options{Config: other, BasePath: "/accounts", Version: "v1"}))})
		for _, want := range []doctor.Kind{doctor.Client, doctor.SiteTenant, doctor.SiteConfig} {
			if !slices.Contains(found(r), want) {
				t.Errorf("%s is not found: %v", want, found(r))
			}
		}
	})
	t.Run("a tenant without TLS", func(t *testing.T) {
		if r := examineInside(t, c, "https://accounts.example"+page.Path, serve, nil); !slices.Contains(found(r), doctor.SiteMixed) {
			t.Errorf("found %v", found(r))
		}
	})
	t.Run("a page that asks for something without TLS", func(t *testing.T) {
		c := c
		c.Issuer = "https://tenant.example/"
		serve := must(site.New(site.Options{Config: c, BasePath: "/accounts", Version: "v1"}))
		r := examineInside(t, c, "https://accounts.example"+page.Path, serve, func(body string) string {
			return strings.Replace(body, "</head>", `<script src="http://ads.example/a.js"></script></head>`, 1)
		})
		if !slices.ContainsFunc(r.Findings, func(f doctor.Finding) bool {
			return f.Kind == doctor.SiteMixed && f.Subject == "http://ads.example/a.js"
		}) {
			t.Errorf("found %+v", r.Findings)
		}
		if r := examineInside(t, c, "https://accounts.example"+page.Path, serve, nil); slices.Contains(found(r), doctor.SiteMixed) {
			t.Errorf("found %+v in a page that is right", r.Findings)
		}
	})
	t.Run("a page without TLS", func(t *testing.T) {
		if r := examineInside(t, c, "http://accounts.example"+page.Path, serve, nil); !slices.Contains(found(r), doctor.SiteMixed) {
			t.Errorf("found %+v", r.Findings)
		}
	})
	t.Run("another version", func(t *testing.T) {
		newer := must(site.New(site.Options{Config: c, BasePath: "/accounts", Version: "v2"}))
		more := at("/config.json", func(a *http.Response) { says(a, 200, "application/json", `{"a_new_setting":1}`) })
		r := doctor.Examine(t.Context(), doctor.Options{Config: c, Page: page, Serve: newer, Transport: changing{more, nil}})
		if len(r.Findings) > 0 || !slices.ContainsFunc(r.Unseen, func(s string) bool { return strings.Contains(s, "another version") }) {
			t.Errorf("%+v", r)
		}
	})
}

// A host that sends compressed files to everybody is right.
func TestSiteThatIsAlwaysCompressed(t *testing.T) {
	c, page, serve := deployed(t)
	compressed := roundTrip(func(r *http.Request) (*http.Response, error) {
		if r.URL.Host == page.Host && r.Header.Get("Accept-Encoding") != "" {
			r = r.Clone(r.Context())
			r.Header.Set("Accept-Encoding", "gzip")
		}
		return http.DefaultTransport.RoundTrip(r)
	})
	r := doctor.Examine(t.Context(), doctor.Options{Config: c, Page: page, Serve: serve, Transport: compressed})
	if len(r.Findings) > 0 {
		t.Errorf("found %+v", r.Findings)
	}
}

// examineInside examines a site that no network has, at an address. change changes its pages.
func examineInside(t *testing.T, c config.Config, address string, serve *site.Site, change func(body string) string) doctor.Report {
	t.Helper()
	page, _ := url.Parse(address)
	inside := roundTrip(func(r *http.Request) (*http.Response, error) {
		if r.URL.Host != page.Host {
			return nil, errors.New("no network")
		}
		w := httptest.NewRecorder()
		serve.ServeHTTP(w, r)
		a := w.Result()
		if change != nil && strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") {
			says(a, a.StatusCode, a.Header.Get("Content-Type"), change(w.Body.String()))
		}
		return a, nil
	})
	return doctor.Examine(t.Context(), doctor.Options{Config: c, Page: page, Serve: serve, Transport: inside})
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}
