package text_test

import (
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"twinlock/app/text"
)

// glossary has how a language says the eight words that matter.
type glossary struct {
	words map[string]glossaryWord
	// free has the keys, by word, whose sentence does well without it.
	free map[string][]string
}

type glossaryWord struct {
	Term string `json:"term"`
	// Stems are what its forms have in common.
	Stems []string `json:"stems"`
}

func readGlossary(t *testing.T, language string) (g glossary) {
	t.Helper()
	data, err := os.ReadFile("glossary/" + language + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		t.Fatal(err)
	}
	g.words = map[string]glossaryWord{}
	for name, value := range raw {
		if name == "free" {
			err = json.Unmarshal(value, &g.free)
		} else {
			var w glossaryWord
			err = json.Unmarshal(value, &w)
			g.words[name] = w
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	return g
}

// glossaryWords are the eight words in English, and where they mean something else.
var glossaryWords = []struct {
	word   string
	in     *regexp.Regexp
	except []string
}{
	{"account", regexp.MustCompile(`(?i)\baccounts?\b`), nil},
	{"profile", regexp.MustCompile(`(?i)\bprofiles?\b`), nil},
	{"link", regexp.MustCompile(`(?i)\blink(ed|ing)?\b`), []string{"mail_link_worked", "mail_link_failed", "referral_unknown"}},
	{"unlink", regexp.MustCompile(`(?i)\bunlink(ed|ing)?\b`), nil},
	{"primary", regexp.MustCompile(`(?i)\bprimary\b`), nil},
	{"sign in", regexp.MustCompile(`(?i)\bsign(s|ed|ing)?[ -]in\b`), nil},
	{"settings", regexp.MustCompile(`(?i)\bsettings\b`), []string{"other_tenant", "storage_full"}}, // other settings
	{"verified", regexp.MustCompile(`(?i)\bverif(y|ied)\b`), nil},
}

// TestGlossary: each of the eight words has one translation, by which it is called wherever the
// English text has it.
func TestGlossary(t *testing.T) {
	english := entries(t, "en")
	for _, language := range text.Languages()[1:] {
		t.Run(language, func(t *testing.T) {
			own, g := entries(t, language), readGlossary(t, language)
			for _, w := range glossaryWords {
				known := g.words[w.word]
				if known.Term == "" || len(known.Stems) == 0 {
					t.Errorf("there is no word for %q", w.word)
					continue
				}
				for key := range english {
					if !w.in.MatchString(said(english[key])) || slices.Contains(w.except, key) || slices.Contains(g.free[w.word], key) {
						continue
					}
					has := func(stem string) bool {
						return strings.Contains(strings.ToLower(said(own[key])), strings.ToLower(stem))
					}
					if !slices.ContainsFunc(known.Stems, has) {
						t.Errorf("%s says %q, and nothing of %q, which app/text/glossary/%s.json has for %q", key, said(own[key]), known.Stems, language, w.word)
					}
				}
			}
		})
	}
}

// said joins the forms of an entry, without the places in it.
func said(forms map[string]string) string {
	var all []string
	for _, form := range slices.Sorted(maps.Keys(forms)) {
		all = append(all, forms[form])
	}
	return placeholder.ReplaceAllString(strings.Join(all, " / "), "")
}

// minChecked is how many entries of each language have been translated back and compared.
const minChecked = 150

// mustBeChecked finds in the English text what an entry says of what is kept, lost, linked or
// ended.
var mustBeChecked = regexp.MustCompile(`(?i)\b(keeps?|kept|stays?|lost|loses?|lose|link(ed|ing)?|unlink(ed|ing)?|ended|ends?|changed?|removed?|expired|delete[sd]?)\b`)

// TestChecks: what each language says of what is kept, lost, linked or ended has been translated
// back by somebody who had not seen the English, and compared. The table has the sum of what was
// checked: an entry that was changed since then counts as not checked.
func TestChecks(t *testing.T) {
	english := entries(t, "en")
	for _, language := range text.Languages()[1:] {
		t.Run(language, func(t *testing.T) {
			own, rows, stale := entries(t, language), readChecks(t, language), 0
			checked := 0
			for key, forms := range english {
				switch row := rows[key]; {
				case row.sum == sumOf(own[key]):
					checked++
				case row.sum != "":
					stale++
				case mustBeChecked.MatchString(said(forms)):
					t.Errorf("%s was never checked", key)
				}
			}
			if checked < minChecked {
				t.Errorf("%d entries are checked, want %d", checked, minChecked)
			}
			if stale > 0 {
				t.Logf("%d entries have been changed since they were checked", stale)
			}
		})
	}
}

type check struct{ sum, back, note string }

// readChecks reads the table of a language, which has tabs between its columns.
func readChecks(t *testing.T, language string) map[string]check {
	t.Helper()
	f, err := os.Open("checks/" + language + ".tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma, r.LazyQuotes = '\t', true
	lines, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"key", "checked", "back", "corrected"}; !slices.Equal(lines[0], want) {
		t.Fatalf("the columns are %q, want %q", lines[0], want)
	}
	rows := map[string]check{}
	for _, line := range lines[1:] {
		rows[line[0]] = check{line[1], line[2], line[3]}
	}
	return rows
}

// sumOf returns the beginning of the SHA-256 of an entry's forms.
func sumOf(forms map[string]string) string {
	sum := sha256.New()
	for _, form := range slices.Sorted(maps.Keys(forms)) {
		sum.Write([]byte(form + "\x00" + forms[form] + "\x00"))
	}
	return hex.EncodeToString(sum.Sum(nil))[:8]
}
