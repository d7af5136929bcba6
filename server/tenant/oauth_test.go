package tenant_test

import (
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"twinlock/server/tenant"
	"twinlock/server/tenant/tenanttest"
)

const (
	ada       = "ada@example.com"
	adaID     = "auth0|5d1018150a1b2c3d4e5f6a01"
	google    = "ada.lovelace@gmail.example"
	googleID  = "google-oauth2|118151210185211271536"
	facebook  = "ada@facebook.example"
	charles   = "charles@example.com"
	charlesID = "auth0|5d1017911226b2c3d4e5f6a2"
	mallory   = "mallory@example.com"
)

// keySet fetches the tenant's keys by kid.
func keySet(t *testing.T, s *tenanttest.Server) map[string]*rsa.PublicKey {
	t.Helper()
	var set struct {
		Keys []struct{ Kid, Kty, Alg, Use, N, E string }
	}
	s.Do(t, http.MethodGet, "/.well-known/jwks.json", "", nil, &set)
	keys := map[string]*rsa.PublicKey{}
	for _, k := range set.Keys {
		if k.Kty != "RSA" || k.Alg != "RS256" || k.Use != "sig" || k.Kid == "" {
			t.Errorf("key = %+v", k)
		}
		n, err := base64.RawURLEncoding.DecodeString(k.N)
		if err != nil {
			t.Fatal(err)
		}
		key := &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: 65537}
		if k.E != "AQAB" || key.N.BitLen() != 2048 {
			t.Errorf("key of %d bits with e = %s", key.N.BitLen(), k.E)
		}
		keys[k.Kid] = key
	}
	return keys
}

// verify checks the token's signature with the tenant's keys and returns its claims.
func verify(t *testing.T, s *tenanttest.Server, token string) (jwt.MapClaims, error) {
	t.Helper()
	keys := keySet(t, s)
	claims := jwt.MapClaims{}
	_, err := jwt.ParseWithClaims(token, claims, func(j *jwt.Token) (any, error) {
		kid, _ := j.Header["kid"].(string)
		if keys[kid] == nil {
			return nil, jwt.ErrTokenUnverifiable
		}
		return keys[kid], nil
	}, jwt.WithValidMethods([]string{"RS256"}))
	return claims, err
}

func mustVerify(t *testing.T, s *tenanttest.Server, token string) jwt.MapClaims {
	t.Helper()
	claims, err := verify(t, s, token)
	if err != nil {
		t.Fatalf("verify: %v", err)
	}
	return claims
}

func TestDiscovery(t *testing.T) {
	s := tenanttest.Start(t)
	var d map[string]any
	s.Do(t, http.MethodGet, "/.well-known/openid-configuration", "", nil, &d)
	for name, want := range map[string]string{
		"issuer":                 s.Issuer,
		"authorization_endpoint": s.Issuer + "authorize",
		"token_endpoint":         s.Issuer + "oauth/token",
		"userinfo_endpoint":      s.Issuer + "userinfo",
		"jwks_uri":               s.Issuer + ".well-known/jwks.json",
		"revocation_endpoint":    s.Issuer + "oauth/revoke",
	} {
		if d[name] != want {
			t.Errorf("%s = %v, want %s", name, d[name], want)
		}
	}
	for name, want := range map[string]string{
		"response_types_supported":              `["code"]`,
		"code_challenge_methods_supported":      `["S256"]`,
		"id_token_signing_alg_values_supported": `["RS256"]`,
		"token_endpoint_auth_methods_supported": `["none"]`,
		"grant_types_supported":                 `["authorization_code","refresh_token"]`,
	} {
		if got, _ := json.Marshal(d[name]); string(got) != want {
			t.Errorf("%s = %s, want %s", name, got, want)
		}
	}
}

func TestTokens(t *testing.T) {
	s := tenanttest.Start(t)
	b := s.Browser(t)
	f := s.Flow(tenant.Database, nil)
	p := b.SignIn(t, b.Get(t, f.Path), mallory, tenant.Database)
	tokens := s.Exchange(t, f, p.Callback.Get("code"))

	id := mustVerify(t, s, tokens.IDToken)
	for name, want := range map[string]any{
		"iss": s.Issuer, "aud": s.ClientID, "sub": "auth0|5d101978bad0b2c3d4e5f6a3", "nonce": f.Nonce,
		"name": "Mallory Trudy", "nickname": "mallory", "email": mallory, "email_verified": false,
		"picture": s.Issuer + "_emulator/avatars/mallory-trudy.svg",
	} {
		if id[name] != want {
			t.Errorf("ID token: %s = %v, want %v", name, id[name], want)
		}
	}
	if id["exp"].(float64)-id["iat"].(float64) != 36000 || id["auth_time"] != nil || id["sid"] == "" {
		t.Errorf("ID token: exp, iat, sid, or an auth_time that was not asked for, of %v", id)
	}
	for _, name := range []string{"at_hash", "c_hash", "azp", "client_id", "amr"} {
		if id[name] != nil {
			t.Errorf("ID token: Auth0 does not send %s", name)
		}
	}

	access := mustVerify(t, s, tokens.AccessToken)
	aud, _ := json.Marshal(access["aud"])
	if want := `["` + s.Audience() + `","` + s.Issuer + `userinfo"]`; string(aud) != want {
		t.Errorf("access token: aud = %s, want %s", aud, want)
	}
	for name, want := range map[string]any{
		"iss": s.Issuer, "sub": id["sub"], "azp": s.ClientID, "scope": "openid profile email " + tenanttest.ManagementScopes,
	} {
		if access[name] != want {
			t.Errorf("access token: %s = %v, want %v", name, access[name], want)
		}
	}
	if tokens.ExpiresIn != 86400 || tokens.TokenType != "Bearer" || tokens.RefreshToken != "" ||
		tokens.Scope != access["scope"] {
		t.Errorf("token answer = %+v", tokens)
	}
}

func TestScopes(t *testing.T) {
	s := tenanttest.Start(t)
	tests := []struct {
		name       string
		params     url.Values
		want       string
		wantOpaque bool
		wantID     bool
	}{
		{"management", url.Values{"scope": {"openid read:current_user delete:users update:users"}},
			"openid read:current_user", false, true},
		{"only management", url.Values{"scope": {"read:current_user"}}, "read:current_user", false, false},
		{"no audience", url.Values{"audience": {""}}, "openid profile email", true, true},
		{"userinfo", url.Values{"audience": {s.Issuer + "userinfo"}, "scope": {"openid"}}, "openid", true, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tokens := s.Login(t, ada, tenant.Database, tt.params)
			_, err := verify(t, s, tokens.AccessToken)
			if tokens.Scope != tt.want || (err != nil) != tt.wantOpaque || (tokens.IDToken != "") != tt.wantID {
				t.Errorf("got scope %q, opaque %t, ID token %t", tokens.Scope, err != nil, tokens.IDToken != "")
			}
		})
	}
}

// What the emulator leaves out is refused by its name.
func TestAuthorizeNamesWhatIsLeftOut(t *testing.T) {
	s := tenanttest.Start(t)
	for name, params := range map[string]url.Values{
		"invitation":                 {"invitation": {"x"}},
		"request_uri":                {"request_uri": {"urn:x"}},
		"claims":                     {"claims": {"{}"}},
		"authorization_details":      {"authorization_details": {"[]"}},
		"dpop_jkt":                   {"dpop_jkt": {"x"}},
		"session_transfer_token":     {"session_transfer_token": {"x"}},
		"access_token":               {"access_token": {"x"}},
		"link_account":               {"link_account": {"x"}},
		"requested_connection":       {"requested_connection": {tenant.Google}},
		"requested_connection_scope": {"requested_connection_scope": {"email"}},
		"scope link_account":         {"scope": {"openid link_account"}},
		"scope unlink_account":       {"scope": {"unlink_account openid"}},
	} {
		p := s.Browser(t).Get(t, s.Flow(tenant.Database, params).Path)
		if p.Callback.Get("error") != "invalid_request" ||
			!strings.HasPrefix(p.Callback.Get("error_description"), "Unsupported parameter: "+name+".") {
			t.Errorf("%s: %d at %s", name, p.Status, p.URL)
		}
	}
}

func TestAuthorizeRefuses(t *testing.T) {
	s := tenanttest.Start(t)
	tests := []struct {
		name     string
		params   url.Values
		wantPage string // an error page of the tenant
		want     string // an error for the client
	}{
		{"unknown client", url.Values{"client_id": {"nobody"}}, "Unknown client", ""},
		{"unregistered callback", url.Values{"redirect_uri": {tenanttest.Callback + "/x"}}, "Callback URL mismatch", ""},
		{"foreign callback", url.Values{"redirect_uri": {"https://evil.example/callback"}}, "Callback URL mismatch", ""},
		{"no callback", url.Values{"redirect_uri": {""}}, "Callback URL mismatch", ""},
		{"no PKCE", url.Values{"code_challenge": {""}}, "", "invalid_request"},
		{"plain PKCE", url.Values{"code_challenge_method": {"plain"}}, "", "invalid_request"},
		{"implicit flow", url.Values{"response_type": {"token"}}, "", "unauthorized_client"},
		{"unknown connection", url.Values{"connection": {"myspace"}}, "", "invalid_request"},
		{"unknown audience", url.Values{"audience": {"https://api.example/"}}, "", "access_denied"},
		{"request object", url.Values{"request": {"e30."}}, "", "request_not_supported"},
		{"no session", url.Values{"prompt": {"none"}}, "", "login_required"},
		{"none and login", url.Values{"prompt": {"none login"}}, "", "invalid_request"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := s.Flow(tenant.Database, tt.params)
			p := s.Browser(t).Get(t, f.Path)
			if tt.wantPage != "" {
				if p.Callback != nil || p.Status < 400 || !strings.Contains(p.Body, tt.wantPage) {
					t.Errorf("got %d at %s: %s", p.Status, p.URL, p.Body)
				}
				return
			}
			if p.Callback.Get("error") != tt.want || p.Callback.Get("state") != f.State || p.Callback.Has("code") {
				t.Errorf("got %d at %s", p.Status, p.URL)
			}
		})
	}
}

func TestExchangeRefuses(t *testing.T) {
	s := tenanttest.Start(t, func(o *tenant.Options) {
		o.Clients = append(o.Clients, tenant.Client{ID: "other", Callbacks: []string{tenanttest.Callback}},
			tenant.Client{ID: "web", Secret: "s", Callbacks: []string{tenanttest.Callback}})
	})
	tests := []struct {
		name       string
		fields     map[string]string // replace those of a good request; empty: left out
		wantStatus int
		want       string
		wantText   string
	}{
		{"wrong code", map[string]string{"code": "x"}, 403, "invalid_grant", "Invalid authorization code"},
		{"wrong verifier", map[string]string{"code_verifier": strings.Repeat("x", 43)}, 403, "invalid_grant",
			"Failed to verify code verifier"},
		{"no verifier", map[string]string{"code_verifier": ""}, 400, "invalid_request", "code_verifier required"},
		{"other callback", map[string]string{"redirect_uri": tenanttest.Origin}, 403, "invalid_grant", ""},
		{"other client", map[string]string{"client_id": "other"}, 403, "invalid_grant", "Invalid authorization code"},
		{"unknown client", map[string]string{"client_id": "nobody"}, 401, "access_denied", "Unauthorized"},
		{"wrong secret", map[string]string{"client_id": "web", "client_secret": "x"}, 401, "access_denied", "Unauthorized"},
		{"no grant type", map[string]string{"grant_type": ""}, 400, "invalid_request", ""},
		{"password grant", map[string]string{"grant_type": "password"}, 403, "unauthorized_client",
			"Grant type 'password' not allowed for the client."},
		{"password grant of an unknown client", map[string]string{"grant_type": "password", "client_id": "nobody"}, 401,
			"access_denied", "Unauthorized"},
		{"password grant without the secret", map[string]string{"grant_type": "password", "client_id": "web"}, 401,
			"access_denied", "Unauthorized"},
		{"token exchange", map[string]string{"grant_type": "urn:ietf:params:oauth:grant-type:token-exchange"}, 403,
			"unauthorized_client", "Grant type 'urn:ietf:params:oauth:grant-type:token-exchange' not allowed for the client."},
		{"no grant of Auth0's", map[string]string{"grant_type": "x"}, 400, "unsupported_grant_type", ""},
		{"client credentials", map[string]string{"grant_type": "client_credentials"}, 403, "unauthorized_client",
			"Grant type 'client_credentials' not allowed for the client."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := s.Browser(t)
			f := s.Flow(tenant.Database, nil)
			p := b.SignIn(t, b.Get(t, f.Path), ada, tenant.Database)
			fields := map[string]string{
				"grant_type": "authorization_code", "client_id": s.ClientID, "code": p.Callback.Get("code"),
				"redirect_uri": tenanttest.Callback, "code_verifier": f.Verifier,
			}
			for name, value := range tt.fields {
				if fields[name] = value; value == "" {
					delete(fields, name)
				}
			}
			var body struct {
				Error       string `json:"error"`
				Description string `json:"error_description"`
				Token       string `json:"access_token"`
			}
			answer := s.Do(t, http.MethodPost, "/oauth/token", "", fields, &body)
			if answer.StatusCode != tt.wantStatus || body.Error != tt.want || body.Token != "" ||
				tt.wantText != "" && body.Description != tt.wantText {
				t.Errorf("got %s %+v", answer.Status, body)
			}
		})
	}
}

func TestCodeIsUsedOnce(t *testing.T) {
	s := tenanttest.Start(t)
	b := s.Browser(t)
	f := s.Flow(tenant.Database, nil)
	code := b.SignIn(t, b.Get(t, f.Path), ada, tenant.Database).Callback.Get("code")
	form := url.Values{"grant_type": {"authorization_code"}, "client_id": {s.ClientID}, "code": {code},
		"redirect_uri": {tenanttest.Callback}, "code_verifier": {f.Verifier}}

	const clients = 8
	status := make(chan int, clients)
	for range clients {
		go func() {
			answer, err := http.PostForm(s.URL+"/oauth/token", form)
			if err != nil {
				status <- 0
				return
			}
			answer.Body.Close()
			status <- answer.StatusCode
		}()
	}
	count := map[int]int{}
	for range clients {
		count[<-status]++
	}
	if count[http.StatusOK] != 1 || count[http.StatusForbidden] != clients-1 {
		t.Errorf("statuses: %v", count)
	}
}

func TestCodeExpires(t *testing.T) {
	clock := newClock()
	s := tenanttest.Start(t, func(o *tenant.Options) { o.Now = clock.now })
	b := s.Browser(t)
	f := s.Flow(tenant.Database, nil)
	code := b.SignIn(t, b.Get(t, f.Path), ada, tenant.Database).Callback.Get("code")
	clock.advance(6 * time.Minute)
	answer := s.Do(t, http.MethodPost, "/oauth/token", "", map[string]string{"grant_type": "authorization_code",
		"client_id": s.ClientID, "code": code, "redirect_uri": tenanttest.Callback, "code_verifier": f.Verifier}, nil)
	if answer.StatusCode != http.StatusForbidden {
		t.Errorf("got %s", answer.Status)
	}
}

func refresh(t *testing.T, s *tenanttest.Server, token string) (int, tenanttest.Tokens) {
	t.Helper()
	var body struct {
		tenanttest.Tokens
		Description string `json:"error_description"`
	}
	answer := s.Do(t, http.MethodPost, "/oauth/token", "", map[string]string{
		"grant_type": "refresh_token", "client_id": s.ClientID, "refresh_token": token}, &body)
	if answer.StatusCode != http.StatusOK && !strings.Contains(body.Description, "invalid refresh token") {
		t.Errorf("error_description = %q", body.Description)
	}
	return answer.StatusCode, body.Tokens
}

func TestRefreshRotation(t *testing.T) {
	s := tenanttest.Start(t)
	first := s.Login(t, ada, tenant.Database, url.Values{"scope": {"openid email offline_access read:current_user"}})
	if first.RefreshToken == "" {
		t.Fatal("no refresh token for offline_access")
	}
	status, second := refresh(t, s, first.RefreshToken)
	if status != http.StatusOK || second.RefreshToken == "" || second.RefreshToken == first.RefreshToken {
		t.Fatalf("first use: %d %+v", status, second)
	}
	if claims := mustVerify(t, s, second.IDToken); claims["sub"] != adaID || claims["email"] != ada {
		t.Errorf("refreshed ID token = %v", claims)
	}
	if status, _ := refresh(t, s, first.RefreshToken); status != http.StatusForbidden {
		t.Errorf("second use: %d", status)
	}
	if status, _ := refresh(t, s, second.RefreshToken); status != http.StatusForbidden {
		t.Errorf("the family lives on after a reuse: %d", status)
	}
	if status, _ := refresh(t, s, "v1.unknown"); status != http.StatusForbidden {
		t.Errorf("unknown token: %d", status)
	}
}

func TestRevoke(t *testing.T) {
	s := tenanttest.Start(t)
	tokens := s.Login(t, ada, tenant.Database, url.Values{"scope": {"openid offline_access"}})
	answer := s.Do(t, http.MethodPost, "/oauth/revoke", "",
		map[string]string{"client_id": s.ClientID, "token": tokens.RefreshToken}, nil)
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("revoke: %s", answer.Status)
	}
	if status, _ := refresh(t, s, tokens.RefreshToken); status != http.StatusForbidden {
		t.Errorf("after revocation: %d", status)
	}
	var body struct{ Error string }
	answer = s.Do(t, http.MethodPost, "/oauth/revoke", "", map[string]string{"client_id": "nobody", "token": "x"}, &body)
	if answer.StatusCode != http.StatusUnauthorized || body.Error != "invalid_client" {
		t.Errorf("unknown client: %s %+v", answer.Status, body)
	}
}

func TestUserinfo(t *testing.T) {
	s := tenanttest.Start(t)
	for name, params := range map[string]url.Values{"opaque": {"audience": {""}}, "JWT": nil} {
		t.Run(name, func(t *testing.T) {
			tokens := s.Login(t, mallory, tenant.Database, params)
			var info map[string]any
			s.Do(t, http.MethodGet, "/userinfo", tokens.AccessToken, nil, &info)
			if info["sub"] != "auth0|5d101978bad0b2c3d4e5f6a3" || info["email"] != mallory || info["email_verified"] != false ||
				info["nickname"] != "mallory" {
				t.Errorf("userinfo = %v", info)
			}
			if at, err := time.Parse("2006-01-02T15:04:05.000Z", info["updated_at"].(string)); err != nil || at.IsZero() {
				t.Errorf("updated_at = %v", info["updated_at"])
			}
		})
	}
	id := s.Login(t, ada, tenant.Database, nil).IDToken
	for name, token := range map[string]string{"none": "", "garbage": "x", "ID token": id} {
		t.Run(name, func(t *testing.T) {
			answer := s.Do(t, http.MethodGet, "/userinfo", token, nil, nil)
			if answer.StatusCode != http.StatusUnauthorized ||
				!strings.Contains(answer.Header.Get("WWW-Authenticate"), "invalid_token") {
				t.Errorf("got %s, %v", answer.Status, answer.Header)
			}
		})
	}
}

func TestFormAndJSON(t *testing.T) {
	s := tenanttest.Start(t)
	for _, body := range []string{`{"grant_type":1}`, `[]`, `{"grant_type":"refresh_token"} {}`, `{`} {
		answer, err := http.Post(s.URL+"/oauth/token", "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %s", body, answer.Status)
		}
	}
}
