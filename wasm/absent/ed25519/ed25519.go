// Package ed25519 stands in for crypto/ed25519 in the WebAssembly build, for the
// same reason as package twinlock/wasm/absent/ecdsa.
package ed25519

import "errors"

// ErrAbsent is what every function here panics with.
var ErrAbsent = errors.New("crypto/ed25519 is absent from the WebAssembly build: tokens are signed with RS256")

// PublicKeySize is the size of a public key, in bytes (RFC 8032 section 5.1.5).
const PublicKeySize = 32

// PublicKey is a name that golang-jwt needs. No value of it exists.
type PublicKey []byte

// PrivateKey is a name that golang-jwt needs. No value of it exists.
type PrivateKey []byte

// Verify panics.
func Verify(PublicKey, []byte, []byte) bool { panic(ErrAbsent) }
