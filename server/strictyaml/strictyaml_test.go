package strictyaml

import (
	"errors"
	"reflect"
	"strings"
	"testing"
)

const maxSize = 1 << 10

func TestParse(t *testing.T) {
	tests := []struct {
		name, file string
		want       any
	}{
		{"empty", "", nil},
		{"comment", "# nothing\n", nil},
		{"empty document", "---\n", nil},
		{"text", "a", "a"},
		{"list", "- a\n- 1", []any{"a", uint64(1)}},
		{"map", "a: true\nb:\n  c: 2m\nd:", map[string]any{"a": true, "b": map[string]any{"c": "2m"}, "d": nil}},
		{"byte order mark", "\uFEFFa: 1", map[string]any{"a": uint64(1)}},
		{"byte order mark before a comment", "\uFEFF# nothing\na: 1", map[string]any{"a": uint64(1)}},
		{"nothing but a byte order mark", "\uFEFF", nil},
		{"key that is no text", "1: a", map[string]any{"1": "a"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got, err := Parse([]byte(test.file), maxSize); err != nil || !reflect.DeepEqual(got, test.want) {
				t.Errorf("Parse = %#v, %v, want %#v", got, err, test.want)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	tests := []struct {
		name, file string
		want       string // the start of the error
	}{
		{"not YAML", "a: [", "line 1: "},
		{"key given twice", "a: 1\na: 2", "line 2: "},
		{"key given twice below", "a:\n  b: 1\n  b: 2", "line 3: "},
		{"two documents", "a: 1\n---\nb: 2", "holds more than one document"},
		{"too large", strings.Repeat("a", maxSize+1), "is larger than 1024 bytes"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := Parse([]byte(test.file), maxSize)
			if got != nil || err == nil || !strings.HasPrefix(err.Error(), test.want) {
				t.Errorf("Parse = %v, %v, want %s", got, err, test.want)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("a: &a [*a]"))
	f.Add([]byte("brand: {name: !!binary x}\n? [1]\n: 2"))
	f.Fuzz(func(t *testing.T, file []byte) {
		_, err := Parse(file, maxSize)
		if e := (*Error)(nil); err != nil && (!errors.As(err, &e) || strings.Contains(err.Error(), "\n")) {
			t.Errorf("error %q", err)
		}
	})
}
