// Package inert makes text from outside safe to show, with [Text]: one line of limited
// length, with nothing in it that moves a cursor or changes the direction of reading.
package inert

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Text returns s without control characters, direction marks and overrides, and invalid
// UTF-8, with each run of white space as one space. If more than max characters remain the
// end is cut off and replaced by "…", so that there are max. max must be at least 1.
func Text(s string, max int) string {
	// It is cut before it is cleaned, too: cleaning a megabyte takes long.
	if limit := max * 4 * utf8.UTFMax; len(s) > limit {
		s = s[:limit]
	}
	s = strings.Map(clean, strings.ToValidUTF8(s, ""))
	s = strings.Join(strings.Fields(s), " ")
	if utf8.RuneCountInString(s) <= max {
		return s
	}
	return string([]rune(s)[:max-1]) + "…"
}

// clean returns a space for white space and -1 for what is left out.
func clean(r rune) rune {
	switch {
	case unicode.IsSpace(r):
		return ' '
	case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r == '\ufeff':
		return -1
	}
	return r
}
