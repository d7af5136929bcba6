//go:build js

package browser

import (
	"context"
	"encoding/base64"
	"fmt"
	"syscall/js"

	"twinlock/app/platform"
)

func canVerify() error {
	if !subtle().Truthy() {
		return platform.ErrInsecure
	}
	return nil
}

func verifyRS256(ctx context.Context, k platform.RSAKey, signed, signature []byte) error {
	algorithm := map[string]any{"name": "RSASSA-PKCS1-v1_5", "hash": "SHA-256"}
	key, err := awaitCall(ctx, subtle(), "importKey", "jwk", map[string]any{
		"kty": "RSA",
		"n":   base64.RawURLEncoding.EncodeToString(k.Modulus),
		"e":   base64.RawURLEncoding.EncodeToString(k.Exponent),
	}, algorithm, false, []any{"verify"})
	if err != nil {
		return fmt.Errorf("public key: %w", err)
	}
	good, err := awaitCall(ctx, subtle(), "verify", algorithm, key, arrayOf(signature), arrayOf(signed))
	if err != nil {
		return fmt.Errorf("verify: %w", err)
	}
	if !good.Equal(js.ValueOf(true)) {
		return platform.ErrSignature
	}
	return nil
}
