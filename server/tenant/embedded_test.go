package tenant_test

import (
	"encoding/json"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"twinlock/server/tenant"
	"twinlock/server/tenant/tenanttest"
)

// A script is a page of the application's origin that calls the tenant, with
// the cookies of its browser.
type script struct {
	s      *tenanttest.Server
	client http.Client
	origin string
}

func newScript(t *testing.T, s *tenanttest.Server) *script {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &script{s: s, origin: tenanttest.Origin, client: http.Client{Jar: jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// An apiError is the body of a failed call of the Authentication API.
type apiError struct {
	Error, ErrorDescription string
	Name, Code, Message     string
	Policy                  string
	StatusCode              int
	Description             any
}

// post sends a JSON body and returns the status, the header and the body.
func (c *script) post(t *testing.T, path string, body any) (int, http.Header, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, c.s.URL+path, strings.NewReader(mustJSON(t, body)))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	if c.origin != "" {
		r.Header.Set("Origin", c.origin)
	}
	return c.send(t, r)
}

func (c *script) send(t *testing.T, r *http.Request) (int, http.Header, string) {
	t.Helper()
	answer, err := c.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	data, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, answer.Header, string(data)
}

func (c *script) get(t *testing.T, path string) (int, http.Header, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, c.s.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	return c.send(t, r)
}

// answered reads what /authorize has answered with in the fragment.
func answered(t *testing.T, h http.Header) url.Values {
	t.Helper()
	_, fragment, _ := strings.Cut(h.Get("Location"), "#")
	values, err := url.ParseQuery(fragment)
	if err != nil {
		t.Fatal(err)
	}
	return values
}

func failureOf(t *testing.T, body string) apiError {
	t.Helper()
	var e struct {
		Error            string `json:"error"`
		ErrorDescription string `json:"error_description"`
		Name             string `json:"name"`
		Code             string `json:"code"`
		Message          string `json:"message"`
		Policy           string `json:"policy"`
		StatusCode       int    `json:"statusCode"`
		Description      any    `json:"description"`
	}
	if err := json.Unmarshal([]byte(body), &e); err != nil {
		t.Fatalf("%q: %v", body, err)
	}
	return apiError(e)
}

func credentials(s *tenanttest.Server, change map[string]any) map[string]any {
	body := map[string]any{
		"client_id": s.ClientID, "username": ada, "password": tenant.Password, "realm": tenant.Database,
		"credential_type": "http://auth0.com/oauth/grant-type/password-realm",
	}
	for name, value := range change {
		if body[name] = value; value == nil {
			delete(body, name)
		}
	}
	return body
}

func TestCrossOriginLogin(t *testing.T) {
	for name, change := range map[string]map[string]any{
		"realm":             nil,
		"default directory": {"credential_type": "password", "realm": nil},
		"padded address":    {"username": " ADA@example.com "},
	} {
		t.Run(name, func(t *testing.T) {
			s := startOpen(t)
			c := newScript(t, s)
			status, h, body := c.post(t, "/co/authenticate", credentials(s, change))
			var ticket struct {
				LoginTicket string `json:"login_ticket"`
				COVerifier  string `json:"co_verifier"`
				COID        string `json:"co_id"`
			}
			if err := json.Unmarshal([]byte(body), &ticket); err != nil || status != http.StatusOK || ticket.COVerifier == "" || ticket.COID == "" {
				t.Fatalf("got %d %s", status, body)
			}
			if h.Get("Access-Control-Allow-Origin") != tenanttest.Origin || h.Get("Access-Control-Allow-Credentials") != "true" {
				t.Errorf("headers = %v", h)
			}
			f := s.Flow("", withoutPKCE("token id_token",
				url.Values{"realm": {tenant.Database}, "login_ticket": {ticket.LoginTicket}, "prompt": {"none"}}))
			_, h, _ = c.get(t, f.Path)
			if got := answered(t, h); got.Get("state") != f.State || mustVerify(t, s, got.Get("id_token"))["sub"] != adaID {
				t.Errorf("got %v", got)
			}
			if s.Users(t)[adaID].LoginsCount != 2 {
				t.Error("the sign-in is not counted")
			}
			_, h, _ = c.get(t, f.Path)
			if got := answered(t, h); got.Get("error") != "access_denied" {
				t.Errorf("the ticket works twice: %v", got)
			}
			// The session is the browser's now.
			_, h, _ = c.get(t, s.Flow("", withoutPKCE("id_token", url.Values{"prompt": {"none"}})).Path)
			if got := answered(t, h); got.Get("id_token") == "" {
				t.Errorf("no session: %v", got)
			}
		})
	}
}

// A ticket is of the browser, the client and the connection that it was made for.
func TestLoginTicketIsBound(t *testing.T) {
	tests := []struct {
		name   string
		params url.Values
		fresh  bool // another browser
		want   string
	}{
		{"another browser", nil, true, "server_error"},
		{"another client", url.Values{"client_id": {"other"}}, false, "access_denied"},
		{"another realm", url.Values{"realm": {tenant.Google}}, false, "access_denied"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := startOpen(t, func(o *tenant.Options) {
				other := o.Clients[0]
				other.ID = "other"
				o.Clients = append(o.Clients, other)
			})
			c := newScript(t, s)
			_, _, body := c.post(t, "/co/authenticate", credentials(s, nil))
			var ticket map[string]string
			if err := json.Unmarshal([]byte(body), &ticket); err != nil {
				t.Fatal(err)
			}
			if tt.fresh {
				c = newScript(t, s)
			}
			params := withoutPKCE("token", url.Values{"login_ticket": {ticket["login_ticket"]}})
			maps.Copy(params, tt.params)
			_, h, _ := c.get(t, s.Flow("", params).Path)
			if got := answered(t, h); got.Get("error") != tt.want || got.Has("access_token") {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestCrossOriginLoginRefuses(t *testing.T) {
	s := startOpen(t, func(o *tenant.Options) {
		closed := o.Clients[0]
		closed.ID, closed.CrossOriginAuthentication = "closed", false
		social := o.Clients[0]
		social.ID, social.Connections = "social", []string{tenant.Google}
		o.Clients = append(o.Clients, closed, social)
	})
	tests := []struct {
		name   string
		change map[string]any
		origin string
		status int
		code   string
		text   string
	}{
		{"wrong password", map[string]any{"password": "x"}, "", 403, "access_denied", "Wrong email or password."},
		{"unknown address", map[string]any{"username": "nobody@example.com"}, "", 403, "access_denied",
			"Wrong email or password."},
		{"switched off", map[string]any{"client_id": "closed"}, "", 401, "unauthorized_client",
			"Cross origin login not allowed."},
		{"unknown client", map[string]any{"client_id": "x"}, "", 400, "invalid_request", "Unknown client"},
		{"unknown realm", map[string]any{"realm": "x"}, "", 400, "invalid_request", "Unknown or invalid realm."},
		{"social realm", map[string]any{"realm": tenant.Google}, "", 400, "invalid_request", "Unknown or invalid realm."},
		{"no database", map[string]any{"client_id": "social", "credential_type": "password"}, "", 400, "invalid_request",
			"Unknown or invalid realm."},
		{"one-time password", map[string]any{"credential_type": "http://auth0.com/oauth/grant-type/passwordless/otp"}, "",
			400, "unsupported_credential_type", ""},
		{"no password", map[string]any{"password": nil}, "", 400, "invalid_request", "Missing required parameter: password"},
		{"no username", map[string]any{"username": " "}, "", 400, "invalid_request", "Missing required parameter: username"},
		{"another origin", nil, "https://evil.example", 403, "access_denied", "Origin https://evil.example is not allowed."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := newScript(t, s)
			if tt.origin != "" {
				c.origin = tt.origin
			}
			status, h, body := c.post(t, "/co/authenticate", credentials(s, tt.change))
			got := failureOf(t, body)
			if status != tt.status || got.Error != tt.code || tt.text != "" && got.ErrorDescription != tt.text ||
				got.ErrorDescription == "" {
				t.Errorf("got %d %+v", status, got)
			}
			if h.Get("Set-Cookie") != "" || (h.Get("Access-Control-Allow-Origin") == c.origin) != (tt.origin == "") {
				t.Errorf("headers = %v", h)
			}
		})
	}
}

func TestTooManyAttempts(t *testing.T) {
	clock := newClock()
	s := startOpen(t, func(o *tenant.Options) {
		o.LoginLimit, o.Now = tenant.LoginLimit{Attempts: 3, Window: 60}, clock.now
	})
	c := newScript(t, s)
	try := func(username, password string) (int, string) {
		status, _, body := c.post(t, "/co/authenticate",
			credentials(s, map[string]any{"username": username, "password": password}))
		if status == http.StatusOK {
			return status, ""
		}
		return status, failureOf(t, body).Error
	}
	for range 2 {
		try(ada, "wrong")
	}
	if status, _ := try(ada, tenant.Password); status != http.StatusOK {
		t.Fatalf("before the limit: %d", status)
	}
	for n := range 3 { // the success has started the count anew
		if status, code := try(strings.ToUpper(ada), "wrong"); status != http.StatusForbidden {
			t.Fatalf("attempt %d: %d %s", n, status, code)
		}
	}
	if status, code := try(ada, tenant.Password); status != http.StatusTooManyRequests || code != "too_many_attempts" {
		t.Errorf("after the limit: %d %s", status, code)
	}
	if status, _ := try(charles, tenant.Password); status != http.StatusOK {
		t.Errorf("another account: %d", status)
	}

	mails := s.Outbox(t)
	if len(mails) != 1 || mails[0].To != ada {
		t.Fatalf("outbox = %+v", mails)
	}
	if p := s.Browser(t).Get(t, strings.TrimPrefix(mails[0].Link, s.URL)); p.Status != http.StatusOK {
		t.Errorf("unblock: %d", p.Status)
	}
	if status, code := try(ada, tenant.Password); status != http.StatusOK {
		t.Errorf("after unblocking: %d %s", status, code)
	}

	for range 3 {
		try(ada, "wrong")
	}
	clock.advance(61 * time.Second)
	if status, _ := try(ada, tenant.Password); status != http.StatusOK {
		t.Errorf("after the window: %d", status)
	}
}

func TestTooManyAttemptsOnTheHostedPage(t *testing.T) {
	s := tenanttest.Start(t, func(o *tenant.Options) { o.LoginLimit.Attempts = 1 })
	b := s.Browser(t)
	page := b.Get(t, s.Flow(tenant.Database, nil).Path)
	b.Submit(t, page, "password", url.Values{"username": {ada}, "password": {"wrong"}})
	p := b.Submit(t, page, "password", url.Values{"username": {ada}, "password": {tenant.Password}})
	if p.Status != http.StatusTooManyRequests || p.Callback != nil || !strings.Contains(p.Body, "has been blocked") {
		t.Errorf("got %d %s", p.Status, p.Body)
	}
}

func TestAttemptsWithoutLimit(t *testing.T) {
	s := startOpen(t, func(o *tenant.Options) { o.LoginLimit.Attempts = -1 })
	c := newScript(t, s)
	for range 120 {
		c.post(t, "/co/authenticate", credentials(s, map[string]any{"password": "wrong"}))
	}
	if status, _, body := c.post(t, "/co/authenticate", credentials(s, nil)); status != http.StatusOK {
		t.Errorf("got %d %s", status, body)
	}
}

func TestHostedLogin(t *testing.T) {
	s := startOpen(t)
	body := func(more map[string]any) map[string]any {
		b := map[string]any{
			"client_id": s.ClientID, "redirect_uri": tenanttest.Callback, "tenant": "127", "response_type": "token id_token", "scope": "openid email",
			"state": "s", "nonce": "n", "_csrf": "x", "_intstate": "deprecated", "username": ada, "password": tenant.Password, "connection": tenant.Database,
		}
		for name, value := range more {
			b[name] = value
		}
		return b
	}
	page := newScript(t, s)
	page.origin = strings.TrimSuffix(s.Issuer, "/")
	status, h, html := page.post(t, "/usernamepassword/login", body(nil))
	if status != http.StatusOK || !strings.HasPrefix(h.Get("Content-Type"), "text/html") ||
		!strings.Contains(html, `name="hiddenform"`) ||
		!strings.Contains(html, `name="wa" value="wsignin1.0"`) ||
		!strings.Contains(html, "&#34;connection&#34;:&#34;Username-Password-Authentication&#34;") {
		t.Fatalf("got %d %s", status, html)
	}
	_, result, _ := strings.Cut(html, `name="wresult" value="`)
	result, _, _ = strings.Cut(result, `"`)
	form := url.Values{"wa": {"wsignin1.0"}, "wresult": {result}, "wctx": {"{}"}}

	if answer, err := http.PostForm(s.URL+"/login/callback", form); err != nil || answer.StatusCode != http.StatusBadRequest {
		t.Errorf("another browser's form: %v %v", answer, err)
	}
	// That has spent it: nothing is left for an attacker to try again with.
	if status, _, _ := submit(t, page, form); status != http.StatusBadRequest {
		t.Errorf("a spent form: %d", status)
	}
	_, _, html = page.post(t, "/usernamepassword/login", body(nil))
	_, result, _ = strings.Cut(html, `name="wresult" value="`)
	result, _, _ = strings.Cut(result, `"`)
	form.Set("wresult", result)
	status, h, _ = submit(t, page, form)
	if got := answered(t, h); status != http.StatusFound || got.Get("state") != "s" || mustVerify(t, s, got.Get("id_token"))["sub"] != adaID {
		t.Errorf("got %d %v", status, h)
	}

	tests := []struct {
		name   string
		change map[string]any
		origin string
		status int
		code   string
	}{
		{"wrong password", map[string]any{"password": "x"}, page.origin, 400, "invalid_user_password"},
		{"no origin", map[string]any{"password": "x"}, "", 400, "invalid_user_password"},
		{"another origin", nil, tenanttest.Origin, 403, "access_denied"},
		{"no database", map[string]any{"connection": tenant.Google}, page.origin, 400, "invalid_request"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := newScript(t, s)
			c.origin = tt.origin
			status, _, text := c.post(t, "/usernamepassword/login", body(tt.change))
			if got := failureOf(t, text); status != tt.status || got.Code != tt.code || got.StatusCode != tt.status || got.Name == "" {
				t.Errorf("got %d %+v", status, got)
			}
		})
	}
}

func submit(t *testing.T, c *script, form url.Values) (int, http.Header, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, c.s.URL+"/login/callback",
		strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return c.send(t, r)
}

// A classic login page sends the state of the page; the client gets its own.
func TestHostedLoginOfAPendingRequest(t *testing.T) {
	s := startOpen(t)
	c := newScript(t, s)
	c.origin = strings.TrimSuffix(s.Issuer, "/")
	f := s.Flow(tenant.Database, withoutPKCE("id_token", nil))
	_, h, _ := c.get(t, f.Path)
	page, err := url.Parse(h.Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	_, _, html := c.post(t, "/usernamepassword/login", map[string]any{
		"client_id": s.ClientID, "state": page.Query().Get("state"), "username": ada, "password": tenant.Password, "connection": tenant.Database})
	_, result, _ := strings.Cut(html, `name="wresult" value="`)
	result, _, _ = strings.Cut(result, `"`)
	_, h, _ = submit(t, c, url.Values{"wresult": {result}})
	if got := answered(t, h); got.Get("state") != f.State || mustVerify(t, s, got.Get("id_token"))["nonce"] != f.Nonce {
		t.Errorf("got %v", h)
	}
}

func TestSSOData(t *testing.T) {
	s := tenanttest.Start(t)
	b := s.Browser(t)
	if p := b.Get(t, "/user/ssodata"); strings.TrimSpace(p.Body) != `{"sso":false}` {
		t.Errorf("nobody: %s", p.Body)
	}
	b.Login(t, google, tenant.Google, nil)
	want := `{"sso":true,"lastUsedClientID":"twinlock-dev","lastUsedConnection":{"name":"google-oauth2","strategy":"google-oauth2"},` +
		`"lastUsedUserID":"` + googleID + `","lastUsedUsername":"` + google + `","sessionClients":["twinlock-dev"]}`
	if p := b.Get(t, "/user/ssodata?ldaps=1&client_id=x"); strings.TrimSpace(p.Body) != want {
		t.Errorf("got %s", p.Body)
	}
}

func TestChallenges(t *testing.T) {
	s := tenanttest.Start(t)
	c := newScript(t, s)
	for _, path := range []string{"/usernamepassword/challenge", "/dbconnections/signup/challenge", "/dbconnections/change_password/challenge"} {
		status, h, body := c.post(t, path, map[string]string{"state": "linking"})
		if status != http.StatusOK || strings.TrimSpace(body) != `{"required":false}` ||
			h.Get("Access-Control-Allow-Origin") != tenanttest.Origin {
			t.Errorf("%s: %d %v %s", path, status, h, body)
		}
	}
}

func TestCORSOfEmbeddedLogin(t *testing.T) {
	s := startOpen(t)
	tests := []struct {
		path            string
		wantCredentials bool
	}{
		{"/co/authenticate", true}, {"/user/ssodata", true},
		{"/dbconnections/signup", false}, {"/dbconnections/change_password", false}, {"/usernamepassword/challenge",
			false}, {"/oauth/revoke", false},
	}
	for _, tt := range tests {
		for _, origin := range []string{tenanttest.Origin, "https://evil.example"} {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodOptions, s.URL+tt.path, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Origin", origin)
			r.Header.Set("Access-Control-Request-Method", http.MethodPost)
			r.Header.Set("Access-Control-Request-Headers", "auth0-client,content-type")
			answer, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			answer.Body.Close()
			allowed := answer.Header.Get("Access-Control-Allow-Origin") == origin
			withCookies := answer.Header.Get("Access-Control-Allow-Credentials") == "true"
			if ours := origin == tenanttest.Origin; allowed != ours || withCookies != (ours && tt.wantCredentials) {
				t.Errorf("%s from %s: %v", tt.path, origin, answer.Header)
			}
		}
	}
	// The password form on the tenant's own page is nobody else's to read.
	c := newScript(t, s)
	if _, h, _ := c.post(t, "/usernamepassword/login", nil); h.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("/usernamepassword/login: %v", h)
	}
}

// What a sign-in form sends, and the links of messages, are in no log.
func TestLogsHoldNoSecretsOfEmbeddedLogin(t *testing.T) {
	var logs lockedBuffer
	s := startOpen(t, func(o *tenant.Options) {
		o.Logger = slog.New(slog.NewTextHandler(&logs, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	c := newScript(t, s)
	_, _, body := c.post(t, "/co/authenticate", credentials(s, nil))
	var ticket map[string]string
	if err := json.Unmarshal([]byte(body), &ticket); err != nil {
		t.Fatal(err)
	}
	_, h, _ := c.get(t, s.Flow("", withoutPKCE("token id_token",
		url.Values{"login_ticket": {ticket["login_ticket"]}})).Path)
	tokens := answered(t, h)
	c.post(t, "/dbconnections/signup", signupBody(s, nil))
	mail, err := url.Parse(s.Outbox(t)[0].Link)
	if err != nil {
		t.Fatal(err)
	}
	c.get(t, mail.RequestURI())
	machine := machineToken(t, s)

	said := logs.String() + serve(s.Tenant, http.MethodGet, "/_emulator/requests", nil).Body.String()
	for name, secret := range map[string]string{
		"password": tenant.Password, "new password": goodWord, "login ticket": ticket["login_ticket"], "verifier": ticket["co_verifier"],
		"access token": tokens.Get("access_token"), "ID token": tokens.Get("id_token"), "link": mail.Query().Get("ticket"),
		"client secret": machineSecret, "machine token": machine,
	} {
		if secret == "" || strings.Contains(said, secret) {
			t.Errorf("the %s %q is in a log, or was not to be had", name, secret)
		}
	}
	if !strings.Contains(said, `"path":"/co/authenticate","status":200`) {
		t.Errorf("request log = %s", said)
	}
}
