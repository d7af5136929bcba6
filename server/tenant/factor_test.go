package tenant_test

import (
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"twinlock/server/tenant"
	"twinlock/server/tenant/seed"
	"twinlock/server/tenant/tenanttest"
)

const (
	hedy        = "hedy@example.com"
	hedyID      = "auth0|5d1019141109b2c3d4e5f6a5"
	multiFactor = "http://schemas.openid.net/pape/policies/2007/06/multi-factor"
)

func withPassword(email string) url.Values {
	return url.Values{"username": {email}, "password": {tenant.Password}}
}

// asksForCode reports whether the page asks for a one-time code.
func asksForCode(p tenanttest.Page) bool {
	return p.Callback == nil && p.URL.Path == "/u/mfa-otp-challenge" && strings.Contains(p.Body, `name="code"`)
}

// wantFactor checks the claims of a second factor.
func wantFactor(t *testing.T, s *tenanttest.Server, way, token string, factor bool) {
	t.Helper()
	claims := mustVerify(t, s, token)
	amr, acr := any(nil), any(nil)
	if factor {
		amr, acr = []any{"mfa"}, multiFactor
	}
	if !reflect.DeepEqual(claims["amr"], amr) || claims["acr"] != acr {
		t.Errorf("%s: amr %v, acr %v", way, claims["amr"], claims["acr"])
	}
}

func TestSecondFactor(t *testing.T) {
	s := tenanttest.Start(t, func(o *tenant.Options) {
		o.Clients[0].Grants = []string{tenant.GrantCode, tenant.GrantImplicit, tenant.GrantRefreshToken}
	})
	b := s.Browser(t)
	f := s.Flow(tenant.Database, url.Values{"scope": {"openid offline_access read:current_user"}})
	page := b.Submit(t, b.Get(t, f.Path), "password", withPassword(hedy))
	if !asksForCode(page) || strings.Contains(page.Body, seed.DefaultOTPSecret) {
		t.Fatalf("got %d at %s: %s", page.Status, page.URL, page.Body)
	}
	if p := b.Get(t, s.Flow("", url.Values{"prompt": {"none"}}).Path); p.Callback.Get("error") != "login_required" {
		t.Errorf("a password alone began a session: %s", p.URL)
	}
	for _, wrong := range []string{"", "000000x", s.OTP(t, seed.DefaultOTPSecret, 9), s.OTP(t, "GEZDGNBVGY3TQOJQ", 0)} {
		p := b.Submit(t, page, "code", url.Values{"code": {wrong}})
		if p.Status != http.StatusBadRequest || !asksForCode(p) || !strings.Contains(p.Body, `role="alert"`) {
			t.Errorf("code %q: %d at %s: %s", wrong, p.Status, p.URL, p.Body)
		}
	}
	code := s.OTP(t, seed.DefaultOTPSecret, 0)
	done := b.Submit(t, page, "code", url.Values{"code": {code}})
	tokens := s.Exchange(t, f, done.Callback.Get("code"))
	wantFactor(t, s, "ID token", tokens.IDToken, true)
	wantFactor(t, s, "access token", tokens.AccessToken, false)
	if claims := mustVerify(t, s, tokens.IDToken); claims["sub"] != hedyID || s.Users(t)[hedyID].LoginsCount != 2 {
		t.Errorf("signed in as %v, %d times", claims["sub"], s.Users(t)[hedyID].LoginsCount)
	}
	_, renewed := refresh(t, s, tokens.RefreshToken)
	wantFactor(t, s, "renewed ID token", renewed.IDToken, false)
	_, renewed = refresh(t, s, renewed.RefreshToken)
	wantFactor(t, s, "ID token renewed twice", renewed.IDToken, false)
	silent := b.Get(t, s.Flow("", withoutPKCE("id_token", url.Values{"prompt": {"none"}})).Path)
	wantFactor(t, s, "silent ID token", silent.Callback.Get("id_token"), false)

	other := s.Browser(t)
	f = s.Flow(tenant.Database, nil)
	page = other.Submit(t, other.Get(t, f.Path), "password", withPassword(hedy))
	if p := other.Submit(t, page, "code", url.Values{"code": {code}}); p.Callback != nil {
		t.Errorf("a code was right twice: %s", p.URL)
	}
	page = b.Submit(t, b.Get(t, s.Flow(tenant.Database, url.Values{"max_age": {"0"}}).Path), "password", withPassword(hedy))
	if !asksForCode(page) {
		t.Errorf("after a new password: %d at %s", page.Status, page.URL)
	}
}

// The front channel says of a second factor what the code does.
func TestSecondFactorInFrontChannel(t *testing.T) {
	s := startOpen(t)
	b := s.Browser(t)
	p := b.SignIn(t, b.Get(t, s.Flow(tenant.Database, withoutPKCE("id_token", nil)).Path), hedy, tenant.Database)
	wantFactor(t, s, "ID token", p.Callback.Get("id_token"), true)

	c := newScript(t, s)
	_, _, body := c.post(t, "/co/authenticate", credentials(s, map[string]any{"username": hedy}))
	_, rest, _ := strings.Cut(body, `"login_ticket":"`)
	ticket, _, _ := strings.Cut(rest, `"`)
	_, h, _ := c.get(t, s.Flow("", withoutPKCE("token", url.Values{"login_ticket": {ticket}, "prompt": {"none"}})).Path)
	if got := answered(t, h); ticket == "" || got.Get("error") != "interaction_required" || got.Has("access_token") {
		t.Errorf("%s: %v", body, got)
	}
	_, _, body = c.post(t, "/co/authenticate", credentials(s, map[string]any{"username": hedy}))
	_, rest, _ = strings.Cut(body, `"login_ticket":"`)
	ticket, _, _ = strings.Cut(rest, `"`)
	_, h, _ = c.get(t, s.Flow("", withoutPKCE("token", url.Values{"login_ticket": {ticket}})).Path)
	if to := h.Get("Location"); !strings.HasPrefix(to, "/u/mfa-otp-challenge?state=") {
		t.Errorf("sent to %q", to)
	}
}

// Nobody gets past the page without a password, or from another browser.
func TestSecondFactorIsTheSecond(t *testing.T) {
	s := tenanttest.Start(t)
	b := s.Browser(t)
	login := b.Get(t, s.Flow(tenant.Database, nil).Path)
	page := "/u/mfa-otp-challenge?state=" + login.URL.Query().Get("state")
	if p := b.Get(t, page); !strings.Contains(p.Body, `name="password"`) {
		t.Errorf("before the password: %d at %s", p.Status, p.URL)
	}
	asked := b.Submit(t, login, "password", withPassword(hedy))
	if p := s.Browser(t).Get(t, page); p.Status != http.StatusForbidden {
		t.Errorf("in another browser: %d at %s", p.Status, p.URL)
	}
	code := url.Values{"code": {s.OTP(t, seed.DefaultOTPSecret, 0)}}
	if p := s.Browser(t).Submit(t, asked, "code", code); p.Status != http.StatusForbidden || p.Callback != nil {
		t.Errorf("in another browser: %d at %s", p.Status, p.URL)
	}
	// Whoever has a password of their own still needs it for the other account.
	if p := b.Submit(t, login, "password", withPassword(ada)); p.Callback.Get("code") == "" {
		t.Fatalf("got %d at %s", p.Status, p.URL)
	}
	if p := b.Submit(t, asked, "code", code); p.Callback != nil {
		t.Errorf("a request that was answered goes on: %s", p.URL)
	}
}

// acr_values asks for a second factor: who has none adds one.
func TestAddSecondFactor(t *testing.T) {
	s := tenanttest.Start(t)
	asking := url.Values{"acr_values": {"urn:other " + multiFactor}}
	secretOf := func(p tenanttest.Page) string {
		_, rest, _ := strings.Cut(p.Body, `<code id="secret" translate="no">`)
		secret, _, _ := strings.Cut(rest, "<")
		return secret
	}
	b := s.Browser(t)
	f := s.Flow(tenant.Database, asking)
	page := b.Submit(t, b.Get(t, f.Path), "password", withPassword(ada))
	secret := secretOf(page)
	if !asksForCode(page) || len(secret) < 16 {
		t.Fatalf("got %d at %s: %s", page.Status, page.URL, page.Body)
	}
	if p := b.Submit(t, page, "code", url.Values{"code": {s.OTP(t, secret, 9)}}); secretOf(p) != secret || p.Status != http.StatusBadRequest {
		t.Errorf("after a wrong code: %d %s", p.Status, p.Body)
	}
	tokens := s.Login(t, ada, tenant.Database, nil)
	wantFactor(t, s, "a login that does not ask", tokens.IDToken, false)
	done := b.Submit(t, page, "code", url.Values{"code": {s.OTP(t, secret, 0)}})
	wantFactor(t, s, "a login that asks", s.Exchange(t, f, done.Callback.Get("code")).IDToken, true)

	var held map[string]any
	s.Do(t, http.MethodGet, userPath(adaID), tokens.AccessToken, nil, &held)
	if !reflect.DeepEqual(held["multifactor"], []any{"guardian"}) {
		t.Errorf("multifactor = %v", held["multifactor"])
	}
	b = s.Browser(t)
	if p := b.Submit(t, b.Get(t, s.Flow(tenant.Database, nil).Path), "password", withPassword(ada)); !asksForCode(p) || secretOf(p) != "" {
		t.Errorf("the next login: %d at %s: %s", p.Status, p.URL, p.Body)
	}
	if other := s.Login(t, charles, tenant.Database, nil); mustVerify(t, s, other.IDToken)["amr"] != nil {
		t.Error("somebody else has a second factor")
	}
}

// A session stands for the password, and its time stays.
func TestStepUp(t *testing.T) {
	clock := newClock()
	s := tenanttest.Start(t, func(o *tenant.Options) { o.Now = clock.now })
	b := s.Browser(t)
	timed := url.Values{"max_age": {"3600"}}
	first := mustVerify(t, s, b.Login(t, hedy, tenant.Database, timed).IDToken)
	clock.advance(10 * time.Minute)
	silent := url.Values{"max_age": {"3600"}, "acr_values": {multiFactor}, "prompt": {"none"}}
	if p := b.Get(t, s.Flow("", silent).Path); p.Callback.Get("error") != "interaction_required" {
		t.Errorf("a silent request that asks: %s", p.URL)
	}
	asking := url.Values{"max_age": {"3600"}, "acr_values": {multiFactor}}
	f := s.Flow("", asking)
	page := b.Get(t, f.Path)
	if !asksForCode(page) {
		t.Fatalf("got %d at %s", page.Status, page.URL)
	}
	done := b.Submit(t, page, "code", url.Values{"code": {s.OTP(t, seed.DefaultOTPSecret, 0)}})
	again := s.Exchange(t, f, done.Callback.Get("code")).IDToken
	wantFactor(t, s, "stepped up", again, true)
	claims := mustVerify(t, s, again)
	if claims["auth_time"] != first["auth_time"] || claims["sid"] != first["sid"] {
		t.Errorf("auth_time %v after %v, sid %v after %v", claims["auth_time"], first["auth_time"], claims["sid"], first["sid"])
	}

	// A session that ends, or grows too old, while the page waits makes nobody fresh.
	for name, spoil := range map[string]func(){
		"too old":   func() { clock.advance(time.Hour) },
		"ended":     func() { b.Get(t, "/v2/logout") },
		"another's": func() { b.Login(t, google, tenant.Google, url.Values{"prompt": {"login"}}) },
	} {
		b.Login(t, hedy, tenant.Database, url.Values{"prompt": {"login"}})
		clock.advance(2 * time.Minute)
		page := b.Get(t, s.Flow("", asking).Path)
		if !asksForCode(page) {
			t.Fatalf("%s: got %d at %s", name, page.Status, page.URL)
		}
		spoil()
		if p := b.Submit(t, page, "code", url.Values{"code": {s.OTP(t, seed.DefaultOTPSecret, 0)}}); p.Callback != nil || p.Status != http.StatusBadRequest {
			t.Errorf("%s: %d at %s", name, p.Status, p.URL)
		}
	}
}

// A session from before its user had a second factor is asked for it, once.
func TestSessionWithoutSecondFactor(t *testing.T) {
	s := tenanttest.Start(t)
	primary := s.Login(t, hedy, tenant.Database, nil)
	b := s.Browser(t)
	second := b.Login(t, google, tenant.Google, nil)
	if status, _, fail := link(t, s, primary, hedyID, second.IDToken); status != http.StatusCreated {
		t.Fatalf("link: %d %+v", status, fail)
	}
	if p := b.Get(t, s.Flow("", url.Values{"prompt": {"none"}}).Path); p.Callback.Get("error") != "interaction_required" ||
		p.Callback.Get("error_description") != "Multifactor authentication required" {
		t.Errorf("silent: %s", p.URL)
	}
	f := s.Flow("", nil)
	page := b.Get(t, f.Path)
	if !asksForCode(page) {
		t.Fatalf("got %d at %s", page.Status, page.URL)
	}
	done := b.Submit(t, page, "code", url.Values{"code": {s.OTP(t, seed.DefaultOTPSecret, 1)}})
	if claims := mustVerify(t, s, s.Exchange(t, f, done.Callback.Get("code")).IDToken); claims["sub"] != hedyID {
		t.Errorf("signed in as %v", claims["sub"])
	}
	if p := b.Get(t, s.Flow("", url.Values{"prompt": {"none"}}).Path); p.Callback.Get("code") == "" {
		t.Errorf("silent, after the code: %s", p.URL)
	}
}

// The secret is of the user: an account that is linked loses its own, also when it stands
// alone again.
func TestLinkedAccountLosesSecondFactor(t *testing.T) {
	s := tenanttest.Start(t)
	primary := s.Login(t, charles, tenant.Database, nil)
	second := s.Login(t, hedy, tenant.Database, nil)
	if status, _, fail := link(t, s, primary, charlesID, second.IDToken); status != http.StatusCreated {
		t.Fatalf("link: %d %+v", status, fail)
	}
	for _, want := range []string{charlesID, hedyID} {
		b := s.Browser(t)
		f := s.Flow(tenant.Database, nil)
		p := b.Submit(t, b.Get(t, f.Path), "password", withPassword(hedy))
		if p.Callback.Get("code") == "" {
			t.Fatalf("got %d at %s", p.Status, p.URL)
		}
		if claims := mustVerify(t, s, s.Exchange(t, f, p.Callback.Get("code")).IDToken); claims["sub"] != want {
			t.Errorf("signed in as %v, want %s", claims["sub"], want)
		}
		s.Do(t, http.MethodDelete, userPath(charlesID)+"/identities/auth0/"+strings.TrimPrefix(hedyID, "auth0|"),
			primary.AccessToken, nil, nil)
	}
}

func TestSecondFactorIsSaved(t *testing.T) {
	dir := t.TempDir()
	for range 2 {
		s := tenanttest.Start(t, func(o *tenant.Options) { o.DataDir = dir })
		b := s.Browser(t)
		if p := b.Submit(t, b.Get(t, s.Flow(tenant.Database, nil).Path), "password", withPassword(hedy)); !asksForCode(p) {
			t.Errorf("got %d at %s", p.Status, p.URL)
		}
		if err := s.Tenant.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
