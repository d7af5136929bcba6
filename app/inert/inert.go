// Package inert makes text from outside safe to show: one line, bounded, with
// nothing in it that moves a cursor or turns the direction of reading.
package inert

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Text returns s without control characters, direction marks and overrides
// and invalid UTF-8, with white space folded to single spaces. Of what is
// longer than max characters the end is cut off and "…" says so.
func Text(s string, max int) string {
	// A megabyte needs no cleaning to be cut.
	if limit := max * 4 * utf8.UTFMax; len(s) > limit {
		s = s[:limit]
	}
	s = strings.Map(keep, strings.ToValidUTF8(s, ""))
	s = strings.Join(strings.Fields(s), " ")
	if utf8.RuneCountInString(s) <= max {
		return s
	}
	return string([]rune(s)[:max-1]) + "…"
}

func keep(r rune) rune {
	switch {
	case unicode.IsSpace(r):
		return ' '
	case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r == '\ufeff':
		return -1
	}
	return r
}
