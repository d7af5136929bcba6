//go:build js

package browser

import (
	"context"
	"encoding/base64"
	"fmt"
	"syscall/js"

	"twinlock/app/platform"
)

func verifyRS256(ctx context.Context, k platform.RSAKey, signed, signature []byte) error {
	algorithm := map[string]any{"name": "RSASSA-PKCS1-v1_5", "hash": "SHA-256"}
	importing, err := tryCall(subtle(), "importKey", "jwk", map[string]any{
		"kty": "RSA",
		"n":   base64.RawURLEncoding.EncodeToString(k.Modulus),
		"e":   base64.RawURLEncoding.EncodeToString(k.Exponent),
	}, algorithm, false, []any{"verify"})
	if err != nil {
		return fmt.Errorf("public key: %w", err)
	}
	key, err := await(ctx, importing)
	if err != nil {
		return fmt.Errorf("public key: %w", err)
	}
	good, err := await(ctx, subtle().Call("verify", algorithm, key, arrayOf(signature), arrayOf(signed)))
	if err != nil {
		return fmt.Errorf("verify: %w", err)
	}
	if good.Type() != js.TypeBoolean || !good.Bool() {
		return platform.ErrSignature
	}
	return nil
}
