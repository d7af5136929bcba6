package fault

import (
	"context"
	"errors"
)

// A Flaw is what is wrong with an ID token. The zero Flaw is nothing.
type Flaw struct {
	// Claims replace those of the token; a nil one removes it.
	Claims map[string]any
	// Alg is "none" or "HS256", with the public key as the secret (RFC 8725, section
	// 2.1). Empty: RS256.
	Alg string
	// KeyID is the header's kid. Empty: that of the key that signs.
	KeyID string
	// WrongSignature spoils the signature.
	WrongSignature bool
}

// newFlaw reads a fault's Token.
func newFlaw(token map[string]any) (Flaw, error) {
	f := Flaw{Claims: map[string]any{}}
	for name, value := range token {
		switch name {
		case "alg":
			f.Alg, _ = value.(string)
			if f.Alg != "none" && f.Alg != "HS256" {
				return Flaw{}, errors.New(`alg must be "none" or "HS256"`)
			}
		case "kid":
			f.KeyID, _ = value.(string)
			if f.KeyID == "" {
				return Flaw{}, errors.New("kid must be a string")
			}
		case "signature":
			if value != "wrong" {
				return Flaw{}, errors.New(`signature must be "wrong"`)
			}
			f.WrongSignature = true
		default:
			f.Claims[name] = value
		}
	}
	return f, nil
}

type flawKey struct{}

// withFlaw lets FlawOf find the flaw. A token that newFlaw refuses adds none.
func withFlaw(ctx context.Context, token map[string]any) context.Context {
	flaw, err := newFlaw(token)
	if err != nil || token == nil {
		return ctx
	}
	return context.WithValue(ctx, flawKey{}, flaw)
}

// FlawOf returns what a fault wants to be wrong with the ID token of the request with
// this context; the zero Flaw if nothing.
func FlawOf(ctx context.Context) Flaw {
	f, _ := ctx.Value(flawKey{}).(Flaw)
	return f
}
