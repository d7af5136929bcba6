package platform

import (
	"context"
	"errors"
)

// ErrSignature is returned when a signature was not made with the key.
//
//sentence:none told as an ID token that is not accepted
var ErrSignature = errors.New("wrong signature")

// ErrInsecure is returned where the browser checks no signature because the page is not
// served over https.
var ErrInsecure = errors.New("no signature can be checked: the page is not served over https")

// RSAKey is a public key as a JSON Web Key has it (RFC 7518 section 6.3.1).
type RSAKey struct {
	// Modulus is n, in big-endian bytes.
	Modulus []byte
	// Exponent is e, in big-endian bytes.
	Exponent []byte
}

// Verifier checks an RSASSA-PKCS1-v1_5 signature with SHA-256 (RFC 7518 section 3.3). It
// returns nil only when the signature was made over signed with the key: [ErrSignature]
// when it was not, [ErrInsecure] where none can be checked, another error when the key cannot be used or the context has ended.
type Verifier func(ctx context.Context, key RSAKey, signed, signature []byte) error
