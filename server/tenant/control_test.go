package tenant_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"

	"twinlock/server/tenant"
	"twinlock/server/tenant/seed"
	"twinlock/server/tenant/tenanttest"
)

// serve asks the handler itself, from this machine.
func serve(handler http.Handler, method, path string, body []byte,
	change ...func(*http.Request)) *httptest.ResponseRecorder {
	r := &http.Request{
		Method: method, URL: &url.URL{Path: path}, Header: http.Header{}, Host: "127.0.0.1", RemoteAddr: "127.0.0.1:9",
		Body: http.NoBody, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}
	if len(body) > 0 {
		r = httptest.NewRequest(method, "http://127.0.0.1/", bytes.NewReader(body))
		r.URL.Path, r.RemoteAddr = path, "127.0.0.1:9"
	}
	for _, c := range change {
		c(r)
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	return w
}

func TestControlIsForThisMachine(t *testing.T) {
	s := tenanttest.Start(t, func(o *tenant.Options) { o.Issuer = "https://tenant.example/" })
	from := func(address string) func(*http.Request) { return func(r *http.Request) { r.RemoteAddr = address } }
	host := func(name string) func(*http.Request) { return func(r *http.Request) { r.Host = name } }
	header := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	tests := []struct {
		name, method, path string
		change             func(*http.Request)
		want               int
	}{
		{"this machine", "GET", "/_emulator/users", from("127.0.0.1:9"), 200},
		{"this machine, IPv6", "GET", "/_emulator/users", from("[::1]:9"), 200},
		{"mapped address", "GET", "/_emulator/users", from("[::ffff:127.0.0.1]:9"), 200},
		{"another machine", "GET", "/_emulator/users", from("192.0.2.1:9"), 403},
		{"another machine resets", "POST", "/_emulator/reset", from("192.0.2.1:9"), 403},
		{"another machine looks", "GET", "/_emulator/", from("192.0.2.1:9"), 403},
		{"another machine reads the log", "GET", "/_emulator/requests", from("[2001:db8::1]:9"), 403},
		{"no address", "GET", "/_emulator/users", from(""), 403},
		{"rebound name", "GET", "/_emulator/users", func(r *http.Request) { r.Host = "evil.example" }, 403},
		{"localhost", "GET", "/_emulator/users", host("localhost:8001"), 200},
		{"below localhost", "GET", "/_emulator/users", host("Tenant.Localhost:8001"), 200},
		{"127/8", "GET", "/_emulator/users", host("127.1.2.3:8001"), 200},
		{"IPv6", "GET", "/_emulator/users", host("[::1]:8001"), 200},
		{"the issuer's name", "GET", "/_emulator/outbox", host("tenant.example"), 403},
		{"a custom name", "GET", "/_emulator/outbox", host("id.example"), 403},
		{"no name", "GET", "/_emulator/users", host(""), 403},
		{"a name that ends like one", "GET", "/_emulator/users", host("notlocalhost"), 403},
		{"a name that begins like one", "GET", "/_emulator/users", host("127.0.0.1.evil.example"), 403},
		{"this machine's address in a net", "GET", "/_emulator/users", host("192.0.2.1:8001"), 403},
		{"any address", "GET", "/_emulator/users", host("0.0.0.0:8001"), 403},
		{"Forwarded", "GET", "/_emulator/outbox", header("Forwarded", "for=192.0.2.1"), 403},
		{"X-Forwarded-For", "GET", "/_emulator/outbox", header("X-Forwarded-For", "192.0.2.1"), 403},
		{"X-Forwarded-For, empty", "GET", "/_emulator/outbox", header("X-Forwarded-For", ""), 403},
		{"X-Forwarded-Host", "GET", "/_emulator/", header("X-Forwarded-Host", "x"), 403},
		{"X-Forwarded-Proto", "POST", "/_emulator/reset", header("X-Forwarded-Proto", "https"), 403},
		{"X-Forwarded-Prefix", "POST", "/_emulator/faults", header("X-Forwarded-Prefix", "/"), 403},
		{"Via", "GET", "/_emulator/users", header("Via", "1.1 caddy"), 403},
		{"X-Real-IP", "GET", "/_emulator/users", header("X-Real-IP", "127.0.0.1"), 403},
		{"avatar past a proxy", "GET", "/_emulator/avatars/ada-king.svg", header("X-Forwarded-For", "192.0.2.1"), 200},
		{"avatar from another machine", "GET", "/_emulator/avatars/ada-king.svg", from("192.0.2.1:9"), 200},
		{"unknown avatar", "GET", "/_emulator/avatars/x.svg", from("127.0.0.1:9"), 404},
		{"another site enters a state", "POST", "/_emulator/states/slow", header("Sec-Fetch-Site", "cross-site"), 403},
		{"another origin enters a state", "POST", "/_emulator/states/slow", header("Origin", "http://evil.example"), 403},
		{"another port resets", "POST", "/_emulator/states/reset", header("Origin", "http://127.0.0.1:9999"), 403},
		{"another machine enters a state", "POST", "/_emulator/states/slow", from("192.0.2.1:9"), 403},
		{"rebound name enters a state", "POST", "/_emulator/states/slow", host("evil.example"), 403},
		{"a page of another site", "POST", "/_emulator/reset", header("Sec-Fetch-Site", "cross-site"), 403},
		{"a page of another port", "POST", "/_emulator/reset", header("Sec-Fetch-Site", "same-site"), 403},
		{"a page of another origin", "DELETE", "/_emulator/faults", header("Origin", "https://evil.example"), 403},
		{"own page", "POST", "/_emulator/reset", header("Sec-Fetch-Site", "same-origin"), 204},
		{"a program", "POST", "/_emulator/reset", header("X-Any", ""), 204},
		{"wrong method", "GET", "/_emulator/reset", header("X-Any", ""), 404},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := serve(s.Tenant, tt.method, tt.path, nil, tt.change); got.Code != tt.want {
				t.Errorf("got %d", got.Code)
			}
		})
	}
}

func TestReset(t *testing.T) {
	s := tenanttest.Start(t)
	before := s.Users(t)
	b := s.Browser(t)
	primary := b.Login(t, ada, tenant.Database, url.Values{"scope": {"openid offline_access " +
		tenanttest.ManagementScopes}})
	second := s.Login(t, google, tenant.Google, nil)
	if status, _, f := link(t, s, primary, adaID, second.IDToken); status != http.StatusCreated {
		t.Fatalf("link: %+v", f)
	}
	s.Do(t, http.MethodPatch, userPath(adaID), primary.AccessToken,
		map[string]any{"user_metadata": map[string]any{"theme": "x"}}, nil)
	s.Fault(t, tenant.Fault{Path: "/userinfo", Status: 503, Times: -1})

	s.Reset(t)
	if users := s.Users(t); !reflect.DeepEqual(users, before) {
		t.Errorf("users = %v, want %v", users, before)
	}
	if log := s.Requests(t); len(log) != 0 {
		t.Errorf("request log = %v", log)
	}
	if answer := s.Do(t, http.MethodGet, "/userinfo", "", nil, nil); answer.StatusCode != http.StatusUnauthorized {
		t.Errorf("the fault is still there: %s", answer.Status)
	}
	if p := b.Get(t, s.Flow("", url.Values{"prompt": {"none"}}).Path); p.Callback.Get("error") != "login_required" {
		t.Errorf("the session is still there: %s", p.URL)
	}
	if status, _ := refresh(t, s, primary.RefreshToken); status != http.StatusForbidden {
		t.Errorf("the refresh token still works: %d", status)
	}
}

// A lockedBuffer receives logs of several goroutines.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func TestLogsHoldNoSecrets(t *testing.T) {
	var logs lockedBuffer
	logger := slog.New(slog.NewTextHandler(&logs, &slog.HandlerOptions{Level: slog.LevelDebug}))
	defer slog.SetDefault(slog.Default())
	slog.SetDefault(logger) // where the OpenID provider logs

	s := tenanttest.Start(t, func(o *tenant.Options) { o.Logger = logger })
	b := s.Browser(t)
	f := s.Flow(tenant.Database, url.Values{"scope": {"openid offline_access " + tenanttest.ManagementScopes},
		"max_age": {"0"}})
	page := b.Get(t, f.Path)
	code := b.SignIn(t, page, ada, tenant.Database).Callback.Get("code")
	tokens := s.Exchange(t, f, code)
	s.Do(t, http.MethodGet, userPath(adaID)+"?fields=email", tokens.AccessToken, nil, nil)
	s.Do(t, http.MethodGet, "/userinfo?access_token="+tokens.AccessToken, "", nil, nil)
	link(t, s, tokens, adaID, tokens.IDToken)
	_, next := refresh(t, s, tokens.RefreshToken)
	refresh(t, s, tokens.RefreshToken)
	b.Get(t, s.Flow("", url.Values{"scope": {""}, "state": {f.State}}).Path)
	s.Do(t, http.MethodPost, "/oauth/token", "", map[string]string{"grant_type": "authorization_code",
		"client_id": s.ClientID,
		"code":      code, "redirect_uri": tenanttest.Callback, "code_verifier": f.Verifier}, nil)

	requests := serve(s.Tenant, http.MethodGet, "/_emulator/requests", nil).Body.String()
	if !strings.Contains(requests, `"connection":"Username-Password-Authentication"`) ||
		!strings.Contains(requests, `"max_age":"0"`) ||
		!strings.Contains(requests, `"path":"/api/v2/users/auth0%7C5d1018150a1b2c3d4e5f6a01/identities","status":400`) {
		t.Errorf("request log = %s", requests)
	}
	for name, secret := range map[string]string{
		"code": code, "state": f.State, "nonce": f.Nonce, "verifier": f.Verifier, "password": tenant.Password,
		"access token": tokens.AccessToken, "ID token": tokens.IDToken, "refresh token": tokens.RefreshToken,
		"second refresh token": next.RefreshToken, "request id": page.URL.Query().Get("state"),
	} {
		if secret == "" {
			t.Errorf("no %s to look for", name)
			continue
		}
		if strings.Contains(requests, secret) {
			t.Errorf("the request log holds the %s", name)
		}
		if strings.Contains(logs.String(), secret) {
			t.Errorf("the log holds the %s", name)
		}
	}
	users := serve(s.Tenant, http.MethodGet, "/_emulator/users", nil).Body.String()
	if strings.Contains(users, "$2a$") || strings.Contains(users, "hash") {
		t.Errorf("users = %s", users)
	}
}

func TestRequestLogIsBounded(t *testing.T) {
	s := tenanttest.Start(t)
	for range 1100 {
		serve(s.Tenant, http.MethodGet, "/nothing", nil)
	}
	serve(s.Tenant, http.MethodGet, "/last", nil)
	log := s.Requests(t)
	if len(log) != 1000 || log[999].Path != "/last" || log[999].Status != http.StatusNotFound {
		t.Errorf("%d entries, the last is %+v", len(log), log[len(log)-1])
	}
}

func TestBodiesAreBounded(t *testing.T) {
	s := tenanttest.Start(t)
	large := bytes.Repeat([]byte("x"), 65<<10)
	fault := []byte(`{"path":"/` + string(large) + `"}`)
	if got := serve(s.Tenant, http.MethodPost, "/_emulator/faults", fault); got.Code != http.StatusBadRequest {
		t.Errorf("fault: %d", got.Code)
	}
	for _, path := range []string{"/oauth/token", "/u/login", "/u/login/accounts", "/authorize"} {
		form := func(r *http.Request) { r.Header.Set("Content-Type", "application/x-www-form-urlencoded") }
		if got := serve(s.Tenant, http.MethodPost, path, large, form); got.Code < 400 || got.Code >= 500 {
			t.Errorf("%s: %d", path, got.Code)
		}
	}
}

func TestDashboard(t *testing.T) {
	clock := newClock() // the one-time code must not change meanwhile
	s := tenanttest.Start(t, func(o *tenant.Options) { o.Now = clock.now })
	primary := s.Login(t, ada, tenant.Database, nil)
	s.Do(t, http.MethodPatch, userPath(adaID), primary.AccessToken,
		map[string]any{"user_metadata": map[string]any{"x": "</code><script>alert(1)</script>"}}, nil)
	list := serve(s.Tenant, http.MethodGet, "/_emulator/", nil)
	for _, a := range tenant.Accounts() {
		if !strings.Contains(list.Body.String(), a.Email) {
			t.Errorf("the list lacks %s", a.Email)
		}
	}
	if !strings.Contains(list.Body.String(), `href="/_emulator/users/auth0%7c5d1018150a1b2c3d4e5f6a01"`) {
		t.Errorf("no link to the user: %s", list.Body)
	}
	one := serve(s.Tenant, http.MethodGet, "/_emulator/users/"+adaID, nil)
	body := one.Body.String()
	for _, want := range []string{ada, adaID, "&#34;isSocial&#34;: false", "&#34;phone&#34;: &#34;&#43;1&#34;"} {
		if !strings.Contains(body, want) {
			t.Errorf("the user page lacks %q: %s", want, body)
		}
	}
	if code := s.OTP(t, seed.DefaultOTPSecret, 0); !strings.Contains(serve(s.Tenant, http.MethodGet, "/_emulator/users/"+hedyID, nil).Body.String(), code) {
		t.Error("the page of a user with a second factor lacks the code")
	}
	if strings.Contains(body, "One-time code") {
		t.Error("the page of a user without a second factor has a code")
	}
	if strings.Contains(body, "<script") || !strings.Contains(one.Header().Get("Content-Security-Policy"),
		"default-src 'none'") {
		t.Errorf("metadata is not inert: %s", body)
	}
	if none := serve(s.Tenant, http.MethodGet, "/_emulator/users/auth0|x", nil); none.Code != http.StatusNotFound {
		t.Errorf("unknown user: %d", none.Code)
	}
}

func TestOptions(t *testing.T) {
	clients := []tenant.Client{{ID: "c", Callbacks: []string{tenanttest.Callback}}}
	tests := []struct {
		name    string
		options tenant.Options
		want    string
	}{
		{"no issuer", tenant.Options{Clients: clients}, "issuer"},
		{"no trailing slash", tenant.Options{Issuer: "http://127.0.0.1:8001", Clients: clients}, "trailing slash"},
		{"a path", tenant.Options{Issuer: "http://127.0.0.1:8001/x/", Clients: clients}, "issuer"},
		{"a query", tenant.Options{Issuer: "http://127.0.0.1:8001/?x", Clients: clients}, "issuer"},
		{"a scheme", tenant.Options{Issuer: "ftp://127.0.0.1/", Clients: clients}, "http"},
		{"no client", tenant.Options{Issuer: "http://127.0.0.1:8001/"}, "no client"},
		{"a client without id", tenant.Options{Issuer: "http://127.0.0.1:8001/", Clients: []tenant.Client{{}}},
			"clients[0].id: must be given"},
		{"a relative callback", tenant.Options{Issuer: "http://127.0.0.1:8001/",
			Clients: []tenant.Client{{ID: "c", Callbacks: []string{"/callback"}}}}, "/callback"},
		{"a negative limit", tenant.Options{Issuer: "http://127.0.0.1:8001/", Clients: clients,
			RateLimit: tenant.RateLimit{PerSecond: -1, Burst: 1}}, "negative"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := tenant.New(tt.options); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("err = %v", err)
			}
		})
	}
}

func TestDamagedData(t *testing.T) {
	good := t.TempDir()
	tenanttest.Start(t, func(o *tenant.Options) { o.DataDir = good })
	read := func(name string) string {
		data, err := os.ReadFile(filepath.Join(good, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	users, keys := read("users.json"), read("keys.json")
	twice := strings.ReplaceAll(users, "118151210185211271536", "117801226187211290072")
	tests := []struct{ name, users, keys string }{
		{"users cut short", users[:len(users)/2], keys},
		{"keys cut short", users, keys[:len(keys)/2]},
		{"empty users", "", keys},
		{"other version", strings.Replace(users, `"version": 1`, `"version": 2`, 1), keys},
		{"an identity twice", twice, keys},
		{"a user without identity", `{"version":1,"users":[{"identities":[]}]}`, keys},
		{"an incomplete identity", `{"version":1,"users":[{"identities":[{"provider":"auth0"}]}]}`, keys},
		{"no key", users, `{"version":1,"keys":[]}`},
		{"a broken key", users, `{"version":1,"keys":["AAAA"]}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			for name, data := range map[string]string{"users.json": tt.users, "keys.json": tt.keys} {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(data), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			_, err := tenant.New(tenant.Options{Issuer: "http://127.0.0.1:8001/", DataDir: dir,
				Clients: []tenant.Client{{ID: "c", Callbacks: []string{tenanttest.Callback}}}})
			if err == nil || !strings.Contains(err.Error(), dir) {
				t.Errorf("err = %v", err)
			}
			for name, data := range map[string]string{"users.json": tt.users, "keys.json": tt.keys} {
				if held, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(held) != data {
					t.Errorf("%s was changed: %v", name, err)
				}
			}
		})
	}
}

// A change that cannot be saved is not made.
func TestUnsavableChangeIsRefused(t *testing.T) {
	dir := t.TempDir()
	s := tenanttest.Start(t, func(o *tenant.Options) { o.DataDir = dir })
	primary := s.Login(t, ada, tenant.Database, nil)
	second := s.Login(t, google, tenant.Google, nil)
	before := s.Users(t)
	if err := os.Mkdir(filepath.Join(dir, "users.json.tmp"), 0o700); err != nil { // in the way, also of root
		t.Fatal(err)
	}
	if status, _, f := link(t, s, primary, adaID, second.IDToken); status != http.StatusInternalServerError || strings.Contains(f.Message, dir) {
		t.Errorf("got %d %+v", status, f)
	}
	if !reflect.DeepEqual(s.Users(t), before) {
		t.Error("the change was made")
	}
}
