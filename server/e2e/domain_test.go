package e2e

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"twinlock/app/config"
	"twinlock/server/tenant"
)

// Where the issuer is a custom domain the browser knows the tenant by no other name: it
// signs in, links and unlinks there, with tokens for the audience of the tenant's own name.
func TestCustomDomain(t *testing.T) {
	t.Parallel()
	const custom = "id.localhost"
	var mu sync.Mutex
	var hosts []string
	s := newStage(t, setup{
		furnish: func(o *tenant.Options) { o.CustomDomain = custom },
		configure: func(c *config.Config) {
			c.Audience = c.Issuer + "api/v2/"
			c.Issuer = strings.Replace(c.Issuer, "tenant.localhost", custom, 1)
		},
		around: func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				mu.Lock()
				hosts = append(hosts, r.Host)
				mu.Unlock()
				next.ServeHTTP(w, r)
			})
		},
	})
	p := s.open("/")
	p.troubles.expect("/_emulator/avatars/") // the tenant's page does not show its own pictures: they have its first name
	p.signIn(ada)
	if len(p.stored(s.scope().String())) == 0 {
		t.Errorf("nothing is stored for %s", s.scope())
	}
	p.link(lovelace)
	p.linked(lovelace)
	s.wantHeld(map[string]string{adaID: adaAndGoogle, lovelaceID: ""})
	p.reload()
	p.linked(lovelace)

	p.click(".unlink-account")
	p.click("#btn-confirm")
	p.linked()
	s.wantHeld(map[string]string{adaID: adaAgain, lovelaceID: lovelaceBare})
	p.clean()

	for _, r := range s.requests() {
		if audience, sent := r.Query["audience"]; sent && audience != s.issuer+"api/v2/" {
			t.Errorf("asked for the audience %s", audience)
		}
	}
	mu.Lock()
	defer mu.Unlock()
	want := strings.TrimSuffix(strings.TrimPrefix(s.config.Issuer, "http://"), "/")
	if slices.ContainsFunc(hosts, func(host string) bool { return host != want }) {
		t.Errorf("the tenant was asked as %q", slices.Compact(slices.Sorted(slices.Values(hosts))))
	}
}
