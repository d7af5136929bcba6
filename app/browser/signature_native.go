//go:build !js

package browser

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"math/big"

	"twinlock/app/platform"
)

func canVerify() error { return nil }

func verifyRS256(_ context.Context, k platform.RSAKey, signed, signature []byte) error {
	key := rsa.PublicKey{
		N: new(big.Int).SetBytes(k.Modulus),
		E: int(new(big.Int).SetBytes(k.Exponent).Int64()),
	}
	sum := sha256.Sum256(signed)
	if rsa.VerifyPKCS1v15(&key, crypto.SHA256, sum[:], signature) != nil {
		return platform.ErrSignature
	}
	return nil
}
