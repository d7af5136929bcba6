package tenant_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"twinlock/server/tenant"
	"twinlock/server/tenant/connection"
	"twinlock/server/tenant/seed"
	"twinlock/server/tenant/tenanttest"
)

const byCode = "+12025550143"

// withCodes adds connections with codes, and an account of each.
func withCodes(o *tenant.Options) {
	o.Connections = append(connection.Default(),
		tenant.Connection{Name: "email", Strategy: "email"}, tenant.Connection{Name: "sms", Strategy: "sms"},
		tenant.Connection{Name: "closed", Strategy: "email", DisableSignup: true})
	o.Users = append(seed.DefaultUsers(),
		tenant.User{Identity: tenant.Identity{Connection: "email", Email: ada, EmailVerified: true, ID: "65a0c0ffee0123456789abc1"}},
		tenant.User{Identity: tenant.Identity{Connection: "sms", PhoneNumber: byCode, ID: "65a0c0ffee0123456789abc2"}})
}

// sendCode asks for a code and returns the page that wants it, and the code.
func sendCode(t *testing.T, s *tenanttest.Server, b *tenanttest.Browser, page tenanttest.Page, to string) (tenanttest.Page,
	string) {
	t.Helper()
	page = b.Submit(t, page, "username", url.Values{"username": {to}})
	box := s.Outbox(t)
	if len(box) == 0 {
		return page, ""
	}
	return page, box[len(box)-1].Code
}

func TestSignInByCode(t *testing.T) {
	s := tenanttest.Start(t, withCodes)
	for _, tt := range []struct{ connection, to, subject string }{
		{"email", " Ada@Example.com", "email|65a0c0ffee0123456789abc1"},
		{"sms", "+1 (202) 555-0143", "sms|65a0c0ffee0123456789abc2"},
		{"email", "new@example.com", ""},
		{"sms", "+12025550144", ""},
	} {
		t.Run(tt.connection+" "+tt.to, func(t *testing.T) {
			b := s.Browser(t)
			f := s.Flow(tt.connection, nil)
			page, code := sendCode(t, s, b, b.Get(t, f.Path), tt.to)
			done := b.Submit(t, page, "code", url.Values{"code": {code}})
			if done.Callback.Get("code") == "" {
				t.Fatalf("%d at %s: %s", done.Status, done.URL, done.Body)
			}
			claims := mustVerify(t, s, s.Exchange(t, f, done.Callback.Get("code")).IDToken)
			subject, _ := claims["sub"].(string)
			u := s.Users(t)[subject]
			if tt.subject != "" && subject != tt.subject || !strings.HasPrefix(subject, tt.connection+"|") || len(u.Identities) != 1 ||
				u.Identities[0].IsSocial {
				t.Errorf("signed in as %v: %+v", claims, u)
			}
			if tt.connection == "email" && (claims["email"] != strings.ToLower(strings.TrimSpace(tt.to)) || claims["email_verified"] != true) {
				t.Errorf("ID token = %v", claims)
			}
			var held map[string]any
			s.Do(t, http.MethodGet, userPath(subject), s.Exchange(t, f, b.Get(t, f.Path).Callback.Get("code")).AccessToken, nil, &held)
			if tt.connection == "sms" && (held["phone_verified"] != true || held["email"] != nil) {
				t.Errorf("the tenant holds %v", held)
			}
		})
	}
}

// Only the last code is right, for the request that it was sent for, for three minutes
// and three attempts.
func TestWrongCodes(t *testing.T) {
	clock := newClock()
	s := tenanttest.Start(t, withCodes, func(o *tenant.Options) { o.Now = clock.now })
	begin := func(connection, to string) (*tenanttest.Browser, tenanttest.Page, string) {
		b := s.Browser(t)
		page, code := sendCode(t, s, b, b.Get(t, s.Flow(connection, nil).Path), to)
		return b, page, code
	}
	enter := func(b *tenanttest.Browser, page tenanttest.Page, code string) bool {
		return b.Submit(t, page, "code", url.Values{"code": {code}}).Callback.Has("code")
	}
	other := func(code string) string { return map[bool]string{true: "000001", false: "000000"}[code == "000000"] }

	b, page, code := begin("email", ada)
	if enter(b, page, other(code)) || enter(b, page, "") || !enter(b, page, code) {
		t.Error("two wrong codes and the right one")
	}
	if enter(b, page, code) {
		t.Error("a code was right twice")
	}
	b, page, code = begin("email", ada)
	if enter(b, page, "1") || enter(b, page, "2") || enter(b, page, "3") || enter(b, page, code) {
		t.Error("a code was right after three wrong ones")
	}
	b, page, code = begin("email", ada)
	clock.advance(3*time.Minute + time.Second)
	page.Body = strings.Clone(page.Body)
	if enter(b, page, code) {
		t.Error("a code was right after three minutes")
	}
	b, page, first := begin("email", ada)
	again := b.Get(t, "/u/login/code?again=1&state="+page.URL.Query().Get("state"))
	page, second := sendCode(t, s, b, again, ada)
	if first != second && enter(b, page, first) || !enter(b, page, second) {
		t.Error("of two codes the last is right")
	}
	_, _, code = begin("sms", byCode)
	if b, page, own := begin("sms", "+12025550199"); own != code && enter(b, page, code) {
		t.Error("another request's code was right")
	}
	before := len(s.Outbox(t))
	if b, page, _ := begin("closed", "nobody@example.com"); len(s.Outbox(t)) != before || enter(b, page, "") {
		t.Error("a stranger signed up where nobody may")
	}
	for connection, to := range map[string]string{"email": "nobody", "sms": "555"} {
		b := s.Browser(t)
		p := b.Submit(t, b.Get(t, s.Flow(connection, nil).Path), "username", url.Values{"username": {to}})
		if p.Status != http.StatusBadRequest || !strings.Contains(p.Body, `role="alert"`) {
			t.Errorf("%s: %d %s", to, p.Status, p.Body)
		}
	}
}

// An account by code is linked as any other.
func TestLinkAccountByCode(t *testing.T) {
	s := tenanttest.Start(t, withCodes)
	primary := s.Login(t, ada, tenant.Database, nil)
	b := s.Browser(t)
	f := s.Flow("sms", url.Values{"max_age": {"0"}})
	page, code := sendCode(t, s, b, b.Get(t, f.Path), byCode)
	second := s.Exchange(t, f, b.Submit(t, page, "code", url.Values{"code": {code}}).Callback.Get("code"))
	status, list, fail := link(t, s, primary, adaID, second.IDToken)
	if status != http.StatusCreated || len(list) != 2 || list[1].Provider != "sms" || list[1].Connection != "sms" {
		t.Errorf("got %d %+v %+v", status, list, fail)
	}
}
