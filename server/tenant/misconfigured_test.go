package tenant_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"twinlock/server/tenant"
	"twinlock/server/tenant/tenanttest"
)

// What a tenant answers a client that is not set up as it should be, and which mistake is
// told first of two.
func TestMisconfiguredClient(t *testing.T) {
	client := func(change func(*tenant.Client)) tenanttest.Option {
		return func(o *tenant.Options) { change(&o.Clients[0]) }
	}
	access := func(a string) tenanttest.Option {
		return func(o *tenant.Options) { o.UserAccess = tenant.UserAccess(a) }
	}
	granted := client(func(c *tenant.Client) { c.UserGrant = true })
	noGoogle := client(func(c *tenant.Client) { c.Connections = []string{tenant.Database} })
	for _, test := range []struct {
		name    string
		options []tenanttest.Option
		ask     url.Values
		error   string
		says    string
	}{
		{"all is well", nil, nil, "login_required", ""},
		{"everybody may", []tenanttest.Option{access("allow_all")}, nil, "login_required", ""},
		{"a grant is there", []tenanttest.Option{access("require_client_grant"), granted}, nil, "login_required", ""},
		{"a grant is missing", []tenanttest.Option{access("require_client_grant")}, nil, "invalid_request", "is not authorized to access resource server"},
		{"nobody may", []tenanttest.Option{access("deny_all"), granted}, nil, "invalid_request", "is not authorized to access resource server"},
		{"no such audience", nil, url.Values{"audience": {"http://x/"}}, "access_denied", "Service not found: http://x/"},
		{
			"audience before connection", []tenanttest.Option{noGoogle},
			url.Values{"audience": {"http://x/"}, "connection": {tenant.Google}}, "access_denied", "Service not found: http://x/",
		},
		{
			"code before audience", []tenanttest.Option{client(func(c *tenant.Client) { c.Grants = []string{tenant.GrantRefreshToken} })},
			url.Values{"audience": {"http://x/"}}, "unauthorized_client", "",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := tenanttest.Start(t, test.options...)
			ask := url.Values{"prompt": {"none"}, "audience": {s.Audience()}}
			for name, value := range test.ask {
				ask[name] = value
			}
			flow := s.Flow("", ask)
			got := s.Browser(t).Get(t, flow.Path).Callback
			if got.Get("error") != test.error || !strings.Contains(got.Get("error_description"), test.says) {
				t.Errorf("answered %v", got)
			}
		})
	}
}

// Whose keys a social connection has is in what the provider would be asked.
func TestDeveloperKeys(t *testing.T) {
	for own, want := range map[bool]string{true: "/login/callback", false: "https://login.auth0.com/login/callback"} {
		s := tenanttest.Start(t, func(o *tenant.Options) {
			o.Connections = []tenant.Connection{{Name: tenant.Google, Strategy: tenant.Google, DeveloperKeys: !own}}
		})
		client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		answer, err := client.Get(s.URL + s.Flow(tenant.Google, nil).Path)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		to, err := answer.Location()
		if err != nil || !strings.HasSuffix(to.Query().Get("redirect_uri"), want) {
			t.Errorf("own keys %v: %v, %v", own, to, err)
		}
	}
}

// The token endpoint says which of the client's settings it refuses.
func TestTokenEndpointRefuses(t *testing.T) {
	for _, test := range []struct {
		name, grant string
		change      func(*tenant.Client)
		status      int
		error       string
	}{
		{"code", tenant.GrantCode, func(*tenant.Client) {}, 403, "invalid_grant"},
		{"refresh", tenant.GrantRefreshToken, func(*tenant.Client) {}, 403, "invalid_grant"},
		{"no code", tenant.GrantCode, func(c *tenant.Client) { c.Grants = []string{tenant.GrantRefreshToken} }, 403, "unauthorized_client"},
		{"no refresh", tenant.GrantRefreshToken, func(c *tenant.Client) { c.Grants = []string{tenant.GrantCode} }, 403, "unauthorized_client"},
		{"confidential", tenant.GrantCode, func(c *tenant.Client) { c.Secret = "x" }, 401, "access_denied"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := tenanttest.Start(t, func(o *tenant.Options) { test.change(&o.Clients[0]) })
			var said struct{ Error string }
			answer := s.Do(t, http.MethodPost, "/oauth/token", "", map[string]string{
				"grant_type": test.grant, "client_id": s.ClientID, "code": "x", "refresh_token": "x",
				"code_verifier": strings.Repeat("v", 43), "redirect_uri": tenanttest.Callback,
			}, &said)
			if answer.StatusCode != test.status || said.Error != test.error {
				t.Errorf("%d %s, want %d %s", answer.StatusCode, said.Error, test.status, test.error)
			}
		})
	}
}
