package issuer_test

import (
	"net/http"
	"testing"

	"twinlock/server/tenant/issuer"
)

func TestNew(t *testing.T) {
	for _, address := range []string{"", "x", "http://", "http://a", "http://a/b/", "http://a/?q", "http://a/#f", "http://u@a/", "ftp://a/"} {
		if _, err := issuer.New(address); err == nil {
			t.Errorf("%q is accepted", address)
		}
	}
}

func TestWithDomain(t *testing.T) {
	for _, tt := range []struct{ address, domain, asked, want string }{
		{"http://127.0.0.1:8001/", "", "id.example", "http://127.0.0.1:8001/"},
		{"http://127.0.0.1:8001/", "id.example", "id.example:8001", "http://id.example:8001/"},
		{"http://127.0.0.1:8001/", "id.example", "ID.example:8001", "http://id.example:8001/"},
		{"http://127.0.0.1:8001/", "id.example:80", "id.example", "http://id.example/"},
		{"http://127.0.0.1:8001/", "id.example", "other.example:8001", "http://127.0.0.1:8001/"},
		{"https://tenant.example/", "id.example", "id.example", "https://id.example/"},
	} {
		i, err := issuer.New(tt.address)
		if err == nil {
			i, err = i.WithDomain(tt.domain)
		}
		if err != nil {
			t.Errorf("%+v: %v", tt, err)
			continue
		}
		if got := i.Of(&http.Request{Host: tt.asked}); got != tt.want || i.ManagementAPI() != tt.address+"api/v2/" {
			t.Errorf("%+v: issuer %q, audience %q", tt, got, i.ManagementAPI())
		}
	}
	i, _ := issuer.New("http://tenant.example:8001/")
	if _, err := i.WithDomain("tenant.example"); err == nil {
		t.Error("the custom domain may be the first name")
	}
}

func TestOrigin(t *testing.T) {
	for address, want := range map[string]string{
		"https://A.example/b?c": "https://a.example", "http://a:1": "http://a:1", "/path": "", "": "", "://": "", "mailto:a@b": "",
	} {
		if got := issuer.Origin(address); got != want {
			t.Errorf("Origin(%q) = %q, want %q", address, got, want)
		}
	}
}
