// Package sha1 stands in for crypto/sha1 in the WebAssembly build. See package
// twinlock/wasm/absent.
//
// google/uuid can make identifiers from names with SHA-1. go-app uses random ones.
package sha1

import (
	"errors"
	"hash"
)

// ErrAbsent is what every function here panics with.
var ErrAbsent = errors.New("crypto/sha1 is absent from the WebAssembly build: identifiers are random")

// New panics.
func New() hash.Hash { panic(ErrAbsent) }

// Sum panics. go-app's server names its version with it.
func Sum([]byte) [20]byte { panic(ErrAbsent) }
