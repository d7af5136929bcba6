// Package fips140only stands in for crypto/internal/fips140only in the WebAssembly
// build. See package twinlock/wasm/absent.
//
// crypto/rand asks it whether a program must not make prime numbers. It need not ask:
// WebAssembly has no FIPS 140 mode. The real package brings the checks of that mode, with
// the hashes for them.
package fips140only

// Enforced returns false.
func Enforced() bool { return false }
