package platform

import (
	"context"
	"errors"
)

// ErrSignature says that a signature is not the key's.
//
//sentence:none told as an ID token that is not accepted
var ErrSignature = errors.New("wrong signature")

// RSAKey is a public key as its owner publishes it, both numbers in big-endian
// bytes (RFC 7518 section 6.3.1).
type RSAKey struct{ Modulus, Exponent []byte }

// Verifier checks an RSASSA-PKCS1-v1_5 signature with SHA-256 (RFC 7518 section
// 3.3). It returns an error unless the key's owner has signed.
type Verifier func(ctx context.Context, key RSAKey, signed, signature []byte) error
