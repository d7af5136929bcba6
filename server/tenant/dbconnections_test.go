package tenant_test

import (
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"twinlock/server/tenant"
	"twinlock/server/tenant/tenanttest"
)

const (
	joan     = "joan@example.com"
	goodWord = "Nanoseconds-11.8-inches"
)

func signupBody(s *tenanttest.Server, change map[string]any) map[string]any {
	body := map[string]any{"client_id": s.ClientID, "connection": tenant.Database, "email": joan, "password": goodWord}
	for name, value := range change {
		body[name] = value
	}
	return body
}

func TestSignup(t *testing.T) {
	s := tenanttest.Start(t)
	c := newScript(t, s)
	status, h, body := c.post(t, "/dbconnections/signup", signupBody(s, map[string]any{
		"email": " Joan@Example.com", "given_name": "Joan", "family_name": "Clarke", "user_metadata": map[string]any{"theme": "light"}}))
	want := regexp.MustCompile(`^\{"_id":"([0-9a-f]{24})","email":"joan@example.com","email_verified":false,"given_name":"Joan","family_name":"Clarke","user_metadata":\{"theme":"light"\}\}`)
	found := want.FindStringSubmatch(body)
	if status != http.StatusOK || found == nil || h.Get("Access-Control-Allow-Origin") != tenanttest.Origin {
		t.Fatalf("got %d %v %s", status, h, body)
	}
	u := s.Users(t)["auth0|"+found[1]]
	if u.Email != joan || !reflect.DeepEqual(u.UserMetadata, map[string]any{"theme": "light"}) || u.LoginsCount != 0 {
		t.Errorf("user = %+v", u)
	}

	b := s.Browser(t)
	f := s.Flow(tenant.Database, nil)
	p := b.Submit(t, b.Get(t, f.Path), "password", url.Values{"username": {joan}, "password": {goodWord}})
	claims := mustVerify(t, s, s.Exchange(t, f, p.Callback.Get("code")).IDToken)
	if claims["email_verified"] != false || claims["name"] != "Joan Clarke" {
		t.Errorf("ID token = %v", claims)
	}
	picture, _ := claims["picture"].(string)
	if avatar := s.Browser(t).Get(t, strings.TrimPrefix(picture, s.URL)); !strings.Contains(avatar.Body, ">JC<") {
		t.Errorf("avatar %s: %d %s", picture, avatar.Status, avatar.Body)
	}

	mails := s.Outbox(t)
	if len(mails) != 1 || mails[0].To != joan || !strings.HasPrefix(mails[0].Link, s.Issuer) {
		t.Fatalf("outbox = %+v", mails)
	}
	link := strings.TrimPrefix(mails[0].Link, s.URL)
	if p := b.Get(t, link); p.Status != http.StatusOK {
		t.Errorf("verification: %d", p.Status)
	}
	if p := b.Get(t, link); p.Status != http.StatusBadRequest {
		t.Errorf("the link works twice: %d", p.Status)
	}
	if claims := mustVerify(t, s, b.Login(t, joan, tenant.Database, nil).IDToken); claims["email_verified"] != true {
		t.Errorf("after verification: %v", claims)
	}
}

func TestSignupRefuses(t *testing.T) {
	s := tenanttest.Start(t, func(o *tenant.Options) {
		o.Connections = []tenant.Connection{
			{Name: tenant.Database, Strategy: "auth0"}, {Name: tenant.Google, Strategy: "google-oauth2"}, {Name: "closed",
				Strategy: "auth0", DisableSignup: true},
			{Name: "discreet", Strategy: "auth0", GenericSignupErrors: true},
		}
		o.Users = []tenant.User{
			{Identity: tenant.Identity{Connection: tenant.Database, Email: ada, Password: "x"}},
			{Identity: tenant.Identity{Connection: "discreet", Email: ada, Password: "x"}},
		}
	})
	before := s.Users(t)
	tests := []struct {
		name   string
		change map[string]any
		want   apiError
	}{
		{"exists", map[string]any{"email": strings.ToUpper(ada)},
			apiError{Name: "BadRequestError", Code: "user_exists", Description: "The user already exists.", StatusCode: 400}},
		{"exists, discreetly", map[string]any{"connection": "discreet", "email": ada},
			apiError{Name: "BadRequestError", Code: "invalid_signup", Description: "Invalid sign up", StatusCode: 400}},
		{"switched off", map[string]any{"connection": "closed"},
			apiError{Name: "BadRequestError", Code: "signup_disabled", Description: "Public signup is disabled",
				StatusCode: 400}},
		{"no address", map[string]any{"email": "joan"},
			apiError{Name: "BadRequestError", Code: "invalid_email", Description: "Email is not valid.", StatusCode: 400}},
		{"address with a name", map[string]any{"email": "Joan <joan@example.com>"},
			apiError{Name: "BadRequestError", Code: "invalid_email", Description: "Email is not valid.", StatusCode: 400}},
		{"social", map[string]any{"connection": tenant.Google},
			apiError{Name: "BadRequestError", Code: "invalid_request",
				Description: "the connection is no database of the client", StatusCode: 400}},
		{"no connection", map[string]any{"connection": ""},
			apiError{Name: "BadRequestError", Code: "invalid_request",
				Description: "the connection is no database of the client", StatusCode: 400}},
		{"unknown client", map[string]any{"client_id": "x"},
			apiError{Name: "BadRequestError", Code: "invalid_client", Description: "Unknown client", StatusCode: 400}},
		{"long password", map[string]any{"password": "Aa1" + strings.Repeat("x", 70)},
			apiError{Name: "BadRequestError", Code: "invalid_password", Description: "Password is longer than 72 bytes",
				StatusCode: 400}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			status, _, body := newScript(t, s).post(t, "/dbconnections/signup", signupBody(s, tt.change))
			if got := failureOf(t, body); status != tt.want.StatusCode || !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %d %+v", status, got)
			}
		})
	}
	if after := s.Users(t); !reflect.DeepEqual(after, before) {
		t.Errorf("users = %v", after)
	}
	if mails := s.Outbox(t); len(mails) != 0 {
		t.Errorf("outbox = %v", mails)
	}
}

// The body is that of a real tenant.
func TestWeakPassword(t *testing.T) {
	s := tenanttest.Start(t)
	_, _, body := newScript(t, s).post(t, "/dbconnections/signup", signupBody(s, map[string]any{"password": "a-bcdefg"}))
	want := `{"name":"PasswordStrengthError","message":"Password is too weak","code":"invalid_password","description":{"rules":[` +
		`{"message":"At least %d characters in length","format":[8],"code":"lengthAtLeast","verified":true},` +
		`{"message":"Contain at least %d of the following %d types of characters:","format":[3,4],"code":"containsAtLeast","items":[` +
		`{"message":"lower case letters (a-z)","code":"lowerCase","verified":true},{"message":"upper case letters (A-Z)","code":"upperCase","verified":false},` +
		`{"message":"numbers (i.e. 0-9)","code":"numbers","verified":false},{"message":"special characters (e.g. !@#$%^&*)","code":"specialCharacters","verified":true}],"verified":false}],` +
		`"verified":false},"policy":"* At least 8 characters in length\n* Contain at least 3 of the following 4 types of characters:\n * lower case letters (a-z)\n * upper case letters (A-Z)\n * numbers (i.e. 0-9)\n * special characters (e.g. !@#$%^&*)","statusCode":400}`
	if strings.TrimSpace(body) != want {
		t.Errorf("got  %s\nwant %s", body, want)
	}
}

func TestPasswordPolicies(t *testing.T) {
	tests := []struct {
		policy       string
		weak, strong []string
	}{
		{"none", []string{""}, []string{"x"}},
		{"low", []string{"", "abcde"}, []string{"abcdef", "ééééée"}},
		{"fair", []string{"abcdefgh", "Abcdefgh", "Abcdef1"}, []string{"Abcdefg1"}},
		{"good", []string{"abcdefg1", "Ab1-"}, []string{"Abcdefg1", "abcdefg-1"}},
		{"excellent", []string{"Abcdefg1", "Abbbcdefg1"}, []string{"Abbcdefgh1"}},
	}
	s := tenanttest.Start(t, func(o *tenant.Options) {
		for _, tt := range tests {
			o.Connections = append(o.Connections, tenant.Connection{Name: tt.policy, Strategy: "auth0",
				PasswordPolicy: tt.policy})
		}
	})
	for _, tt := range tests {
		for n, password := range append(tt.weak, tt.strong...) {
			body := signupBody(s, map[string]any{"connection": tt.policy, "password": password,
				"email": fmt.Sprintf("joan%d@example.com", n)})
			status, _, _ := newScript(t, s).post(t, "/dbconnections/signup", body)
			if weak := n < len(tt.weak); (status == http.StatusBadRequest) != weak {
				t.Errorf("%s: %q: %d", tt.policy, password, status)
			}
		}
	}
}

func TestSignupOnTheHostedPage(t *testing.T) {
	s := tenanttest.Start(t)
	b := s.Browser(t)
	f := s.Flow(tenant.Database, url.Values{"screen_hint": {"signup"}})
	page := b.Get(t, f.Path)
	p := b.Submit(t, page, "email", url.Values{"email": {joan}, "password": {"weak"}})
	if p.Status != http.StatusBadRequest || !strings.Contains(p.Body, "At least 8 characters") ||
		!strings.Contains(p.Body, `value="`+joan+`"`) {
		t.Errorf("weak: %d %s", p.Status, p.Body)
	}
	p = b.Submit(t, page, "email", url.Values{"email": {joan}, "password": {goodWord}})
	if claims := mustVerify(t, s, s.Exchange(t, f, p.Callback.Get("code")).IDToken); claims["email"] != joan {
		t.Errorf("ID token = %v", claims)
	}
	again := b.Get(t, s.Flow(tenant.Database, url.Values{"screen_hint": {"signup"}, "prompt": {"login"}}).Path)
	if p := b.Submit(t, again, "email", url.Values{"email": {joan}, "password": {goodWord}}); p.Status != http.StatusBadRequest || !strings.Contains(p.Body, "already exists") {
		t.Errorf("again: %d %s", p.Status, p.Body)
	}
	if p := b.Get(t, s.Flow(tenant.Google, url.Values{"screen_hint": {"signup"}, "prompt": {"login"}}).Path); strings.Contains(p.Body, `name="email"`) {
		t.Errorf("a social connection: %s", p.Body)
	}
}

func TestSignupIsSwitchedOffOnTheHostedPage(t *testing.T) {
	s := tenanttest.Start(t, func(o *tenant.Options) {
		o.Connections = []tenant.Connection{{Name: tenant.Database, Strategy: "auth0", DisableSignup: true}}
	})
	b := s.Browser(t)
	p := b.Get(t, s.Flow("", url.Values{"screen_hint": {"signup"}}).Path)
	if strings.Contains(p.Body, `name="email"`) || strings.Contains(p.Body, "Sign up") {
		t.Errorf("got %s", p.Body)
	}
	page := b.Get(t, "/u/signup?"+p.URL.RawQuery)
	if page.Status != http.StatusForbidden {
		t.Errorf("the page itself: %d", page.Status)
	}
	p.Body = `<form action="/u/signup"><input type="hidden" name="state" value="` + p.URL.Query().Get("state") + `"><input name="email"></form>`
	if p := b.Submit(t, p, "email", url.Values{"email": {joan}, "password": {goodWord}}); p.Callback != nil || len(s.Users(t)) != 0 {
		t.Errorf("the form: %d %s", p.Status, p.URL)
	}
}

func TestChangePassword(t *testing.T) {
	clock := newClock()
	s := tenanttest.Start(t, func(o *tenant.Options) { o.Now = clock.now })
	c := newScript(t, s)
	ask := func(email string) (int, string, string) {
		status, h, body := c.post(t, "/dbconnections/change_password",
			map[string]any{"client_id": s.ClientID, "connection": tenant.Database, "email": email})
		return status, h.Get("Content-Type"), body
	}
	for _, email := range []string{mallory, "nobody@example.com", google} {
		status, kind, body := ask(email)
		if status != http.StatusOK || kind != "text/html; charset=utf-8" ||
			body != "We've just sent you an email to reset your password." {
			t.Errorf("%s: %d %s %s", email, status, kind, body)
		}
	}
	mails := s.Outbox(t)
	if len(mails) != 1 || mails[0].To != mallory {
		t.Fatalf("outbox = %+v", mails)
	}
	if status, _, _ := ask(""); status != http.StatusBadRequest {
		t.Errorf("no address: %d", status)
	}

	elsewhere := s.Browser(t)
	elsewhere.Login(t, mallory, tenant.Database, nil)
	b := s.Browser(t)
	page := b.Get(t, strings.TrimPrefix(mails[0].Link, s.URL))
	if p := b.Submit(t, page, "password", url.Values{"password": {"weak"}}); p.Status != http.StatusBadRequest || !strings.Contains(p.Body, "too weak") {
		t.Errorf("weak: %d %s", p.Status, p.Body)
	}
	if p := b.Submit(t, page, "password", url.Values{"password": {goodWord}}); p.Status != http.StatusOK {
		t.Fatalf("reset: %d %s", p.Status, p.Body)
	}
	if p := b.Submit(t, page, "password", url.Values{"password": {goodWord + "2"}}); p.Status != http.StatusBadRequest {
		t.Errorf("the link works twice: %d", p.Status)
	}
	if p := elsewhere.Get(t, s.Flow("", url.Values{"prompt": {"none"}}).Path); p.Callback.Get("error") != "login_required" {
		t.Errorf("an old session lives on: %s", p.URL)
	}

	f := s.Flow(tenant.Database, nil)
	page = b.Get(t, f.Path)
	if p := b.Submit(t, page, "password", url.Values{"username": {mallory}, "password": {tenant.Password}}); p.Status != http.StatusUnauthorized {
		t.Errorf("the old password: %d", p.Status)
	}
	p := b.Submit(t, page, "password", url.Values{"username": {mallory}, "password": {goodWord}})
	if claims := mustVerify(t, s, s.Exchange(t, f, p.Callback.Get("code")).IDToken); claims["email_verified"] != true {
		t.Errorf("the address of one who has read the message is verified: %v", claims)
	}

	ask(ada)
	link := strings.TrimPrefix(s.Outbox(t)[1].Link, s.URL)
	if p := b.Get(t, strings.Replace(link, "/u/reset-verify", "/u/email-verification", 1)); p.Status != http.StatusBadRequest {
		t.Errorf("the link does for another purpose: %d", p.Status)
	}
	ask(ada)
	link = strings.TrimPrefix(s.Outbox(t)[2].Link, s.URL)
	clock.advance(6 * 24 * time.Hour)
	if p := b.Get(t, link); p.Status != http.StatusBadRequest {
		t.Errorf("an old link: %d", p.Status)
	}
}

func TestForgottenPasswordOnTheHostedPage(t *testing.T) {
	s := tenanttest.Start(t)
	b := s.Browser(t)
	page := b.Get(t, s.Flow(tenant.Database, nil).Path)
	p := b.Get(t, "/u/reset-password?"+page.URL.RawQuery)
	var pages []string
	for _, email := range []string{ada, "nobody@example.com"} {
		done := b.Submit(t, p, "email", url.Values{"email": {email}})
		pages = append(pages, done.Body)
	}
	if pages[0] != pages[1] || !strings.Contains(pages[0], `role="status"`) {
		t.Errorf("the page tells accounts apart: %q", pages)
	}
	if mails := s.Outbox(t); len(mails) != 1 || mails[0].To != ada {
		t.Errorf("outbox = %+v", mails)
	}
}

func TestOutboxPage(t *testing.T) {
	s := tenanttest.Start(t)
	newScript(t, s).post(t, "/dbconnections/signup", signupBody(s, nil))
	page := serve(s.Tenant, http.MethodGet, "/_emulator/outbox", nil,
		func(r *http.Request) { r.Header.Set("Accept", "text/html") })
	if !strings.Contains(page.Body.String(), joan) ||
		!strings.Contains(page.Body.String(), `href="`+s.Issuer+`u/email-verification?ticket=`) {
		t.Errorf("got %d %s", page.Code, page.Body)
	}
	s.Reset(t)
	if mails := s.Outbox(t); len(mails) != 0 {
		t.Errorf("after the reset: %v", mails)
	}
}
