// Package html stands in for html in the WebAssembly build. See package
// twinlock/wasm/absent.
//
// go-app's server writes pages as text; in a browser it changes the document. The
// package would bring the names of all 2231 HTML entities.
package html

import "errors"

// ErrAbsent is what every function here panics with.
var ErrAbsent = errors.New("html is absent from the WebAssembly build: pages are written on the server")

// EscapeString panics.
func EscapeString(string) string { panic(ErrAbsent) }
