package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"twinlock/app/config"
	"twinlock/app/text"
	"twinlock/server/tenant"
)

// dev speaks all languages, as serve and export do.
func TestDevInAllLanguages(t *testing.T) {
	needBundle(t)
	file := filepath.Join(t.TempDir(), "twinlock.yaml")
	if err := os.WriteFile(file, []byte("languages: all\ntexts: {de: {welcome: Hallo}}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := startProcess(t, "dev", "--addr=127.0.0.1:0", "--tenant-addr=127.0.0.1:0", "--config="+file)
	p.line(t, "tenant: ")
	home := p.line(t, "ready: ")
	_, body := get(t, home+"config.json")
	c, err := config.Parse(body)
	if err != nil || len(c.Languages) != len(text.Languages()) {
		t.Errorf("the languages are %v, %v", c.Languages, err)
	}
	p.end(t, syscall.SIGTERM)
}

func TestDev(t *testing.T) {
	needBundle(t)
	p := startProcess(t, "dev", "--addr=127.0.0.1:0", "--tenant-addr=127.0.0.1:0")
	issuer := p.line(t, "tenant: ")
	home := p.line(t, "ready: ")

	_, body := get(t, home+"config.json")
	c, err := config.Parse(body)
	if err != nil {
		t.Fatal(err)
	}
	if c.Issuer != issuer || len(c.Connections) != 3 {
		t.Errorf("configuration = %+v, want the tenant at %s", c, issuer)
	}
	_, body = get(t, issuer+".well-known/openid-configuration")
	var discovery struct{ Issuer string }
	if err := json.Unmarshal(body, &discovery); err != nil || discovery.Issuer != issuer {
		t.Errorf("the tenant calls itself %q, %v", discovery.Issuer, err)
	}
	// The tenant knows this very app: it asks for a password, and does not refuse.
	query := url.Values{
		"client_id": {c.ClientID}, "redirect_uri": {home + "callback"}, "response_type": {"code"}, "scope": {"openid"},
		"state": {"s"}, "nonce": {"n"}, "connection": {c.Connections[0].Name},
		"code_challenge": {"47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"}, "code_challenge_method": {"S256"},
	}
	if r, body := get(t, issuer+"authorize?"+query.Encode()); r.StatusCode != http.StatusOK || !bytes.Contains(body, []byte(`name="password"`)) {
		t.Errorf("/authorize: status %d: %.300s", r.StatusCode, body)
	}

	told := p.end(t, syscall.SIGTERM)
	for _, want := range []string{"Analytical-Engine-1843", issuer + "_emulator/"} {
		if !strings.Contains(told, want) {
			t.Errorf("no %q in %q", want, told)
		}
	}
	for _, a := range tenant.Accounts() {
		if a.For == "" || !strings.Contains(told, a.Email) || !strings.Contains(told, a.For) {
			t.Errorf("what %s is for is not in %q", a.Email, told)
		}
	}
}

// TestDevSettings: a site for the embedded tenant needs no settings at all.
func TestDevSettings(t *testing.T) {
	cmd := newDev()
	cmd.TenantAddr = "127.0.0.1:0"
	s, err := cmd.read()
	if err != nil {
		t.Fatal(err)
	}
	c := devConfig(s.Config, "http://127.0.0.1:8001/")
	if err := c.Validate(); err != nil || c.Audience != "http://127.0.0.1:8001/api/v2/" {
		t.Errorf("configuration = %+v, %v", c, err)
	}
	cmd.File = filepath.Join(t.TempDir(), "twinlock.yaml")
	if err := os.WriteFile(cmd.File, []byte("domain: acme.eu.auth0.com"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := cmd.read(); err == nil || !strings.Contains(err.Error(), "dev has one of its own") {
		t.Errorf("a file with a tenant: %v", err)
	}
}

func TestClientFor(t *testing.T) {
	c := clientFor("http://127.0.0.1:8000/accounts/", "https://app.example/")
	wantCallbacks := []string{
		"http://127.0.0.1:8000/accounts/callback", "https://app.example/callback", "http://localhost:8000/accounts/callback",
	}
	wantOrigins := []string{"http://127.0.0.1:8000", "https://app.example", "http://localhost:8000"}
	if !slices.Equal(c.Callbacks, wantCallbacks) || !slices.Equal(c.WebOrigins, wantOrigins) {
		t.Errorf("client = %+v", c)
	}
}

// TestOneLogFormat: also what libraries log through log/slog.
func TestOneLogFormat(t *testing.T) {
	needBundle(t)
	p := startProcess(t, "dev", "--addr=127.0.0.1:0", "--tenant-addr=127.0.0.1:0")
	p.line(t, "tenant: ")
	p.end(t, syscall.SIGTERM)
	line := regexp.MustCompile(`^time=\S+ level=[A-Z]+ msg=`)
	registered := false
	for lines := bufio.NewScanner(p.stderr); lines.Scan(); {
		registered = registered || strings.Contains(lines.Text(), "registered route")
		if !line.MatchString(lines.Text()) {
			t.Errorf("a line of another form: %s", lines.Text())
		}
	}
	if !registered {
		t.Error("the provider of the tenant has logged nothing: this test shows nothing")
	}
}
