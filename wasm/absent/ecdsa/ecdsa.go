// Package ecdsa stands in for crypto/ecdsa in the WebAssembly build. See package
// twinlock/wasm/absent.
//
// golang-jwt registers every algorithm that it has, which links the elliptic curves
// in. This program accepts RS256 alone.
package ecdsa

import (
	"errors"
	"io"
	"math/big"
)

// ErrAbsent is returned by every function here that returns an error. The others
// panic with it.
var ErrAbsent = errors.New("crypto/ecdsa is absent from the WebAssembly build: tokens are signed with RS256")

// Curve has the method of a curve that golang-jwt calls.
type Curve interface{ Params() *CurveParams }

// CurveParams has the field that golang-jwt reads.
type CurveParams struct{ BitSize int }

// PublicKey is a name that golang-jwt needs. No value of it exists.
type PublicKey struct{ Curve }

// PrivateKey is a name that golang-jwt needs. No value of it exists.
type PrivateKey struct{ Curve }

// Sign returns [ErrAbsent].
func Sign(io.Reader, *PrivateKey, []byte) (r, s *big.Int, err error) { return nil, nil, ErrAbsent }

// Verify panics.
func Verify(*PublicKey, []byte, *big.Int, *big.Int) bool { panic(ErrAbsent) }
