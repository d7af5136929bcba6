// Package regexp stands in for regexp in the WebAssembly build. See package
// twinlock/wasm/absent.
//
// go-app can route by pattern. The routes of this program are exact, and the
// patterns would bring Unicode's tables.
package regexp

import "errors"

// ErrAbsent is the value of a panic.
var ErrAbsent = errors.New("regexp is absent from the WebAssembly build: routes are exact")

// Regexp matches nothing.
type Regexp struct{}

// MustCompile panics.
func MustCompile(string) *Regexp { panic(ErrAbsent) }

// MatchString panics.
func (*Regexp) MatchString(string) bool { panic(ErrAbsent) }
