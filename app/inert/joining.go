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

// nameNeeds reports whether a name is another one without r, be it by its emoji or by its
// letters: those of Arabic, and of the scripts of India and Sri Lanka, with the rules of
// RFC 5892 (appendix A.1 and A.2) and of Unicode Standard Annex #31.
func nameNeeds(r rune, before, after []rune) bool {
	n := len(before)
	switch {
	case n == 0 || r != joiner && r != nonJoiner:
		return emojiNeeds(r, before, after)
	case n > 1 && isVirama(before[n-1]) && before[n-2]/block == before[n-1]/block:
		return r == joiner || len(after) > 0 && after[0]/block == before[n-1]/block && isConsonant(after[0])
	case r == joiner:
		return emojiNeeds(r, before, after) || keepsRa(before[n-1], after)
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

func indian(r rune) bool { return 0x900 <= r && r < 0xd80 }

func isVirama(r rune) bool { return indian(r) && r%block == virama || r == 0xdca }

func isConsonant(r rune) bool {
	return indian(r) && ka <= r%block && r%block <= ha || 0xd9a <= r && r <= 0xdc6
}

// keepsRa reports whether a joiner keeps a Bengali or Kannada ra from becoming a mark of the
// next letter (Unicode Standard, section 12.2).
func keepsRa(last rune, after []rune) bool {
	return (last == 0x980+ra || last == 0xc80+ra) && len(after) > 0 && after[0] == last-ra+virama
}
