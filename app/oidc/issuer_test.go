package oidc

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"sync"

	"twinlock/app/platform"
)

var ctx = context.Background()

// exampleIssuer is a provider without a network, for examples and fuzzing.
type exampleIssuer struct {
	mu       sync.Mutex
	nonce    string
	requests map[string]int
	failing  error
}

func newExampleIssuer() *exampleIssuer { return &exampleIssuer{requests: make(map[string]int)} }

func (i *exampleIssuer) fetch(_ context.Context, r platform.Request) (*platform.Response, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.requests[r.URL]++
	if i.failing != nil {
		return nil, i.failing
	}
	const base = "https://tenant.example/"
	var body any
	switch r.URL {
	case base + ".well-known/openid-configuration":
		body = map[string]any{
			"issuer": base, "authorization_endpoint": base + "authorize",
			"token_endpoint": base + "oauth/token", "jwks_uri": base + "keys",
		}
	case base + "keys":
		body = map[string]any{"keys": []any{publicJWK(signingKey(), testKey)}}
	case base + "oauth/token":
		body = tokenAnswer(sign(goodClaims(base, i.nonce)))
	default:
		return nil, fmt.Errorf("unexpected request to %s", r.URL)
	}
	data, err := json.Marshal(body)
	return &platform.Response{Status: 200, Body: data}, err
}

// signIn is what happens at the tenant: it returns the callback's URL.
func (i *exampleIssuer) signIn(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		panic(err)
	}
	i.nonce = u.Query().Get("nonce")
	return u.Query().Get("redirect_uri") + "?code=code-1&state=" + u.Query().Get("state")
}
