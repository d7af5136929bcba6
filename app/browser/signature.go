package browser

import "errors"

// ErrSignature says that a signature is not the key's.
var ErrSignature = errors.New("wrong signature")

// RSAKey is a public key as its owner publishes it, both numbers in big-endian
// bytes (RFC 7518 section 6.3.1).
type RSAKey struct{ Modulus, Exponent []byte }
