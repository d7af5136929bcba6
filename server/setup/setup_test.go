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
			Connections: []config.Connection{{Name: "a.b", Strategy: "oauth2", Label: `"Ünder" ${x} %{y}`}, {Name: "a_b", Strategy: "samlp"}},
			Brand:       config.Brand{Name: `Ada's $(id) "${x}" & %{y} \n`},
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
		if seen[id] {
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

// What an operator is called is one word for the shell.
func TestShellWords(t *testing.T) {
	files, err := setup.Files(sites["odd"])
	if err != nil {
		t.Fatal(err)
	}
	stub := t.TempDir()
	if err := os.WriteFile(filepath.Join(stub, "auth0"), []byte("#!/bin/sh\nfor a; do printf '<%s>' \"$a\"; done; echo\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	script := filepath.Join(stub, "setup.sh")
	if err := os.WriteFile(script, files[1].Body, 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("sh", script)
	cmd.Env = append(os.Environ(), "PATH="+stub+":"+os.Getenv("PATH"))
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, want := range []string{
		"<apps><update><abc>", "<--callbacks><https://example.com/a/accounts/callback>", "<--subject-type><user>",
		"<read:current_user,update:current_user_identities,update:current_user_metadata>",
		`<connections/ID_OF_a.b/clients><--data><[{"client_id":"abc","status":true}]>`,
	} {
		if !strings.Contains(string(out), want) {
			t.Errorf("%s is missing in\n%s", want, out)
		}
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
