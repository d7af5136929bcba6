//go:build js && wasm

// Package drbg stands in for crypto/internal/fips140/drbg in the WebAssembly build.
// See package twinlock/wasm/absent.
//
// crypto/rand reads from it. Like the real one it hands on what the system's generator
// gives, which is that of the browser. In FIPS 140 mode the real one also has a
// generator of its own, made of AES. There is no such mode on WebAssembly: see
// Supported in crypto/internal/fips140.
package drbg

import (
	"crypto/internal/fips140"
	"crypto/internal/sysrand"
	"errors"
	"io"
)

// ErrAbsent is what [Read] panics with in FIPS 140 mode, and [SetTestingReader] always.
var ErrAbsent = errors.New("crypto/internal/fips140/drbg is absent from the WebAssembly build: the browser is random")

// Read fills b with random bytes. It does not return without them.
func Read(b []byte) {
	if fips140.Enabled {
		panic(ErrAbsent)
	}
	sysrand.Read(b)
}

// SetTestingReader panics.
func SetTestingReader(io.Reader) { panic(ErrAbsent) }

// DefaultReader marks the reader that calls [Read].
type DefaultReader interface{ defaultReader() }
