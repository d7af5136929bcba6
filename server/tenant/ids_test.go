package tenant_test

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"twinlock/server/tenant"
	"twinlock/server/tenant/tenanttest"
)

// startHolding starts a tenant that holds users of these identities, written as
// "connection provider id, …" each.
func startHolding(t *testing.T, users ...string) *tenanttest.Server {
	t.Helper()
	var list []string
	for _, u := range users {
		var identities []string
		for _, i := range strings.Split(u, ", ") {
			parts := strings.Fields(i)
			identities = append(identities, `{"connection":"`+parts[0]+`","provider":"`+parts[1]+`","user_id":"`+parts[2]+`"}`)
		}
		list = append(list, `{"identities":[`+strings.Join(identities, ",")+`]}`)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "users.json"), []byte(`{"version":1,"users":[`+strings.Join(list, ",")+`]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	return startOpen(t, func(o *tenant.Options) { o.DataDir = dir })
}

// A machine names an account by an id with or without the prefix. What is an id as it
// stands is never cut.
func TestMachineLinksExactly(t *testing.T) {
	s := startHolding(t, "db auth0 1", "google-oauth2 google-oauth2 7", "google-oauth2 google-oauth2 google-oauth2|7")
	body := map[string]string{"provider": "google-oauth2", "user_id": "google-oauth2|7"}
	answer := s.Do(t, http.MethodPost, userPath("auth0|1")+"/identities", machineToken(t, s), body, nil)
	users := s.Users(t)
	if held := users["auth0|1"].Identities; answer.StatusCode != http.StatusCreated || len(held) != 2 || held[1].UserID != "google-oauth2|7" {
		t.Errorf("%s: %+v", answer.Status, held)
	}
	if len(users["google-oauth2|7"].Identities) != 1 {
		t.Error("the other account has gone")
	}
}

// A path names an identity by two parts. What only reads the same once they are joined
// is none of the user's, and not the user's own either.
func TestUnlinkTakesBothParts(t *testing.T) {
	const owner = "oauth2|guild|1"
	s := startHolding(t, "guild oauth2 guild|1, discord oauth2 discord|9")
	for _, tt := range []struct {
		provider, id string
		remain       int
	}{
		{"oauth2|discord", "9", 2},
		{"oauth2|guild", "1", 2},
		{"oauth2", "oauth2|discord|9", 2},
		{"oauth2", "discord|9", 1},
	} {
		answer := s.Do(t, http.MethodDelete, identityPath(owner, url.PathEscape(tt.provider), tt.id), machineToken(t, s),
			nil, nil)
		if got := len(s.Users(t)[owner].Identities); answer.StatusCode != http.StatusOK || got != tt.remain {
			t.Errorf("%s, %s: %s, %d identities", tt.provider, tt.id, answer.Status, got)
		}
	}
}
