// Package ecdsa stands in for crypto/ecdsa in the WebAssembly build. See package
// twinlock/wasm/absent.
//
// golang-jwt registers every algorithm that it has, and with them come the
// elliptic curves. The one that this program accepts is RS256.
package ecdsa

import (
	"errors"
	"io"
	"math/big"
)

// ErrAbsent is the answer of every function here: returned where there is room for
// an error, and else the value of a panic.
var ErrAbsent = errors.New("crypto/ecdsa is absent from the WebAssembly build: tokens are signed with RS256")

// Curve is what golang-jwt asks of a curve.
type Curve interface{ Params() *CurveParams }

// CurveParams has the field that golang-jwt reads.
type CurveParams struct{ BitSize int }

// PublicKey is nobody's.
type PublicKey struct{ Curve }

// PrivateKey is nobody's.
type PrivateKey struct{ Curve }

// Sign returns [ErrAbsent].
func Sign(io.Reader, *PrivateKey, []byte) (r, s *big.Int, err error) { return nil, nil, ErrAbsent }

// Verify panics.
func Verify(*PublicKey, []byte, *big.Int, *big.Int) bool { panic(ErrAbsent) }
