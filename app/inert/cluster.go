package inert

import "unicode"

// maxCluster is how many characters of a cluster are looked at. No letter and no emoji has
// more.
const maxCluster = 32

// cluster returns how many characters the first grapheme cluster of a text has: the
// extended one of Unicode Standard Annex #29, for texts that [visible] has returned,
// without the rare signs that stand before a letter.
func cluster(runes []rune) int {
	n := min(1, len(runes))
	for n < len(runes) && joins(runes[:n], runes[n]) {
		n++
	}
	return n
}

// joins reports whether a character belongs to the cluster before it.
func joins(before []rune, r rune) bool {
	last := before[len(before)-1]
	switch {
	case last == ' ' || r == ' ':
		return false
	case unicode.Is(unicode.M, r), r == joiner, r == nonJoiner, toned(r), isTag(r):
		return true
	case r == 0xe33, r == 0xeb3: // Thai and Lao am
		return true
	case last == joiner:
		return in(pictures, r) || len(before) > 1 && joinsConsonant(before[len(before)-2], r)
	case regional(r):
		return regional(last) && len(before) == 1
	}
	return joinsSyllable(last, r) || joinsConsonant(last, r)
}

// regional reports whether a character is one of the two letters that are a flag.
func regional(r rune) bool { return 0x1f1e6 <= r && r <= 0x1f1ff }

// joinsSyllable reports whether a Korean letter goes on with the syllable of the last one.
func joinsSyllable(last, r rune) bool {
	const first, final = 0xac00, 0xd7a3 // the syllables that are one character
	syllable := func(r rune) bool { return first <= r && r <= final }
	open := syllable(last) && (last-first)%28 == 0 // ends with a vowel
	switch {
	case leading(last):
		return leading(r) || vowel(r) || syllable(r)
	case vowel(last) || open:
		return vowel(r) || trailing(r)
	case trailing(last) || syllable(last):
		return trailing(r)
	}
	return false
}

func leading(r rune) bool  { return 0x1100 <= r && r <= 0x115f || 0xa960 <= r && r <= 0xa97c }
func vowel(r rune) bool    { return 0x1160 <= r && r <= 0x11a7 || 0xd7b0 <= r && r <= 0xd7c6 }
func trailing(r rune) bool { return 0x11a8 <= r && r <= 0x11ff || 0xd7cb <= r && r <= 0xd7fb }

// joinsConsonant reports whether an Indic consonant goes on with the last one, which has no
// vowel then: in Devanagari, Bengali, Gujarati, Oriya, Telugu and Malayalam.
func joinsConsonant(last, r rune) bool {
	switch r / block * block {
	case 0x900, 0x980, 0xa80, 0xb00, 0xc00, 0xd00:
		return isVirama(last) && last/block == r/block && isConsonant(r)
	}
	return false
}
