package tenant_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"twinlock/server/tenant"
	"twinlock/server/tenant/tenanttest"
)

func TestWebMessage(t *testing.T) {
	s := tenanttest.Start(t)
	b := s.Browser(t)
	f := s.Flow(tenant.Database, url.Values{"response_mode": {"web_message"}, "prompt": {"none"},
		"state": {`</script>"'`}})

	refused := b.Get(t, f.Path)
	checkMessage(t, refused, `"error":"login_required"`)

	b.Login(t, ada, tenant.Database, nil)
	checkMessage(t, b.Get(t, f.Path), `"code":"`)
}

// checkMessage checks that the page posts the text in a message to the client's
// origin, and that nobody else can frame it.
func checkMessage(t *testing.T, p tenanttest.Page, text string) {
	t.Helper()
	if p.Status != http.StatusOK || p.Callback != nil || !strings.Contains(p.Body, text) {
		t.Errorf("status %d, want a page with %s: %s", p.Status, text, p.Body)
	}
	if !strings.Contains(p.Body, `}, "`+tenanttest.Origin+`");`) {
		t.Errorf("not for the client's origin: %s", p.Body)
	}
	if strings.Count(p.Body, "</script>") != 1 {
		t.Errorf("the state ends the script: %s", p.Body)
	}
	policy := p.Header.Get("Content-Security-Policy")
	if !strings.Contains(policy, "frame-ancestors "+tenanttest.Origin+";") || p.Header.Get("X-Frame-Options") != "" {
		t.Errorf("frames: %q, %q", policy, p.Header.Get("X-Frame-Options"))
	}
	if p.Header.Get("Cache-Control") != "no-store" {
		t.Error("the answer may be cached")
	}
}
