// Package aes stands in for crypto/aes in the WebAssembly build. See package
// twinlock/wasm/absent.
//
// go-app can encrypt what it stores, with a key that it keeps beside it. What this
// program keeps is sealed by the browser.
package aes

import (
	"crypto/cipher"
	"errors"
)

// ErrAbsent is the answer of every function here.
var ErrAbsent = errors.New("crypto/aes is absent from the WebAssembly build: the vault seals what is kept")

// NewCipher returns [ErrAbsent].
func NewCipher([]byte) (cipher.Block, error) { return nil, ErrAbsent }
