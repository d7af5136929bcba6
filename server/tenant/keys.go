package tenant

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	"github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// A signingKey signs tokens with RS256. It is the provider's op.SigningKey;
// its public half is the provider's op.Key.
type signingKey struct {
	kid     string
	private *rsa.PrivateKey
}

type publicKey struct{ signingKey }

func (k signingKey) ID() string                                  { return k.kid }
func (k signingKey) Key() any                                    { return k.private }
func (k signingKey) SignatureAlgorithm() jose.SignatureAlgorithm { return jose.RS256 }

func (k publicKey) Key() any                           { return &k.private.PublicKey }
func (k publicKey) Algorithm() jose.SignatureAlgorithm { return jose.RS256 }
func (k publicKey) Use() string                        { return "sig" }

func newSigningKey() (signingKey, error) {
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return signingKey{}, fmt.Errorf("generate signing key: %w", err)
	}
	return asSigningKey(private)
}

// asSigningKey names the key by its thumbprint (RFC 7638).
func asSigningKey(private *rsa.PrivateKey) (signingKey, error) {
	sum, err := (&jose.JSONWebKey{Key: private.Public()}).Thumbprint(crypto.SHA256)
	if err != nil {
		return signingKey{}, fmt.Errorf("name signing key: %w", err)
	}
	return signingKey{kid: base64.RawURLEncoding.EncodeToString(sum)[:21], private: private}, nil
}

// MarshalJSON writes the key as base64 of its PKCS #8 form.
func (k signingKey) MarshalJSON() ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(k.private)
	if err != nil {
		return nil, err
	}
	return json.Marshal(der)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (k *signingKey) UnmarshalJSON(data []byte) error {
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
	*k, err = asSigningKey(key)
	return err
}

// A keyring holds the tenant's keys. The last one signs, all of them verify.
type keyring struct {
	save func([]signingKey) error // may be nil

	mu   sync.RWMutex
	keys []signingKey
}

func (k *keyring) current() signingKey {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.keys[len(k.keys)-1]
}

func (k *keyring) all() []signingKey {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return slices.Clone(k.keys)
}

// begin makes the first key in the background: that takes longer than
// everything else that a tenant does to start. Who needs the key waits.
func (k *keyring) begin() {
	k.mu.Lock()
	go func() {
		defer k.mu.Unlock()
		key, err := newSigningKey()
		if err != nil {
			panic(err) // the size is wrong
		}
		k.keys = []signingKey{key}
	}()
}

// rotate makes a new key sign. The old ones go on verifying, unless dropped.
func (k *keyring) rotate(drop bool) (signingKey, error) {
	next, err := newSigningKey()
	if err != nil {
		return signingKey{}, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	var keys []signingKey
	if !drop {
		keys = slices.Clone(k.keys)
	}
	keys = append(keys, next)
	if k.save != nil {
		if err := k.save(keys); err != nil {
			return signingKey{}, err
		}
	}
	k.keys = keys
	return next, nil
}

// A draftKey signs what the provider makes before tokens.go gives it the
// vendor's claims and signs it anew: an RSA signature for nobody would double
// the work. It verifies nowhere.
type draftKey struct{}

var _, draftPrivate, _ = ed25519.GenerateKey(nil)

func (draftKey) ID() string                                  { return "draft" }
func (draftKey) Key() any                                    { return draftPrivate }
func (draftKey) SignatureAlgorithm() jose.SignatureAlgorithm { return jose.EdDSA }

// SigningKey implements op.AuthStorage.
func (s *storage) SigningKey(context.Context) (op.SigningKey, error) { return draftKey{}, nil }

// SignatureAlgorithms implements op.AuthStorage.
func (s *storage) SignatureAlgorithms(context.Context) ([]jose.SignatureAlgorithm, error) {
	return []jose.SignatureAlgorithm{jose.RS256}, nil
}

// KeySet implements op.AuthStorage.
func (s *storage) KeySet(context.Context) ([]op.Key, error) {
	var set []op.Key
	for _, k := range s.keys.all() {
		set = append(set, publicKey{k})
	}
	return set, nil
}
