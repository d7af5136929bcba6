package oauth

import (
	"context"
	"crypto/ed25519"

	"github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// A draftKey signs what the provider makes before shape gives it Auth0's claims
// and signs it anew: an RSA signature that nobody sees would double the work. No key
// of the tenant verifies it.
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
func (s *storage) KeySet(context.Context) ([]op.Key, error) { return s.keys.KeySet(), nil }
