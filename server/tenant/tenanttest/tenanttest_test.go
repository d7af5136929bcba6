package tenanttest_test

import (
	"net/http"
	"net/url"
	"testing"

	"twinlock/server/tenant"
	"twinlock/server/tenant/tenanttest"
)

// The whole way of the product: sign in twice, link, sign in with either, unlink.
func TestLinkAndUnlink(t *testing.T) {
	s := tenanttest.Start(t)
	ada := s.Login(t, "ada@example.com", tenant.Database, nil)
	google := s.Login(t, "ada.lovelace@gmail.example", tenant.Google, url.Values{"max_age": {"0"}})

	const primary = "auth0|5d1018150a1b2c3d4e5f6a01"
	path := "/api/v2/users/" + url.PathEscape(primary)
	var me tenanttest.User
	if answer := s.Do(t, http.MethodGet, path, ada.AccessToken, nil, &me); answer.StatusCode != http.StatusOK {
		t.Fatalf("read user: %s", answer.Status)
	}
	if me.Email != "ada@example.com" || len(me.Identities) != 1 {
		t.Errorf("user = %+v", me)
	}

	var list []tenanttest.Identity
	body := map[string]string{"link_with": google.IDToken}
	if answer := s.Do(t, http.MethodPost, path+"/identities", ada.AccessToken, body, &list); answer.StatusCode != http.StatusCreated {
		t.Fatalf("link: %s", answer.Status)
	}
	if users := s.Users(t); len(list) != 2 || len(users) != len(tenant.Accounts())-1 || len(users[primary].Identities) != 2 {
		t.Errorf("linked: answer %+v, users %+v", list, users)
	}

	if answer := s.Do(t, http.MethodDelete, path+"/identities/google-oauth2/"+list[1].UserID, ada.AccessToken, nil, &list); answer.StatusCode != http.StatusOK {
		t.Fatalf("unlink: %s", answer.Status)
	}
	if users := s.Users(t); len(list) != 1 || len(users) != len(tenant.Accounts()) || len(users[primary].Identities) != 1 {
		t.Errorf("unlinked: answer %+v, users %+v", list, users)
	}
}
