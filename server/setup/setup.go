// Package setup writes what sets a site up: its settings, and the tenant's side of them as
// commands of the auth0 CLI and for Terraform; and recipes, which are code for the tenant. [Files] makes them, [Write] writes them.
package setup

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/template"

	"twinlock/app/config"
)

// A Site is what to set up.
type Site struct {
	// Config is the page's document, with its defaults. Without a client ID there is a
	// [NoClient] in the files.
	Config config.Config
	// Page is the page's address, with a trailing slash.
	Page *url.URL
}

// NoClient stands where the client ID is to be written once the application is made.
const NoClient = "CLIENT_ID"

// The recipes.
const (
	// IdentitiesChanged is an Action for an event stream.
	IdentitiesChanged = "action-identities-changed.js"
	// SuggestLink is an Action for logins.
	SuggestLink = "action-suggest-link.js"
)

// A File is one that is written.
type File struct {
	Name string
	Body []byte
}

//go:embed templates
var templates embed.FS

// Files returns the files for a site: twinlock.yaml, auth0.sh, auth0.tf, and the recipes of
// RECIPES.md.
//
// Sources: https://github.com/auth0/auth0-cli (docs), https://github.com/auth0/terraform-provider-auth0
// (docs/resources).
func Files(s Site) ([]File, error) {
	all, err := template.New("").Funcs(template.FuncMap{
		"yaml": encoded, "js": encoded, "hcl": quotedHCL, "sh": quotedShell, "label": identifier, "join": strings.Join,
	}).ParseFS(templates, "templates/*")
	if err != nil {
		return nil, err
	}
	var files []File
	for _, name := range []string{"twinlock.yaml", "auth0.sh", "auth0.tf", IdentitiesChanged, SuggestLink} {
		var b strings.Builder
		if err := all.ExecuteTemplate(&b, name, s); err != nil {
			return nil, err
		}
		files = append(files, File{name, []byte(b.String())})
	}
	return files, nil
}

// Write writes files into a folder, which it makes. Where one of the files is already there it
// writes none of them: the error is [fs.ErrExist].
func Write(dir string, files []File) error {
	for _, f := range files {
		if _, err := os.Lstat(filepath.Join(dir, f.Name)); !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%s: %w", filepath.Join(dir, f.Name), errors.Join(err, fs.ErrExist))
		}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, f := range files {
		file, err := os.OpenFile(filepath.Join(dir, f.Name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if err != nil {
			return err
		}
		_, err = file.Write(f.Body)
		if err := errors.Join(err, file.Close()); err != nil {
			return err
		}
	}
	return nil
}

// Callback is the page's callback.
func (s Site) Callback() string { return s.Page.JoinPath("callback").String() }

// Origin is the page's origin.
func (s Site) Origin() string { return s.Page.Scheme + "://" + s.Page.Host }

// Renews reports whether the page asks for refresh tokens.
func (s Site) Renews() bool { return slices.Contains(s.Config.Scopes, "offline_access") }

// Rest has the other settings that are not at their default, each a line of YAML.
func (s Site) Rest() ([]string, error) {
	c := s.Config
	usual, err := members(config.Config{
		Issuer: c.Issuer, Domain: c.Domain, ClientID: c.ClientID, Audience: c.Audience, Connections: c.Connections,
		Brand: config.Brand{Name: c.Brand.Name},
	}.WithDefaults())
	if err != nil {
		return nil, err
	}
	own, err := members(c)
	var lines []string
	for _, key := range slices.Sorted(maps.Keys(own)) {
		if key != "brand" && !bytes.Equal(own[key], usual[key]) {
			lines = append(lines, key+": "+string(own[key]))
		}
	}
	return lines, err
}

// BrandRest has the settings of the brand other than its name, each a line of YAML.
func (s Site) BrandRest() ([]string, error) {
	own, err := members(s.Config.Brand)
	var lines []string
	for _, key := range slices.Sorted(maps.Keys(own)) {
		if key != "name" {
			lines = append(lines, key+": "+string(own[key]))
		}
	}
	return lines, err
}

// members returns the members of a struct as JSON has them.
func members(v any) (map[string]json.RawMessage, error) {
	data, err := encoded(v)
	if err != nil {
		return nil, err
	}
	var m map[string]json.RawMessage
	return m, json.Unmarshal([]byte(data), &m)
}

// Scopes are those of the Management API.
func (s Site) Scopes() (scopes []string) {
	for _, scope := range s.Config.Scopes {
		if strings.Contains(scope, ":") {
			scopes = append(scopes, scope)
		}
	}
	return scopes
}

// ClientID is that of the application, or [NoClient].
func (s Site) ClientID() string {
	if s.Config.ClientID == "" {
		return NoClient
	}
	return s.Config.ClientID
}

// Tenant is the address of the tenant by its own name, with a trailing slash.
func (s Site) Tenant() string { return strings.TrimSuffix(s.Config.Audience, "api/v2/") }

// ConnectionNames are those of the connections that the page offers.
func (s Site) ConnectionNames() (names []string) {
	for _, c := range s.Config.Connections {
		names = append(names, c.Name)
	}
	return names
}

// Labels has what people read for each connection, by its name.
func (s Site) Labels() map[string]string {
	labels := map[string]string{}
	for _, c := range s.Config.Connections {
		labels[c.Name] = c.Label
	}
	return labels
}

// CustomDomain reports whether the issuer does not have the tenant's own name.
func (s Site) CustomDomain() bool { return s.Config.Audience != s.Config.ManagementURL() }

// Domain is the host of the issuer.
func (s Site) Domain() string {
	return strings.TrimSuffix(strings.TrimPrefix(s.Config.Issuer, "https://"), "/")
}

// encoded writes a value as JSON, which YAML has too.
func encoded(v any) (string, error) {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return strings.TrimSuffix(b.String(), "\n"), err
}

// quotedHCL writes a text as HCL, in which ${ and %{ begin a template.
func quotedHCL(s string) (string, error) {
	q, err := encoded(s)
	return strings.NewReplacer("${", "$${", "%{", "%%{").Replace(q), err
}

// quotedShell writes a text as one word of a POSIX shell.
func quotedShell(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// identifier makes a name of Terraform's from the name of a connection: two names that differ
// have two identifiers.
func identifier(name string) string {
	var b strings.Builder
	b.WriteString("c_")
	for _, r := range name {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-':
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, "_%x_", r)
		}
	}
	return b.String()
}
