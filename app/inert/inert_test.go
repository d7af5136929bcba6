package inert

import (
	"fmt"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

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

func FuzzText(f *testing.F) {
	f.Add("a\u202eb\x00", 3)
	f.Add("\xff  \n", 1)
	f.Fuzz(func(t *testing.T, s string, max int) {
		max = 1 + (max&0xff+0x100)&0xff
		got := Text(s, max)
		if !utf8.ValidString(got) || utf8.RuneCountInString(got) > max {
			t.Fatalf("Text(%q, %d) = %q", s, max, got)
		}
		for _, r := range got {
			if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
				t.Fatalf("Text(%q, %d) = %q keeps %U", s, max, got, r)
			}
		}
	})
}

func ExampleText() {
	fmt.Println(Text("access\u202e denied\r\nSet-Cookie: a=b", 20))
	// Output: access denied Set-C…
}
