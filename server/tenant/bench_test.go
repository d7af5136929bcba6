package tenant_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"twinlock/server/tenant"
	"twinlock/server/tenant/tenanttest"
)

func benchmarked(b *testing.B) *tenanttest.Server {
	return startOpen(b, func(o *tenant.Options) { o.RateLimit = tenant.RateLimit{PerSecond: 1e9, Burst: 1e9} })
}

// Each refresh signs an access token and an ID token, and rotates.
func BenchmarkRefresh(b *testing.B) {
	s := benchmarked(b)
	token := s.Login(b, ada, tenant.Database, url.Values{"scope": {"openid profile offline_access " +
		tenanttest.ManagementScopes}}).RefreshToken
	for b.Loop() {
		var tokens tenanttest.Tokens
		s.Do(b, http.MethodPost, "/oauth/token", "",
			map[string]string{"grant_type": "refresh_token", "client_id": s.ClientID, "refresh_token": token}, &tokens)
		if token = tokens.RefreshToken; token == "" {
			b.Fatal("not refreshed")
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "refreshes/s")
}

func BenchmarkLinkUnlink(b *testing.B) {
	for name, dir := range map[string]string{"memory": "", "disk": b.TempDir()} {
		b.Run(name, func(b *testing.B) {
			s := startOpen(b, func(o *tenant.Options) {
				o.RateLimit, o.DataDir = tenant.RateLimit{PerSecond: 1e9, Burst: 1e9}, dir
			})
			token := machineToken(b, s)
			provider, id, _ := strings.Cut(googleID, "|")
			for b.Loop() {
				linked := s.Do(b, http.MethodPost, userPath(adaID)+"/identities", token,
					map[string]string{"provider": provider, "user_id": id}, nil)
				unlinked := s.Do(b, http.MethodDelete, identityPath(adaID, provider, id), token, nil, nil)
				if linked.StatusCode != http.StatusCreated || unlinked.StatusCode != http.StatusOK {
					b.Fatalf("%s, %s", linked.Status, unlinked.Status)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "pairs/s")
		})
	}
}

// BenchmarkStart is up to the first answer, without the process around it.
func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		s := tenanttest.Start(b)
		if answer := s.Do(b, http.MethodGet, "/client/"+s.ClientID+".js", "", nil, nil); answer.StatusCode != http.StatusOK {
			b.Fatal(answer.Status)
		}
		s.Close()
	}
}
