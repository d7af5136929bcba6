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
//
// Where the browser has no WebCrypto the error is [platform.ErrInsecure]; see
// [CanVerify].
func VerifyRS256(ctx context.Context, key platform.RSAKey, signed, signature []byte) error {
	if err := CanVerify(); err != nil {
		return err
	}
	return verifyRS256(ctx, key, signed, signature)
}

// CanVerify returns nil where VerifyRS256 can check a signature, and otherwise
// [platform.ErrInsecure]: browsers have WebCrypto only on pages that are served over
// https, or by this machine. Natively it returns nil.
func CanVerify() error { return canVerify() }
