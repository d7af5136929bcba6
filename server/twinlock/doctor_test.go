package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"twinlock/server/doctor"
	"twinlock/server/tenant"
	"twinlock/server/tenant/tenanttest"
)

// examined runs the command for a tenant.
func examined(t *testing.T, change func(*tenant.Options), flags ...string) (code int, out, log string) {
	t.Helper()
	s := tenanttest.Start(t, change)
	args := append([]string{"doctor", "--issuer=" + s.Issuer, "--client-id=" + s.ClientID, "--audience=" + s.Audience(),
		"--connections=" + tenant.Google, "--page=" + tenanttest.Origin, "--tenant-only"}, flags...)
	var stdout, stderr bytes.Buffer
	code = run(t.Context(), args, &stdout, &stderr, func(string) (string, bool) { return "", false })
	return code, stdout.String(), stderr.String()
}

func TestDoctor(t *testing.T) {
	code, out, log := examined(t, func(*tenant.Options) {})
	if code != exitOK || !strings.Contains(out, "nothing found") || !strings.Contains(log, "looking at the connections") {
		t.Errorf("%d, %s, %s", code, out, log)
	}
	wrong := func(o *tenant.Options) { o.Clients[0].LogoutURLs = nil }
	code, out, log = examined(t, wrong)
	if code != exitFailure || !strings.Contains(log, "twinlock: 1 to mend") {
		t.Errorf("%d, %s", code, log)
	}
	for _, want := range []string{
		"1. The page is not among the application's Allowed Logout URLs.", "about:     " + tenanttest.Origin + "/",
		"answer:    400 Logout URL mismatch", "dashboard: Applications > ", "auth0 apps update ", "auth0_client.allowed_logout_urls",
		"https://auth0.com/docs/", "not seen: ",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing in:\n%s", want, out)
		}
	}
	_, out, _ = examined(t, func(o *tenant.Options) { o.Clients[0].Callbacks = []string{"http://x/"} })
	if !strings.Contains(out, "hidden until callback is mended: audience, access, developer_keys\n") &&
		!strings.Contains(out, "hidden until callback is mended: audience, access, connection, developer_keys, loopback_callback\n") {
		t.Errorf("what is hidden is not told in\n%s", out)
	}
	code, out, _ = examined(t, wrong, "--json")
	var report doctor.Report
	if err := json.Unmarshal([]byte(out), &report); code != exitFailure || err != nil || len(report.Findings) != 1 ||
		report.Findings[0].Kind != doctor.LogoutURL {
		t.Errorf("%d, %v: %s", code, err, out)
	}
}

// A site that is not there is told, unless it is not asked for.
func TestDoctorLooksAtTheSite(t *testing.T) {
	code, out, log := examined(t, func(*tenant.Options) {}, "--tenant-only=false", "--page=http://127.0.0.1:1/")
	if code != exitFailure || !strings.Contains(out, "The page does not answer") || !strings.Contains(log, "looking at the site") {
		t.Errorf("%d, %s, %s", code, out, log)
	}
}

// The token comes from the environment, and is told nobody.
func TestDoctorToken(t *testing.T) {
	s := tenanttest.Start(t)
	args := []string{"doctor", "--issuer=" + s.Issuer, "--client-id=" + s.ClientID, "--connections=" + tenant.Google, "--token-env=TOKEN"}
	for token, want := range map[string]int{"": exitUsage, "a b": exitUsage, "secret-token": exitOK} {
		var stdout, stderr bytes.Buffer
		code := run(t.Context(), args, &stdout, &stderr, func(name string) (string, bool) {
			if name != "TOKEN" {
				return "", false
			}
			return token, true
		})
		if told := stdout.String() + stderr.String(); code != want || strings.Contains(told, "secret-token") {
			t.Errorf("%q: %d, %s", token, code, told)
		}
	}
}

func TestDoctorUsage(t *testing.T) {
	for _, page := range []string{"accounts.example.com", "ftp://x/", "https://", "https://x/?a=b", "https://a@x/", "://"} {
		if code, _, log := examined(t, func(*tenant.Options) {}, "--page="+page); code != exitUsage || !strings.Contains(log, "page: must be an address") {
			t.Errorf("%s: %d, %s", page, code, log)
		}
	}
}

// What is compared letter by letter is the address that a browser makes of what was given.
func TestPageAsBrowsersWriteIt(t *testing.T) {
	for given, want := range map[string]string{
		"https://Accounts.Example.com":                "https://accounts.example.com/",
		"https://accounts.example.com:443/link":       "https://accounts.example.com/link/",
		"http://127.0.0.1:80/":                        "http://127.0.0.1/",
		"https://x:80/":                               "https://x:80/",
		"https://x:?":                                 "https://x/",
		"http://[::1]:8000":                           "http://[::1]:8000/",
		"https://konten.m\u00fcller.example/f\u00fcr": "https://konten.xn--mller-kva.example/f%C3%BCr/",
		"https://x/a%2Fb":                             "https://x/a%2Fb/",
		"https://x/a/../b//":                          "https://x/b/",
		"https://my_host.example/":                    "https://my_host.example/",
	} {
		page, err := parsePage(given)
		if err != nil || page.String() != want {
			t.Errorf("%s: %v, %v, want %s", given, page, err, want)
		}
	}
}
