// Package godebug stands in for internal/godebug in the WebAssembly build. See package
// twinlock/wasm/absent.
//
// The standard library asks it whether GODEBUG, an environment variable, changes what
// it does. A page has no environment: nothing is set. The real package also counts what
// is set, and brings the runtime's metrics for that.
package godebug

import "errors"

// ErrAbsent is what [Setting.IncNonDefault] panics with.
var ErrAbsent = errors.New("internal/godebug is absent from the WebAssembly build: nothing is set")

// Setting is one setting of GODEBUG.
type Setting struct{}

// New returns a setting, whatever its name is.
func New(string) *Setting { return new(Setting) }

// Value returns nothing, as for what is not set.
func (*Setting) Value() string { return "" }

// IncNonDefault panics: it is called where something is set.
func (*Setting) IncNonDefault() { panic(ErrAbsent) }
