package inert

import (
	"strings"
	"testing"
	"unicode"
)

const (
	zwnj = "\u200c"
	zwj  = "\u200d"
)

// A name keeps the joiners that make it another word, and nothing else keeps them.
func TestName(t *testing.T) {
	for _, test := range []struct{ name, in, want string }{
		{"Persian", "می" + zwnj + "خواهم", "می" + zwnj + "خواهم"},
		{"with marks", "مَ" + zwnj + "خ", "مَ" + zwnj + "خ"},
		{"marks after it", "م" + zwnj + "\u064eخ", "م" + zwnj + "\u064eخ"},
		{"before a letter that joins to the right only", "به" + zwnj + "او", "به" + zwnj + "او"},
		{"after a letter that does not join the next", "دا" + zwnj + "ر", "دار"},
		{"after hamza", "ء" + zwnj + "م", "ءم"},
		{"before hamza", "م" + zwnj + "ء", "مء"},
		{"two", "می" + zwnj + zwnj + "خ", "می" + zwnj + "خ"},
		{"at the ends", zwnj + "می" + zwnj, "می"},
		{"before a space", "می" + zwnj + " خ", "می خ"},
		{"before a mark that has no letter", "می" + zwnj + "\u064e", "می\u064e"},
		{"between scripts", "a" + zwnj + "می" + zwnj + "b", "aمیb"},
		{"a joiner in Persian", "می" + zwj + "خ", "میخ"},
		{"Devanagari, half a letter", "क्" + zwj + "ष", "क्" + zwj + "ष"},
		{"Devanagari, no conjunct", "क्" + zwnj + "ष", "क्" + zwnj + "ष"},
		{"Devanagari, with a nukta", "क़्" + zwnj + "ष", "क़्" + zwnj + "ष"},
		{"Malayalam, at the end", "ന്" + zwj, "ന്" + zwj},
		{"Sinhala", "ශ්" + zwj + "රී", "ශ්" + zwj + "රී"},
		{"Bengali, Rachel", "র" + zwj + "\u09cd" + "যাচেল", "র" + zwj + "\u09cd" + "যাচেল"},
		{"Kannada", "ರ" + zwj + "\u0ccd" + "ಯ", "ರ" + zwj + "\u0ccd" + "ಯ"},
		{"Devanagari, ra", "र" + zwj + "\u094d" + "य", "र\u094d" + "य"},
		{"a virama that has no letter", "\u094d" + zwj, "\u094d"},
		{"a virama of another script", "a\u094d" + zwj + "ष", "a\u094dष"},
		{"a consonant of another script", "क्" + zwnj + "ব", "क्ব"},
		{"a non-joiner before a vowel", "क्" + zwnj + "अ", "क्अ"},
		{"one of each", "क्" + zwnj + zwj + "ष", "क्" + zwj + "ष"},
		{"without a virama", "क" + zwj + "ष" + zwnj + "क", "कषक"},
		{"Latin", "a" + zwj + "d" + zwnj + "a", "ada"},
		{"an address", "ada" + zwnj + "@exam" + zwj + "ple.com", "ada@example.com"},
		{"emoji", "👩" + zwj + "💻" + zwnj, "👩" + zwj + "💻"},
		{"emoji after letters", "می" + zwj + "💻", "می💻"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := Name(test.in, 20); got != test.want {
				t.Errorf("Name(%+q) = %+q, want %+q", test.in, got, test.want)
			}
			without := strings.NewReplacer(zwnj, "", zwj, "").Replace(test.in)
			if got := Text(test.in, 20); got != without && !strings.Contains(test.in, "💻") {
				t.Errorf("Text(%+q) = %+q, want %+q", test.in, got, without)
			}
		})
	}
}

// What joined the last character to one that is cut off goes with that one.
func TestCutBetweenJoined(t *testing.T) {
	for _, test := range []struct {
		in   string
		max  int
		want string
	}{
		{"می" + zwnj + "خواهم", 4, "می…"},
		{"क्" + zwnj + "षक", 4, "क्…"},
		{"👩" + zwj + "💻👩" + zwj + "💻", 3, "👩…"},
		{"1\ufe0f\u20e31\ufe0f\u20e3", 3, "1…"},
		{scotland + scotland, 4, "🏴…"},
	} {
		if got := Name(test.in, test.max); got != test.want || Name(got, test.max) != got {
			t.Errorf("Name(%+q, %d) = %+q, and again %+q, want %+q", test.in, test.max, got, Name(got, test.max), test.want)
		}
	}
}

func TestInitialOfJoined(t *testing.T) {
	for in, want := range map[string]string{
		"می" + zwnj + "خ":            "م",
		"ی" + zwnj + "خ":             "ی",
		"क्" + zwj + "ष":             "क्" + zwj + "ष",
		"क्" + zwnj + "ष":            "क्",
		"র" + zwj + "\u09cd" + "যা":  "র" + zwj + "\u09cd" + "যা",
		"ശ്" + zwj + "രീ":            "ശ്" + zwj + "രീ",
		"👩" + zwj + "💻" + zwj + "می": "👩" + zwj + "💻",
	} {
		if got := Initial(in); got != want {
			t.Errorf("Initial(%+q) = %+q, want %+q", in, got, want)
		}
	}
}

// The tables of Arabic have letters only, and each that joins to the right only is one that
// joins.
func TestArabic(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if in(arabic, r) && !(unicode.Is(unicode.Arabic, r) && unicode.IsLetter(r)) || in(onlyRight, r) && !in(arabic, r) {
			// The full stop of Urdu is within a span, and nobody writes a non-joiner beside it.
			t.Errorf("%U", r)
		}
		if isVirama(r) && !unicode.Is(unicode.M, r) || isConsonant(r) && unicode.Is(unicode.M, r) {
			t.Errorf("%U is a virama or a consonant", r)
		}
	}
}
