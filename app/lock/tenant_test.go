package lock

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"twinlock/app/platform"
)

const (
	issuer   = "https://tenant.example/"
	clientID = "app"
)

// signingKey is made once: it takes longer than all the tests.
var signingKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

// tenant answers as an issuer does: every code is good for one sign-in of
// subject.
type tenant struct {
	t       *testing.T
	subject string
	nonce   string
	later   time.Duration // what has passed since the test began, besides
}

func (tn *tenant) now() time.Time { return time.Now().Add(tn.later) }

func (tn *tenant) fetch(_ context.Context, r platform.Request) (*platform.Response, error) {
	switch r.URL {
	case issuer + ".well-known/openid-configuration":
		return answer(map[string]any{
			"issuer":                           issuer,
			"authorization_endpoint":           issuer + "authorize",
			"token_endpoint":                   issuer + "oauth/token",
			"jwks_uri":                         issuer + ".well-known/jwks.json",
			"response_types_supported":         []string{"code"},
			"code_challenge_methods_supported": []string{"S256"},
		})
	case issuer + ".well-known/jwks.json":
		public := signingKey().PublicKey
		return answer(map[string]any{"keys": []any{map[string]any{
			"kty": "RSA", "kid": "1", "use": "sig", "alg": "RS256",
			"n": base64.RawURLEncoding.EncodeToString(public.N.Bytes()),
			"e": base64.RawURLEncoding.EncodeToString(big.NewInt(int64(public.E)).Bytes()),
		}}})
	case issuer + "oauth/token":
		return answer(map[string]any{
			"access_token": "at", "id_token": tn.idToken(), "token_type": "Bearer", "expires_in": 3600, "scope": "openid",
		})
	}
	tn.t.Errorf("unexpected request for %s", r.URL)
	return &platform.Response{Status: 404}, nil
}

func (tn *tenant) idToken() string {
	now := tn.now()
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{
		"iss": issuer, "aud": clientID, "sub": tn.subject, "nonce": tn.nonce,
		"iat": now.Unix(), "exp": now.Add(time.Hour).Unix(), "auth_time": now.Unix(),
	})
	token.Header["kid"] = "1"
	signed, err := token.SignedString(signingKey())
	if err != nil {
		tn.t.Fatal(err)
	}
	return signed
}

// approve answers an authorization request as the tenant's page does.
func (tn *tenant) approve(authorizeURL string) (callback string) {
	u, err := url.Parse(authorizeURL)
	if err != nil {
		tn.t.Fatal(err)
	}
	tn.nonce = u.Query().Get("nonce")
	return "?" + url.Values{"code": {"c"}, "state": {u.Query().Get("state")}}.Encode()
}

func answer(body any) (*platform.Response, error) {
	data, err := json.Marshal(body)
	return &platform.Response{Status: 200, Body: data, Header: map[string]string{"content-type": "application/json"}}, err
}
