package inert

import "unicode"

// nonJoiner keeps two letters from joining (U+200C ZERO WIDTH NON-JOINER).
const nonJoiner = '\u200c'

// arabic are the letters of the Arabic block that join the letter before them, and onlyRight
// those of them that do not join the next one (Joining_Type of the Unicode Character
// Database: D and R, and R).
var (
	arabic = []span{
		{0x620, 0x620}, {0x622, 0x63f}, {0x641, 0x64a}, {0x66e, 0x66f}, {0x671, 0x673}, {0x675, 0x6d3}, {0x6d5, 0x6d5},
		{0x6ee, 0x6ef}, {0x6fa, 0x6fc}, {0x6ff, 0x6ff},
	}
	onlyRight = []span{
		{0x622, 0x625}, {0x627, 0x627}, {0x629, 0x629}, {0x62f, 0x632}, {0x648, 0x648}, {0x671, 0x673}, {0x675, 0x677},
		{0x688, 0x699}, {0x6c0, 0x6c0}, {0x6c3, 0x6cb}, {0x6cd, 0x6cd}, {0x6cf, 0x6cf}, {0x6d2, 0x6d3}, {0x6d5, 0x6d5},
		{0x6ee, 0x6ef},
	}
)

// lettersNeed reports whether a word is another one without r: one in Arabic letters, or in a
// script of India or Sri Lanka. The rules are those of RFC 5892 (appendix A.1 and A.2) and of
// Unicode Standard Annex #31.
func lettersNeed(r rune, before, after []rune) bool {
	n := len(before)
	if r != joiner && r != nonJoiner || n == 0 {
		return false
	}
	last, next := before[n-1], rune(0)
	if len(after) > 0 {
		next = after[0]
	}
	switch {
	case n > 1 && isVirama(last) && before[n-2]/block == last/block:
		return r == joiner || next/block == last/block && isConsonant(next)
	case r == joiner: // keeps a Bengali or Kannada ra from becoming a mark of the next letter
		return (last == 0x980+ra || last == 0xc80+ra) && next == last-ra+virama
	}
	return partsArabic(before, after)
}

// partsArabic reports whether letters would join, were there nothing between them. Marks
// above and below letters do not part them.
func partsArabic(before, after []rune) bool {
	n, next := len(before)-1, 0
	for n > 0 && unicode.Is(unicode.M, before[n]) {
		n--
	}
	for next < len(after)-1 && unicode.Is(unicode.M, after[next]) {
		next++
	}
	return in(arabic, before[n]) && !in(onlyRight, before[n]) && next < len(after) && in(arabic, after[next])
}

// The scripts of India have blocks of one size and the same order.
const (
	block  = 0x80
	ka     = 0x15 // the first consonant
	ra     = 0x30
	ha     = 0x39 // the last one
	virama = 0x4d // takes the vowel away from a consonant
)

func isVirama(r rune) bool { return 0x900 <= r && r < 0xd80 && r%block == virama || r == 0xdca }

func isConsonant(r rune) bool {
	return 0x900 <= r && r < 0xd80 && ka <= r%block && r%block <= ha || 0xd9a <= r && r <= 0xdc6
}
