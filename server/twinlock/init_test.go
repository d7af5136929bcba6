package main

import (
	"bytes"
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
		"--brand-name=Ada's", "--page=https://accounts.example.com", "--out=" + dir}
	code, out, log := initialized(t, flags...)
	if code != exitOK || !strings.Contains(out, "twinlock doctor --config") {
		t.Fatalf("%d, %s, %s", code, out, log)
	}
	file := filepath.Join(dir, "twinlock.yaml")
	written, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if code, _, log := initialized(t, "--config="+file, "--page=https://accounts.example.com", "--out="+filepath.Join(dir, "again")); code != exitOK {
		t.Fatalf("%d, %s", code, log)
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

// What reads Terraform's language is for tests: its licence (MPL-2.0) is not the program's.
func TestProgramHasNoHCL(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil || !strings.Contains(string(out), "twinlock/server/setup") {
		t.Fatalf("%v: %s", err, out)
	}
	if strings.Contains(string(out), "hashicorp") {
		t.Error("the program has HCL")
	}
}
