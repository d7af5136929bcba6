package settings

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"twinlock/app/config"
	"twinlock/app/text/texttest"
)

const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>`

// beside reads a settings file that stands beside some other files.
func beside(t *testing.T, files map[string]string, flags ...string) (Settings, error) {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, is := files["twinlock.yaml"]; is {
		flags = append(flags, "--config="+filepath.Join(dir, "twinlock.yaml"))
	}
	cmd := struct{ Flags }{NewFlags(Listen, Place, Tenant, Page, Words, Traffic)}
	parser, err := kong.New(&cmd)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(append(flags, "--domain=acme.auth0.com", "--client-id=x")); err != nil {
		t.Fatal(err)
	}
	s, err := cmd.Read()
	return s, errors.Join(err, s.Finish())
}

func TestPictures(t *testing.T) {
	s, err := beside(t, map[string]string{
		"logo.svg": icon, "own logo.svg": icon + "\n", "work.svg": strings.Replace(icon, "1 1", "2 2", 1),
		"twinlock.yaml": "brand: {logo: logo.svg}\nconnections: [{name: github}, {name: corp, icon: work.svg}]\n",
	})
	if err != nil {
		t.Fatal(err)
	}
	logo, work := s.Config.Brand.Logo, s.Config.Connections[1].Icon
	if len(s.Pictures) != 2 || s.Pictures[0].Path != logo || s.Pictures[1].Path != work || logo == work || s.Config.Connections[0].Icon != "" {
		t.Errorf("logo %s, icon %s of %v", logo, work, s.Pictures)
	}

	t.Log("a flag goes before the file, and names a file beside it too")
	s, err = beside(t, map[string]string{
		"own logo.svg": icon, "twinlock.yaml": "brand: {logo: missing.svg}\nconnections: [{name: github}]",
	}, "--brand-logo=own logo.svg")
	if err != nil || s.Config.Brand.Logo != logo {
		t.Errorf("the logo is %s, want %s (%v)", s.Config.Brand.Logo, logo, err)
	}

	t.Log("what was exported can be read again")
	exported, err := json.Marshal(s.Config)
	if err != nil {
		t.Fatal(err)
	}
	again, err := beside(t, map[string]string{s.Pictures[0].Path: string(s.Pictures[0].Body), "twinlock.yaml": string(exported)})
	if err != nil || !reflect.DeepEqual(again.Pictures, s.Pictures) || again.Config.Brand.Logo != logo {
		t.Errorf("the logo is %s of %v, want %s (%v)", again.Config.Brand.Logo, again.Pictures, logo, err)
	}

	t.Log("what is no file stays as it is")
	for _, url := range []string{"/logo.svg", "https://cdn.example/logo.svg"} {
		s, err = beside(t, map[string]string{"twinlock.yaml": "brand: {logo: '" + url + "'}\nconnections: [{name: github}]"})
		if err != nil || s.Config.Brand.Logo != url || len(s.Pictures) != 0 {
			t.Errorf("%s becomes %s with %v (%v)", url, s.Config.Brand.Logo, s.Pictures, err)
		}
	}
}

// TestPictureProblems: each is one sentence about its field.
func TestPictureProblems(t *testing.T) {
	for yaml, want := range map[string]config.FieldError{
		"brand: {logo: logo.gif}":                       {Field: "brand.logo", Problem: "logo.gif is no PNG, JPEG, WebP or SVG"},
		"brand: {logo: missing.svg}":                    {Field: "brand.logo", Problem: "missing.svg is not there, beside the settings file"},
		"brand: {logo: ../x.svg}":                       {Field: "brand.logo", Problem: "../x.svg must be in the folder of the settings file, or below it"},
		"connections: [{name: github, icon: logo.gif}]": {Field: "connections[0].icon", Problem: "logo.gif is no PNG, JPEG, WebP or SVG"},
		"connections: [{name: github, icon: /etc/x}]":   {Field: "connections[0].icon", Problem: "must be a file beside the settings file"},
		"connections: [{name: github, icon: 'https://x.example/y.svg'}]": {
			Field: "connections[0].icon", Problem: "must be a file beside the settings file",
		},
	} {
		if !strings.HasPrefix(yaml, "connections") {
			yaml += "\nconnections: [{name: github}]"
		}
		_, err := beside(t, map[string]string{"logo.gif": "GIF89a", "twinlock.yaml": yaml})
		if got := Problems(err); len(got) != 1 || !reflect.DeepEqual(got[0], error(&want)) {
			t.Errorf("%s: %v, want %v", yaml, got, &want)
		}
	}
	_, err := beside(t, nil, "--brand-logo=logo.svg", "--connections=github")
	if got := Problems(err); len(got) != 1 || !strings.Contains(got[0].Error(), "there is none") {
		t.Errorf("without a settings file: %v", got)
	}
}

func TestLabelsByLanguage(t *testing.T) {
	s, err := beside(t, map[string]string{"twinlock.yaml": "languages: [de, en]\n" +
		"connections: [{name: github, label: Code}, {name: corp, label: {en: Work, de: Arbeit}}]\n"})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range [][2]string{{"Code", "Code"}, {"Work", "Arbeit"}} {
		c := s.Config.Connections[i]
		if en, de := c.LabelIn(texttest.In("en")), c.LabelIn(texttest.In("de")); en != want[0] || de != want[1] {
			t.Errorf("%s is %q and %q, want %q", c.Name, en, de, want)
		}
	}
	for yaml, field := range map[string]string{
		"connections: [{name: corp, label: {tlh: x}}]":               "connections[0].label",
		"connections: [{name: corp, label: {de: ''}}]":               "connections[0].label.de",
		"connections: [{name: corp, label: {de: 1}}]":                "connections.labels",
		"connections: [{name: corp, label: [x]}]":                    "connections.label",
		"connections: [{name: corp, label: {de: x}, labels: {}}]":    "connections.label",
		"connections: [{name: corp, label: {de: x, de: y}}, {x: 1}]": "config",
	} {
		_, err := beside(t, map[string]string{"twinlock.yaml": yaml})
		var problem *config.FieldError
		if !errors.As(err, &problem) || problem.Field != field {
			t.Errorf("%s: %v, want one of %s", yaml, err, field)
		}
	}
}
