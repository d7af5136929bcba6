package text_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"twinlock/app/text"
	"twinlock/web"
)

var placeholder = regexp.MustCompile(`\{[^{}]*\}`)

// entries reads a catalogue as it is in its file: each entry by its forms.
func entries(t testing.TB, language string) map[string]map[string]string {
	t.Helper()
	data, err := web.Files.ReadFile("catalogues/" + language + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		t.Fatalf("web/catalogues/%s.json: %v", language, err)
	}
	all := map[string]map[string]string{}
	for key, value := range raw {
		forms := map[string]string{}
		if json.Unmarshal(value, &forms) != nil {
			var said string
			if err := json.Unmarshal(value, &said); err != nil {
				t.Fatalf("web/catalogues/%s.json: %s: %v", language, key, err)
			}
			forms = map[string]string{"": said}
		}
		all[key] = forms
	}
	return all
}

// keys lists the constants of type [text.Key].
func keys(t *testing.T) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "keys.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, is := n.(*ast.ValueSpec); is {
			value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if kind, typed := spec.Type.(*ast.Ident); err != nil || !typed || kind.Name != "Key" {
				t.Errorf("%s is not a key", spec.Names[0])
			}
			list = append(list, value)
		}
		return true
	})
	if len(list) < 250 {
		t.Fatalf("only %d keys", len(list))
	}
	slices.Sort(list)
	return list
}

func TestLanguagesAreTheFiles(t *testing.T) {
	files, err := filepath.Glob("../../web/catalogues/*.json")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, f := range files {
		found = append(found, strings.TrimSuffix(filepath.Base(f), ".json"))
	}
	listed := slices.Sorted(slices.Values(text.Languages()))
	slices.Sort(found)
	if !slices.Equal(found, listed) {
		t.Errorf("the files are %v, the languages %v", found, listed)
	}
	if text.Languages()[0] != "en" {
		t.Error("English is not the default")
	}
}

// Each catalogue has each key, with the places of the English one, and a plural has the
// categories that browsers know in the language.
func TestCataloguesAreComplete(t *testing.T) {
	english, known := entries(t, "en"), keys(t)
	for _, language := range text.Languages() {
		t.Run(language, func(t *testing.T) {
			own := entries(t, language)
			if got := own["language"][""]; got != language {
				t.Errorf("calls itself %q", got)
			}
			if rtl := slices.Contains([]string{"ar", "he", "fa"}, language); rtl != (own["direction"][""] == "rtl") {
				t.Errorf("is written %q", own["direction"][""])
			}
			for _, key := range known {
				if len(own[key]) == 0 {
					t.Errorf("%s is missing", key)
				}
			}
			for key, forms := range own {
				if key != "language" && key != "direction" && !slices.Contains(known, key) {
					t.Errorf("there is no key %q", key)
					continue
				}
				checkForms(t, language, key, forms, english[key])
			}
		})
	}
}

func checkForms(t *testing.T, language, key string, forms, english map[string]string) {
	t.Helper()
	want := []string{""}
	if english[""] == "" {
		want = categories(t)[language]
	}
	if got := slices.Sorted(maps.Keys(forms)); !slices.Equal(got, want) {
		t.Errorf("%s has the forms %q, want %q", key, got, want)
	}
	for _, original := range english {
		places := sorted(placeholder.FindAllString(original, -1))
		for form, said := range forms {
			if strings.TrimSpace(said) == "" || strings.TrimSpace(said) != said || strings.ContainsAny(said, "<>\n") {
				t.Errorf("%s %s is %q: it must be one line of plain text, without spaces around it", key, form, said)
			}
			if got := sorted(placeholder.FindAllString(said, -1)); !slices.Equal(got, places) {
				t.Errorf("%s %s has the places %v, want %v", key, form, got, places)
			}
		}
	}
}

func sorted(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

// categories has the plural categories of each language. The file is what Intl.PluralRules
// reports; a test in a browser compares them.
func categories(t *testing.T) map[string][]string {
	t.Helper()
	data, err := os.ReadFile("testdata/plurals.json")
	if err != nil {
		t.Fatal(err)
	}
	var list map[string][]string
	if err := json.Unmarshal(data, &list); err != nil {
		t.Fatal(err)
	}
	return list
}

// In German an ellipsis in the place of words stands apart from the word before.
func TestGermanEllipsis(t *testing.T) {
	for key, forms := range entries(t, "de") {
		if said := forms[""]; strings.Count(said, "…") != strings.Count(said, " …") {
			t.Errorf("%s: %q", key, said)
		}
	}
}

func TestParse(t *testing.T) {
	c, err := text.Parse([]byte(`{"language": "lv", "direction": "ltr", "sign_in": "a", "found": {"zero": "0", "one": "1", "other": "n"}, "later": "x"}`))
	if err != nil {
		t.Fatal(err)
	}
	for got, want := range map[string]string{
		c.Of(text.SignIn): "a", c.Of(text.Found): "n", c.Form(text.Found, "zero"): "0", c.Form(text.Found, "few"): "n",
		c.Form(text.SignIn, "one"): "a", c.Of(text.Cancel): "cancel", c.JSON(text.Found): `{"one":"1","other":"n","zero":"0"}`,
		c.Language + c.Direction: "lvltr",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	for _, bad := range []string{
		``, `null`, `[]`, `{}`, `{"language": "en"}`, `{"language": "tlh", "direction": "ltr"}`,
		`{"language": "en", "direction": "up"}`, `{"language": "en", "direction": "ltr", "sign_in": 1}`,
		`{"language": "en", "direction": "ltr", "sign_in": {"one": "1"}}`, `{"language": "en", "direction": "ltr", "x": {"other": 1}}`,
		`{"language": "en", "direction": "ltr"} x`,
	} {
		if _, err := text.Parse([]byte(bad)); err == nil {
			t.Errorf("%s is a catalogue", bad)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"language": "en", "direction": "ltr", "sign_in": {"other": "a"}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := text.Parse(data)
		if err != nil {
			return
		}
		if !slices.Contains(text.Languages(), c.Language) || c.Of(text.SignIn) == "" {
			t.Errorf("%q", data)
		}
	})
}

func TestFill(t *testing.T) {
	// A value that looks like a placeholder stays as it is.
	got := text.Fill("Link {second} to {first}", "first", "{second}", "second", "b")
	if want := "Link b to {second}"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
