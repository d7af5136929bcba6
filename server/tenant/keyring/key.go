package keyring

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"

	"github.com/go-jose/go-jose/v4"
)

// A Key signs tokens with RS256. It implements op.SigningKey.
type Key struct {
	id      string
	private *rsa.PrivateKey
}

// ID returns the key's id, the kid of a token's header.
func (k Key) ID() string { return k.id }

// Key returns the *rsa.PrivateKey.
func (k Key) Key() any { return k.private }

// SignatureAlgorithm returns RS256.
func (k Key) SignatureAlgorithm() jose.SignatureAlgorithm { return jose.RS256 }

// Public returns the public half.
func (k Key) Public() *rsa.PublicKey { return &k.private.PublicKey }

// WithID returns the key under another id.
func (k Key) WithID(id string) Key {
	k.id = id
	return k
}

// publicKey is the public half as the op.Key of a key set.
type publicKey struct{ of Key }

func (k publicKey) ID() string                         { return k.of.id }
func (k publicKey) Key() any                           { return k.of.Public() }
func (k publicKey) Algorithm() jose.SignatureAlgorithm { return jose.RS256 }
func (k publicKey) Use() string                        { return "sig" }

// keySize is in bits.
const keySize = 2048

func generate() (Key, error) {
	private, err := rsa.GenerateKey(rand.Reader, keySize)
	if err != nil {
		return Key{}, fmt.Errorf("generate signing key: %w", err)
	}
	return named(private)
}

// named makes the key's id of its thumbprint (RFC 7638).
func named(private *rsa.PrivateKey) (Key, error) {
	sum, err := (&jose.JSONWebKey{Key: private.Public()}).Thumbprint(crypto.SHA256)
	if err != nil {
		return Key{}, fmt.Errorf("name signing key: %w", err)
	}
	return Key{id: base64.RawURLEncoding.EncodeToString(sum)[:21], private: private}, nil
}

// MarshalJSON writes the key as base64 of its PKCS #8 form (RFC 5208).
func (k Key) MarshalJSON() ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(k.private)
	if err != nil {
		return nil, err
	}
	return json.Marshal(der)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (k *Key) UnmarshalJSON(data []byte) error {
	var der []byte
	if err := json.Unmarshal(data, &der); err != nil {
		return err
	}
	private, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return err
	}
	key, ok := private.(*rsa.PrivateKey)
	if !ok {
		return fmt.Errorf("a %T is no RSA key", private)
	}
	*k, err = named(key)
	return err
}
