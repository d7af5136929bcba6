package oidc

import (
	"crypto/rsa"
	"crypto/x509"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"twinlock/app/browser"
	"twinlock/app/platform"
)

const (
	testClient = "client-1"
	testKey    = "key-1"
	ada        = "auth0|ada"
)

// start is when tests happen, on a clock of their own.
var start = time.Unix(1_700_000_000, 0)

// Made for these tests; fixed, so that fuzzing finds the same again.
var (
	//go:embed testdata/key1.pem
	key1 []byte
	//go:embed testdata/key2.pem
	key2 []byte

	signingKey = sync.OnceValue(func() *rsa.PrivateKey { return readKey(key1) })
	otherKey   = sync.OnceValue(func() *rsa.PrivateKey { return readKey(key2) })
)

func readKey(data []byte) *rsa.PrivateKey {
	block, _ := pem.Decode(data)
	key, err := x509.ParsePKCS1PrivateKey(block.Bytes)
	if err != nil {
		panic(err)
	}
	return key
}

// idp is an identity provider over real HTTP whose every answer a test can
// bend.
type idp struct {
	*httptest.Server
	t *testing.T

	mu       sync.Mutex
	requests []string   // method and path
	form     url.Values // last sent to the token endpoint

	metadata map[string]any
	keys     []map[string]any
	token    func(w http.ResponseWriter, form url.Values)
	revoke   func(w http.ResponseWriter)
}

func newIDP(t *testing.T) *idp {
	p := &idp{t: t, keys: []map[string]any{publicJWK(signingKey(), testKey)}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, r *http.Request) {
		json.NewEncoder(w).Encode(p.metadata)
	})
	mux.HandleFunc("GET /.well-known/jwks.json", func(w http.ResponseWriter, r *http.Request) {
		json.NewEncoder(w).Encode(map[string]any{"keys": p.keys})
	})
	mux.HandleFunc("POST /oauth/token", func(w http.ResponseWriter, r *http.Request) {
		if got := r.Header.Get("Content-Type"); got != "application/x-www-form-urlencoded" {
			t.Errorf("token request of type %q", got)
		}
		r.ParseForm()
		p.form = r.PostForm
		p.token(w, r.PostForm)
	})
	mux.HandleFunc("POST /oauth/revoke", func(w http.ResponseWriter, r *http.Request) {
		r.ParseForm()
		p.form = r.PostForm
		p.revoke(w)
	})
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.requests = append(p.requests, r.Method+" "+r.URL.Path)
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(p.Close)
	p.metadata = map[string]any{
		"issuer":                                p.issuer(),
		"authorization_endpoint":                p.URL + "/authorize",
		"token_endpoint":                        p.URL + "/oauth/token",
		"jwks_uri":                              p.URL + "/.well-known/jwks.json",
		"revocation_endpoint":                   p.URL + "/oauth/revoke",
		"code_challenge_methods_supported":      []string{"S256", "plain"},
		"id_token_signing_alg_values_supported": []string{"HS256", "RS256", "PS256"},
	}
	return p
}

func (p *idp) issuer() string { return p.URL + "/" }

// asked counts requests.
func (p *idp) asked(request string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	for _, r := range p.requests {
		if r == request {
			n++
		}
	}
	return n
}

// claims are those of a good ID token.
func (p *idp) claims(nonce string) jwt.MapClaims { return goodClaims(p.issuer(), nonce) }

func goodClaims(issuer, nonce string) jwt.MapClaims {
	return jwt.MapClaims{
		"iss": issuer, "sub": ada, "aud": testClient, "nonce": nonce,
		"iat": start.Unix(), "exp": start.Add(10 * time.Hour).Unix(),
		"name": "Ada Lovelace", "email": "ada@example.com", "email_verified": true, "sid": "session-1",
	}
}

// answer makes the token endpoint give this ID token.
func (p *idp) answer(idToken string) {
	p.token = func(w http.ResponseWriter, _ url.Values) { respond(w, 200, tokenAnswer(idToken)) }
}

func tokenAnswer(idToken string) map[string]any {
	return map[string]any{
		"access_token": "access-1", "id_token": idToken, "refresh_token": "refresh-1",
		"token_type": "Bearer", "expires_in": 86400, "scope": "openid profile email",
	}
}

func respond(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(body)
}

// sign makes a token as the issuer does.
func sign(claims jwt.MapClaims) string {
	return signWith(signingKey(), jwt.SigningMethodRS256, map[string]any{"kid": testKey}, claims)
}

func signWith(key any, method jwt.SigningMethod, header map[string]any, claims jwt.MapClaims) string {
	token := jwt.NewWithClaims(method, claims)
	maps.Copy(token.Header, header)
	for name, value := range header {
		if value == nil {
			delete(token.Header, name)
		}
	}
	raw, err := token.SignedString(key)
	if err != nil {
		panic(err)
	}
	return raw
}

func publicJWK(key *rsa.PrivateKey, kid string) map[string]any {
	return map[string]any{
		"kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid,
		"n": base64.RawURLEncoding.EncodeToString(key.N.Bytes()),
		"e": base64.RawURLEncoding.EncodeToString(big.NewInt(int64(key.E)).Bytes()),
	}
}

// clock is a device's clock, which tests set, and the one that nobody can set.
type clock struct {
	mu      sync.Mutex
	t       time.Time
	running time.Duration
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) uptime() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.running
}

// add lets time pass.
func (c *clock) add(d time.Duration) {
	c.put(d)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.running += d
}

// put puts the device's clock forward, or back.
func (c *clock) put(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// newClient returns a client of the provider with its store and clock.
func newClient(p *idp) (*Client, *platform.Memory, *clock) {
	store, clock := &platform.Memory{}, &clock{t: start}
	return New(Settings{
		Issuer:      p.issuer(),
		ClientID:    testClient,
		RedirectURI: "https://app.example/callback",
		Audience:    p.issuer() + "api/v2/",
		Scopes:      []string{"openid", "profile", "email", "read:current_user"},
	}, Deps{Fetch: browser.Fetch, Verify: browser.VerifyRS256, Store: store, Now: clock.now, Uptime: clock.uptime}), store, clock
}

// begin begins a sign-in that must succeed.
func begin(t *testing.T, c *Client, r Request) Transaction {
	t.Helper()
	if r.Purpose == "" {
		r.Purpose = "login"
	}
	_, tx, err := c.Begin(t.Context(), r)
	if err != nil {
		t.Fatalf("Begin: %v", err)
	}
	return tx
}

// transactionKeys lists the states that wait in a store.
func transactionKeys(s platform.Storage) []string {
	keys := s.Keys()
	slices.Sort(keys)
	return keys
}

func seconds(n int) *time.Duration { return new(time.Duration(n) * time.Second) }
