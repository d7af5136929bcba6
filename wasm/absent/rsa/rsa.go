// Package rsa stands in for crypto/rsa in the WebAssembly build. See package
// twinlock/wasm/absent.
//
// golang-jwt registers crypto/rsa for RSA signatures. This program has the browser
// verify them: twinlock/app/oidc registers that instead.
package rsa

import (
	"crypto"
	"errors"
	"io"
)

// ErrAbsent is returned by every function here.
var ErrAbsent = errors.New("crypto/rsa is absent from the WebAssembly build: the browser verifies signatures")

// PublicKey is a name that golang-jwt needs. No value of it exists.
type PublicKey struct{}

// PrivateKey is a name that golang-jwt needs. No value of it exists.
type PrivateKey struct{}

// The lengths of a salt that golang-jwt names.
const (
	PSSSaltLengthAuto       = 0
	PSSSaltLengthEqualsHash = -1
)

// PSSOptions has the field that golang-jwt sets.
type PSSOptions struct{ SaltLength int }

// VerifyPKCS1v15 returns [ErrAbsent].
func VerifyPKCS1v15(*PublicKey, crypto.Hash, []byte, []byte) error { return ErrAbsent }

// SignPKCS1v15 returns [ErrAbsent].
func SignPKCS1v15(io.Reader, *PrivateKey, crypto.Hash, []byte) ([]byte, error) { return nil, ErrAbsent }

// VerifyPSS returns [ErrAbsent].
func VerifyPSS(*PublicKey, crypto.Hash, []byte, []byte, *PSSOptions) error { return ErrAbsent }

// SignPSS returns [ErrAbsent].
func SignPSS(io.Reader, *PrivateKey, crypto.Hash, []byte, *PSSOptions) ([]byte, error) {
	return nil, ErrAbsent
}
