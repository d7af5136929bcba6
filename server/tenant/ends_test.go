package tenant_test

import (
	"net/http"
	"net/url"
	"testing"

	"twinlock/server/tenant"
	"twinlock/server/tenant/tenanttest"
)

// startWithScopes starts a tenant with a machine that has these scopes.
func startWithScopes(t testing.TB, scopes ...string) *tenanttest.Server {
	t.Helper()
	return startOpen(t, func(o *tenant.Options) { o.Clients[1].Scopes = scopes })
}

// Each endpoint ends what it is for, of the one user, and needs its own scope.
func TestEnds(t *testing.T) {
	for _, tt := range []struct {
		path, scope        string
		sessionEnds, token bool // what is there afterwards
	}{
		{"/sessions", "delete:sessions", true, true},
		{"/refresh-tokens", "delete:refresh_tokens", false, false},
	} {
		t.Run(tt.scope, func(t *testing.T) {
			s := startWithScopes(t, tt.scope, "read:users")
			adas, charless := s.Browser(t), s.Browser(t)
			offline := url.Values{"scope": {"openid offline_access"}}
			tokens := adas.Login(t, ada, tenant.Database, offline)
			others := charless.Login(t, charles, tenant.Database, offline)
			for _, refused := range []struct{ user, token string }{
				{adaID, machineToken(t, s, "read:users")},
				{adaID, s.Login(t, ada, tenant.Database, nil).AccessToken},
			} {
				if answer := s.Do(t, http.MethodDelete, userPath(refused.user)+tt.path, refused.token, nil, nil); answer.StatusCode != http.StatusForbidden {
					t.Errorf("without the scope: %s", answer.Status)
				}
			}
			if answer := s.Do(t, http.MethodDelete, userPath("auth0|nobody")+tt.path, machineToken(t, s), nil, nil); answer.StatusCode != http.StatusNotFound {
				t.Errorf("nobody: %s", answer.Status)
			}
			if answer := s.Do(t, http.MethodDelete, userPath(adaID)+tt.path, machineToken(t, s), nil, nil); answer.StatusCode != http.StatusAccepted {
				t.Errorf("answer: %s", answer.Status)
			}
			silent := url.Values{"prompt": {"none"}}
			if p := adas.Get(t, s.Flow("", silent).Path); (p.Callback.Get("error") == "login_required") != tt.sessionEnds {
				t.Errorf("session: %v", p.Callback)
			}
			if status, _ := refresh(t, s, tokens.RefreshToken); (status == http.StatusOK) != tt.token {
				t.Errorf("refresh token: %d", status)
			}
			charless.Login(t, "", "", silent)
			if status, _ := refresh(t, s, others.RefreshToken); status != http.StatusOK {
				t.Errorf("somebody else's refresh token: %d", status)
			}
		})
	}
}

// Users are found by their own address in its case, and by no linked one.
func TestUsersByEmail(t *testing.T) {
	s := startWithScopes(t, "read:users", "update:users")
	list := func(query string) (status int, ids []string) {
		t.Helper()
		var users []tenanttest.User
		answer := s.Do(t, http.MethodGet, "/api/v2/users-by-email?"+query, machineToken(t, s, "read:users"), nil, nil)
		if answer.StatusCode == http.StatusOK {
			s.Do(t, http.MethodGet, "/api/v2/users-by-email?"+query, machineToken(t, s, "read:users"), nil, &users)
		}
		for _, u := range users {
			ids = append(ids, u.UserID)
		}
		return answer.StatusCode, ids
	}
	s.Put(t, `{"user_id":"google-oauth2|9","email":"ada@example.com","email_verified":true,
		"identities":[{"provider":"google-oauth2","user_id":"9","connection":"google-oauth2","isSocial":true}]}`)
	for query, want := range map[string]int{
		"email=ada%40example.com": 2, "email=Ada%40example.com": 0, "email=nobody%40example.com": 0,
		"email=grace.hopper%40gmail.example": 0, // is linked
	} {
		if status, ids := list(query); status != http.StatusOK || len(ids) != want {
			t.Errorf("%s: %d %v", query, status, ids)
		}
	}
	if status, _ := list(""); status != http.StatusBadRequest {
		t.Errorf("without an address: %d", status)
	}
	for _, token := range []string{machineToken(t, s, "update:users"), s.Login(t, ada, tenant.Database, nil).AccessToken} {
		if answer := s.Do(t, http.MethodGet, "/api/v2/users-by-email?email="+ada, token, nil, nil); answer.StatusCode != http.StatusForbidden {
			t.Errorf("without the scope: %s", answer.Status)
		}
	}
	var fields []map[string]any
	s.Do(t, http.MethodGet, "/api/v2/users-by-email?fields=user_id&email="+ada, machineToken(t, s, "read:users"), nil, &fields)
	if len(fields) != 2 || len(fields[0]) != 1 || fields[0]["user_id"] == nil {
		t.Errorf("fields: %v", fields)
	}
}
