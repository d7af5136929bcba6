package tenant_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"twinlock/server/tenant"
	"twinlock/server/tenant/tenanttest"
)

// The name of the scheme may be written in any case.
func TestBearerInAnyCase(t *testing.T) {
	s := tenanttest.Start(t)
	tokens := s.Login(t, ada, tenant.Database, nil)
	for scheme, want := range map[string]int{"Bearer ": 200, "bearer ": 200, "BEARER ": 200, "Bearer": 400, "Basic ": 400, "": 400} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+"/api/v2/users/"+url.PathEscape(adaID), nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", scheme+tokens.AccessToken)
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != want {
			t.Errorf("%q: %d, want %d", scheme, answer.StatusCode, want)
		}
	}
}

// Auth0's own logout compares addresses without query and fragment, the standard's with them.
func TestLogoutComparesAddresses(t *testing.T) {
	s := tenanttest.Start(t, func(o *tenant.Options) {
		o.Clients[0].LogoutURLs = []string{tenanttest.Origin + "/", tenanttest.Origin + "/a?b=c"}
	})
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for _, test := range []struct {
		endpoint, parameter, to string
		want                    int
	}{
		{"/v2/logout", "returnTo", "/", 302},
		{"/v2/logout", "returnTo", "/?x=y#z", 302},
		{"/v2/logout", "returnTo", "/a", 302},
		{"/v2/logout", "returnTo", "/b", 400},
		{"/v2/logout", "returnTo", "", 400},
		{"/oidc/logout", "post_logout_redirect_uri", "/", 302},
		{"/oidc/logout", "post_logout_redirect_uri", "/?x=y", 400},
		{"/oidc/logout", "post_logout_redirect_uri", "/a", 400},
		{"/oidc/logout", "post_logout_redirect_uri", "/a?b=c", 302},
	} {
		query := url.Values{"client_id": {s.ClientID}, test.parameter: {tenanttest.Origin + test.to}}
		answer, err := client.Get(s.URL + test.endpoint + "?" + query.Encode())
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if to := answer.Header.Get("Location"); answer.StatusCode != test.want || test.want == 302 && to != tenanttest.Origin+test.to {
			t.Errorf("%s to %q: %d to %q", test.endpoint, test.to, answer.StatusCode, to)
		}
	}
}

// Both names of the description have the same one.
func TestAuthorizationServerMetadata(t *testing.T) {
	s := tenanttest.Start(t)
	var one, other map[string]any
	s.Do(t, http.MethodGet, "/.well-known/openid-configuration", "", nil, &one)
	s.Do(t, http.MethodGet, "/.well-known/oauth-authorization-server", "", nil, &other)
	a, _ := json.Marshal(one)
	b, _ := json.Marshal(other)
	if len(one) == 0 || string(a) != string(b) {
		t.Errorf("%s\n%s", a, b)
	}
}

// A code that comes a second time ends the tokens of the first: somebody else has it.
func TestReusedCodeEndsItsTokens(t *testing.T) {
	s := tenanttest.Start(t)
	b := s.Browser(t)
	scope := url.Values{"scope": {"openid offline_access " + tenanttest.ManagementScopes}}
	others := b.Login(t, ada, tenant.Database, scope)
	f := s.Flow(tenant.Database, scope)
	code := b.SignIn(t, b.Get(t, f.Path), ada, tenant.Database).Callback.Get("code")
	tokens := s.Exchange(t, f, code)
	refresh := func(token string) int {
		return s.Do(t, http.MethodPost, "/oauth/token", "", map[string]string{
			"grant_type": "refresh_token", "client_id": s.ClientID, "refresh_token": token,
		}, nil).StatusCode
	}
	again := s.Do(t, http.MethodPost, "/oauth/token", "", map[string]string{
		"grant_type": "authorization_code", "client_id": s.ClientID, "code": code, "code_verifier": f.Verifier,
		"redirect_uri": tenanttest.Callback,
	}, nil)
	if again.StatusCode != http.StatusForbidden {
		t.Errorf("a second time: %d", again.StatusCode)
	}
	if got := refresh(tokens.RefreshToken); got != http.StatusForbidden {
		t.Errorf("its refresh token: %d", got)
	}
	if got := refresh(others.RefreshToken); got != http.StatusOK {
		t.Errorf("another login's refresh token: %d", got)
	}
	if strings.TrimSpace(others.RefreshToken) == "" {
		t.Error("there are no refresh tokens")
	}
}
