package tenant_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"twinlock/server/tenant"
	"twinlock/server/tenant/tenanttest"
)

func startCustom(t *testing.T, change ...func(*tenant.Options)) (own, custom *tenanttest.Server) {
	t.Helper()
	own = tenanttest.Start(t, func(o *tenant.Options) {
		o.CustomDomain = tenanttest.CustomDomain
		for _, c := range change {
			c(o)
		}
	})
	return own, own.Custom()
}

var offline = url.Values{"scope": {"openid profile email offline_access " + tenanttest.ManagementScopes}}

// TestCustomDomain signs in, links and unlinks by each of the two names.
func TestCustomDomain(t *testing.T) {
	own, custom := startCustom(t)
	for _, s := range []*tenanttest.Server{own, custom} {
		var discovered struct {
			Issuer        string `json:"issuer"`
			Authorization string `json:"authorization_endpoint"`
			Keys          string `json:"jwks_uri"`
		}
		s.Do(t, http.MethodGet, "/.well-known/openid-configuration", "", nil, &discovered)
		if discovered.Issuer != s.Issuer || discovered.Authorization != s.Issuer+"authorize" ||
			discovered.Keys != s.Issuer+".well-known/jwks.json" {
			t.Errorf("%s: discovered %+v", s.Issuer, discovered)
		}
		primary, second := s.Login(t, ada, tenant.Database, offline), s.Login(t, google, tenant.Google, nil)
		for _, token := range []string{primary.IDToken, primary.AccessToken, second.IDToken} {
			claims := mustVerify(t, s, token)
			if claims["iss"] != s.Issuer {
				t.Errorf("%s: iss %v", s.Issuer, claims["iss"])
			}
			if aud, ok := claims["aud"].([]any); ok && aud[0] != own.Issuer+"api/v2/" {
				t.Errorf("%s: aud %v", s.Issuer, aud)
			}
		}
		if answer := s.Do(t, http.MethodGet, "/userinfo", primary.AccessToken, nil, nil); answer.StatusCode != http.StatusOK {
			t.Errorf("%s: userinfo: %s", s.Issuer, answer.Status)
		}
		if status, next := refresh(t, s, primary.RefreshToken); status != http.StatusOK || mustVerify(t, s, next.IDToken)["iss"] != s.Issuer {
			t.Errorf("%s: refresh: %d", s.Issuer, status)
		}
		if status, _, f := link(t, s, primary, adaID, second.IDToken); status != http.StatusCreated {
			t.Errorf("%s: link: %d %+v", s.Issuer, status, f)
		}
		if answer := s.Do(t, http.MethodDelete, identityPath(adaID, "google-oauth2", "118151210185211271536"), primary.AccessToken, nil, nil); answer.StatusCode != http.StatusOK {
			t.Errorf("%s: unlink: %s", s.Issuer, answer.Status)
		}
	}
	if n := len(own.Users(t)[adaID].Identities); n != 1 {
		t.Errorf("%d identities", n)
	}
}

// TestTokensStayWithTheirName: whatever one name has issued the other refuses.
func TestTokensStayWithTheirName(t *testing.T) {
	own, custom := startCustom(t)
	for _, pair := range [][2]*tenanttest.Server{{own, custom}, {custom, own}} {
		s, other := pair[0], pair[1]
		primary, second := s.Login(t, ada, tenant.Database, offline), s.Login(t, google, tenant.Google, nil)
		opaque := s.Login(t, ada, tenant.Database, url.Values{"audience": {""}})
		for path, token := range map[string]string{userPath(adaID): primary.AccessToken, "/userinfo": opaque.AccessToken, "/userinfo?x": primary.AccessToken} {
			if answer := other.Do(t, http.MethodGet, path, token, nil, nil); answer.StatusCode != http.StatusUnauthorized {
				t.Errorf("%s at %s: %s", path, other.Issuer, answer.Status)
			}
			if answer := s.Do(t, http.MethodGet, path, token, nil, nil); answer.StatusCode != http.StatusOK {
				t.Errorf("%s at %s: %s", path, s.Issuer, answer.Status)
			}
		}
		there := other.Login(t, ada, tenant.Database, nil)
		if status, _, f := link(t, other, there, adaID, second.IDToken); status != http.StatusBadRequest || !strings.Contains(f.Message, "same issuer") {
			t.Errorf("link with a token of %s: %d %+v", s.Issuer, status, f)
		}
		if status, _ := refresh(t, other, primary.RefreshToken); status != http.StatusForbidden {
			t.Errorf("refresh at %s: %d", other.Issuer, status)
		}
		if status, _ := refresh(t, s, primary.RefreshToken); status != http.StatusOK {
			t.Errorf("refresh at %s, once refused elsewhere: %d", s.Issuer, status)
		}
		f, b := s.Flow(tenant.Database, nil), s.Browser(t)
		code := b.SignIn(t, b.Get(t, f.Path), ada, tenant.Database).Callback.Get("code")
		answer := other.Do(t, http.MethodPost, "/oauth/token", "",
			map[string]string{"grant_type": "authorization_code", "client_id": s.ClientID,
				"code": code, "redirect_uri": tenanttest.Callback, "code_verifier": f.Verifier}, nil)
		if answer.StatusCode != http.StatusForbidden {
			t.Errorf("a code at %s: %s", other.Issuer, answer.Status)
		}
		if p := other.Browser(t).Get(t, other.Flow("", url.Values{"audience": {custom.Issuer + "api/v2/"}}).Path); p.Callback.Get("error") != "access_denied" {
			t.Errorf("an audience of the custom name: %s", p.URL)
		}
	}
}

// TestOtherNames: names are compared whole, and a request for neither is
// answered as by the first.
func TestOtherNames(t *testing.T) {
	own, _ := startCustom(t)
	for host, want := range map[string]string{
		"id.example.com": "http://id.example.com/", "ID.Example.com": "http://id.example.com/",
		"id.example.com.evil": own.Issuer, "x.id.example.com": own.Issuer, "id.example.com:81": own.Issuer, "127.0.0.1": own.Issuer, "": own.Issuer,
	} {
		w := serve(own.Tenant, http.MethodGet, "/.well-known/openid-configuration", nil,
			func(r *http.Request) { r.Host = host })
		if !strings.Contains(w.Body.String(), `"issuer":"`+want+`"`) {
			t.Errorf("%q: %s", host, w.Body)
		}
	}
	for _, domain := range []string{"https://id.example", "id.example/", "id.example/x", "ID.example", "a b", "id.example?", "u@id.example", ":80", "id.example:x"} {
		if err := (tenant.Options{Clients: []tenant.Client{{ID: "c"}}, CustomDomain: domain}).Check(); err == nil || !strings.Contains(err.Error(), "custom_domain: ") {
			t.Errorf("%q: %v", domain, err)
		}
	}
	if _, err := tenant.New(tenant.Options{Issuer: "http://id.example:8001/", Clients: []tenant.Client{{ID: "c"}}, CustomDomain: "id.example"}); err == nil {
		t.Error("the same name twice was accepted")
	}
}
