package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestExport compares the folder with what serve would send.
func TestExport(t *testing.T) {
	needBundle(t)
	dir := filepath.Join(t.TempDir(), "site")
	args := []string{"export", "--out=" + dir, "--base-path=/accounts", "--domain=acme.eu.auth0.com", "--client-id=abc", "--connections=google-oauth2"}
	code, stdout, stderr := callWith(t.Context(), nil, args...)
	if code != exitOK || !strings.Contains(stdout, dir) {
		t.Fatalf("exit code %d, %s%s", code, stdout, stderr)
	}
	for _, name := range []string{"index.html", "index.html.br", "callback.html", "404.html", "config.json", "manifest.webmanifest", "robots.txt"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
	rules, err := os.ReadFile(filepath.Join(dir, "_headers"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"\n/accounts/callback\n", "\n/accounts/callback.html\n", "  Content-Security-Policy: default-src 'none'",
		"  Cross-Origin-Opener-Policy: unsafe-none\n", "  Cache-Control: public, max-age=31536000, immutable\n",
	} {
		if !strings.Contains(string(rules), want) {
			t.Errorf("_headers lacks %q", want)
		}
	}
	code, _, stderr = callWith(t.Context(), nil, args...)
	if code != exitUsage || !strings.Contains(stderr, "out: ") {
		t.Errorf("a second export to the same folder: exit code %d, %s", code, stderr)
	}
	link := dir + "-link"
	if err := os.Symlink(t.TempDir(), link); err != nil {
		t.Fatal(err)
	}
	for _, end := range []string{"", "/", "/."} {
		args[1] = "--out=" + link + end
		if code, _, stderr = callWith(t.Context(), nil, args...); code != exitUsage || !strings.Contains(stderr, "out: "+link+" is a link") {
			t.Errorf("an export to a link, %q: exit code %d, %s", end, code, stderr)
		}
	}
	// A signal has come.
	parent := t.TempDir()
	args[1] = "--out=" + filepath.Join(parent, "site")
	if code, _, stderr = call(t, nil, args...); code != exitFailure || !strings.Contains(stderr, "export: stopped") {
		t.Errorf("a stopped export: exit code %d, %s", code, stderr)
	}
	if entries, err := os.ReadDir(parent); err != nil || len(entries) > 0 {
		t.Errorf("left %v, %v", entries, err)
	}
}

// TestExportAgain: an edited config.json is a file of settings, from which the
// folder can be made anew where the tenant or the colours have changed.
func TestExportAgain(t *testing.T) {
	needBundle(t)
	first, second := filepath.Join(t.TempDir(), "first"), filepath.Join(t.TempDir(), "second")
	if code, _, stderr := callWith(t.Context(), nil, "export", "--out="+first, "--domain=acme.eu.auth0.com", "--client-id=abc", "--connections=google-oauth2"); code != exitOK {
		t.Fatal(stderr)
	}
	edited := filepath.Join(first, "config.json")
	document, err := os.ReadFile(edited)
	if err != nil {
		t.Fatal(err)
	}
	document = bytes.ReplaceAll(document, []byte("acme.eu.auth0.com"), []byte("other.us.auth0.com"))
	if err := os.WriteFile(edited, document, 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, stderr := callWith(t.Context(), nil, "export", "--out="+second, "--config="+edited); code != exitOK {
		t.Fatal(stderr)
	}
	for name, want := range map[string]string{
		"config.json": `"issuer":"https://other.us.auth0.com/"`,
		"index.html":  "connect-src &#39;self&#39; https://other.us.auth0.com;",
		"_headers":    "connect-src 'self' https://other.us.auth0.com;",
	} {
		content, err := os.ReadFile(filepath.Join(second, name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(content, []byte(want)) || bytes.Contains(content, []byte("acme")) {
			t.Errorf("%s lacks %s, or has something of the old tenant", name, want)
		}
	}
}
