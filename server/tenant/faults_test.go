package tenant_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"twinlock/server/tenant"
	"twinlock/server/tenant/tenanttest"
)

func TestFaultAnswers(t *testing.T) {
	s := tenanttest.Start(t)
	primary := s.Login(t, ada, tenant.Database, nil)
	second := s.Login(t, google, tenant.Google, nil)
	s.Fault(t, tenant.Fault{
		Method: "POST", Path: "/api/v2/users/*/identities", Status: 429, Times: 2,
		Headers: map[string]string{"X-RateLimit-Reset": "1700000000"},
		Body:    map[string]any{"statusCode": 429, "message": "Global limit has been reached"},
	})
	if answer := s.Do(t, http.MethodGet, userPath(adaID), primary.AccessToken, nil, nil); answer.StatusCode != http.StatusOK {
		t.Errorf("another call: %s", answer.Status)
	}
	for range 2 {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+userPath(adaID)+"/identities",
			strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Origin", tenanttest.Origin)
		answer, err := s.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(answer.Body)
		answer.Body.Close()
		if answer.StatusCode != 429 || string(body) != `{"message":"Global limit has been reached","statusCode":429}` ||
			answer.Header.Get("X-RateLimit-Reset") != "1700000000" ||
			answer.Header.Get("Access-Control-Allow-Origin") != tenanttest.Origin {
			t.Errorf("got %s %v %s", answer.Status, answer.Header, body)
		}
	}
	if len(s.Users(t)) != len(tenant.Accounts()) {
		t.Error("a faulted call did its work")
	}
	if status, _, f := link(t, s, primary, adaID, second.IDToken); status != http.StatusCreated {
		t.Errorf("after the faults: %d %+v", status, f)
	}
}

func TestFaultRefused(t *testing.T) {
	s := tenanttest.Start(t)
	for _, body := range []string{``, `{"path":"x","status":500}`, `{"path":"/","unknown":1}`, `{"path":"/"} {}`} {
		if w := serve(s.Tenant, http.MethodPost, "/_emulator/faults", []byte(body)); w.Code != http.StatusBadRequest {
			t.Errorf("%s: %d", body, w.Code)
		}
	}
}

// The answer that never came: whether the work was done is the point.
func TestFaultDrops(t *testing.T) {
	for _, after := range []bool{false, true} {
		s := tenanttest.Start(t)
		primary := s.Login(t, ada, tenant.Database, nil)
		second := s.Login(t, google, tenant.Google, nil)
		s.Fault(t, tenant.Fault{Method: "POST", Path: "/api/v2/users/*/identities", Drop: true, After: after})
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+userPath(adaID)+"/identities",
			strings.NewReader(`{"link_with":"`+second.IDToken+`"}`))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+primary.AccessToken)
		if answer, err := s.Client().Do(r); err == nil {
			answer.Body.Close()
			t.Errorf("after %t: got an answer: %s", after, answer.Status)
		}
		if linked := len(s.Users(t)) == len(tenant.Accounts())-1; linked != after {
			t.Errorf("after %t: linked: %t", after, linked)
		}
		requests := s.Requests(t)
		if last := requests[len(requests)-1]; last.Status != 0 || last.Method != http.MethodPost {
			t.Errorf("logged as %+v", last)
		}
	}
}

// What was asked for is done when nobody waits for it any more, but not after a reset.
func TestFaultIsLate(t *testing.T) {
	s := tenanttest.Start(t)
	ask := func(late int) {
		primary := s.Login(t, ada, tenant.Database, nil)
		second := s.Login(t, google, tenant.Google, nil)
		s.Fault(t, tenant.Fault{Method: "POST", Path: "/api/v2/users/*/identities", Status: 504, Body: map[string]any{},
			LateMS: late})
		if status, _, _ := link(t, s, primary, adaID, second.IDToken); status != http.StatusGatewayTimeout {
			t.Errorf("got %d", status)
		}
		s.Do(t, http.MethodDelete, "/_emulator/faults", "", nil, nil) // stops no work that has begun
	}
	ask(60_000)
	if len(s.Users(t)) != len(tenant.Accounts()) {
		t.Error("the work is done at once")
	}
	s.Reset(t) // the cleanup would wait for no minute
	ask(1)
	for range 2000 {
		if len(s.Users(t)) == len(tenant.Accounts())-1 {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	if held := s.Users(t)[adaID].Identities; len(held) != 2 {
		t.Errorf("the tenant holds %+v", held)
	}
}

func TestFaultAfterWork(t *testing.T) {
	s := tenanttest.Start(t)
	primary := s.Login(t, ada, tenant.Database, nil)
	second := s.Login(t, google, tenant.Google, nil)
	s.Fault(t, tenant.Fault{Path: "/api/v2/users/*/identities", Status: 500, After: true,
		Body: map[string]any{"message": "boom"}})
	if status, _, f := link(t, s, primary, adaID, second.IDToken); status != 500 || f.Message != "boom" {
		t.Errorf("got %d %+v", status, f)
	}
	if len(s.Users(t)) != len(tenant.Accounts())-1 {
		t.Error("the work was not done")
	}
}

func TestFaultDelays(t *testing.T) {
	s := tenanttest.Start(t)
	s.Fault(t, tenant.Fault{Path: "/userinfo", DelayMS: 60000})
	ctx, cancel := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+"/userinfo", nil)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() {
		answer, err := s.Client().Do(r)
		if err == nil {
			answer.Body.Close()
		}
		done <- err
	}()
	// The delayed call makes no other one wait, and ends with its client.
	if answer := s.Do(t, http.MethodGet, "/.well-known/jwks.json", "", nil, nil); answer.StatusCode != http.StatusOK {
		t.Errorf("another call: %s", answer.Status)
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("the delayed call: %v", err)
	}
	s.Do(t, http.MethodDelete, "/_emulator/faults", "", nil, nil)

	s.Fault(t, tenant.Fault{Path: "/userinfo", DelayMS: 1})
	if answer := s.Do(t, http.MethodGet, "/userinfo", "", nil, nil); answer.StatusCode != http.StatusUnauthorized {
		t.Errorf("after a delay the endpoint answers: %s", answer.Status)
	}
}

func TestTokenFlaws(t *testing.T) {
	s := tenanttest.Start(t)
	tests := []struct {
		name   string
		token  map[string]any
		verify bool // whether the signature is still good
		check  func(header map[string]any, claims jwt.MapClaims) bool
	}{
		{"issuer", map[string]any{"iss": "https://evil.example/"}, true,
			func(_ map[string]any, c jwt.MapClaims) bool { return c["iss"] == "https://evil.example/" }},
		{"audience", map[string]any{"aud": "other"}, true,
			func(_ map[string]any, c jwt.MapClaims) bool { return c["aud"] == "other" }},
		{"nonce", map[string]any{"nonce": "x"}, true,
			func(_ map[string]any, c jwt.MapClaims) bool { return c["nonce"] == "x" }},
		{"no nonce", map[string]any{"nonce": nil}, true,
			func(_ map[string]any, c jwt.MapClaims) bool { _, ok := c["nonce"]; return !ok }},
		{"auth_time", map[string]any{"auth_time": 1}, true,
			func(_ map[string]any, c jwt.MapClaims) bool { return c["auth_time"] == 1.0 }},
		{"email_verified as text", map[string]any{"email_verified": "true"}, true,
			func(_ map[string]any, c jwt.MapClaims) bool { return c["email_verified"] == "true" }},
		{"none", map[string]any{"alg": "none"}, false,
			func(h map[string]any, c jwt.MapClaims) bool { return h["alg"] == "none" && c["sub"] == adaID }},
		{"HS256", map[string]any{"alg": "HS256"}, false,
			func(h map[string]any, c jwt.MapClaims) bool { return h["alg"] == "HS256" && c["sub"] == adaID }},
		{"signature", map[string]any{"signature": "wrong"}, false,
			func(h map[string]any, c jwt.MapClaims) bool { return h["alg"] == "RS256" && c["sub"] == adaID }},
		{"kid", map[string]any{"kid": "unknown"}, false,
			func(h map[string]any, _ jwt.MapClaims) bool { return h["kid"] == "unknown" }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s.Fault(t, tenant.Fault{Method: "POST", Path: "/oauth/token", Token: tt.token})
			flawed := s.Login(t, ada, tenant.Database, nil)
			claims := jwt.MapClaims{}
			token, _, err := jwt.NewParser().ParseUnverified(flawed.IDToken, claims)
			if err != nil {
				t.Fatal(err)
			}
			if !tt.check(token.Header, claims) {
				t.Errorf("header %v, claims %v", token.Header, claims)
			}
			if _, err := verify(t, s, flawed.IDToken); (err == nil) != tt.verify {
				t.Errorf("verify: %v", err)
			}
			mustVerify(t, s, flawed.AccessToken)
			mustVerify(t, s, s.Login(t, ada, tenant.Database, nil).IDToken) // the next one is good
		})
	}
}

func TestKeyRotation(t *testing.T) {
	s := tenanttest.Start(t)
	old := s.Login(t, ada, tenant.Database, nil)
	var rotated struct{ Kid string }
	s.Do(t, http.MethodPost, "/_emulator/keys/rotate", "", nil, &rotated)
	next := s.Login(t, ada, tenant.Database, nil)
	mustVerify(t, s, old.IDToken)
	mustVerify(t, s, next.IDToken)
	header, _, _ := jwt.NewParser().ParseUnverified(next.IDToken, jwt.MapClaims{})
	if header.Header["kid"] != rotated.Kid || len(keySet(t, s)) != 2 {
		t.Errorf("kid = %v, rotated to %s", header.Header["kid"], rotated.Kid)
	}
	s.Do(t, http.MethodPost, "/_emulator/keys/rotate", "", map[string]bool{"drop": true}, nil)
	if _, err := verify(t, s, next.IDToken); err == nil || len(keySet(t, s)) != 1 {
		t.Errorf("a dropped key still verifies: %v", err)
	}
	if answer := s.Do(t, http.MethodGet, userPath(adaID), next.AccessToken, nil, nil); answer.StatusCode != http.StatusUnauthorized {
		t.Errorf("access token of a dropped key: %s", answer.Status)
	}
}
