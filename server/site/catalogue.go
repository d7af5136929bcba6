package site

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"

	"twinlock/app/text"
	"twinlock/web"
	"twinlock/web/asset"
)

// Texts are the operator's own words, by language and key, in place of those of the
// catalogues. A value is a text, or for a plural also a map of texts by category.
type Texts map[string]map[string]any

// catalogue is a file of the catalogues: its entries by key, as [text.Parse] has them.
type catalogue map[string]any

func readCatalogue(static fs.FS, language string) (catalogue, error) {
	data, err := fs.ReadFile(static, "catalogues/"+language+".json")
	if err != nil {
		return nil, fmt.Errorf("catalogue: %w", err)
	}
	var c catalogue
	if err := json.Unmarshal(data, &c); err != nil {
		return nil, fmt.Errorf("catalogue %s: %w", language, err)
	}
	return c, nil
}

// A TextError is what is wrong with one of the operator's [Texts].
type TextError struct {
	// Language and Key say which.
	Language, Key string
	// Problem is a phrase that follows them.
	Problem string
}

func (e *TextError) Error() string {
	return strings.TrimSuffix(e.Language+"."+e.Key, ".") + ": " + e.Problem
}

// CheckTexts returns what is wrong with texts, each a [TextError].
func CheckTexts(texts Texts) error {
	var problems []error
	for _, language := range slices.Sorted(maps.Keys(texts)) {
		if !slices.Contains(text.Languages(), language) {
			problems = append(problems, &TextError{Language: language, Problem: "there is no such language"})
			continue
		}
		own, err := readCatalogue(web.Files, language)
		if err != nil {
			return err
		}
		for _, key := range slices.Sorted(maps.Keys(texts[language])) {
			if problem := own.override(key, texts[language][key]); problem != "" {
				problems = append(problems, &TextError{language, key, problem})
			}
		}
	}
	return errors.Join(problems...)
}

// override puts a text of the operator's in the place of an entry. It returns what is wrong
// with the text, "" for nothing.
func (c catalogue) override(key string, value any) (problem string) {
	entry, known := c[key]
	if !known || slices.Contains(facts, key) {
		return "there is no such text"
	}
	old, isPlural := entry.(map[string]any)
	forms, asPlural := value.(map[string]any)
	want := slices.Sorted(maps.Keys(old))
	switch {
	case !asPlural:
		forms = map[string]any{"other": value}
	case !isPlural:
		return "must be a text"
	case !slices.Equal(slices.Sorted(maps.Keys(forms)), want):
		return "must be a text, or have the forms " + strings.Join(want, ", ")
	}
	places := placeholders(entry)
	for _, form := range forms {
		if problem := badText(form, places); problem != "" {
			return problem
		}
	}
	c[key] = value
	return ""
}

// facts are the entries that are not words.
var facts = []string{"language", "direction"}

// maxText is how long a text of the operator's may be, in bytes.
const maxText = 1000

// markup finds tags, and characters that are written as entities.
var markup = regexp.MustCompile(`<[a-zA-Z/!]|&#?[a-zA-Z0-9]+;`)

var placeholder = regexp.MustCompile(`\{[^{}]*\}`)

// placeholders lists what is filled into an entry, in the order of its last form.
func placeholders(entry any) (names []string) {
	if forms, plural := entry.(map[string]any); plural {
		entry = forms["other"]
	}
	said, _ := entry.(string)
	for _, name := range placeholder.FindAllString(said, -1) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

func badText(form any, want []string) (problem string) {
	said, isText := form.(string)
	switch {
	case !isText:
		return "must be text (perhaps in quotation marks)"
	case strings.TrimSpace(said) == "":
		return "must not be empty"
	case len(said) > maxText:
		return fmt.Sprintf("must have at most %d bytes", maxText)
	case strings.ContainsFunc(said, notInLine):
		return "must be one line without control characters and marks of direction"
	case markup.MatchString(said):
		return "must be plain text: markup would be shown as it stands"
	}
	for _, name := range want {
		if strings.Count(said, name) != 1 {
			return "must contain " + name + " once"
		}
	}
	for _, name := range placeholders(said) {
		if !slices.Contains(want, name) {
			return "must not contain " + name + ": nothing is filled in for it"
		}
	}
	return ""
}

// notInLine finds what no text needs: control characters, the marks of package words, and the
// marks of this package.
func notInLine(r rune) bool {
	return r < ' ' || r >= 0x7f && r < 0xa0 || r >= 0x2028 && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r >= keyBegins && r <= keyEnds
}

// words are the catalogues of a site.
type words struct {
	by map[string]catalogue // by language
	// first is that of the site's first language, which its pages are drawn in.
	first *text.Catalogue
	// pattern is the path of the catalogue's file, with a "*" in place of the language.
	pattern string
}

// readWords reads the catalogues of the site's languages, with the operator's words in them.
func (b *builder) readWords() error {
	b.words.by = map[string]catalogue{}
	for _, language := range b.Config.Languages {
		c, err := readCatalogue(b.Static, language)
		if err != nil {
			return err
		}
		for key, value := range b.Texts[language] {
			if problem := c.override(key, value); problem != "" {
				return &TextError{language, key, problem}
			}
		}
		say, err := c.parsed()
		if err != nil {
			return err
		}
		if b.words.first == nil {
			b.words.first = say
		}
		for i := range b.Config.Connections {
			if connection := &b.Config.Connections[i]; len(connection.Labels) > 0 {
				c[labelKey(connection.Name)] = connection.LabelIn(say)
			}
		}
		b.words.by[language] = c
	}
	return nil
}

// labelKey is the key of a connection's label, where the operator has given it by language.
func labelKey(connection string) string { return "label." + connection }

func (c catalogue) parsed() (*text.Catalogue, error) {
	data, err := json.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("catalogue: %w", err)
	}
	return text.Parse(data)
}

// addCatalogues adds the files. Their names have one hash for all, so that a page needs no
// list of them.
func (b *builder) addCatalogues() error {
	var files [][]byte
	for _, language := range b.Config.Languages {
		data, err := json.Marshal(b.words.by[language])
		if err != nil {
			return fmt.Errorf("catalogue %s: %w", language, err)
		}
		files = append(files, data)
	}
	forms, err := compressSoon(files)
	if err != nil {
		return fmt.Errorf("catalogues: %w", err)
	}
	b.words.pattern = "/web/" + asset.HashedName("*.json", asset.Sum(bytes.Join(files, nil)))
	for i, language := range b.Config.Languages {
		b.addForms(strings.Replace(b.words.pattern, "*", language, 1), "application/json", forever, forms[i])
	}
	return nil
}
