package text

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var placeholder = regexp.MustCompile(`\{[a-z]+\}`)

// sentences lists every text of a catalogue by its field's name.
func sentences(v reflect.Value, prefix string, into map[string]string) map[string]string {
	for i := range v.NumField() {
		name := prefix + v.Type().Field(i).Name
		if f := v.Field(i); f.Kind() == reflect.Struct {
			sentences(f, name+".", into)
		} else {
			into[name] = f.String()
		}
	}
	return into
}

func TestCataloguesAreComplete(t *testing.T) {
	want := sentences(reflect.ValueOf(english), "", map[string]string{})
	for _, language := range Languages() {
		t.Run(language, func(t *testing.T) {
			got := sentences(reflect.ValueOf(For(language, Languages())), "", map[string]string{})
			if got["Language"] != language {
				t.Errorf("calls itself %q", got["Language"])
			}
			for name, sentence := range got {
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

// In German an ellipsis in the place of words stands apart from the word before.
func TestGermanEllipsis(t *testing.T) {
	for name, sentence := range sentences(reflect.ValueOf(german), "", map[string]string{}) {
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
