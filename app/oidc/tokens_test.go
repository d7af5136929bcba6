package oidc

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"twinlock/app/platform"
	"twinlock/app/secret"
)

func TestTokenAnswer(t *testing.T) {
	good := func() map[string]any { return tokenAnswer("x") }
	with := func(name string, value any) map[string]any {
		answer := good()
		if answer[name] = value; value == nil {
			delete(answer, name)
		}
		return answer
	}
	tests := []struct {
		name   string
		answer any
		want   string // in the error; "" accepts
	}{
		{"good", good(), ""},
		{"type in lower case", with("token_type", "bearer"), ""},
		{"no refresh token", with("refresh_token", nil), ""},
		{"thirty days", with("expires_in", 2592000), ""},
		{"other type", with("token_type", "DPoP"), "Bearer"},
		{"no type", with("token_type", nil), "Bearer"},
		{"no access token", with("access_token", nil), "access token"},
		{"access token no string", with("access_token", 1), "access_token"},
		{"no lifetime", with("expires_in", nil), "expires_in"},
		{"lifetime a string", with("expires_in", "86400"), "expires_in"},
		{"no lifetime left", with("expires_in", 0), "expires_in"},
		{"negative lifetime", with("expires_in", -1), "expires_in"},
		{"fraction", with("expires_in", 0.5), "expires_in"},
		{"a year", with("expires_in", 31536000), "expires_in"},
		{"overflow", with("expires_in", 1<<62), "expires_in"},
		{"scope a list", with("scope", []string{"openid"}), "scope"},
		{"list", []any{good()}, "not a JSON object"},
		{"too long", with("x", strings.Repeat("x", maxTokenAnswer)), "longer"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			data, _ := json.Marshal(tt.answer)
			got, err := parseTokens(data, start)
			if tt.want == "" {
				if err != nil || got.Access.Reveal() != "access-1" {
					t.Errorf("parseTokens = %+v, %v", got, err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) || !reflect.DeepEqual(got, Tokens{}) {
				t.Errorf("parseTokens = %+v, %v, want %q", got, err, tt.want)
			}
		})
	}
	if _, err := parseTokens([]byte(`{"access_token":"a","access_token":"b","token_type":"Bearer","expires_in":1}`), start); err == nil {
		t.Error("a token given twice is accepted")
	}
}

func TestExchangeRefused(t *testing.T) {
	tests := []struct {
		name string
		give func(http.ResponseWriter, url.Values)
		want *TokenError // nil: ErrExchange without one
	}{
		{"invalid code", func(w http.ResponseWriter, _ url.Values) {
			respond(w, 403, map[string]any{"error": "invalid_grant", "error_description": "Invalid authorization code"})
		}, &TokenError{Status: 403, Code: "invalid_grant", Description: "Invalid authorization code"}},
		{"answer repeats the secrets", func(w http.ResponseWriter, form url.Values) {
			respond(w, 400, map[string]any{"error": "invalid_grant", "error_description": "no " + form.Get("code") + " for " + form.Get("code_verifier")})
		}, &TokenError{Status: 400, Code: "invalid_grant", Description: "no [redacted] for [redacted]"}},
		{"control characters", func(w http.ResponseWriter, _ url.Values) {
			respond(w, 400, map[string]any{"error": "a\u202eb", "error_description": "c\x00\r\nd"})
		}, &TokenError{Status: 400, Code: "ab", Description: "c d"}},
		{"other types", func(w http.ResponseWriter, _ url.Values) {
			respond(w, 400, map[string]any{"error": 1, "error_description": []string{"a"}})
		}, &TokenError{Status: 400}},
		{"server's failure", func(w http.ResponseWriter, _ url.Values) {
			w.WriteHeader(502)
			fmt.Fprint(w, "<html>Bad gateway")
		}, &TokenError{Status: 502}},
		{"limit", func(w http.ResponseWriter, _ url.Values) { w.WriteHeader(429) }, &TokenError{Status: 429}},
		{"no ID token", func(w http.ResponseWriter, _ url.Values) {
			answer := tokenAnswer("")
			delete(answer, "id_token")
			respond(w, 200, answer)
		}, nil},
		{"no JSON", func(w http.ResponseWriter, _ url.Values) { fmt.Fprint(w, "access-1") }, nil},
		{"too large", func(w http.ResponseWriter, _ url.Values) { w.Write(make([]byte, platform.MaxBody+1)) }, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newIDP(t)
			p.token = tt.give
			c, _, _ := newClient(p)
			tx := begin(t, c, Request{})
			got, err := c.Finish(t.Context(), Callback{State: tx.State, Code: "code-1"}, "")
			if got != nil || !errors.Is(err, ErrExchange) || errors.Is(err, ErrReuse) {
				t.Fatalf("Finish = %v, %v", got, err)
			}
			var refused *TokenError
			if errors.As(err, &refused) != (tt.want != nil) || tt.want != nil && *refused != *tt.want {
				t.Errorf("%+v, want %+v", refused, tt.want)
			}
			for _, secret := range []string{"code-1", tx.Verifier, "access-1"} {
				if strings.Contains(err.Error(), secret) {
					t.Errorf("the error tells a secret: %v", err)
				}
			}
		})
	}
}

func TestRefresh(t *testing.T) {
	p := newIDP(t)
	c, _, clock := newClient(p)
	clock.add(time.Minute)
	claims := p.claims("")
	delete(claims, "nonce")
	p.answer(sign(claims))
	tokens, got, err := c.Refresh(t.Context(), "refresh-0", ada)
	if err != nil {
		t.Fatal(err)
	}
	if p.form.Get("grant_type") != "refresh_token" || p.form.Get("refresh_token") != "refresh-0" || p.form.Get("client_id") != testClient {
		t.Errorf("sent %v", p.form)
	}
	if tokens.Refresh.Reveal() != "refresh-1" || tokens.Access.Reveal() != "access-1" || got.Subject != ada ||
		!tokens.Expires.Equal(start.Add(24*time.Hour)) {
		t.Errorf("%+v %+v", tokens, got)
	}
}

// A refresh token is spent by its request: without the keys to check the answer
// with, none is sent.
func TestRefreshNeedsKeysFirst(t *testing.T) {
	p := newIDP(t)
	c, _, _ := newClient(p)
	p.metadata["jwks_uri"] = p.URL + "/nowhere"
	if _, _, err := c.Refresh(t.Context(), "refresh-0", ada); err == nil {
		t.Error("renewed without keys")
	}
	if p.form != nil {
		t.Error("the refresh token was spent")
	}
}

func TestRefreshWithoutRotation(t *testing.T) {
	p := newIDP(t)
	c, _, _ := newClient(p)
	p.token = func(w http.ResponseWriter, _ url.Values) {
		respond(w, 200, map[string]any{"access_token": "access-2", "token_type": "Bearer", "expires_in": 60})
	}
	tokens, claims, err := c.Refresh(t.Context(), "refresh-0", ada)
	if err != nil || tokens.Refresh.Reveal() != "refresh-0" || claims != (Claims{}) {
		t.Errorf("%v, %+v, %v", tokens, claims, err)
	}
	if strings.Join(tokens.Scope, " ") != "openid profile email read:current_user" {
		t.Errorf("scope %q: what is not said is what was asked", tokens.Scope)
	}
}

func TestRefreshRefuses(t *testing.T) {
	tests := []struct {
		name    string
		refresh Secret
		give    func(p *idp) func(http.ResponseWriter, url.Values)
		wantErr error
	}{
		{"somebody else", "r", func(p *idp) func(http.ResponseWriter, url.Values) {
			claims := p.claims("")
			claims["sub"] = "auth0|mallory"
			return func(w http.ResponseWriter, _ url.Values) { respond(w, 200, tokenAnswer(sign(claims))) }
		}, ErrOtherSubject},
		{"another client's token", "r", func(p *idp) func(http.ResponseWriter, url.Values) {
			claims := p.claims("")
			claims["aud"] = "client-2"
			return func(w http.ResponseWriter, _ url.Values) { respond(w, 200, tokenAnswer(sign(claims))) }
		}, ErrAudience},
		{"used twice", "r-secret", func(p *idp) func(http.ResponseWriter, url.Values) {
			return func(w http.ResponseWriter, form url.Values) {
				respond(w, 403, map[string]any{"error": "invalid_grant", "error_description": "Unknown or invalid refresh token " + form.Get("refresh_token")})
			}
		}, ErrReuse},
		{"client refused", "r", func(p *idp) func(http.ResponseWriter, url.Values) {
			return func(w http.ResponseWriter, _ url.Values) {
				respond(w, 401, map[string]any{"error": "invalid_client"})
			}
		}, ErrExchange},
		{"none to use", "", func(p *idp) func(http.ResponseWriter, url.Values) {
			return func(http.ResponseWriter, url.Values) { t.Error("asked without a token") }
		}, ErrReuse},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newIDP(t)
			p.token = tt.give(p)
			c, _, _ := newClient(p)
			tokens, claims, err := c.Refresh(t.Context(), tt.refresh, ada)
			if !errors.Is(err, tt.wantErr) {
				t.Fatalf("Refresh = %v, want %v", err, tt.wantErr)
			}
			if tt.wantErr == ErrExchange && errors.Is(err, ErrReuse) {
				t.Error("it also is ErrReuse")
			}
			if !reflect.DeepEqual(tokens, Tokens{}) || claims != (Claims{}) {
				t.Errorf("%+v %+v came with the error", tokens, claims)
			}
			if strings.Contains(err.Error(), "r-secret") {
				t.Errorf("the error tells the token: %v", err)
			}
		})
	}
}

func TestSecret(t *testing.T) {
	s := Secret("eyJ.secret")
	for _, shown := range []string{
		fmt.Sprintf("%x", Tokens{ID: s, Access: s, Refresh: s}),
		fmt.Sprintf("%v", Result{Tokens: Tokens{ID: s}}),
		fmt.Errorf("with %w and %v", ErrExchange, s).Error(),
	} {
		if strings.Contains(shown, "secret") || strings.Contains(shown, "eyJ") || strings.Contains(strings.ToLower(shown), "65794a") ||
			!strings.Contains(shown, secret.Redacted) {
			t.Errorf("shown as %s", shown)
		}
	}
}
