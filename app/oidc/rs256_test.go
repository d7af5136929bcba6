package oidc

import (
	"testing"

	"github.com/golang-jwt/jwt/v5"
)

// The registry is the process's: who else verifies RS256 in it, such as the embedded
// tenant, must not notice this package.
func TestRS256OfOthers(t *testing.T) {
	for _, tt := range []struct {
		name string
		key  any
		want bool
	}{
		{"good", &signingKey().PublicKey, true},
		{"another key", &otherKey().PublicKey, false},
		{"no key", nil, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			raw, err := jwt.New(jwt.GetSigningMethod("RS256")).SignedString(signingKey())
			if err != nil {
				t.Fatal(err)
			}
			_, err = jwt.Parse(raw, func(*jwt.Token) (any, error) { return tt.key, nil })
			if (err == nil) != tt.want {
				t.Errorf("err = %v, want good: %t", err, tt.want)
			}
		})
	}
}
