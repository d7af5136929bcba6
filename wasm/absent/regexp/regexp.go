// Package regexp stands in for regexp in the WebAssembly build. See package
// twinlock/wasm/absent.
//
// go-app can route by pattern, which would bring Unicode's tables. The routes of this
// program are exact.
package regexp

import "errors"

// ErrAbsent is what every function here panics with.
var ErrAbsent = errors.New("regexp is absent from the WebAssembly build: routes are exact")

// Regexp is a name that go-app needs. No value of it exists.
type Regexp struct{}

// MustCompile panics.
func MustCompile(string) *Regexp { panic(ErrAbsent) }

// MatchString panics.
func (*Regexp) MatchString(string) bool { panic(ErrAbsent) }
