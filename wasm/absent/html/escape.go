// Package html stands in for html in the WebAssembly build. See package
// twinlock/wasm/absent.
//
// go-app's server writes pages as text, a browser has a document. The names of
// HTML's entities come with the package, all 2231.
package html

import "errors"

// ErrAbsent is the value of a panic.
var ErrAbsent = errors.New("html is absent from the WebAssembly build: pages are written on the server")

// EscapeString panics.
func EscapeString(string) string { panic(ErrAbsent) }
