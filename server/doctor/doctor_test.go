package doctor_test

import (
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"twinlock/app/config"
	"twinlock/server/doctor"
	"twinlock/server/tenant"
	"twinlock/server/tenant/tenanttest"
)

// A world is a tenant, a site's settings, and what stands between them.
type world struct {
	// origin is the page's; the tenant knows it.
	origin  string
	options []tenanttest.Option
	change  func(*config.Config)
	skew    time.Duration
	// between changes an answer of the tenant.
	between func(*http.Response)
}

func init() { slog.SetDefault(slog.New(slog.DiscardHandler)) } // of the emulator's library

// origins are those of pages: one that people open, and one on this machine, for which a tenant
// may refuse what it does for the other.
var origins = []string{"https://accounts.example.com", tenanttest.Origin}

// examine examines the tenant of a world for its page.
func (w world) examine(t *testing.T) doctor.Report {
	t.Helper()
	known := client(func(c *tenant.Client) {
		c.Callbacks, c.LogoutURLs, c.WebOrigins = []string{w.origin + "/callback"}, []string{w.origin + "/"}, []string{w.origin}
	})
	s := tenanttest.Start(t, append([]tenanttest.Option{known}, w.options...)...)
	c := config.Config{
		Issuer: s.Issuer, ClientID: s.ClientID, Audience: s.Audience(),
		Connections: []config.Connection{{Name: tenant.Database}, {Name: tenant.Google}, {Name: tenant.Facebook}},
	}
	if w.change != nil {
		w.change(&c)
	}
	c = c.WithDefaults() // not checked: with a custom domain any audience may be given
	page, _ := url.Parse(w.origin + "/")
	return doctor.Examine(t.Context(), doctor.Options{
		Config: c, Page: page, Transport: changing{w.between, nil}, Now: func() time.Time { return time.Now().Add(w.skew) },
	})
}

// changing sends requests, and changes the answers.
type changing struct {
	change func(*http.Response)
	by     http.RoundTripper // nil: the default
}

func (c changing) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := cmp.Or(c.by, http.DefaultTransport).RoundTrip(r)
	if err == nil && c.change != nil {
		c.change(answer)
	}
	return answer, err
}

// says has an answer say something else.
func says(answer *http.Response, status int, kind, body string) {
	answer.StatusCode, answer.Body = status, io.NopCloser(strings.NewReader(body))
	answer.Header.Set("Content-Type", kind)
}

func client(change func(*tenant.Client)) tenanttest.Option {
	return func(o *tenant.Options) { change(&o.Clients[0]) }
}

// at calls change for answers to requests below a path.
func at(path string, change func(*http.Response)) func(*http.Response) {
	return func(answer *http.Response) {
		if strings.HasPrefix(answer.Request.URL.Path, path) {
			change(answer)
		}
	}
}

// mistake is one wrong setting: how it is made, and what is to be found, with ORIGIN for the
// page's.
type mistake struct {
	name  string
	make  func(*world)
	kind  doctor.Kind
	about string
}

func option(o tenanttest.Option) func(*world) {
	return func(w *world) { w.options = append(w.options, o) }
}

func setting(change func(*config.Config)) func(*world) {
	return func(w *world) {
		before := w.change
		w.change = func(c *config.Config) {
			if before != nil {
				before(c)
			}
			change(c)
		}
	}
}

// common are the ten commonest.
var common = []mistake{
	{"client", setting(func(c *config.Config) { c.ClientID = "nobody" }), doctor.Client, "nobody"},
	{"callback", option(client(func(c *tenant.Client) { c.Callbacks = []string{"https://x/callback"} })), doctor.Callback, "ORIGIN/callback"},
	{"code grant", option(client(func(c *tenant.Client) { c.Grants = []string{tenant.GrantRefreshToken} })), doctor.CodeGrant, ""},
	{"audience", setting(func(c *config.Config) { c.Audience = strings.TrimSuffix(c.Audience, "/") }), doctor.Audience, ""},
	{"access", option(func(o *tenant.Options) { o.UserAccess = "require_client_grant" }), doctor.Access, ""},
	{"connection", option(client(func(c *tenant.Client) { c.Connections = []string{tenant.Google, tenant.Facebook} })), doctor.Connection, tenant.Database},
	{"developer keys", option(func(o *tenant.Options) {
		o.Connections = []tenant.Connection{
			{Name: tenant.Database, Strategy: "auth0"},
			{Name: tenant.Google, Strategy: tenant.Google},
			{Name: tenant.Facebook, Strategy: tenant.Facebook, DeveloperKeys: true},
		}
	}), doctor.DeveloperKeys, tenant.Facebook},
	{"logout URL", option(client(func(c *tenant.Client) { c.LogoutURLs = []string{"https://x/"} })), doctor.LogoutURL, "ORIGIN/"},
	{"web origin", option(client(func(c *tenant.Client) { c.WebOrigins = nil })), doctor.WebOrigin, "ORIGIN"},
	{"authentication method", option(client(func(c *tenant.Client) { c.Secret = "s" })), doctor.AuthMethod, ""},
}

var others = []mistake{
	{"no host", setting(func(c *config.Config) { c.Issuer = "http://127.0.0.1:1/" }), doctor.Domain, "http://127.0.0.1:1/"},
	{"another host", func(w *world) {
		w.between = at("/", func(a *http.Response) { says(a, 200, "text/html", "<title>Welcome</title>") })
	}, doctor.Domain, ""},
	{"a host that is not found", func(w *world) {
		w.between = at("/", func(a *http.Response) { says(a, 404, "text/plain", "Not Found") })
	}, doctor.Domain, ""},
	{"issuer", func(w *world) {
		w.between = at("/.well-known/openid", func(a *http.Response) { says(a, 200, "application/json", `{"issuer":"https://acme.eu.auth0.com/"}`) })
	}, doctor.Issuer, "https://acme.eu.auth0.com/"},
	{"keys", func(w *world) {
		w.between = at("/.well-known/jwks", func(a *http.Response) {
			says(a, 200, "application/json", `{"keys":[{"kty":"RSA","use":"sig","alg":"PS256"},{"kty":"EC","alg":"ES256"}]}`)
		})
	}, doctor.Keys, ""},
	{"clock", func(w *world) { w.skew = -3 * time.Minute }, doctor.Clock, ""},
	{"nobody may", option(func(o *tenant.Options) { o.UserAccess = "deny_all" }), doctor.Access, ""},
	{"no such connection", setting(func(c *config.Config) {
		c.Connections = append(c.Connections, config.Connection{Name: "acme", Strategy: "samlp"})
	}), doctor.Connection, "acme"},
	{"refresh grant", func(w *world) {
		option(client(func(c *tenant.Client) { c.Grants = []string{tenant.GrantCode} }))(w)
		setting(func(c *config.Config) { c.Scopes = append(slices.Clone(config.DefaultScopes), "offline_access") })(w)
	}, doctor.RefreshGrant, ""},
	{"no Management API", func(w *world) {
		w.between = at("/api/", func(a *http.Response) { says(a, 404, "text/html", "Not found.") })
	}, doctor.Management, ""},
	{"Management API without CORS", func(w *world) {
		w.between = at("/api/", func(a *http.Response) { a.Header.Del("Access-Control-Allow-Origin") })
	}, doctor.ManagementCORS, "ORIGIN"},
	{"custom error page for a callback", func(w *world) {
		option(client(func(c *tenant.Client) { c.Callbacks = []string{"http://x/"} }))(w)
		w.between = at("/authorize", func(a *http.Response) {
			says(a, 302, "text/html", "")
			a.Header.Set("Location", "https://errors.example/?error=unauthorized_client&error_description=Callback+URL+mismatch.")
		})
	}, doctor.Callback, ""},
}

// onThisMachine are those of a page on this machine only.
var onThisMachine = []mistake{
	{"confirmation of each login", func(w *world) {
		w.between = at("/authorize", func(a *http.Response) {
			if a.Request.URL.Query().Get("prompt") == "none" {
				a.Header.Set("Location", w.origin+"/callback?error=interaction_required&error_description=Confirm")
			}
		})
	}, doctor.Loopback, "ORIGIN/callback"},
}

func found(r doctor.Report) (kinds []doctor.Kind) {
	for _, f := range r.Findings {
		kinds = append(kinds, f.Kind)
	}
	return kinds
}

// A tenant that is right is passed over in silence, in few requests.
func TestRightTenant(t *testing.T) {
	for _, origin := range origins {
		r := world{origin: origin}.examine(t)
		if len(r.Findings)+len(r.Hidden) > 0 {
			t.Errorf("%s: found %+v, hidden %v", origin, r.Findings, r.Hidden)
		}
		for _, unseen := range r.Unseen {
			if !strings.Contains(unseen, "from outside") {
				t.Errorf("%s: not seen: %s", origin, unseen)
			}
		}
		t.Logf("%d requests", r.Requests)
		if r.Requests > 25 {
			t.Errorf("%s: %d requests", origin, r.Requests)
		}
	}
}

// Each mistake is found and named, with the tenant's answer and a place, and nothing else is.
func TestEachMistake(t *testing.T) {
	for _, origin := range origins {
		mistakes := slices.Concat(common, others)
		if origin == tenanttest.Origin {
			mistakes = append(mistakes, onThisMachine...)
		}
		for _, m := range mistakes {
			t.Run(origin+"/"+m.name, func(t *testing.T) {
				w := world{origin: origin}
				m.make(&w)
				r := w.examine(t)
				if got := found(r); !slices.Equal(got, []doctor.Kind{m.kind}) {
					t.Fatalf("found %v, want %s; unseen %q", got, m.kind, r.Unseen)
				}
				f := r.Findings[0]
				if about := strings.Replace(m.about, "ORIGIN", origin, 1); about != "" && f.Subject != about {
					t.Errorf("it is about %q, want %q", f.Subject, about)
				}
				if f.Problem == "" || f.Link == "" && f.Kind != doctor.Clock {
					t.Errorf("%+v", f)
				}
			})
		}
	}
}

// Of two mistakes both are found, or the first one and that it hides the other.
func TestEachPairOfMistakes(t *testing.T) {
	for _, origin := range origins {
		for i, first := range common {
			for _, second := range common[i+1:] {
				t.Run(origin+"/"+first.name+" and "+second.name, func(t *testing.T) {
					w := world{origin: origin}
					first.make(&w)
					second.make(&w)
					bothFound(t, w.examine(t), first.kind, second.kind)
				})
			}
		}
	}
}

func bothFound(t *testing.T, r doctor.Report, first, second doctor.Kind) {
	t.Helper()
	got := found(r)
	behind := slices.Contains(r.Hidden, doctor.Hidden{Kind: second, Behind: first})
	if !slices.Contains(got, first) || slices.Contains(got, second) == behind {
		t.Errorf("found %v; hidden %v", got, r.Hidden)
	}
	for _, kind := range got {
		if kind != first && kind != second {
			t.Errorf("found %s besides", kind)
		}
	}
}

// What a strange tenant answers is no finding.
func TestNoFalseAlarms(t *testing.T) {
	page := func(status int) func(*http.Response) {
		return func(a *http.Response) { says(a, status, "text/html", "<title>Attention</title>Are you a person?") }
	}
	elsewhere := func(a *http.Response) {
		says(a, 302, "text/html", "")
		a.Header.Set("Location", "https://elsewhere.example/?lang=en")
	}
	for name, path := range map[string]string{
		"login": "/authorize", "script": "/client/", "token": "/oauth/", "logout": "/v2/", "API": "/api/", "keys": "/.well-known/jwks",
	} {
		for what, change := range map[string]func(*http.Response){
			"a page": page(200), "a page that refuses": page(403), "out of order": page(503), "elsewhere": elsewhere,
			"too many": func(a *http.Response) {
				says(a, 429, "application/json", `{"error":"too_many_requests"}`)
				a.Header.Set("Retry-After", "0")
			},
			"a wall": func(a *http.Response) {
				says(a, 403, "application/json", `{"message":"Forbidden"}`)
				a.Header.Del("Access-Control-Allow-Origin")
			},
			"a wall that repeats what was asked": func(a *http.Response) {
				says(a, 403, "text/html", "<title>Blocked</title>"+a.Request.URL.String())
				a.Header.Del("Access-Control-Allow-Origin")
			},
			"garbage": func(a *http.Response) { says(a, 200, "application/json", "{\x00") },
			"an error": func(a *http.Response) {
				says(a, 400, "application/json", `{"error":"strange","error_description":"?"}`)
			},
		} {
			t.Run(name+"/"+what, func(t *testing.T) {
				t.Parallel()
				r := world{origin: origins[0], between: at(path, change)}.examine(t)
				if len(r.Findings) > 0 {
					t.Errorf("found %+v", r.Findings)
				}
			})
		}
	}
}

// A tenant that is out of order, or asks for patience, is still taken for one.
func TestDiscoveryThatSaysNothing(t *testing.T) {
	for _, status := range []int{429, 500, 503} {
		r := world{origin: origins[0], between: at("/.well-known/openid", func(a *http.Response) { says(a, status, "text/html", "") })}.examine(t)
		if len(r.Findings) > 0 || !slices.ContainsFunc(r.Unseen, func(s string) bool { return strings.HasPrefix(s, "Whether the tenant is there") }) {
			t.Errorf("%d: found %+v, unseen %q", status, r.Findings, r.Unseen)
		}
	}
}

// What may be the matter of this machine, or of what stands before it, is not laid to the tenant.
func TestNoTenantFromHere(t *testing.T) {
	for _, err := range []error{
		&net.DNSError{Err: "server misbehaving", IsTemporary: true}, x509.UnknownAuthorityError{}, os.ErrDeadlineExceeded,
	} {
		c := config.Config{Domain: "acme.eu.auth0.com", ClientID: "x"}.WithDefaults()
		r := doctor.Examine(t.Context(), doctor.Options{Config: c, Transport: roundTrip(func(*http.Request) (*http.Response, error) { return nil, err })})
		if len(r.Findings) > 0 || !slices.ContainsFunc(r.Unseen, func(s string) bool { return strings.Contains(s, err.Error()) }) {
			t.Errorf("%v: found %+v, unseen %q", err, r.Findings, r.Unseen)
		}
	}
}

// The time of an answer that was kept on the way is not that of the tenant's clock.
func TestClockOfAKeptAnswer(t *testing.T) {
	kept := at("/.well-known/openid", func(a *http.Response) {
		a.Header.Set("Date", time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat))
		a.Header.Set("Age", "3600")
	})
	if r := (world{origin: origins[0], between: kept}).examine(t); len(r.Findings) > 0 {
		t.Errorf("found %+v", r.Findings)
	}
	if r := (world{origin: origins[0], between: kept, skew: 3 * time.Minute}).examine(t); !slices.Equal(found(r), []doctor.Kind{doctor.Clock}) {
		t.Errorf("found %+v with a clock that is wrong", r.Findings)
	}
}

// What others say cannot write on the terminal of whoever reads the report.
func TestReportIsText(t *testing.T) {
	const rude = "\x1b[2J\r\n1. all is well \xff\u202e\u009b"
	for name, between := range map[string]func(*http.Response){
		"issuer": at("/.well-known/openid", func(a *http.Response) { says(a, 200, "application/json", `{"issuer":"\u001b[2J\n"}`) }),
		"token": at("/oauth/", func(a *http.Response) {
			says(a, 403, "application/json", `{"error":"access_denied","error_description":"\u001b[2J\n"}`)
		}),
		"refused": at("/authorize", func(a *http.Response) {
			a.Header.Set("Location", "https://accounts.example.com/callback?error=x&error_description="+url.QueryEscape(rude))
		}),
	} {
		r := world{origin: origins[0], between: between}.examine(t)
		texts := slices.Clone(r.Unseen)
		for _, f := range r.Findings {
			texts = append(texts, f.Subject, f.Problem, f.Answer)
		}
		if len(texts) < 2 {
			t.Errorf("%s: %+v", name, r)
		}
		for _, text := range texts {
			if strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.C, r) }) || !utf8.ValidString(text) {
				t.Errorf("%s: %q", name, text)
			}
		}
	}
}

// One answer that does not come is no finding either.
func TestOneSlowAnswer(t *testing.T) {
	for _, path := range []string{"/.well-known/openid", "/authorize", "/oauth/token", "/api/"} {
		s := tenanttest.Start(t, client(func(c *tenant.Client) {
			c.Callbacks, c.LogoutURLs, c.WebOrigins = []string{"https://x/callback"}, []string{"https://x/"}, []string{"https://x"}
		}))
		late := roundTrip(func(r *http.Request) (*http.Response, error) {
			if strings.HasPrefix(r.URL.Path, path) {
				return nil, os.ErrDeadlineExceeded
			}
			return http.DefaultTransport.RoundTrip(r)
		})
		page, _ := url.Parse("https://x/")
		c := config.Config{Issuer: s.Issuer, ClientID: s.ClientID, Audience: s.Audience(), Connections: []config.Connection{{Name: tenant.Google}}}
		r := doctor.Examine(t.Context(), doctor.Options{Config: c.WithDefaults(), Page: page, Transport: late})
		if len(r.Findings) > 0 {
			t.Errorf("%s: found %+v", path, r.Findings)
		}
	}
}

// Whoever is slow or ends the examination is not accused.
func TestSlowTenant(t *testing.T) {
	never := roundTrip(func(r *http.Request) (*http.Response, error) {
		<-r.Context().Done()
		return nil, r.Context().Err()
	})
	ctx, cancel := context.WithTimeoutCause(t.Context(), 50*time.Millisecond, errors.New("that is enough"))
	defer cancel()
	page, _ := url.Parse("https://accounts.example/")
	r := doctor.Examine(ctx, doctor.Options{Config: config.Config{Domain: "acme.eu.auth0.com", ClientID: "x"}.WithDefaults(), Page: page, Transport: never})
	if len(r.Findings) > 0 || !slices.ContainsFunc(r.Unseen, func(s string) bool { return strings.Contains(s, "that is enough") }) {
		t.Errorf("%+v", r)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// An examination is polite: few requests, no cookies, its own name, nothing followed.
func TestPolite(t *testing.T) {
	var asked []*http.Request
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r)
		http.SetCookie(w, &http.Cookie{Name: "sso", Value: "x"})
		if strings.HasPrefix(r.URL.Path, "/.well-known/openid") {
			fmt.Fprintf(w, `{"issuer":"http://%s/"}`, r.Host)
			return
		}
		http.Redirect(w, r, "/followed", http.StatusFound)
	}))
	defer s.Close()
	c := config.Config{Issuer: s.URL + "/", ClientID: "x"}
	for i := range 60 {
		c.Connections = append(c.Connections, config.Connection{Name: fmt.Sprint("c", i), Strategy: "oauth2"})
	}
	page, _ := url.Parse("https://accounts.example/")
	r := doctor.Examine(t.Context(), doctor.Options{Config: c.WithDefaults(), Page: page})
	if r.Requests != len(asked) || len(asked) > 25+50 {
		t.Errorf("%d requests, says %d", len(asked), r.Requests)
	}
	for _, a := range asked {
		if a.UserAgent() != "twinlock-doctor" || len(a.Cookies()) > 0 || a.URL.Path == "/followed" || a.Header.Get("Authorization") != "" {
			t.Errorf("%s %s by %q with %v", a.Method, a.URL, a.UserAgent(), a.Cookies())
		}
	}
}
