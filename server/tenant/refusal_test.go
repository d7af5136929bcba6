package tenant_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"twinlock/server/tenant"
	"twinlock/server/tenant/tenanttest"
)

var notOnSundays = map[string]string{"error": "access_denied", "error_description": "Not on Sundays & <holidays>.",
	"tracking": "2af1"}

func wantRefusal(t *testing.T, got url.Values, state string) {
	t.Helper()
	want := url.Values{"state": {state}}
	for name, value := range notOnSundays {
		want.Set(name, value)
	}
	if got.Encode() != want.Encode() {
		t.Errorf("callback got %v, want %v", got, want)
	}
}

// TestRefusedAuthorization: the error comes at once, to whom it belongs, and once.
func TestRefusedAuthorization(t *testing.T) {
	s := tenanttest.Start(t)
	for _, mode := range []string{"", "query", "fragment"} {
		s.Fault(t, tenant.Fault{Path: "/authorize", Refuse: notOnSundays})
		b := s.Browser(t)
		f := s.Flow("", url.Values{"response_mode": {mode}})
		p := b.Get(t, f.Path)
		if inFragment := p.URL.Fragment != ""; inFragment != (mode == "fragment") {
			t.Errorf("mode %q: %s", mode, p.URL)
		}
		wantRefusal(t, p.Callback, f.State)
		if p := b.Get(t, s.Flow("", nil).Path); p.Callback != nil || p.Status != http.StatusOK {
			t.Errorf("once more: %d at %s", p.Status, p.URL)
		}
	}
	s.Fault(t, tenant.Fault{Path: "/authorize", Refuse: notOnSundays})
	form := s.Browser(t).Get(t, s.Flow("", url.Values{"response_mode": {"form_post"}}).Path)
	if !strings.Contains(form.Body, "Not on Sundays &amp; &lt;holidays&gt;.") {
		t.Errorf("form_post: %s", form.Body)
	}
	s.Fault(t, tenant.Fault{Path: "/authorize", Refuse: notOnSundays})
	// Nobody is sent to an address that is not the client's.
	if p := s.Browser(t).Get(t, s.Flow("", url.Values{"redirect_uri": {"https://evil.example/"}}).Path); p.Status != http.StatusForbidden || p.Callback != nil {
		t.Errorf("a foreign redirect_uri: %d at %s", p.Status, p.URL)
	}
}

// TestRefusedAfterSigningIn: as an Action refuses, with nobody signed in.
func TestRefusedAfterSigningIn(t *testing.T) {
	s := tenanttest.Start(t)
	for path, account := range map[string][2]string{"/u/login": {ada, tenant.Database}, "/u/login/accounts": {google, tenant.Google}} {
		b := s.Browser(t)
		f := s.Flow(account[1], nil)
		page := b.Get(t, f.Path)
		s.Fault(t, tenant.Fault{Method: "POST", Path: path, Refuse: notOnSundays})
		wantRefusal(t, b.SignIn(t, page, account[0], account[1]).Callback, f.State)
		if again := b.Get(t, page.URL.RequestURI()); again.Status != http.StatusBadRequest {
			t.Errorf("%s: the request is still pending: %d", path, again.Status)
		}
		if p := b.Get(t, s.Flow("", url.Values{"prompt": {"none"}}).Path); p.Callback.Get("error") != "login_required" {
			t.Errorf("%s: there is a session: %s", path, p.URL)
		}
	}
	if n := s.Users(t)[adaID].LoginsCount; n != 1 {
		t.Errorf("%d sign-ins", n)
	}
}

// TestPageHeaders adds headers to pages, replaces and removes them; redirects and
// answers without a body are no exception.
func TestPageHeaders(t *testing.T) {
	s := tenanttest.Start(t)
	headers := map[string]string{"Cross-Origin-Opener-Policy": "same-origin", "content-security-policy": "default-src *",
		"X-Frame-Options": ""}
	for _, path := range []string{"/u/login", "/authorize", "/api/v2/users/*"} {
		s.Fault(t, tenant.Fault{Path: path, Headers: headers, Times: -1})
	}
	b := s.Browser(t)
	p := b.Get(t, s.Flow("", nil).Path)
	if p.Status != http.StatusOK || !strings.Contains(p.Body, "password") {
		t.Fatalf("the page is another: %d", p.Status)
	}
	redirect := serve(s.Tenant, http.MethodGet, "/authorize", nil,
		func(r *http.Request) { r.URL.RawQuery = s.Flow("", nil).Path[len("/authorize?"):] })
	preflight := serve(s.Tenant, http.MethodOptions, userPath(adaID), nil)
	for name, h := range map[string]http.Header{"page": p.Header, "redirect": redirect.Header(), "API": preflight.Header()} {
		if h.Get("Cross-Origin-Opener-Policy") != "same-origin" || len(h.Values("Content-Security-Policy")) != 1 ||
			h.Get("Content-Security-Policy") != "default-src *" || h.Get("X-Frame-Options") != "" {
			t.Errorf("%s: %v", name, h)
		}
	}
	if other := b.Get(t, "/u/style.css"); other.Header.Get("Cross-Origin-Opener-Policy") != "" {
		t.Errorf("another path: %v", other.Header)
	}
	if tokens := b.Login(t, ada, tenant.Database, nil); tokens.IDToken == "" {
		t.Error("nobody signed in")
	}
}
