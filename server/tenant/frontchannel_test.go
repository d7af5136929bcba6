package tenant_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"twinlock/server/tenant"
	"twinlock/server/tenant/tenanttest"
)

const machineSecret = "machine-secret"

// startOpen starts a tenant whose client may use every flow, with a machine
// beside it.
func startOpen(t testing.TB, opts ...tenanttest.Option) *tenanttest.Server {
	t.Helper()
	return tenanttest.Start(t, append([]tenanttest.Option{func(o *tenant.Options) {
		c := &o.Clients[0]
		c.Grants = []string{tenant.GrantCode, tenant.GrantImplicit, tenant.GrantRefreshToken}
		c.CrossOriginAuthentication, c.PKCEOptional = true, true
		o.Clients = append(o.Clients, tenant.Client{ID: "machine", Secret: machineSecret,
			Grants: []string{tenant.GrantClientCredentials}, Scopes: []string{"read:users", "update:users",
				"update:users_app_metadata"}})
	}}, opts...)...)
}

// withoutPKCE asks for the response type as auth0-js does.
func withoutPKCE(responseType string, more url.Values) url.Values {
	params := url.Values{"response_type": {responseType}, "code_challenge": {""}, "code_challenge_method": {""}}
	for name, v := range more {
		params[name] = v
	}
	return params
}

func TestFrontChannel(t *testing.T) {
	s := startOpen(t)
	tests := []struct {
		name, responseType string
		params             url.Values
		want               []string // parameters of the answer
		wantFragment       bool
	}{
		{"code without PKCE", "code", nil, []string{"code", "state"}, false},
		{"code in the fragment", "code", url.Values{"response_mode": {"fragment"}}, []string{"code", "state"}, true},
		{"token", "token", nil, []string{"access_token", "expires_in", "scope", "state", "token_type"}, true},
		{"id_token", "id_token", nil, []string{"id_token", "state"}, true},
		{"both", "token id_token", nil, []string{"access_token", "expires_in", "id_token", "scope", "state", "token_type"},
			true},
		{"both, the other way round", "id_token token", nil,
			[]string{"access_token", "expires_in", "id_token", "scope", "state", "token_type"}, true},
		{"no state", "token", url.Values{"state": {""}}, []string{"access_token", "expires_in", "scope", "token_type"}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := s.Browser(t)
			f := s.Flow(tenant.Database, withoutPKCE(tt.responseType, tt.params))
			p := b.SignIn(t, b.Get(t, f.Path), ada, tenant.Database)
			var got []string
			for name := range p.Callback {
				got = append(got, name)
			}
			if !sameSet(got, tt.want) || (p.URL.Fragment != "") != tt.wantFragment {
				t.Errorf("got %v in %s", got, p.URL)
			}
			if state := p.Callback.Get("state"); state != "" && state != f.State {
				t.Errorf("state = %s", state)
			}
		})
	}
}

func sameSet(got, want []string) bool {
	count := map[string]int{}
	for _, s := range got {
		count[s]++
	}
	for _, s := range want {
		count[s]--
	}
	for _, n := range count {
		if n != 0 {
			return false
		}
	}
	return true
}

func TestFrontChannelTokens(t *testing.T) {
	s := startOpen(t)
	b := s.Browser(t)
	f := s.Flow(tenant.Database, withoutPKCE("token id_token", nil))
	got := b.SignIn(t, b.Get(t, f.Path), ada, tenant.Database).Callback

	id := mustVerify(t, s, got.Get("id_token"))
	sum := sha256.Sum256([]byte(got.Get("access_token")))
	if want := base64.RawURLEncoding.EncodeToString(sum[:16]); id["at_hash"] != want {
		t.Errorf("at_hash = %v, want %s", id["at_hash"], want)
	}
	if id["nonce"] != f.Nonce || id["sub"] != adaID || id["aud"] != s.ClientID || id["email"] != ada {
		t.Errorf("ID token = %v", id)
	}
	access := mustVerify(t, s, got.Get("access_token"))
	if lifetime := access["exp"].(float64) - access["iat"].(float64); lifetime != 7200 || got.Get("expires_in") != "7200" {
		t.Errorf("lifetime %v, expires_in %s", lifetime, got.Get("expires_in"))
	}
	if answer := s.Do(t, http.MethodGet, userPath(adaID), got.Get("access_token"), nil, nil); answer.StatusCode != http.StatusOK {
		t.Errorf("the Management API says %s", answer.Status)
	}

	alone := b.Get(t, s.Flow("", withoutPKCE("id_token", nil)).Path).Callback
	if claims := mustVerify(t, s, alone.Get("id_token")); claims["at_hash"] != nil {
		t.Errorf("at_hash without an access token: %v", claims)
	}
}

// The front channel signs in to the user of now, as the code does.
func TestFrontChannelAfterLinking(t *testing.T) {
	s := startOpen(t)
	primary := s.Login(t, ada, tenant.Database, nil)
	b := s.Browser(t)
	second := b.Login(t, google, tenant.Google, nil)
	link(t, s, primary, adaID, second.IDToken)
	got := b.Get(t, s.Flow("", withoutPKCE("id_token", url.Values{"prompt": {"none"}})).Path).Callback
	if claims := mustVerify(t, s, got.Get("id_token")); claims["sub"] != adaID {
		t.Errorf("sub = %v", claims["sub"])
	}
}

func TestFrontChannelRefuses(t *testing.T) {
	s := startOpen(t, func(o *tenant.Options) { o.Clients[0].Connections = []string{tenant.Database} })
	tests := []struct {
		name   string
		params url.Values
		want   string
	}{
		{"no nonce", withoutPKCE("token id_token", url.Values{"nonce": {""}}), "invalid_request"},
		{"tokens in the query", withoutPKCE("token", url.Values{"response_mode": {"query"}}), "invalid_request"},
		{"unknown mode", withoutPKCE("code", url.Values{"response_mode": {"carrier_pigeon"}}), "invalid_request"},
		{"unknown type", withoutPKCE("magic", nil), "unsupported_response_type"},
		{"upstream connection", withoutPKCE("token", url.Values{"requested_connection": {"x"}}), "invalid_request"},
		{"linking", withoutPKCE("token", url.Values{"link_account": {"x"}}), "invalid_request"},
		{"hybrid", withoutPKCE("code id_token", nil), "unauthorized_client"},
		{"no session", withoutPKCE("token", url.Values{"prompt": {"none"}}), "login_required"},
		{"connection of others", withoutPKCE("token", url.Values{"connection": {tenant.Google}}), "invalid_request"},
		{"plain PKCE", url.Values{"code_challenge_method": {"plain"}}, "invalid_request"},
		{"organization", withoutPKCE("token", url.Values{"organization": {"org_1"}}), "invalid_request"},
		{"pushed request", withoutPKCE("token", url.Values{"request_uri": {"urn:x"}}), "invalid_request"},
		{"unknown ticket", withoutPKCE("token", url.Values{"login_ticket": {"x"}}), "access_denied"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := s.Flow(tenant.Database, tt.params)
			p := s.Browser(t).Get(t, f.Path)
			if p.Callback.Get("error") != tt.want || p.Callback.Get("error_description") == "" ||
				p.Callback.Get("state") != f.State {
				t.Errorf("got %d at %s", p.Status, p.URL)
			}
		})
	}
}

// Implicit is for clients that are allowed it.
func TestImplicitIsSwitchedOff(t *testing.T) {
	s := tenanttest.Start(t)
	for _, responseType := range []string{"token", "id_token", "token id_token"} {
		p := s.Browser(t).Get(t, s.Flow("", withoutPKCE(responseType, nil)).Path)
		if p.Callback.Get("error") != "unauthorized_client" {
			t.Errorf("%s: %s", responseType, p.URL)
		}
	}
}

// posted reads the answer that a page hands to another window.
func posted(t *testing.T, p tenanttest.Page, before, after string) map[string]any {
	t.Helper()
	_, rest, ok := strings.Cut(p.Body, before)
	data, _, more := strings.Cut(rest, after)
	var message map[string]any
	if err := json.Unmarshal([]byte(data), &message); !ok || !more || err != nil {
		t.Fatalf("no message in %d %s: %v", p.Status, p.Body, err)
	}
	return message
}

func TestAnswersToOtherWindows(t *testing.T) {
	s := startOpen(t)
	tests := []struct {
		name, before, after string
		params              url.Values
	}{
		{"web_message", "response: ", "}, \"", url.Values{"response_mode": {"web_message"}}},
		{"WinChan", `a: "response", d: `, "})", url.Values{"owp": {"true"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := s.Browser(t)
			params := withoutPKCE("token id_token", tt.params)
			f := s.Flow(tenant.Google, params)
			p := b.SignIn(t, b.Get(t, f.Path), google, tenant.Google)
			got := posted(t, p, tt.before, tt.after)
			if got["state"] != f.State || got["expires_in"] != 7200.0 ||
				mustVerify(t, s, got["id_token"].(string))["sub"] != googleID {
				t.Errorf("message = %v", got)
			}
			csp := p.Header.Get("Content-Security-Policy")
			if !strings.Contains(csp, "frame-ancestors "+tenanttest.Origin+";") ||
				!strings.Contains(csp, "script-src 'nonce-") || p.Header.Get("X-Frame-Options") != "" {
				t.Errorf("headers = %v", p.Header)
			}
			if p.Header.Get("Cache-Control") != "no-store" {
				t.Error("the answer may be cached")
			}

			params.Set("connection", tenant.Google)
			page := s.Browser(t)
			denied := page.Submit(t, page.Get(t, s.Flow(tenant.Google, params).Path), "deny", url.Values{"deny": {"1"}})
			if got := posted(t, denied, tt.before, tt.after); got["error"] != "access_denied" {
				t.Errorf("denied: %v", got)
			}
		})
	}
}

// Only an origin that the client has registered may hear the answer.
func TestUnregisteredOriginHearsNothing(t *testing.T) {
	const callback = "https://app.example/callback"
	s := startOpen(t, func(o *tenant.Options) { o.Clients[0].Callbacks = append(o.Clients[0].Callbacks, callback) })
	for _, params := range []url.Values{{"response_mode": {"web_message"}, "prompt": {"none"}}, {"owp": {"true"}}} {
		params.Set("redirect_uri", callback)
		p := s.Browser(t).Get(t, s.Flow("", withoutPKCE("token", params)).Path)
		if p.Status != http.StatusForbidden || strings.Contains(p.Body, "<script") {
			t.Errorf("%v: %d %s", params, p.Status, p.Body)
		}
	}
}

func TestFormPost(t *testing.T) {
	s := startOpen(t)
	b := s.Browser(t)
	f := s.Flow(tenant.Database, withoutPKCE("id_token", url.Values{"response_mode": {"form_post"}}))
	p := b.SignIn(t, b.Get(t, f.Path), ada, tenant.Database)
	if !strings.Contains(p.Body, `action="`+tenanttest.Callback+`"`) ||
		!strings.Contains(p.Body, `name="state" value="`+f.State+`"`) ||
		!strings.Contains(p.Body, `name="id_token"`) || p.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("got %d %s", p.Status, p.Body)
	}
}

func TestRelay(t *testing.T) {
	p := tenanttest.Start(t).Browser(t).Get(t, "/relay.html")
	if p.Status != http.StatusOK || !strings.Contains(p.Body, "function doPost(message, origin)") ||
		p.Header.Get("X-Frame-Options") != "" {
		t.Errorf("got %d %v %s", p.Status, p.Header, p.Body)
	}
}

func TestClientScript(t *testing.T) {
	s := startOpen(t, func(o *tenant.Options) { o.Clients[1].Connections = []string{} })
	answer, err := http.Get(s.URL + "/client/" + s.ClientID + ".js?t1700000000000")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if kind := answer.Header.Get("Content-Type"); kind != "application/x-javascript; charset=utf-8" {
		t.Errorf("Content-Type = %s", kind)
	}
	p := s.Browser(t).Get(t, "/client/"+s.ClientID+".js")
	got := posted(t, p, "Auth0.setClient(", ");")
	want := map[string]any{
		"id": s.ClientID, "tenant": "127", "subscription": "free", "authorize": s.Issuer + "authorize", "callback": tenanttest.Callback, "hasAllowedOrigins": true,
		"strategies": []any{
			map[string]any{"name": "auth0", "connections": []any{map[string]any{
				"name": tenant.Database, "passwordPolicy": "good", "showSignup": true, "showForgot": true}}},
			map[string]any{"name": "google-oauth2", "connections": []any{map[string]any{"name": tenant.Google,
				"scope": []any{"email", "profile"}}}},
			map[string]any{"name": "facebook", "connections": []any{map[string]any{"name": tenant.Facebook,
				"scope": []any{"email", "profile"}}}},
		},
	}
	if a, b := mustJSON(t, got), mustJSON(t, want); a != b {
		t.Errorf("got %s, want %s", a, b)
	}
	if none := posted(t, s.Browser(t).Get(t, "/client/machine.js"), "Auth0.setClient(", ");"); len(none["strategies"].([]any)) != 0 {
		t.Errorf("a client without connections: %v", none)
	}
	for path, want := range map[string]int{"/client/nobody.js": 403, "/client/" + s.ClientID: 404, "/client/.js": 404} {
		if p := s.Browser(t).Get(t, path); p.Status != want {
			t.Errorf("%s: %d", path, p.Status)
		}
	}
}

func mustJSON(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
