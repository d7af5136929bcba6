package tenant_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"twinlock/server/tenant"
	"twinlock/server/tenant/tenanttest"
)

func TestSignInWithEveryAccount(t *testing.T) {
	s := tenanttest.Start(t)
	for _, account := range tenant.Accounts() {
		t.Run(account.Email, func(t *testing.T) {
			for _, connection := range []string{account.Connection, ""} {
				b := s.Browser(t)
				f := s.Flow(connection, nil)
				p := b.SignIn(t, b.Get(t, f.Path), account.Email, account.Connection)
				tokens := s.Exchange(t, f, p.Callback.Get("code"))
				if claims := mustVerify(t, s, tokens.IDToken); claims["email"] != account.Email {
					t.Errorf("connection %q: %v", connection, claims)
				}
			}
		})
	}
}

func TestWrongPassword(t *testing.T) {
	s := tenanttest.Start(t)
	tests := []struct{ name, username, password string }{
		{"wrong password", ada, "wrong"},
		{"unknown account", "nobody@example.com", tenant.Password},
		{"account of another connection", google, tenant.Password},
		{"empty", "", ""},
	}
	var alerts []string
	for _, tt := range tests {
		b := s.Browser(t)
		p := b.Submit(t, b.Get(t, s.Flow(tenant.Database, nil).Path), "password",
			url.Values{"username": {tt.username}, "password": {tt.password}})
		if p.Status != http.StatusUnauthorized || p.Callback != nil || !strings.Contains(p.Body, `role="alert"`) {
			t.Errorf("%s: %d %s", tt.name, p.Status, p.Body)
		}
		_, alert, _ := strings.Cut(p.Body, `role="alert"`)
		alert, _, _ = strings.Cut(alert, "</p>")
		alerts = append(alerts, alert)
	}
	for _, alert := range alerts {
		if alert != alerts[0] {
			t.Errorf("the sentence tells accounts apart: %q", alerts)
		}
	}
}

func TestSingleSignOn(t *testing.T) {
	clock := newClock()
	s := tenanttest.Start(t, func(o *tenant.Options) { o.Now = clock.now })
	b := s.Browser(t)
	b.Login(t, ada, tenant.Database, nil)
	hintOfOther := s.Login(t, charles, tenant.Database, nil).IDToken
	clock.advance(10 * time.Minute)
	tests := []struct {
		name       string
		connection string
		params     url.Values
		wantSilent bool
	}{
		{"same connection", tenant.Database, nil, true},
		{"no connection", "", nil, true},
		{"none", "", url.Values{"prompt": {"none"}}, true},
		{"other connection", tenant.Google, nil, false},
		{"login", "", url.Values{"prompt": {"login"}}, false},
		{"select_account", "", url.Values{"prompt": {"select_account"}}, false},
		{"max_age 0", "", url.Values{"max_age": {"0"}}, false},
		{"max_age reached", "", url.Values{"max_age": {"300"}}, false},
		{"max_age not reached", "", url.Values{"max_age": {"3600"}}, true},
		{"hint of another", "", url.Values{"id_token_hint": {hintOfOther}}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := b.Get(t, s.Flow(tt.connection, tt.params).Path)
			if p.Callback.Has("code") != tt.wantSilent {
				t.Errorf("got %d at %s", p.Status, p.URL)
			}
			if tt.wantSilent || tt.params.Has("prompt") {
				return
			}
			params := url.Values{"prompt": {"none"}}
			for name, v := range tt.params {
				params[name] = v
			}
			if p := b.Get(t, s.Flow(tt.connection, params).Path); p.Callback.Get("error") != "login_required" {
				t.Errorf("with prompt=none: %s", p.URL)
			}
		})
	}
}

func TestForcedSignInIsFresh(t *testing.T) {
	clock := newClock()
	s := tenanttest.Start(t, func(o *tenant.Options) { o.Now = clock.now })
	b := s.Browser(t)
	timed := url.Values{"max_age": {"3600"}} // the time is told where it is asked for
	first := mustVerify(t, s, b.Login(t, ada, tenant.Database, timed).IDToken)
	if p := b.Get(t, s.Flow("", url.Values{"max_age": {"0"}}).Path); p.Callback != nil {
		t.Errorf("max_age=0 in the instant of the sign-in is silent: %s", p.URL)
	}
	clock.advance(time.Minute)
	silent := mustVerify(t, s, b.Login(t, ada, tenant.Database, timed).IDToken)
	forced := mustVerify(t, s, b.Login(t, ada, tenant.Database, url.Values{"prompt": {"login"}}).IDToken)
	if silent["auth_time"] != first["auth_time"] || silent["sid"] != first["sid"] {
		t.Errorf("silent: %v after %v", silent["auth_time"], first["auth_time"])
	}
	if forced["auth_time"].(float64)-first["auth_time"].(float64) != 60 || forced["sid"] == first["sid"] {
		t.Errorf("forced: %v after %v", forced["auth_time"], first["auth_time"])
	}
}

// The session belongs to the account that signed in last: the second login of linking
// replaces the first.
func TestSessionIsReplaced(t *testing.T) {
	s := tenanttest.Start(t)
	b := s.Browser(t)
	b.Login(t, ada, tenant.Database, nil)
	b.Login(t, google, tenant.Google, url.Values{"prompt": {"login"}})
	if claims := mustVerify(t, s, b.Login(t, "", "", url.Values{"prompt": {"none"}}).IDToken); claims["sub"] != googleID {
		t.Errorf("sub = %v", claims["sub"])
	}
}

func TestLoginHint(t *testing.T) {
	s := tenanttest.Start(t)
	p := s.Browser(t).Get(t, s.Flow("", url.Values{"login_hint": {`a"><script>@example.com`}}).Path)
	if !strings.Contains(p.Body, `value="a&#34;&gt;&lt;script&gt;@example.com"`) {
		t.Errorf("hint in %s", p.Body)
	}
}

func TestDeny(t *testing.T) {
	s := tenanttest.Start(t)
	b := s.Browser(t)
	f := s.Flow(tenant.Google, nil)
	page := b.Get(t, f.Path)
	p := b.Submit(t, page, "deny", url.Values{"deny": {"1"}})
	if p.Callback.Get("error") != "access_denied" || p.Callback.Get("state") != f.State {
		t.Errorf("got %s", p.URL)
	}
	if p := b.Submit(t, page, "account", url.Values{"account": {google}}); p.Callback != nil {
		t.Errorf("a denied request went on to %s", p.URL)
	}
}

func TestStandInListsAccountsOfItsConnection(t *testing.T) {
	s := tenanttest.Start(t)
	p := s.Browser(t).Get(t, s.Flow(tenant.Google, nil).Path)
	for _, a := range tenant.Accounts() {
		if listed := strings.Contains(p.Body, `name="account" value="`+a.Email+`"`); listed != (a.Connection == tenant.Google) {
			t.Errorf("%s listed: %t", a.Email, listed)
		}
	}
	b := s.Browser(t)
	if p := b.Submit(t, b.Get(t, s.Flow(tenant.Google, nil).Path), "account", url.Values{"account": {facebook}}); p.Status != http.StatusBadRequest {
		t.Errorf("account of another connection: %d at %s", p.Status, p.URL)
	}
	if p := b.Submit(t, b.Get(t, s.Flow(tenant.Google, nil).Path), "account", url.Values{"account": {ada}}); p.Status != http.StatusBadRequest {
		t.Errorf("database account without its password: %d at %s", p.Status, p.URL)
	}
}

// Neither page accepts what belongs on the other: a database account needs its
// password, and a password does not answer for a social connection.
func TestPagesCannotBeSwapped(t *testing.T) {
	s := tenanttest.Start(t)
	tests := []struct {
		name, connection, action, control string
		values                            url.Values
		want                              int
	}{
		{"account without its password", tenant.Database, "/u/login/accounts", "account", url.Values{"account": {ada}},
			http.StatusBadRequest},
		{"account without a connection", "", "/u/login/accounts", "account", url.Values{"account": {google}},
			http.StatusBadRequest},
		{"password for Google", tenant.Google, "/u/login", "password",
			url.Values{"username": {ada}, "password": {tenant.Password}}, http.StatusUnauthorized},
		{"other connection chosen", tenant.Database, "/u/login", "connection", url.Values{"connection": {tenant.Google}},
			http.StatusUnauthorized},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := s.Browser(t)
			page := b.Get(t, s.Flow(tt.connection, nil).Path)
			page.Body = `<form action="` + tt.action + `"><input type="hidden" name="state" value="` + page.URL.Query().Get("state") +
				`"><button name="` + tt.control + `">Go</button></form>`
			if p := b.Submit(t, page, tt.control, tt.values); p.Status != tt.want || p.Callback != nil {
				t.Errorf("got %d at %s", p.Status, p.URL)
			}
		})
	}
}

// A request that another browser began must not be finished: the attacker would
// get the victim's code.
func TestSignInIsBoundToTheBrowser(t *testing.T) {
	s := tenanttest.Start(t)
	attacker, victim := s.Browser(t), s.Browser(t)
	page := attacker.Get(t, s.Flow(tenant.Database, nil).Path)
	victim.Get(t, s.Flow(tenant.Database, nil).Path) // has a cookie of its own
	p := victim.Submit(t, page, "password", url.Values{"username": {ada}, "password": {tenant.Password}})
	if p.Status != http.StatusForbidden || p.Callback != nil {
		t.Errorf("got %d at %s", p.Status, p.URL)
	}
}

func TestFinishedSignInIsOver(t *testing.T) {
	s := tenanttest.Start(t)
	b := s.Browser(t)
	page := b.Get(t, s.Flow(tenant.Database, nil).Path)
	b.SignIn(t, page, ada, tenant.Database)
	if p := b.SignIn(t, page, ada, tenant.Database); p.Status != http.StatusBadRequest || p.Callback != nil {
		t.Errorf("got %d at %s", p.Status, p.URL)
	}
}

func TestHostedPageHeaders(t *testing.T) {
	s := tenanttest.Start(t)
	b := s.Browser(t)
	p := b.Get(t, s.Flow(tenant.Database, nil).Path)
	csp := p.Header.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "frame-ancestors 'none'", "form-action 'self' " + tenanttest.Origin + ";"} {
		if !strings.Contains(csp, want) {
			t.Errorf("Content-Security-Policy %q lacks %q", csp, want)
		}
	}
	if strings.Contains(csp, "unsafe") || p.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("headers = %v", p.Header)
	}
	done := b.SignIn(t, p, ada, tenant.Database)
	for _, c := range (&http.Response{Header: done.Header}).Cookies() {
		if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" {
			t.Errorf("cookie %+v", c)
		}
	}
	if len(done.Header.Values("Set-Cookie")) == 0 {
		t.Error("signing in set no cookie")
	}
}

func TestLogout(t *testing.T) {
	s := tenanttest.Start(t)
	tests := []struct {
		name         string
		query        url.Values
		wantLocation string
		wantStatus   int
		wantSession  bool
	}{
		{"allowed", url.Values{"client_id": {s.ClientID}, "returnTo": {tenanttest.Origin + "/"}}, tenanttest.Origin + "/",
			302, false},
		{"first allowed", url.Values{"client_id": {s.ClientID}}, tenanttest.Origin + "/", 302, false},
		{"nowhere", nil, "", 200, false},
		{"not allowed", url.Values{"client_id": {s.ClientID}, "returnTo": {"https://evil.example/"}}, "", 400, true},
		{"prefix of allowed", url.Values{"client_id": {s.ClientID}, "returnTo": {tenanttest.Origin + "/x"}}, "", 400, true},
		{"no client", url.Values{"returnTo": {tenanttest.Origin + "/"}}, "", 400, true},
		{"unknown client", url.Values{"client_id": {"nobody"}}, "", 400, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := s.Browser(t)
			b.Login(t, ada, tenant.Database, nil)
			p := b.Get(t, "/v2/logout?"+tt.query.Encode())
			if p.Status != tt.wantStatus || p.Header.Get("Location") != tt.wantLocation {
				t.Errorf("got %d to %q", p.Status, p.Header.Get("Location"))
			}
			silent := b.Get(t, s.Flow("", url.Values{"prompt": {"none"}}).Path)
			if silent.Callback.Has("code") != tt.wantSession {
				t.Errorf("session afterwards: %s", silent.URL)
			}
		})
	}
}

// One of the seeded accounts has a linked one, which signs in to it.
func TestSeededLink(t *testing.T) {
	s := tenanttest.Start(t)
	claims := mustVerify(t, s, s.Login(t, "grace.hopper@gmail.example", tenant.Google, nil).IDToken)
	if claims["sub"] != "auth0|5d1019061906b2c3d4e5f6a4" || claims["email"] != "grace@example.com" {
		t.Errorf("ID token = %v", claims)
	}
}
