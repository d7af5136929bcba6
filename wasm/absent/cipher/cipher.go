// Package cipher stands in for crypto/cipher in the WebAssembly build, for the
// same reason as package twinlock/wasm/absent/aes.
package cipher

import "errors"

// ErrAbsent is returned by every function here.
var ErrAbsent = errors.New("crypto/cipher is absent from the WebAssembly build: the browser encrypts")

// Block has no implementation here.
type Block any

// AEAD has no implementation here.
type AEAD interface {
	NonceSize() int
	Seal(dst, nonce, plaintext, additionalData []byte) []byte
	Open(dst, nonce, ciphertext, additionalData []byte) ([]byte, error)
}

// NewGCM returns [ErrAbsent].
func NewGCM(Block) (AEAD, error) { return nil, ErrAbsent }
