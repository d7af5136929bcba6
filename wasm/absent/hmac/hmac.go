// Package hmac stands in for crypto/hmac in the WebAssembly build, for the same
// reason as package twinlock/wasm/absent/ecdsa.
package hmac

import (
	"errors"
	"hash"
)

// ErrAbsent is what every function here panics with.
var ErrAbsent = errors.New("crypto/hmac is absent from the WebAssembly build: tokens are signed with RS256")

// New panics.
func New(func() hash.Hash, []byte) hash.Hash { panic(ErrAbsent) }

// Equal panics.
func Equal(a, b []byte) bool { panic(ErrAbsent) }
