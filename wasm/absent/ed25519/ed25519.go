// Package ed25519 stands in for crypto/ed25519 in the WebAssembly build, for the
// same reason as package twinlock/wasm/absent/ecdsa.
package ed25519

import "errors"

// ErrAbsent is the value of a panic.
var ErrAbsent = errors.New("crypto/ed25519 is absent from the WebAssembly build: tokens are signed with RS256")

// PublicKeySize is that of the algorithm, in bytes.
const PublicKeySize = 32

// PublicKey is nobody's.
type PublicKey []byte

// PrivateKey is nobody's.
type PrivateKey []byte

// Verify panics.
func Verify(PublicKey, []byte, []byte) bool { panic(ErrAbsent) }
