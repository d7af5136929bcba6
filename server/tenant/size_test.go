package tenant_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"twinlock/server/tenant"
	"twinlock/server/tenant/tenanttest"
)

// A tenant that holds profiles to a size refuses a link and a change that would go above it, and
// changes nothing.
func TestProfileLimit(t *testing.T) {
	s := tenanttest.Start(t, func(o *tenant.Options) { o.ProfileLimit = 1200 })
	first := s.Login(t, ada, tenant.Database, url.Values{"audience": {s.Audience()}, "scope": {"openid " + tenanttest.ManagementScopes}})
	before := s.Users(t)[adaID]
	essay := map[string]any{"user_metadata": map[string]any{"essay": strings.Repeat("x", 1000)}}
	if r := s.Do(t, http.MethodPatch, userPath(adaID), first.AccessToken, essay, nil); r.StatusCode != http.StatusBadRequest {
		t.Errorf("a large change: %d", r.StatusCode)
	}
	if r := s.Do(t, http.MethodPatch, userPath(adaID), first.AccessToken,
		map[string]any{"user_metadata": map[string]any{"essay": strings.Repeat("x", 500)}}, nil); r.StatusCode != http.StatusOK {
		t.Errorf("a small change: %d", r.StatusCode)
	}
	second := s.Login(t, google, tenant.Google, nil)
	if r := s.Do(t, http.MethodPost, userPath(adaID)+"/identities", first.AccessToken,
		map[string]string{"link_with": second.IDToken}, nil); r.StatusCode != http.StatusBadRequest {
		t.Errorf("a link: %d", r.StatusCode)
	}
	if after := s.Users(t)[adaID]; len(after.Identities) != len(before.Identities) {
		t.Errorf("%+v", after)
	}
}
