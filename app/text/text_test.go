package text

import (
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var placeholder = regexp.MustCompile(`\{[a-z]+\}`)

// sentences lists every text of a catalogue by its field's name or its key.
func sentences(m *Messages) map[string]string {
	all := map[string]string{}
	v := reflect.ValueOf(*m)
	for i := range v.NumField() {
		if f := v.Field(i); f.Kind() == reflect.String {
			all[v.Type().Field(i).Name] = f.String()
		}
	}
	for key, sentence := range m.Sentences {
		all[string(key)] = sentence
	}
	return all
}

// keys lists the constants of type [Key], as their declarations do.
func keys(t *testing.T) map[string]string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "keys.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	list := map[string]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, is := n.(*ast.ValueSpec); is {
			value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if kind, typed := spec.Type.(*ast.Ident); err != nil || !typed || kind.Name != "Key" {
				t.Errorf("%s is not a key", spec.Names[0])
			}
			list[value] = spec.Names[0].Name
		}
		return true
	})
	if len(list) < 50 {
		t.Fatalf("only %d keys", len(list))
	}
	return list
}

func TestCataloguesAreComplete(t *testing.T) {
	want := sentences(&english)
	for _, language := range Languages() {
		t.Run(language, func(t *testing.T) {
			m := For(language, Languages())
			if m.Language != language {
				t.Errorf("calls itself %q", m.Language)
			}
			known := keys(t)
			for key, name := range known {
				if m.Sentences[Key(key)] == "" {
					t.Errorf("%s has no sentence", name)
				}
			}
			for key := range m.Sentences {
				if known[string(key)] == "" {
					t.Errorf("there is no key %q", key)
				}
			}
			for name, sentence := range sentences(m) {
				if sentence == "" {
					t.Errorf("%s is empty", name)
				}
				a, b := placeholder.FindAllString(want[name], -1), placeholder.FindAllString(sentence, -1)
				slices.Sort(a)
				slices.Sort(b)
				if !slices.Equal(slices.Compact(a), slices.Compact(b)) {
					t.Errorf("%s has the placeholders %v, want %v", name, b, a)
				}
			}
		})
	}
}

// What the server writes into the page is there in each language, with the same places for
// values, and in no other language.
func TestPagesAreComplete(t *testing.T) {
	if len(pages) != len(Languages()) {
		t.Errorf("%d pages of %d languages", len(pages), len(Languages()))
	}
	english := reflect.ValueOf(*PageIn("en"))
	for _, language := range Languages() {
		page := reflect.ValueOf(*PageIn(language))
		if got := PageIn(language).Language; got != language {
			t.Errorf("that of %s is of %s", language, got)
		}
		for i := range page.NumField() {
			name, said := page.Type().Field(i).Name, page.Field(i).String()
			a, b := placeholder.FindAllString(english.Field(i).String(), -1), placeholder.FindAllString(said, -1)
			if said == "" || !slices.Equal(a, b) || language != "en" && said == english.Field(i).String() {
				t.Errorf("%s: %s is %q", language, name, said)
			}
		}
	}
	if PageIn("xx").Language != "en" {
		t.Error("an unknown language is not English")
	}
}

// In German an ellipsis in the place of words stands apart from the word before.
func TestGermanEllipsis(t *testing.T) {
	for name, sentence := range sentences(&german) {
		if n := strings.Count(sentence, "…"); n != strings.Count(sentence, " …") {
			t.Errorf("%s: %q", name, sentence)
		}
	}
}

func TestFor(t *testing.T) {
	for _, test := range []struct {
		preferred string
		allowed   []string
		want      string
	}{
		{"de-AT", []string{"en", "de"}, "de"},
		{"DE", []string{"en", "de"}, "de"},
		{"fr", []string{"de", "en"}, "de"},
		{"de", []string{"en"}, "en"},
		{"fr", []string{"fr"}, "en"},
		{"", nil, "en"},
	} {
		if got := For(test.preferred, test.allowed).Language; got != test.want {
			t.Errorf("For(%q, %v) speaks %s, want %s", test.preferred, test.allowed, got, test.want)
		}
	}
}

func TestFill(t *testing.T) {
	// A value that looks like a placeholder stays as it is.
	got := Fill("Link {second} to {first}", "first", "{second}", "second", "b")
	if want := "Link b to {second}"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
