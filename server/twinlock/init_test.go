package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"twinlock/app/config"
)

func initialized(t *testing.T, flags ...string) (code int, out, log string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code = run(t.Context(), append([]string{"init"}, flags...), &stdout, &stderr, func(string) (string, bool) { return "", false })
	return code, stdout.String(), stderr.String()
}

// What init writes is what the other commands read; nothing is written over.
func TestInit(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "site")
	flags := []string{"--domain=acme.eu.auth0.com", "--connections=google-oauth2", "--connections=work:samlp=At work: us",
		"--brand-name=Ada's", "--brand-accent=#0b5f4a", "--languages=de,en", "--unverified-email=warn",
		"--links=de:Kennwort & mehr=/password", "--page=https://accounts.example.com", "--out=" + dir}
	code, out, log := initialized(t, flags...)
	if code != exitOK || !strings.Contains(out, "twinlock doctor --config") {
		t.Fatalf("%d, %s, %s", code, out, log)
	}
	file := filepath.Join(dir, "twinlock.yaml")
	written, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`accent: "#0b5f4a"`, `languages: ["de","en"]`, `unverified_email: "warn"`, `Kennwort & mehr`} {
		if !strings.Contains(string(written), want) {
			t.Errorf("%s is lost in\n%s", want, written)
		}
	}
	if code, _, log := initialized(t, "--config="+file, "--page=https://accounts.example.com", "--out="+filepath.Join(dir, "again")); code != exitOK {
		t.Fatalf("%d, %s", code, log)
	}
	if script, err := os.ReadFile(filepath.Join(dir, "again", "auth0.sh")); err != nil || !strings.Contains(string(script), "apps create") {
		t.Errorf("%v: what stands for a client ID is taken for one:\n%s", err, script)
	}
	again, err := os.ReadFile(filepath.Join(dir, "again", "twinlock.yaml"))
	if err != nil || string(again) != string(written) {
		t.Errorf("%v: read and written again it is\n%s\nand was\n%s", err, again, written)
	}
	if code, _, log := initialized(t, flags...); code != exitFailure || !strings.Contains(log, "already exists") {
		t.Errorf("a second time: %d, %s", code, log)
	}
}

func TestInitUsage(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "site")
	code, _, log := initialized(t, "--out="+dir, "--domain=a b")
	if code != exitUsage {
		t.Errorf("exit code %d", code)
	}
	for _, want := range []string{"domain", "connections", "page: is missing"} {
		if !strings.Contains(log, want) {
			t.Errorf("%s is not named in %s", want, log)
		}
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("something was written")
	}
}

// On a terminal a person is asked for what is missing, and for nothing else.
func TestInitAsks(t *testing.T) {
	var c config.Config
	var page string
	var asked bytes.Buffer
	if err := askFor(strings.NewReader("acme.eu.auth0.com\n https://a.example/ \ngoogle-oauth2, facebook"), &asked, &c, &page); err != nil {
		t.Fatal(err)
	}
	if c.Domain != "acme.eu.auth0.com" || page != "https://a.example/" || len(c.Connections) != 2 || c.Connections[1].Name != "facebook" {
		t.Errorf("%+v, %q", c, page)
	}
	asked.Reset()
	if err := askFor(strings.NewReader(""), &asked, &c, &page); err != nil || asked.Len() > 0 {
		t.Errorf("asks %q, %v", &asked, err)
	}
}

// What reads Terraform's language is for tests: its licence (MPL-2.0) is not the program's. So is
// what runs JavaScript: a server does not need it.
func TestProgramHasNoTestLanguages(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil || !strings.Contains(string(out), "twinlock/server/setup") {
		t.Fatalf("%v: %s", err, out)
	}
	for _, language := range []string{"hashicorp", "goja"} {
		if strings.Contains(string(out), language) {
			t.Errorf("the program has %s", language)
		}
	}
}

// Where nobody can answer nothing is asked.
func TestNullIsNoTerminal(t *testing.T) {
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	stdin := os.Stdin
	defer func() { os.Stdin = stdin }()
	os.Stdin = null
	if terminal() != nil {
		t.Error("a person is asked at the null device")
	}
}

// A picture in a file is not lost in silence.
func TestInitPictures(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "mine.yaml")
	logo := `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><rect width="1" height="1"/></svg>`
	settings := "domain: acme.eu.auth0.com\nconnections: [{name: google-oauth2}]\nbrand: {logo: logo.svg}\n"
	if err := errors.Join(os.WriteFile(file, []byte(settings), 0o644), os.WriteFile(filepath.Join(dir, "logo.svg"), []byte(logo), 0o644)); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "site")
	code, _, log := initialized(t, "--config="+file, "--page=https://accounts.example.com", "--out="+out)
	if code != exitUsage || !strings.Contains(log, "pictures") {
		t.Errorf("%d, %s", code, log)
	}
	if _, err := os.Stat(out); err == nil {
		t.Error("something was written")
	}
}
