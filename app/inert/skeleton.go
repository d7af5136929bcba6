package inert

import "strings"

// lookalikes are groups of characters that are taken for each other, in lower case. The first
// of each stands for all. They are the common ones of Unicode Technical Standard #39, for
// capitals too, and letters with and without an accent.
const lookalikes = "aàáâãäåāăąаα bвβ cçćĉċčс dďđ eèéêëēėęěеёε gğģ hнη kķкκ mм nñńņň " +
	"oòóôõöøōőоο0 pрρ rŕř sśşšșѕ tţťțтτ uùúûüūůűųυ vν xхχ yýÿу zźżžζ iìíîïīįıіїιl1|ļľłӏ"

// Skeleton returns what a text reads like: it is the same for two texts that a person may
// take for one, because they differ only in case, in accents, in characters that are not
// seen or in letters of other scripts that look the same. It is not to be shown.
func Skeleton(s string) string { return strings.Map(skeleton, strings.ToLower(s)) }

func skeleton(r rune) rune {
	at := strings.IndexRune(lookalikes, r)
	switch accent := 0x300 <= r && r <= 0x36f; {
	case accent, in(ignorable, r):
		return -1
	case at < 0, r == ' ':
		return r
	}
	return rune(lookalikes[strings.LastIndexByte(lookalikes[:at], ' ')+1])
}
