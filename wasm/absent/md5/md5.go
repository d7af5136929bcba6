// Package md5 stands in for crypto/md5 in the WebAssembly build. See package
// twinlock/wasm/absent.
//
// google/uuid can make identifiers from names with MD5. go-app uses random ones.
package md5

import (
	"errors"
	"hash"
)

// ErrAbsent is what every function here panics with.
var ErrAbsent = errors.New("crypto/md5 is absent from the WebAssembly build: identifiers are random")

// New panics.
func New() hash.Hash { panic(ErrAbsent) }
