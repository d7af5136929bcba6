package inert

import "strings"

// lookalikes are groups of characters that are taken for each other, in lower case. The first
// of each stands for all. They are the common ones of Unicode Technical Standard #39, for
// capitals too, and letters with and without an accent.
const lookalikes = "aàáâãäåāăąаα bвβь cçćĉċčсϲ dďđԁ eèéêëēĕėęěеёε gĝğġģ hĥħһнη ìíîïĩīĭįıіїιil1|!ļľłӏ kķкκ mм nñńņň " +
	"oòóôõöøōŏőоοσ0 pрρ qԛ rŕŗř sśŝşšșѕ tţťțтτ uùúûüũūŭůűųυ vνѵ wŵԝ xхχ yýÿŷуγ zźżžζ"

// Skeleton returns what a text reads like: it is the same for two texts that a person may
// take for one, because they differ only in case, in accents, in characters that are not
// seen or in letters of other scripts that look the same. It is not to be shown.
func Skeleton(s string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(s) {
		const fullWidth = 0xfee0 // how far the letters of East Asia are from those of ASCII
		if '!'+fullWidth <= r && r <= '~'+fullWidth {
			r -= fullWidth
		}
		accent := 0x300 <= r && r <= 0x36f
		if !accent && !in(ignorable, r) {
			b.WriteString(lookalike(r))
		}
	}
	return b.String()
}

// lookalike returns the character that stands for all that look like r.
func lookalike(r rune) string {
	at := strings.IndexRune(lookalikes, r)
	if at < 0 || r == ' ' {
		return string(r)
	}
	group := lookalikes[strings.LastIndexByte(lookalikes[:at], ' ')+1:]
	for i := range group {
		if i > 0 {
			return group[:i]
		}
	}
	return group
}
