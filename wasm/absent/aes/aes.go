// Package aes stands in for crypto/aes in the WebAssembly build. See package
// twinlock/wasm/absent.
//
// go-app can encrypt what it stores, with a key that it stores beside it. This program
// encrypts with the browser's WebCrypto instead.
package aes

import (
	"crypto/cipher"
	"errors"
)

// ErrAbsent is returned by every function here.
var ErrAbsent = errors.New("crypto/aes is absent from the WebAssembly build: the browser encrypts")

// NewCipher returns [ErrAbsent].
func NewCipher([]byte) (cipher.Block, error) { return nil, ErrAbsent }
