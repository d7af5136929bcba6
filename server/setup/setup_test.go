package setup_test

import (
	"bytes"
	"errors"
	"flag"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"

	"twinlock/app/config"
	"twinlock/server/setup"
)

var update = flag.Bool("update", false, "write the golden files")

func address(raw string) *url.URL {
	u, err := url.Parse(raw)
	if err != nil {
		panic(err)
	}
	return u
}

// sites are what golden files are made for.
var sites = map[string]setup.Site{
	"new": {
		Page: address("https://accounts.example.com/"),
		Config: config.Config{
			Domain: "acme.eu.auth0.com",
			Connections: []config.Connection{
				{Name: "Username-Password-Authentication", Label: "Email and password"}, {Name: "google-oauth2"},
			},
			Brand: config.Brand{Name: "Example Accounts"},
		}.WithDefaults(),
	},
	"odd": {
		Page: address("https://example.com/a/accounts/"),
		Config: config.Config{
			Domain: "id.example.com", Audience: "https://acme.eu.auth0.com/api/v2/", ClientID: "abc",
			Connections: []config.Connection{{Name: "a.b", Strategy: "oauth2", Label: `"Ünder" ${x} %{y}`}, {Name: "a_b", Strategy: "samlp", Labels: map[string]string{"de": "Arbeit"}}},
			Brand:       config.Brand{Name: `Ada's $(id) "${x}" & %{y} \n`, Accent: "#0b5f4a"},
			Scopes:      []string{"openid", "profile", "email", "offline_access", "read:current_user", "update:current_user_identities"},
			Languages:   []string{"de", "en"},
			Links:       []config.Link{{Label: "<Password>", URL: "/p?a&b"}},
		}.WithDefaults(),
	},
}

// The files are as they were looked at, and what reads them takes them.
func TestFiles(t *testing.T) {
	for name, s := range sites {
		files, err := setup.Files(s)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			golden := filepath.Join("testdata", name, f.Name)
			if *update {
				if err := errors.Join(os.MkdirAll(filepath.Dir(golden), 0o755), os.WriteFile(golden, f.Body, 0o644)); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil || !bytes.Equal(f.Body, want) {
				t.Errorf("%s: %v\n%s", golden, err, f.Body)
			}
			switch filepath.Ext(f.Name) {
			case ".tf":
				checkHCL(t, golden, f.Body)
			case ".sh":
				if out, err := exec.Command("sh", "-n", golden).CombinedOutput(); err != nil {
					t.Errorf("%s: %v: %s", golden, err, out)
				}
			}
		}
	}
}

// checkHCL checks form and blocks of a Terraform file.
func checkHCL(t *testing.T, name string, body []byte) {
	t.Helper()
	file, problems := hclsyntax.ParseConfig(body, name, hcl.InitialPos)
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	if formatted := hclwrite.Format(body); !bytes.Equal(formatted, body) {
		t.Errorf("%s is not formatted:\n%s", name, formatted)
	}
	seen := map[string]bool{}
	for _, block := range file.Body.(*hclsyntax.Body).Blocks {
		id := block.Type + " " + strings.Join(block.Labels, " ")
		if len(block.Labels) > 0 && seen[id] {
			t.Errorf("%s: %s is there twice", name, id)
		}
		seen[id] = true
		if strings.Contains(id, "auth0_connection_clients") {
			t.Errorf("%s would own the list of all applications of a connection", name)
		}
		for _, a := range block.Body.Attributes {
			if block.Labels != nil && len(a.Expr.Variables()) > 0 && a.Name != "connection_id" && a.Name != "client_id" && a.Name != "audience" {
				if block.Type != "output" {
					t.Errorf("%s: %s has a variable in it", id, a.Name)
				}
			}
		}
	}
}

// cli stands for the auth0 CLI: it tells its arguments on standard error, and has one application
// and one connection, google-oauth2.
const cli = `#!/bin/sh
{ for a; do printf '<%s>' "$a"; done; echo; } >&2
case "$*" in
"apps create "*) printf '{\n  "name": "x",\n  "client_id": "made",\n  "client_secret": "s3cret"\n}\n' ;;
"api get connections "*"name=google-oauth2 "*) printf '[\n  {\n    "id": "con_1"\n  }\n]\n' ;;
"api get "*) echo '[]' ;;
esac
`

func runScript(t *testing.T, s setup.Site) (out string, err error) {
	t.Helper()
	files, err := setup.Files(s)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	script := filepath.Join(folder, "setup.sh")
	if err := errors.Join(os.WriteFile(filepath.Join(folder, "auth0"), []byte(cli), 0o755), os.WriteFile(script, files[1].Body, 0o644)); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("sh", script)
	cmd.Env = append(os.Environ(), "PATH="+folder+":"+os.Getenv("PATH"))
	b, err := cmd.CombinedOutput()
	return string(b), err
}

// The script runs as it is: it learns the client ID and the connections' ids from the tenant, and
// prints no secret.
func TestScript(t *testing.T) {
	s := sites["new"]
	s.Config.Connections = s.Config.Connections[1:]
	out, err := runScript(t, s)
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, want := range []string{
		"<apps><create>", "<--callbacks><https://accounts.example.com/callback>", "client_id: made\n",
		`<connections/con_1/clients><--no-input><--data><[{"client_id":"made","status":true}]>`,
		"<--client-id><made>", "<--subject-type><user><--scopes><read:current_user,update:current_user_identities,update:current_user_metadata>",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("%s is missing in\n%s", want, out)
		}
	}
	if strings.Contains(out, "s3cret") {
		t.Errorf("a secret is printed:\n%s", out)
	}
}

// What an operator is called is one word for the shell; a connection that is not there ends the
// script before people are given access.
func TestScriptOfOddSite(t *testing.T) {
	out, err := runScript(t, sites["odd"])
	if err == nil || !strings.Contains(out, "The tenant has no connection a.b.") || strings.Contains(out, "client-grants") {
		t.Errorf("%v: %s", err, out)
	}
	for _, want := range []string{"<apps><update><abc>", "<--grants><code,refresh-token>"} {
		if !strings.Contains(out, want) {
			t.Errorf("%s is missing in\n%s", want, out)
		}
	}
	s := sites["odd"]
	s.Config.ClientID = ""
	if out, _ := runScript(t, s); !strings.Contains(out, "<"+s.Config.Brand.Name+">") {
		t.Errorf("the name is not one word in\n%s", out)
	}
}

// Nothing that is there is written over.
func TestWrite(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	files := []setup.File{{Name: "one", Body: []byte("1")}, {Name: "two", Body: []byte("2")}}
	if err := setup.Write(dir, files); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "one")); err != nil {
		t.Fatal(err)
	}
	if err := setup.Write(dir, files); !errors.Is(err, fs.ErrExist) || !strings.Contains(err.Error(), "two") {
		t.Errorf("error %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "one")); err == nil {
		t.Error("one of two was written")
	}
}
