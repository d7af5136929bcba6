package inert

import (
	"fmt"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

const scotland = "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"

// Attack case 38.
func TestText(t *testing.T) {
	tests := []struct {
		name, in string
		max      int
		want     string
	}{
		{"plain", "Ada Lovelace", 20, "Ada Lovelace"},
		{"other scripts stay", "Ада 爱达 عدا", 20, "Ада 爱达 عدا"},
		{"joined emoji stay", "👩\u200d💻", 20, "👩\u200d💻"},
		{"markup stays text", "<b>&", 20, "<b>&"},
		{"lines", "a\r\nb\tc  d\u2028e", 20, "a b c d e"},
		{"control characters", "a\x00\x1b[31mb\x7f\u0085", 20, "a[31mb"},
		{"direction override", "a\u202egpj.exe\u202c\u2066\u200f", 20, "agpj.exe"},
		{"an address", "ada\u200b@exam\u00adple\u2060.com", 20, "ada@example.com"},
		{"spaces of all kinds", "\u3000a\u00a0\u2003\u2800b\u1680", 20, "a b"},
		{"Korean fillers", "\u3164\u115f\u1160\uffa0a", 20, "a"},
		{"nothing to see", "\u200b\u2800\u3164\u202e\ufe0f\U000e0100\u00a0\ufff9\U0001d159\U00013441\U00016fe4", 20, ""},
		{"variation selectors", "葛\U000e0100a\ufe0e\ufe0f\u180b", 20, "葛a"},
		{"joiners between letters", "a\u200db\u200c\u200d", 20, "ab"},
		{"a family", "👨🏽\u200d👩\u200d👧", 20, "👨🏽\u200d👩\u200d👧"},
		{"a heart on fire", "❤\ufe0f\u200d🔥", 20, "❤\ufe0f\u200d🔥"},
		{"joiners without a second", "👩\u200d👩\u200da\u200d💻\u200d", 20, "👩\u200d👩a💻"},
		{"two joiners", "👩\u200d\u200d💻", 20, "👩\u200d💻"},
		{"two styles", "❤\ufe0f\ufe0f", 20, "❤\ufe0f"},
		{"a key", "1\ufe0f\u20e3 #\ufe0f\u20e3", 20, "1\ufe0f\u20e3 #\ufe0f\u20e3"},
		{"no key", "1\ufe0f a\ufe0f\u20e3", 20, "1 a\u20e3"},
		{"a country", "🇩🇪", 20, "🇩🇪"},
		{"a part of a country", scotland, 20, scotland},
		{"hidden text", "🏴\U000e0041\U000e0042\U000e0043\U000e007f😀\U000e0067\U000e007f", 20, "🏴😀"},
		{"a long hidden text", "🏴" + strings.Repeat("\U000e0061", 7) + "\U000e007f", 20, "🏴"},
		{"hidden text without an end", "🏴\U000e0067\U000e0062", 20, "🏴"},
		{"cut before an emoji", "ab👩\u200d💻", 4, "ab…"},
		{"cut before an accent", "abe\u0301f", 4, "ab…"},
		{"cut within a pile of accents", "e" + strings.Repeat("\u0301", 9), 4, "e\u0301\u0301…"},
		{"not UTF-8", "a\xff\xfeb", 20, "ab"},
		{"as long as allowed", "abcde", 5, "abcde"},
		{"too long", "abcdef", 5, "abcd…"},
		{"much too long", strings.Repeat("é", 10_000), 3, "éé…"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Text(tt.in, tt.max); got != tt.want {
				t.Errorf("Text(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

func TestInitial(t *testing.T) {
	for _, test := range []struct{ name, in, want string }{
		{"nothing", "", ""},
		{"nothing to see", "\u200b\u2800", ""},
		{"a letter", "Ada", "A"},
		{"after what is not seen", "\u202e\u200b Ada", "A"},
		{"an accent", "E\u0301va", "E\u0301"},
		{"accents", "a\u0323\u0302b", "a\u0323\u0302"},
		{"an emoji", "😀😀", "😀"},
		{"a skin", "👍🏽👍", "👍🏽"},
		{"joined", "👩\u200d💻👩", "👩\u200d💻"},
		{"a family", "👨🏽\u200d👩\u200d👧\u200d👦x", "👨🏽\u200d👩\u200d👧\u200d👦"},
		{"a style", "❤\ufe0f\u200d🔥a", "❤\ufe0f\u200d🔥"},
		{"a key", "1\ufe0f\u20e32", "1\ufe0f\u20e3"},
		{"a flag", "🇩🇪🇫🇷", "🇩🇪"},
		{"half a flag", "🇩a", "🇩"},
		{"a part of a country", scotland + "a", scotland},
		{"Korean", "한국", "한"},
		{"Korean by letters", "\u1112\u1161\u11ab\u1100\u116e\u11a8", "\u1112\u1161\u11ab"},
		{"Korean, partly by letters", "\uac00\u11a8\u11a8a", "\uac00\u11a8\u11a8"},
		{"a vowel sign", "कि", "कि"},
		{"Devanagari", "क्षमा", "क्ष"},
		{"Tamil", "நிலா", "நி"},
		{"Thai", "กำ", "กำ"},
		{"Hebrew", "שָׁלוֹם", "שָׁ"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := Initial(test.in); got != test.want {
				t.Errorf("Initial(%+q) = %+q, want %+q", test.in, got, test.want)
			}
		})
	}
}

// The table of what draws nothing is that of the Unicode Character Database, but for
// unassigned characters, which the standard library does not have.
func TestIgnorable(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		drawn := unicode.In(r, unicode.Prepended_Concatenation_Mark) || 0x13430 <= r && r <= 0x13440
		want := !drawn && unicode.In(r, unicode.Cf, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point)
		if got := in(ignorable, r); got != want && unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Z, unicode.C) {
			t.Errorf("%U is ignorable: %v", r, got)
		}
	}
}

func FuzzText(f *testing.F) {
	f.Add("a\u202eb\x00", 3)
	f.Add("\xff  \n", 1)
	f.Add("ada\u200b@example.com", 20)
	f.Add("👩\u200d💻❤\ufe0f\u200d🔥1\ufe0f\u20e3"+scotland+"🇩🇪e\u0301\u0301", 9)
	f.Add("\u1112\u1161\u11abक्ष\u3164\u2800", 2)
	f.Add("می\u200c\u200cخ क्\u200dष র\u200d্যা 👩\u200d", 5)
	f.Fuzz(func(t *testing.T, s string, max int) {
		max = 1 + (max&0xff+0x100)&0xff
		for what, clean := range map[string]func(string, int) string{"Text": Text, "Name": Name} {
			got := clean(s, max)
			if !utf8.ValidString(got) || utf8.RuneCountInString(got) > max {
				t.Fatalf("%s(%+q, %d) = %+q", what, s, max, got)
			}
			if again := clean(got, max); again != got {
				t.Fatalf("%s(%+q, %d) = %+q, and again %+q", what, s, max, got, again)
			}
			for i, r := range got {
				joins := r == joiner || r == emojiStyle || isTag(r) || r == nonJoiner && what == "Name"
				if unicode.IsControl(r) || in(blank, r) || in(ignorable, r) && (!joins || i == 0) {
					t.Fatalf("%s(%+q, %d) = %+q keeps %U", what, s, max, got, r)
				}
			}
			if plain := strings.Trim(got, "\u200c\u200d\ufe0f"); got != "" && plain == "" {
				t.Fatalf("%s(%+q, %d) = %+q, in which nothing is seen", what, s, max, got)
			}
		}
		first, whole := Initial(s), Name(s, maxCluster)
		if (first == "") != (whole == "") || !strings.HasPrefix(whole, first) && !strings.HasSuffix(first, "…") {
			t.Fatalf("Initial(%+q) = %+q", s, first)
		}
		if again := Initial(first); again != first {
			t.Fatalf("Initial(%+q) = %+q, and again %+q", s, first, again)
		}
	})
}

func ExampleText() {
	fmt.Println(Text("access\u202e denied\r\nSet-Cookie: a=b", 20))
	// Output: access denied Set-C…
}
