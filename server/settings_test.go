package main

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"

	"twinlock/app/config"
	"twinlock/app/provider"
)

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }

// serveSettings are what serve makes of a file, the environment and flags.
func serveSettings(t *testing.T, file string, env map[string]string, flags ...string) (settings, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "twinlock.yaml")
	if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	var c cli
	parser, err := kong.New(&c, kong.Resolvers(environment(func(name string) (string, bool) { v, ok := env[name]; return v, ok })))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(append([]string{"serve", "--config=" + path}, flags...)); err != nil {
		t.Fatal(err)
	}
	return c.Serve.merge()
}

const wholeFile = `
addr: 127.0.0.1:1
base_path: /file
tls_cert: testdata/file.crt
tls_key: testdata/file.key
access_log: false
log_format: json
header_timeout: 11s
write_timeout: 12s
idle_timeout: 13s
drain_time: 0s
stop_timeout: 15s
max_header_bytes: 10000
issuer: https://file.example/
client_id: file
audience: https://acme.eu.auth0.com/api/v2/
scopes: [openid, file]
connections:
  - name: google-oauth2
    label: From the file
  - name: acme
    strategy: samlp
interaction: popup
max_auth_age: 100
unverified_email: warn
history: wipe
picture_hosts: [file.example]
brand:
  name: File
  logo: /file.svg
  accent: "#111111"
  accent_dark: "#eeeeee"
languages: [de, en]
`

func TestPrecedence(t *testing.T) {
	env := map[string]string{
		"TWINLOCK_ADDR": "127.0.0.1:2", "TWINLOCK_BASE_PATH": "/env", "TWINLOCK_ISSUER": "https://env.example/",
		"TWINLOCK_CLIENT_ID": "env", "TWINLOCK_AUDIENCE": "https://env.auth0.com/api/v2/", "TWINLOCK_SCOPES": "openid,env",
		"TWINLOCK_CONNECTIONS": "facebook,acme:oidc=Env", "TWINLOCK_INTERACTION": "auto", "TWINLOCK_HISTORY": "keep", "TWINLOCK_PICTURE_HOSTS": "env.example,*.env.example", "TWINLOCK_MAX_AUTH_AGE": "200", "TWINLOCK_UNVERIFIED_EMAIL": "refuse", "TWINLOCK_BRAND_NAME": "Env",
		"TWINLOCK_BRAND_LOGO": "/env.svg", "TWINLOCK_BRAND_ACCENT": "#222222", "TWINLOCK_BRAND_ACCENT_DARK": "#dddddd",
		"TWINLOCK_LANGUAGES": "en,de",
		"TWINLOCK_TLS_CERT":  "testdata/env.crt", "TWINLOCK_TLS_KEY": "testdata/env.key", "TWINLOCK_ACCESS_LOG": "true",
		"TWINLOCK_LOG_FORMAT": "text", "TWINLOCK_HEADER_TIMEOUT": "21s", "TWINLOCK_WRITE_TIMEOUT": "22s",
		"TWINLOCK_IDLE_TIMEOUT": "23s", "TWINLOCK_DRAIN_TIME": "24s", "TWINLOCK_STOP_TIMEOUT": "25s", "TWINLOCK_MAX_HEADER_BYTES": "20000",
	}
	flags := []string{
		"--addr=127.0.0.1:3", "--base-path=/flag/", "--issuer=https://flag.example/", "--client-id=flag",
		"--audience=https://flag.auth0.com/api/v2/", "--scopes=openid,flag", "--connections=apple", "--connections=acme:adfs=Flag",
		"--interaction=redirect", "--history=wipe", "--picture-hosts=*.flag.example", "--max-auth-age=400", "--unverified-email=warn", "--brand-name=Flag", "--brand-logo=/flag.svg", "--brand-accent=#333333", "--brand-accent-dark=#cccccc",
		"--languages=en", "--tls-cert=testdata/flag.crt", "--tls-key=testdata/flag.key", "--no-access-log", "--log-format=json",
		"--header-timeout=31s", "--write-timeout=32s", "--idle-timeout=33s", "--drain-time=34s", "--stop-timeout=35s", "--max-header-bytes=30000",
	}
	fromFile := settings{Addr: "127.0.0.1:1", BasePath: "/file", Serving: serving{
		TLSCert: "testdata/file.crt", TLSKey: "testdata/file.key", AccessLog: false, LogFormat: logJSON,
		Limits: limits{11 * time.Second, 12 * time.Second, 13 * time.Second, 0, 15 * time.Second, 10000},
	}, Config: config.Config{
		Issuer: "https://file.example/", ClientID: "file", Audience: "https://acme.eu.auth0.com/api/v2/", Scopes: []string{"openid", "file"},
		Connections: []config.Connection{
			{Name: "google-oauth2", Label: "From the file", Strategy: "google-oauth2"},
			{Name: "acme", Label: "acme", Strategy: "samlp"},
		},
		Interaction: provider.Popup,
		MaxAuthAge:  100, UnverifiedEmail: "warn",
		History:      config.WipeHistory,
		PictureHosts: []string{"file.example"},
		Brand:        config.Brand{Name: "File", Logo: "/file.svg", Accent: "#111111", AccentDark: "#eeeeee"},
		Languages:    []string{"de", "en"},
	}}
	fromEnv := settings{Addr: "127.0.0.1:2", BasePath: "/env", Serving: serving{
		TLSCert: "testdata/env.crt", TLSKey: "testdata/env.key", AccessLog: true, LogFormat: logText,
		Limits: limits{21 * time.Second, 22 * time.Second, 23 * time.Second, 24 * time.Second, 25 * time.Second, 20000},
	}, Config: config.Config{
		Issuer: "https://env.example/", ClientID: "env", Audience: "https://env.auth0.com/api/v2/", Scopes: []string{"openid", "env"},
		Connections: []config.Connection{
			{Name: "facebook", Label: "Facebook", Strategy: "facebook"},
			{Name: "acme", Label: "Env", Strategy: "oidc"},
		},
		Interaction: provider.Auto,
		MaxAuthAge:  200, UnverifiedEmail: "refuse",
		History:      config.KeepHistory,
		PictureHosts: []string{"env.example", "*.env.example"},
		Brand:        config.Brand{Name: "Env", Logo: "/env.svg", Accent: "#222222", AccentDark: "#dddddd"},
		Languages:    []string{"en", "de"},
	}}
	fromFlags := settings{Addr: "127.0.0.1:3", BasePath: "/flag", Serving: serving{
		TLSCert: "testdata/flag.crt", TLSKey: "testdata/flag.key", AccessLog: false, LogFormat: logJSON,
		Limits: limits{31 * time.Second, 32 * time.Second, 33 * time.Second, 34 * time.Second, 35 * time.Second, 30000},
	}, Config: config.Config{
		Issuer: "https://flag.example/", ClientID: "flag", Audience: "https://flag.auth0.com/api/v2/", Scopes: []string{"openid", "flag"},
		Connections: []config.Connection{
			{Name: "apple", Label: "Apple", Strategy: "apple"},
			{Name: "acme", Label: "Flag", Strategy: "adfs"},
		},
		Interaction: provider.Redirect,
		MaxAuthAge:  400, UnverifiedEmail: "warn",
		History:      config.WipeHistory,
		PictureHosts: []string{"*.flag.example"},
		Brand:        config.Brand{Name: "Flag", Logo: "/flag.svg", Accent: "#333333", AccentDark: "#cccccc"},
		Languages:    []string{"en"},
	}}
	tests := []struct {
		name  string
		file  string
		env   map[string]string
		flags []string
		want  settings
	}{
		{"file", wholeFile, nil, nil, fromFile},
		{"environment before file", wholeFile, env, nil, fromEnv},
		{"flags before all", wholeFile, env, flags, fromFlags},
		{"environment alone", "", env, nil, fromEnv},
		{"flags alone", "", nil, flags, fromFlags},
		{"empty variables count as none", wholeFile, map[string]string{"TWINLOCK_CLIENT_ID": "", "TWINLOCK_LANGUAGES": ""}, nil, fromFile},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := serveSettings(t, test.file, test.env, test.flags...)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, test.want) {
				t.Errorf("got  %+v\nwant %+v", got, test.want)
			}
		})
	}
}

// TestPrecedenceIsWhole fails where a field of the configuration has no place in
// the file above, and so perhaps no flag.
func TestPrecedenceIsWhole(t *testing.T) {
	document := reflect.TypeFor[config.Config]()
	for i := range document.NumField() {
		name, _, _ := strings.Cut(document.Field(i).Tag.Get("json"), ",")
		if name != "domain" && !strings.Contains(wholeFile, "\n"+name+":") {
			t.Errorf("%s is not tested", name)
		}
	}
}

func TestDomainAndIssuer(t *testing.T) {
	rest := []string{"--client-id=abc", "--connections=apple"}
	got, err := serveSettings(t, "issuer: https://file.example/", nil, append(rest, "--domain=acme.eu.auth0.com")...)
	if err != nil || got.Config.Issuer != "https://acme.eu.auth0.com/" {
		t.Errorf("a domain over the file's issuer: %s, %v", got.Config.Issuer, err)
	}
	got, err = serveSettings(t, "domain: file.example", nil, append(rest, "--issuer=https://id.acme.example/")...)
	if err != nil || got.Config.Issuer != "https://id.acme.example/" {
		t.Errorf("an issuer over the file's domain: %s, %v", got.Config.Issuer, err)
	}
	if _, err := serveSettings(t, "", nil, append(rest, "--domain=acme.eu.auth0.com", "--issuer=https://id.acme.example/")...); err == nil {
		t.Error("a domain and another issuer were taken")
	}
}

func TestParseFileErrors(t *testing.T) {
	tests := []struct {
		name, file string
		want       []string
	}{
		{"unknown key", "client: x", []string{"client: there is no such setting"}},
		{"unknown keys, all of them", "aa: 1\nbb: 2", []string{"aa: there is no such setting", "bb: there is no such setting"}},
		{"key in another case", "Issuer: https://x.example/", []string{"Issuer: there is no such setting"}},
		{"unknown key in a map", "brand:\n  colour: red", []string{`brand: has no "colour"`}},
		{"unknown key in a list", "connections:\n  - name: a\n    icon: b", []string{`connections: has no "icon"`}},
		{"number for text", "client_id: 123", []string{"client_id: must be text (perhaps in quotation marks), not a number"}},
		{"boolean for text", "addr: true", []string{"addr: must be text"}},
		{"text for a boolean", "access_log: often", []string{"access_log: must be true or false"}},
		{"text for a number", "max_header_bytes: many", []string{"max_header_bytes: must be a whole number"}},
		{"negative number", "max_header_bytes: -1", []string{"max_header_bytes: must be a whole number"}},
		{"time without a unit", "idle_timeout: 30", []string{"idle_timeout: must be a time such as 30s"}},
		{"text for a list", "languages: de", []string{"languages: must be a list, not a string"}},
		{"list for a map", "brand: [a]", []string{"brand: must be a map, not a array"}},
		{"number in a list", "scopes: [openid, 5]", []string{"scopes: must be text (perhaps in quotation marks), not a number"}},
		{"key given twice", "client_id: a\nclient_id: b", []string{"config: line 2: "}},
		{"key given twice below", "brand:\n  name: a\n  name: b", []string{"config: line 3: "}},
		{"not YAML", "a: [", []string{"config: line 1: "}},
		{"not a map", "- a", []string{"config: line 1: "}},
		{"two documents", "client_id: a\n---\nclient_id: b", []string{"config: holds more than one document"}},
		{"too large", "client_id: " + strings.Repeat("x", config.MaxSize), []string{"config: file is too large"}},
		{"several kinds at once", "client_id: 1\nlanguages: de\nzz: 1", []string{"client_id: ", "languages: ", "zz: "}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := parseFile([]byte(test.file))
			if err == nil {
				t.Fatal("was taken")
			}
			got := flatten(err)
			if len(got) != len(test.want) {
				t.Fatalf("problems = %q, want %q", got, test.want)
			}
			for i, want := range test.want {
				var field *config.FieldError
				if !errors.As(got[i], &field) || !strings.HasPrefix(got[i].Error(), want) || strings.Contains(got[i].Error(), "\n") {
					t.Errorf("problem %d = %q, want %q", i, got[i], want)
				}
			}
		})
	}
}

func TestParseFileEmpty(t *testing.T) {
	for _, file := range []string{"", "# nothing\n", "---\n", "client_id:\n"} {
		if s, err := parseFile([]byte(file)); err != nil || !reflect.DeepEqual(s, defaultSettings()) {
			t.Errorf("%q: %+v, %v", file, s, err)
		}
	}
}

func FuzzParseFile(f *testing.F) {
	f.Add([]byte(wholeFile))
	f.Add([]byte("a: &a [*a]"))
	f.Add([]byte("brand: {name: !!binary x}\n? [1]\n: 2"))
	f.Fuzz(func(t *testing.T, file []byte) {
		_, err := parseFile(file)
		for _, problem := range flattenAll(err) {
			if field := (*config.FieldError)(nil); !errors.As(problem, &field) {
				t.Errorf("%v is not about a setting", problem)
			}
		}
	})
}

func flattenAll(err error) []error {
	if err == nil {
		return nil
	}
	return flatten(err)
}

func TestDevSettings(t *testing.T) {
	var cmd devCommand
	cmd.TenantAddr = "127.0.0.1:0"
	s, err := cmd.settings()
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
	if _, err := cmd.settings(); err == nil || !strings.Contains(err.Error(), "dev has one of its own") {
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
