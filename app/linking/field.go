package linking

import (
	"encoding/json"
	"strings"
)

// Choice is what becomes of a key of user_metadata.
type Choice string

// The choices.
const (
	// KeepPrimary leaves the primary as it is. It is the default where both accounts have
	// the key.
	KeepPrimary Choice = "primary"
	// KeepSecondary takes the secondary's value over. It is the default where only the
	// secondary has the key.
	KeepSecondary Choice = "secondary"
	// KeepBoth joins two lists: the primary's elements, then those of the secondary's that
	// are not among them, each once.
	KeepBoth Choice = "both"
)

func (c Choice) swapped() Choice {
	switch c {
	case KeepPrimary:
		return KeepSecondary
	case KeepSecondary:
		return KeepPrimary
	}
	return c
}

// Field is one key of the secondary's user_metadata.
type Field struct {
	// Key is its name.
	Key string
	// Primary is the primary's JSON value, nil if it does not have the key.
	Primary any
	// Secondary is the secondary's JSON value; never nil.
	Secondary any
	// Choice is what has been chosen, or the default.
	Choice Choice
	// Both tells whether KeepBoth may be chosen: both values are lists.
	Both bool
}

func newField(key string, primary, secondary any, chosen Choice) Field {
	f := Field{Key: key, Primary: primary, Secondary: secondary, Choice: KeepSecondary}
	_, ours := primary.([]any)
	_, theirs := secondary.([]any)
	f.Both = ours && theirs && !hostile("", primary)
	if f.Conflict() {
		f.Choice = KeepPrimary
	}
	if f.may(chosen) {
		f.Choice = chosen
	}
	return f
}

// Conflict tells whether both accounts have the key, with different values.
func (f Field) Conflict() bool { return f.Primary != nil }

func (f Field) may(c Choice) bool {
	return c == KeepPrimary || c == KeepSecondary || c == KeepBoth && f.Both
}

func (f Field) compare(key string) int { return strings.Compare(f.Key, key) }

// after is the value that the primary has when all is done.
func (f Field) after() any {
	switch f.Choice {
	case KeepSecondary:
		return f.Secondary
	case KeepBoth:
		ours, _ := f.Primary.([]any)
		theirs, _ := f.Secondary.([]any)
		return union(ours, theirs)
	}
	return f.Primary
}

func union(lists ...[]any) []any {
	joined, seen := []any{}, make(map[string]bool)
	for _, list := range lists {
		for _, v := range list {
			if c := canonical(v); !seen[c] {
				seen[c] = true
				joined = append(joined, v)
			}
		}
	}
	return joined
}

// equal compares JSON values; nil stands for none. Numbers are compared as they are
// written, so that rounding does not make two of them equal: all come from the API, which
// writes a number in one way.
func equal(a, b any) bool { return canonical(a) == canonical(b) }

// canonical is a value's JSON with the members of objects sorted. A value that came from
// JSON can always be written.
func canonical(v any) string {
	data, _ := json.Marshal(v)
	return string(data)
}

// inexact tells whether a value of user_metadata cannot be read without being changed.
func inexact(v any) bool {
	_, raw := v.(json.RawMessage)
	return raw
}

// hostile tells whether a member would make the tenant refuse the whole patch, or store
// something else: servers written in JavaScript guard the prototypes of their objects, and
// half a surrogate pair is no text.
func hostile(key string, v any) bool {
	if key == "__proto__" || inexact(v) {
		return true
	}
	switch v := v.(type) {
	case map[string]any:
		if _, prototype := v["prototype"]; prototype && key == "constructor" {
			return true
		}
		for k, member := range v {
			if hostile(k, member) {
				return true
			}
		}
	case []any:
		for _, element := range v {
			if hostile("", element) {
				return true
			}
		}
	}
	return false
}
