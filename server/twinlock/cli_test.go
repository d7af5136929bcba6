package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"twinlock/server/settings"
)

// call runs the command within the test.
func call(t *testing.T, env map[string]string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // whatever would serve ends at once
	return callWith(ctx, env, args...)
}

func callWith(ctx context.Context, env map[string]string, args ...string) (code int, stdout, stderr string) {
	var out, log bytes.Buffer
	code = run(ctx, args, &out, &log, func(name string) (string, bool) { v, ok := env[name]; return v, ok })
	return code, out.String(), log.String()
}

func TestUsage(t *testing.T) {
	good := []string{"serve", "--domain=acme.eu.auth0.com", "--client-id=abc", "--connections=google-oauth2"}
	serve := func(more ...string) []string { return append(append([]string{}, good...), more...) }
	const customDomain = "audience: is missing: with a custom domain, set audience to https://TENANT.REGION.auth0.com/api/v2/," +
		" which has the tenant's own name (--audience, TWINLOCK_AUDIENCE)"
	tests := []struct {
		name string
		args []string
		want []string // parts of standard error, each on a line of its own
	}{
		{"no command", nil, []string{"serve"}},
		{"unknown command", []string{"bake"}, []string{"bake"}},
		{"unknown flag", []string{"serve", "--colour=red"}, []string{"--colour"}},
		{"nothing set", []string{"serve"}, []string{"issuer: is missing", "client_id: is missing (--client-id, TWINLOCK_CLIENT_ID)", "connections: "}},
		{"address", serve("--addr=localhost"), []string{"addr: must be host:port"}},
		{"port", serve("--addr=127.0.0.1:http"), []string{"addr: must be host:port"}},
		{"base path", serve("--base-path=accounts"), []string{"base_path: must look like"}},
		{"domain", serve("--domain=https://acme.eu.auth0.com"), []string{"domain: "}},
		{"issuer", serve("--issuer=http://acme.eu.auth0.com/"), []string{"issuer: must be https"}},
		{"audience", serve("--audience=acme"), []string{"audience: "}},
		{"custom domain without audience", serve("--domain=id.acme.example"), []string{customDomain}},
		{"custom domain as issuer", []string{"export", "--out=x", "--issuer=https://id.acme.example/", "--client-id=abc", "--connections=apple"}, []string{customDomain}},
		{"scopes", serve("--scopes=profile"), []string{"scopes: must contain openid (--scopes, TWINLOCK_SCOPES)"}},
		{"connections", serve("--connections=a b"), []string{"connections[1].name: "}},
		{"interaction", serve("--interaction=iframe"), []string{"interaction: must be"}},
		{"history", serve("--history=forever"), []string{"history: must be keep or wipe"}},
		{"brand name", serve("--brand-name=" + strings.Repeat("x", 99)), []string{"brand.name: must be"}},
		{"logo without a settings file", serve("--brand-logo=logo.svg"), []string{"brand.logo: names a file beside the settings file, and there is none (--brand-logo, TWINLOCK_BRAND_LOGO)"}},
		{"brand logo", serve("--brand-logo=http://x/"), []string{"brand.logo: must be a file beside the settings file, an https URL or a path of the origin (--brand-logo, TWINLOCK_BRAND_LOGO)"}},
		{"brand accent", serve("--brand-accent=red"), []string{"brand.accent: "}},
		{"brand accent, dark", serve("--brand-accent-dark=#000000"), []string{"brand.accent_dark: "}},
		{"languages", serve("--languages=tlh"), []string{`languages[0]: "tlh" is none of en, `}},
		{"certificate", serve("--tls-cert=nowhere.crt", "--tls-key=nowhere.key"), []string{"tls_cert: open nowhere.crt", "tls_key: open nowhere.key"}},
		{"certificate without key", serve("--tls-cert=main.go"), []string{"tls_key: is missing: TLS needs a certificate and its key (--tls-key, TWINLOCK_TLS_KEY)"}},
		{"key without certificate", serve("--tls-key=main.go"), []string{"tls_cert: is missing"}},
		{"no certificate", serve("--tls-cert=main.go", "--tls-key=main.go"), []string{"tls_cert: cannot be used with tls_key: "}},
		{"log format", serve("--log-format=xml"), []string{"log_format: must be text or json (--log-format, TWINLOCK_LOG_FORMAT)"}},
		{"access log", serve("--access-log=often"), []string{"--access-log"}},
		{"header timeout", serve("--header-timeout=0s"), []string{"header_timeout: must be a time from 1ms to 1h"}},
		{"header timeout without unit", serve("--header-timeout=10"), []string{"--header-timeout"}},
		{"write timeout", serve("--write-timeout=2h"), []string{"write_timeout: must be"}},
		{"idle timeout", serve("--idle-timeout=-1s"), []string{"idle_timeout: must be"}},
		{"drain time", serve("--drain-time=-1s"), []string{"drain_time: must be a time from 0s to 1h"}},
		{"stop timeout", serve("--stop-timeout=0s"), []string{"stop_timeout: must be"}},
		{"header size", serve("--max-header-bytes=1"), []string{"max_header_bytes: must be from 1024 to 1048576 (--max-header-bytes, TWINLOCK_MAX_HEADER_BYTES)"}},
		{"header size in words", serve("--max-header-bytes=many"), []string{"--max-header-bytes"}},
		{"no such file", serve("--config=nowhere.yaml"), []string{"config: open nowhere.yaml"}},
		{"several at once", serve("--addr=x", "--base-path=x", "--interaction=x"), []string{"addr: ", "base_path: ", "interaction: "}},
		{"dev: tenant's address", []string{"dev", "--tenant-addr=x"}, []string{"tenant_addr: must be host:port"}},
		{"dev: tenant for everybody", []string{"dev", "--tenant-addr=0.0.0.0:0"}, []string{"tenant_addr: 0.0.0.0:0 can be reached"}},
		{"tenant for everybody", []string{"tenant", "--tenant-addr=:0"}, []string{"tenant_addr: :0 can be reached"}},
		{"tenant: app", []string{"tenant", "--app=http://127.0.0.1:8000"}, []string{"app: must be a URL"}},
		{"tenant: issuer", []string{"tenant", "--issuer=http://127.0.0.1/x/"}, []string{"issuer: must be an origin"}},
		{"export: no folder", []string{"export"}, []string{"--out"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			code, stdout, stderr := call(t, nil, test.args...)
			if code != exitUsage || stdout != "" {
				t.Errorf("exit code %d with %q", code, stdout)
			}
			lines := strings.Split(strings.TrimSpace(stderr), "\n")
			for i, want := range test.want {
				if i >= len(lines) || !strings.Contains(lines[i], want) {
					t.Errorf("standard error %q lacks %q on line %d", stderr, want, i+1)
				}
			}
		})
	}
}

// TestHints: a problem of the file is told with the flag that gives the setting, if there is
// one.
func TestHints(t *testing.T) {
	for problem, want := range map[string]string{
		"no_emial: refuse":                       "no_emial: there is no such setting: did you mean no_email?",
		"brand: [a]":                             "brand: must be a map",
		"brand: {colour: red}":                   `brand: has no "colour"`,
		"brand: {name: 1}":                       "brand.name: must be text (perhaps in quotation marks) (--brand-name, TWINLOCK_BRAND_NAME)",
		"connections: [{name: 1}]":               "connections.name: must be text (perhaps in quotation marks) (--connections, TWINLOCK_CONNECTIONS)",
		"- a":                                    "config: must be a map of settings (--config, TWINLOCK_CONFIG)",
		"write_timeout: 5":                       "write_timeout: must be a time such as 30s (--write-timeout, TWINLOCK_WRITE_TIMEOUT)",
		"connections: [{name: a}, a]":            "connections: must be a map (--connections, TWINLOCK_CONNECTIONS)",
		"connections: [{strategy: x, label: X}]": "connections[0].name: must be letters, digits and -._ (at most 128) (--connections, TWINLOCK_CONNECTIONS)",
	} {
		file := filepath.Join(t.TempDir(), "settings.yaml")
		if err := os.WriteFile(file, []byte(problem), 0o600); err != nil {
			t.Fatal(err)
		}
		args := []string{"serve", "--config=" + file, "--domain=acme.eu.auth0.com", "--client-id=abc"}
		if !strings.Contains(problem, "connections") {
			args = append(args, "--connections=apple")
		}
		code, _, stderr := call(t, nil, args...)
		if code != exitUsage || stderr != "twinlock: "+want+"\n" {
			t.Errorf("%q: exit code %d with %q, want %q", problem, code, stderr, want)
		}
	}
}

func TestHelpAndVersion(t *testing.T) {
	for _, args := range [][]string{{"--help"}, {"dev", "--help"}, {"version"}} {
		code, stdout, _ := call(t, nil, args...)
		if code != exitOK || !strings.Contains(stdout, "twinlock") {
			t.Errorf("%v: exit code %d, %q", args, code, stdout)
		}
	}
}

// TestHelpHasItsSettings: each command tells the settings that it has, and no others.
func TestHelpHasItsSettings(t *testing.T) {
	uses := map[string][]settings.Use{
		"serve":  {settings.Listen, settings.Place, settings.Tenant, settings.Page, settings.Words, settings.Traffic},
		"dev":    {settings.Listen, settings.Place, settings.Page, settings.Words},
		"export": {settings.Place, settings.Tenant, settings.Page, settings.Words},
	}
	for command, uses := range uses {
		_, help, _ := call(t, nil, command, "--help")
		for _, row := range settings.Table {
			flag := regexp.MustCompile(`--(\[no-\])?` + settings.FlagName(row.Name) + `[= ]`)
			if flag.MatchString(help) != slices.Contains(uses, row.Use) {
				t.Errorf("%s: %s is told: %t", command, row.Name, flag.MatchString(help))
			}
		}
	}
}
