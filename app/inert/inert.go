// Package inert makes text from outside safe to show, with [Text]: one line of limited
// length, with nothing in it that moves a cursor, changes the direction of reading, or is
// not seen. [Name] is for the names of people, which some scripts cannot write without
// joiners. [Initial] returns the letter that stands for a name, and [Middle] cuts a long text.
package inert

import (
	"strings"
	"unicode/utf8"
)

// Text returns s without control characters, invalid UTF-8, and characters that draw
// nothing, such as direction marks and overrides, with each run of white space as one
// space. Emoji keep what joins them. A text in which nothing can be seen becomes "". If
// more than max characters remain the end is cut off and replaced by "…", so that there
// are at most max. max must be at least 1.
func Text(s string, max int) string { return clean(s, max, false) }

// Name is [Text], but keeps the joiners and non-joiners without which a word of Persian or of
// an Indian script is another one. Do not use it for what is compared or typed, such as an
// address or an id.
func Name(s string, max int) string { return clean(s, max, true) }

func clean(s string, max int, name bool) string {
	// It is cut before it is cleaned, too: cleaning a megabyte takes long.
	if limit := max * 4 * utf8.UTFMax; len(s) > limit {
		s = s[:limit]
	}
	runes := visible([]rune(strings.ToValidUTF8(s, "")), name)
	s = strings.Join(strings.Fields(string(runes)), " ")
	if runes = []rune(s); len(runes) <= max {
		return s
	}
	// Cleaned again: what joined the last character to the next joins nothing now.
	return string(visible(runes[:cut(runes, max-1)], name)) + "…"
}

// Initial returns the first letter of a text as a person sees it (a grapheme cluster,
// Unicode Standard Annex #29), which may be several characters: an accent that is one of
// its own, an emoji of several, a flag. It is "" if nothing of the text can be seen.
func Initial(s string) string {
	runes := []rune(Name(s, maxCluster))
	return string(visible(runes[:cluster(runes)], true))
}

// Middle returns a text that [Text] or [Name] has returned with "…" in place of its middle, if
// it has more than head + tail + 1 letters as a person sees them: so many stay at its
// beginning and at its end. Both must be at least 1.
func Middle(s string, head, tail int) string {
	runes := []rune(s)
	var ends []int // where each cluster ends
	for end := 0; end < len(runes); {
		end += cluster(runes[end:])
		ends = append(ends, end)
	}
	if len(ends) <= head+tail+1 {
		return s
	}
	return string(runes[:ends[head-1]]) + "…" + string(runes[ends[len(ends)-tail-1]:])
}

// cut returns where to cut a text off so that at most max characters remain: between two
// clusters, unless the first one is longer than that.
func cut(runes []rune, max int) int {
	end := 0
	for {
		next := end + cluster(runes[end:])
		if next > max {
			break
		}
		end = next
	}
	if end == 0 {
		return max
	}
	return end
}
