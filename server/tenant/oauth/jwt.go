package oauth

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"strings"

	"github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/pkg/crypto"
	"github.com/zitadel/oidc/v3/pkg/op"

	"twinlock/server/tenant/fault"
	"twinlock/server/tenant/keyring"
)

// claimsOf reads the claims of a token that this process has just signed.
func claimsOf(token string) (map[string]any, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, fmt.Errorf("read claims: %d parts", len(parts))
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return nil, fmt.Errorf("read claims: %w", err)
	}
	d := json.NewDecoder(bytes.NewReader(payload))
	d.UseNumber() // times must not become 1.7e+09
	var claims map[string]any
	if err := d.Decode(&claims); err != nil {
		return nil, fmt.Errorf("read claims: %w", err)
	}
	return claims, nil
}

// sign signs with the current key, unless the flaw asks for something worse.
func (p *Provider) sign(claims map[string]any, flaw fault.Flaw) (string, error) {
	key := p.config.Keys.Current()
	if flaw.KeyID != "" {
		key = key.WithID(flaw.KeyID)
	}
	switch flaw.Alg {
	case "none":
		return unsigned(claims, key.ID())
	case "HS256":
		return confused(claims, key)
	}
	signer, err := op.SignerFromKey(key)
	if err != nil {
		return "", err
	}
	token, err := crypto.Sign(claims, signer)
	if flaw.WrongSignature {
		token = spoiled(token)
	}
	return token, err
}

// unsigned is the "none" attack (RFC 8725, section 2.1).
func unsigned(claims map[string]any, kid string) (string, error) {
	header, err := json.Marshal(map[string]string{"alg": "none", "typ": "JWT", "kid": kid})
	if err != nil {
		return "", err
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(header) + "." + base64.RawURLEncoding.EncodeToString(payload) + ".", nil
}

// confused signs with the public key as a shared secret (RFC 8725, section 2.1).
func confused(claims map[string]any, key keyring.Key) (string, error) {
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return "", err
	}
	secret := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	signer, err := jose.NewSigner(
		jose.SigningKey{Algorithm: jose.HS256, Key: jose.JSONWebKey{Key: secret, KeyID: key.ID()}},
		(&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		return "", err
	}
	return crypto.Sign(claims, signer)
}

// spoiled changes one bit of the signature.
func spoiled(token string) string {
	at := strings.LastIndexByte(token, '.') + 1
	signature, err := base64.RawURLEncoding.DecodeString(token[at:])
	if err != nil || len(signature) == 0 {
		return token
	}
	signature[0] ^= 1
	return token[:at] + base64.RawURLEncoding.EncodeToString(signature)
}
