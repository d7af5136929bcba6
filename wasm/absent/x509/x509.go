// Package x509 stands in for crypto/x509 in the WebAssembly build. See package
// twinlock/wasm/absent.
//
// golang-jwt can read keys from PEM files. For that it imports the verification of
// certificates, which imports the network. The keys of this program come as a JSON
// Web Key Set.
package x509

import (
	"crypto/ecdsa"
	"crypto/rsa"
	"encoding/pem"
	"errors"
)

// ErrAbsent is returned by every function here.
var ErrAbsent = errors.New("crypto/x509 is absent from the WebAssembly build: keys come as a JSON Web Key Set")

// Certificate has the field that golang-jwt reads.
type Certificate struct{ PublicKey any }

// ParseCertificate returns [ErrAbsent].
func ParseCertificate([]byte) (*Certificate, error) { return nil, ErrAbsent }

// ParsePKIXPublicKey returns [ErrAbsent].
func ParsePKIXPublicKey([]byte) (any, error) { return nil, ErrAbsent }

// ParsePKCS1PublicKey returns [ErrAbsent].
func ParsePKCS1PublicKey([]byte) (*rsa.PublicKey, error) { return nil, ErrAbsent }

// ParsePKCS1PrivateKey returns [ErrAbsent].
func ParsePKCS1PrivateKey([]byte) (*rsa.PrivateKey, error) { return nil, ErrAbsent }

// ParsePKCS8PrivateKey returns [ErrAbsent].
func ParsePKCS8PrivateKey([]byte) (any, error) { return nil, ErrAbsent }

// ParseECPrivateKey returns [ErrAbsent].
func ParseECPrivateKey([]byte) (*ecdsa.PrivateKey, error) { return nil, ErrAbsent }

// DecryptPEMBlock returns [ErrAbsent].
func DecryptPEMBlock(*pem.Block, []byte) ([]byte, error) { return nil, ErrAbsent }
