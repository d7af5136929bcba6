package platform

import (
	"context"
	"errors"
)

// ErrSignature is returned when a signature was not made with the key.
var ErrSignature = errors.New("wrong signature")

// RSAKey is an RSA public key as a key set publishes it (RFC 7518 section 6.3.1).
type RSAKey struct {
	// Modulus is n, big-endian.
	Modulus []byte
	// Exponent is e, big-endian.
	Exponent []byte
}

// Verifier checks an RSASSA-PKCS1-v1_5 signature with SHA-256 (RFC 7518 section 3.3).
// It returns nil only if the owner of the key has signed these bytes, [ErrSignature] if
// not, and another error if it could not find out.
type Verifier func(ctx context.Context, key RSAKey, signed, signature []byte) error
