package inert

import "unicode"

// The characters that emoji are made with (Unicode Technical Standard #51).
const (
	joiner     = '\u200d'     // joins two emoji into one
	emojiStyle = '\ufe0f'     // asks for the picture of a character
	keycap     = '\u20e3'     // draws a key around a digit
	blackFlag  = '\U0001f3f4' // begins the flag of a part of a country
	tagDigit   = '\U000e0030'
	tagLetter  = '\U000e0061'
	tagEnd     = '\U000e007f'
)

// span is a range of characters, both ends included.
type span struct{ first, last rune }

// ignorable are the characters that draw nothing (Default_Ignorable_Code_Point of the
// Unicode Character Database), and the marks of annotations.
var ignorable = []span{
	{0xad, 0xad}, {0x34f, 0x34f}, {0x61c, 0x61c}, {0x115f, 0x1160}, {0x17b4, 0x17b5}, {0x180b, 0x180f},
	{0x200b, 0x200f}, {0x202a, 0x202e}, {0x2060, 0x206f}, {0x3164, 0x3164}, {0xfe00, 0xfe0f}, {0xfeff, 0xfeff},
	{0xffa0, 0xffa0}, {0xfff0, 0xfffb}, {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff},
}

// blank are the characters that draw nothing but take up space, besides white space.
var blank = []span{{0x2800, 0x2800}, {0x13441, 0x13442}, {0x16fe4, 0x16fe4}, {0x1d159, 0x1d159}}

// pictures are the blocks that emoji are in. They have other signs, too, all of which can
// be seen.
var pictures = []span{
	{0xa9, 0xa9}, {0xae, 0xae}, {0x203c, 0x203c}, {0x2049, 0x2049}, {0x2122, 0x2122}, {0x2139, 0x2139},
	{0x2190, 0x23ff}, {0x24c2, 0x24c2}, {0x25a0, 0x27bf}, {0x2900, 0x297f}, {0x2b00, 0x2bff}, {0x3030, 0x3030},
	{0x303d, 0x303d}, {0x3297, 0x3299}, {0x1f000, 0x1f1e5}, {0x1f200, 0x1f3fa}, {0x1f400, 0x1faff},
}

func in(spans []span, r rune) bool {
	for _, s := range spans {
		if s.first <= r && r <= s.last {
			return true
		}
	}
	return false
}

// visible returns the characters of a text that can be seen, with a space for each that
// takes up space only. In a name they are joined as its letters need it.
func visible(runes []rune, name bool) []rune {
	kept := make([]rune, 0, len(runes))
	for i := 0; i < len(runes); i++ {
		r := runes[i]
		switch {
		case unicode.IsSpace(r), in(blank, r):
			kept = append(kept, ' ')
		case unicode.IsControl(r):
		case r == blackFlag:
			n := tags(runes[i+1:])
			kept = append(kept, runes[i:i+1+n]...)
			i += n
		case !in(ignorable, r), emojiNeeds(r, kept, runes[i+1:]), name && lettersNeed(r, kept, runes[i+1:]):
			kept = append(kept, r)
		}
	}
	return kept
}

// emojiNeeds reports whether an emoji of which r is a part is another one without r.
func emojiNeeds(r rune, before, after []rune) bool {
	if len(before) == 0 {
		return false
	}
	last, next := before[len(before)-1], rune(0)
	if len(after) > 0 {
		next = after[0]
	}
	switch r {
	case emojiStyle:
		return in(pictures, last) || next == keycap && keyed(last)
	case joiner:
		return in(pictures, next) && (in(pictures, last) || last == emojiStyle || toned(last) || last == tagEnd)
	}
	return false
}

// tags returns how many tag characters follow a black flag: those of a part of a country
// (ISO 3166-2, without the hyphen), and the one that ends them. It is 0 if that is not so.
func tags(after []rune) int {
	const fewest, most = 3, 6
	for n, r := range after {
		switch {
		case r == tagEnd && fewest <= n:
			return n + 1
		case n == most, !(tagDigit <= r && r < tagDigit+10 || tagLetter <= r && r < tagLetter+26):
			return 0
		}
	}
	return 0
}

func isTag(r rune) bool { return tagDigit <= r && r <= tagEnd }

// keyed reports whether there is a key with that character.
func keyed(r rune) bool { return '0' <= r && r <= '9' || r == '#' || r == '*' }

// toned reports whether a character gives an emoji the colour of a skin.
func toned(r rune) bool { return 0x1f3fb <= r && r <= 0x1f3ff }
