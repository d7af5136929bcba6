package tenant_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"twinlock/server/tenant"
	"twinlock/server/tenant/tenanttest"
)

func TestLifetimes(t *testing.T) {
	s := startOpen(t, func(o *tenant.Options) {
		c := &o.Clients[0]
		c.IDTokenLifetime, c.AccessTokenLifetime, c.ImplicitAccessTokenLifetime = 60, 120, 30
	})
	lifetime := func(token string) float64 {
		claims := mustVerify(t, s, token)
		return claims["exp"].(float64) - claims["iat"].(float64)
	}
	tokens := s.Login(t, ada, tenant.Database, nil)
	if lifetime(tokens.IDToken) != 60 || lifetime(tokens.AccessToken) != 120 || tokens.ExpiresIn != 120 {
		t.Errorf("code: %v %v %d", lifetime(tokens.IDToken), lifetime(tokens.AccessToken), tokens.ExpiresIn)
	}
	b := s.Browser(t)
	got := b.SignIn(t, b.Get(t, s.Flow(tenant.Database, withoutPKCE("token", nil)).Path), ada, tenant.Database).Callback
	if lifetime(got.Get("access_token")) != 30 || got.Get("expires_in") != "30" {
		t.Errorf("implicit: %v", got)
	}
}

func TestOpaqueTokenExpires(t *testing.T) {
	clock := newClock()
	s := tenanttest.Start(t, func(o *tenant.Options) {
		o.Now, o.Clients[0].AccessTokenLifetime = clock.now, 60
		o.Clients = append(o.Clients, tenant.Client{ID: "longer"}) // keeps the tenant's memory longer
	})
	token := s.Login(t, ada, tenant.Database, url.Values{"audience": {""}}).AccessToken
	for _, step := range []struct {
		after time.Duration
		want  int
	}{{59 * time.Second, 200}, {time.Second, 401}} {
		clock.advance(step.after)
		if answer := s.Do(t, http.MethodGet, "/userinfo", token, nil, nil); answer.StatusCode != step.want {
			t.Errorf("got %s, want %d", answer.Status, step.want)
		}
	}
}

func TestRefreshTokenSettings(t *testing.T) {
	start := func(t *testing.T, settings tenant.RefreshTokens) (*tenanttest.Server, *clock, string) {
		clock := newClock()
		s := tenanttest.Start(t, func(o *tenant.Options) { o.Now, o.Clients[0].RefreshTokens = clock.now, settings })
		return s, clock, s.Login(t, ada, tenant.Database, url.Values{"scope": {"openid offline_access"}}).RefreshToken
	}
	t.Run("lifetime counts from the sign-in", func(t *testing.T) {
		s, clock, token := start(t, tenant.RefreshTokens{Lifetime: 60})
		clock.advance(40 * time.Second)
		status, next := refresh(t, s, token)
		if status != http.StatusOK {
			t.Fatalf("within: %d", status)
		}
		clock.advance(20 * time.Second)
		if status, _ := refresh(t, s, next.RefreshToken); status != http.StatusForbidden {
			t.Errorf("after: %d", status)
		}
	})
	t.Run("leeway", func(t *testing.T) {
		s, clock, token := start(t, tenant.RefreshTokens{Leeway: 10})
		_, next := refresh(t, s, token)
		clock.advance(9 * time.Second)
		if status, _ := refresh(t, s, token); status != http.StatusOK {
			t.Errorf("within: %d", status)
		}
		clock.advance(time.Second)
		if status, _ := refresh(t, s, token); status != http.StatusForbidden {
			t.Errorf("after: %d", status)
		}
		if status, _ := refresh(t, s, next.RefreshToken); status != http.StatusForbidden {
			t.Errorf("the family lives on: %d", status)
		}
	})
	t.Run("non-rotating", func(t *testing.T) {
		s, _, token := start(t, tenant.RefreshTokens{NonRotating: true})
		for range 3 {
			if status, next := refresh(t, s, token); status != http.StatusOK || next.RefreshToken != "" || next.AccessToken == "" {
				t.Errorf("got %d %+v", status, next)
			}
		}
	})
	t.Run("switched off", func(t *testing.T) {
		s := tenanttest.Start(t, func(o *tenant.Options) { o.Clients[0].Grants = []string{tenant.GrantCode} })
		if tokens := s.Login(t, ada, tenant.Database, url.Values{"scope": {"openid offline_access"}}); tokens.RefreshToken != "" {
			t.Errorf("got %+v", tokens)
		}
	})
}

func TestRevokeByFormAndForeignClient(t *testing.T) {
	s := tenanttest.Start(t, func(o *tenant.Options) { o.Clients = append(o.Clients, tenant.Client{ID: "other"}) })
	token := s.Login(t, ada, tenant.Database, url.Values{"scope": {"openid offline_access"}}).RefreshToken
	revoke := func(client, token string) int {
		answer, err := http.PostForm(s.URL+"/oauth/revoke",
			url.Values{"client_id": {client}, "token": {token}, "token_type_hint": {"refresh_token"}})
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		return answer.StatusCode
	}
	if status := revoke("other", token); status != http.StatusOK {
		t.Errorf("another client: %d", status) // RFC 7009, section 2.2: as if it were invalid
	}
	status, next := refresh(t, s, token)
	if status != http.StatusOK {
		t.Fatalf("another client has revoked it: %d", status)
	}
	if status := revoke("nobody", next.RefreshToken); status != http.StatusUnauthorized {
		t.Errorf("unknown client: %d", status)
	}
	if status := revoke(s.ClientID, next.RefreshToken); status != http.StatusOK {
		t.Errorf("own client: %d", status)
	}
	if status, _ := refresh(t, s, next.RefreshToken); status != http.StatusForbidden {
		t.Errorf("after revocation: %d", status)
	}
}

func TestEndSession(t *testing.T) {
	s := tenanttest.Start(t, func(o *tenant.Options) { o.Clients = append(o.Clients, tenant.Client{ID: "other"}) })
	hint := s.Login(t, ada, tenant.Database, nil).IDToken
	s.Fault(t, tenant.Fault{Path: "/oauth/token", Times: 1, Token: map[string]any{"exp": 1000}})
	expired := s.Login(t, ada, tenant.Database, nil).IDToken
	foreign := tenanttest.Start(t).Login(t, ada, tenant.Database, nil).IDToken
	home := tenanttest.Origin + "/"
	tests := []struct {
		name        string
		query       url.Values
		want        string // Location
		wantStatus  int
		wantSession bool
	}{
		{"hint", url.Values{"id_token_hint": {hint}, "post_logout_redirect_uri": {home}, "state": {"a b"}}, home +
			"?state=a+b", 302, false},
		{"expired hint", url.Values{"id_token_hint": {expired}, "post_logout_redirect_uri": {home}}, home, 302, false},
		{"client", url.Values{"client_id": {s.ClientID}, "post_logout_redirect_uri": {home}}, home, 302, false},
		{"nowhere", nil, "", 200, false},
		{"not allowed", url.Values{"id_token_hint": {hint}, "post_logout_redirect_uri": {"https://evil.example/"}}, "", 400,
			true},
		{"no client", url.Values{"post_logout_redirect_uri": {home}}, "", 400, true},
		{"hint of another client", url.Values{"client_id": {"other"}, "id_token_hint": {hint}}, "", 400, true},
		{"hint of another tenant", url.Values{"id_token_hint": {foreign}, "post_logout_redirect_uri": {home}}, "", 400, true},
		{"garbage", url.Values{"id_token_hint": {"x"}, "post_logout_redirect_uri": {home}}, "", 400, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := s.Browser(t)
			b.Login(t, ada, tenant.Database, nil)
			p := b.Get(t, "/oidc/logout?"+tt.query.Encode())
			if p.Status != tt.wantStatus || p.Header.Get("Location") != tt.want {
				t.Errorf("got %d to %q: %s", p.Status, p.Header.Get("Location"), p.Body)
			}
			silent := b.Get(t, s.Flow("", url.Values{"prompt": {"none"}}).Path)
			if silent.Callback.Has("code") != tt.wantSession {
				t.Errorf("session afterwards: %s", silent.URL)
			}
		})
	}
}

// The stand-ins keep no session, so that ending theirs too changes nothing.
func TestFederatedLogout(t *testing.T) {
	s := tenanttest.Start(t)
	p := s.Browser(t).Get(t, "/v2/logout?client_id="+s.ClientID+"&returnTo="+url.QueryEscape(tenanttest.Origin+"/")+"&federated")
	if p.Status != http.StatusFound {
		t.Errorf("got %d", p.Status)
	}
}

// A code that comes a second time ends its tokens as long as there are any, not only as long
// as the code would have been valid.
func TestReuseOfOldCode(t *testing.T) {
	clock := newClock()
	s := tenanttest.Start(t, func(o *tenant.Options) { o.Now = clock.now })
	reuse := func(f tenanttest.Flow, code string) int {
		return s.Do(t, http.MethodPost, "/oauth/token", "", map[string]string{"grant_type": "authorization_code",
			"client_id": s.ClientID, "code": code, "redirect_uri": tenanttest.Callback, "code_verifier": f.Verifier}, nil).StatusCode
	}
	for _, after := range []time.Duration{time.Minute, time.Hour, 29 * 24 * time.Hour} {
		b := s.Browser(t)
		f := s.Flow(tenant.Database, url.Values{"scope": {"openid offline_access"}, "audience": {""}})
		code := b.SignIn(t, b.Get(t, f.Path), ada, tenant.Database).Callback.Get("code")
		tokens := s.Exchange(t, f, code)
		clock.advance(after)
		status, next := refresh(t, s, tokens.RefreshToken)
		if status != http.StatusOK || s.Do(t, http.MethodGet, "/userinfo", next.AccessToken, nil, nil).StatusCode != http.StatusOK {
			t.Fatalf("after %v: %d", after, status)
		}
		if status := reuse(f, code); status != http.StatusForbidden {
			t.Errorf("after %v: the code is answered %d", after, status)
		}
		if status, _ := refresh(t, s, next.RefreshToken); status != http.StatusForbidden {
			t.Errorf("after %v: the refresh token is answered %d", after, status)
		}
		if answer := s.Do(t, http.MethodGet, "/userinfo", next.AccessToken, nil, nil); answer.StatusCode != http.StatusUnauthorized {
			t.Errorf("after %v: the access token is answered %s", after, answer.Status)
		}
	}
}
