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

	"github.com/alecthomas/kong"

	"twinlock/app/config"
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
	return c.Serve.settings()
}

const wholeFile = `
addr: 127.0.0.1:1
base_path: /file
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
		"TWINLOCK_CONNECTIONS": "facebook,acme:oidc=Env", "TWINLOCK_INTERACTION": "auto", "TWINLOCK_HISTORY": "keep", "TWINLOCK_MAX_AUTH_AGE": "200", "TWINLOCK_UNVERIFIED_EMAIL": "refuse", "TWINLOCK_BRAND_NAME": "Env",
		"TWINLOCK_BRAND_LOGO": "/env.svg", "TWINLOCK_BRAND_ACCENT": "#222222", "TWINLOCK_BRAND_ACCENT_DARK": "#dddddd",
		"TWINLOCK_LANGUAGES": "en,de",
	}
	flags := []string{
		"--addr=127.0.0.1:3", "--base-path=/flag/", "--issuer=https://flag.example/", "--client-id=flag",
		"--audience=https://flag.auth0.com/api/v2/", "--scopes=openid,flag", "--connections=apple", "--connections=acme:adfs=Flag",
		"--interaction=redirect", "--history=wipe", "--max-auth-age=400", "--unverified-email=warn", "--brand-name=Flag", "--brand-logo=/flag.svg", "--brand-accent=#333333", "--brand-accent-dark=#cccccc",
		"--languages=en",
	}
	fromFile := settings{Addr: "127.0.0.1:1", BasePath: "/file", Config: config.Config{
		Issuer: "https://file.example/", ClientID: "file", Audience: "https://acme.eu.auth0.com/api/v2/", Scopes: []string{"openid", "file"},
		Connections: []config.Connection{
			{Name: "google-oauth2", Label: "From the file", Strategy: "google-oauth2"},
			{Name: "acme", Label: "acme", Strategy: "samlp"},
		},
		Interaction: config.Popup,
		MaxAuthAge:  100, UnverifiedEmail: "warn",
		History:   config.WipeHistory,
		Brand:     config.Brand{Name: "File", Logo: "/file.svg", Accent: "#111111", AccentDark: "#eeeeee"},
		Languages: []string{"de", "en"},
	}}
	fromEnv := settings{Addr: "127.0.0.1:2", BasePath: "/env", Config: config.Config{
		Issuer: "https://env.example/", ClientID: "env", Audience: "https://env.auth0.com/api/v2/", Scopes: []string{"openid", "env"},
		Connections: []config.Connection{
			{Name: "facebook", Label: "Facebook", Strategy: "facebook"},
			{Name: "acme", Label: "Env", Strategy: "oidc"},
		},
		Interaction: config.Auto,
		MaxAuthAge:  200, UnverifiedEmail: "refuse",
		History:   config.KeepHistory,
		Brand:     config.Brand{Name: "Env", Logo: "/env.svg", Accent: "#222222", AccentDark: "#dddddd"},
		Languages: []string{"en", "de"},
	}}
	fromFlags := settings{Addr: "127.0.0.1:3", BasePath: "/flag", Config: config.Config{
		Issuer: "https://flag.example/", ClientID: "flag", Audience: "https://flag.auth0.com/api/v2/", Scopes: []string{"openid", "flag"},
		Connections: []config.Connection{
			{Name: "apple", Label: "Apple", Strategy: "apple"},
			{Name: "acme", Label: "Flag", Strategy: "adfs"},
		},
		Interaction: config.Redirect,
		MaxAuthAge:  400, UnverifiedEmail: "warn",
		History:   config.WipeHistory,
		Brand:     config.Brand{Name: "Flag", Logo: "/flag.svg", Accent: "#333333", AccentDark: "#cccccc"},
		Languages: []string{"en"},
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
		if s, err := parseFile([]byte(file)); err != nil || !reflect.DeepEqual(s, settings{}) {
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
