// Package text has the words of the page: a [Catalogue] says them in one language, each by
// its [Key].
//
// The catalogues are data, a file a language, and not in the program: the page fetches the
// one that its reader needs. They are in web/catalogues, and how to correct one is in
// server/TEXTS.md.
package text

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Catalogue is what the page says in one language. Make it with [Parse].
type Catalogue struct {
	// Language is the BCP 47 tag of the language.
	Language string
	// Direction is how it is written: "ltr" or "rtl".
	Direction string

	entries map[Key]Forms
}

// Forms are what an entry says: by the categories of numbers that the language tells apart
// (Unicode CLDR: "one", "few", "other" and so on) where the entry is a plural, and else under
// "other" alone.
type Forms map[string]string

// Parse reads a catalogue: a JSON object with "language", "direction" and the entries by
// their keys. An entry is a text, or for a plural an object of texts by category. Entries
// that nobody asks for are ignored, since another version may know them.
func Parse(data []byte) (*Catalogue, error) {
	var entries map[string]any
	if err := json.Unmarshal(data, &entries); err != nil {
		return nil, fmt.Errorf("catalogue: %w", err)
	}
	c := &Catalogue{entries: make(map[Key]Forms, len(entries))}
	for key, entry := range entries {
		forms, ok := formsOf(entry)
		if !ok {
			return nil, fmt.Errorf("catalogue: %.40q is neither a text nor a plural", key)
		}
		c.entries[Key(key)] = forms
	}
	c.Language, c.Direction = c.Of("language"), c.Of("direction")
	if !slices.Contains(Languages(), c.Language) || c.Direction != "ltr" && c.Direction != "rtl" {
		return nil, fmt.Errorf("catalogue: of the language %.40q, written %.40q", c.Language, c.Direction)
	}
	return c, nil
}

func formsOf(entry any) (Forms, bool) {
	switch e := entry.(type) {
	case string:
		return Forms{"other": e}, true
	case map[string]any:
		forms := make(Forms, len(e))
		for category, form := range e {
			said, ok := form.(string)
			if !ok {
				return nil, false
			}
			forms[category] = said
		}
		return forms, forms["other"] != ""
	}
	return nil, false
}

// Of returns what the catalogue says for a key. For a key that it does not have, which none
// of this version does, it returns the key.
func (c *Catalogue) Of(key Key) string { return c.Form(key, "other") }

// Form returns the form of a plural for a category; that for "other" where there is none.
func (c *Catalogue) Form(key Key, category string) string {
	forms := c.entries[key]
	for _, category := range []string{category, "other"} {
		if form := forms[category]; form != "" {
			return form
		}
	}
	return string(key)
}

// JSON returns all forms of a plural as a JSON object, for a script that chooses one.
func (c *Catalogue) JSON(key Key) string {
	forms, _ := json.Marshal(c.entries[key]) // texts can always be written
	return string(forms)
}

// Languages lists the languages that have a catalogue as BCP 47 tags, the default first.
func Languages() []string { return languages }

var languages = strings.Fields("en ar bg cs da de el es et fa fi fr he hi hr hu id is it ja ko lt lv nb nl pl pt-BR pt-PT ro " +
	"sk sl sr sv th tr uk vi zh-Hans zh-Hant")

// Fill replaces "{key}" in a sentence by a value, for each key and value given.
func Fill(sentence string, keysAndValues ...string) string {
	pairs := make([]string, len(keysAndValues))
	for i, s := range keysAndValues {
		if i%2 == 0 {
			s = "{" + s + "}"
		}
		pairs[i] = s
	}
	return strings.NewReplacer(pairs...).Replace(sentence)
}
