package browser

import (
	"context"

	"twinlock/app/platform"
)

// VerifyRS256 checks an RSASSA-PKCS1-v1_5 signature with SHA-256 (RFC 7518 section
// 3.3); it is a [platform.Verifier]. It returns [platform.ErrSignature] when the
// signature is not the key's, another error when the key cannot be used, and the
// context's error when that ended first.
//
// In a browser, WebCrypto checks it: RSA in Go would be a tenth of the program.
// VerifyRS256 waits for it and must not be called where waiting is not allowed, as
// in an event handler.
func VerifyRS256(ctx context.Context, key platform.RSAKey, signed, signature []byte) error {
	return verifyRS256(ctx, key, signed, signature)
}
