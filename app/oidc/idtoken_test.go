package oidc

import (
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"math/rand"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"twinlock/app/browser"
	"twinlock/app/platform"
)

// Attack case 18: every flaw an ID token can have.
func TestIDTokenFlaws(t *testing.T) {
	withKey := func(claims jwt.MapClaims, header map[string]any) string {
		all := map[string]any{"kid": testKey}
		for name, value := range header {
			all[name] = value
		}
		return signWith(signingKey(), jwt.SigningMethodRS256, all, claims)
	}
	set := func(pairs ...any) func(jwt.MapClaims) string {
		return func(claims jwt.MapClaims) string {
			for i := 0; i < len(pairs); i += 2 {
				claims[pairs[i].(string)] = pairs[i+1]
			}
			return sign(claims)
		}
	}
	without := func(name string) func(jwt.MapClaims) string {
		return func(claims jwt.MapClaims) string {
			delete(claims, name)
			return sign(claims)
		}
	}
	publicPEM := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: x509.MarshalPKCS1PublicKey(&signingKey().PublicKey)})
	tests := []struct {
		name    string
		make    func(jwt.MapClaims) string
		maxAge  *time.Duration
		wantErr error // nil: accepted
	}{
		{name: "good", make: sign},
		{name: "audience as a list", make: set("aud", []string{testClient})},
		{name: "more audiences with azp", make: set("aud", []string{"api", testClient}, "azp", testClient)},
		{name: "azp", make: set("azp", testClient)},
		{name: "no typ", make: func(c jwt.MapClaims) string { return withKey(c, map[string]any{"typ": nil}) }},
		{name: "ends a little later than clock skew", make: set("exp", start.Add(platform.ClockSkew+time.Second).Unix())},
		{name: "not before, within clock skew", make: set("nbf", start.Add(platform.ClockSkew).Unix())},
		{name: "fractions of a second", make: set("iat", float64(start.Unix())-0.5)},
		{name: "subject of 255 bytes", make: set("sub", strings.Repeat("a", 255))},
		{name: "just authenticated", maxAge: seconds(0), make: set("auth_time", start.Unix())},
		{name: "authenticated within the second", maxAge: seconds(0), make: set("auth_time", start.Unix()-1)},
		{name: "authenticated ahead within clock skew", maxAge: seconds(0), make: set("auth_time", start.Add(platform.ClockSkew).Unix())},
		{name: "authenticated within max age", maxAge: seconds(300), make: set("auth_time", start.Add(-5*time.Minute).Unix())},

		{name: "alg none", wantErr: ErrAlgorithm, make: func(c jwt.MapClaims) string {
			return signWith(jwt.UnsafeAllowNoneSignatureType, jwt.SigningMethodNone, map[string]any{"kid": testKey}, c)
		}},
		{name: "alg none in another case", wantErr: ErrAlgorithm, make: func(c jwt.MapClaims) string {
			return unsigned(map[string]any{"alg": "nOnE", "kid": testKey}, c) + "."
		}},
		{name: "HS256 with the public key", wantErr: ErrAlgorithm, make: func(c jwt.MapClaims) string {
			return signWith(publicPEM, jwt.SigningMethodHS256, map[string]any{"kid": testKey}, c)
		}},
		{name: "HS256 with the modulus", wantErr: ErrAlgorithm, make: func(c jwt.MapClaims) string {
			return signWith(signingKey().N.Bytes(), jwt.SigningMethodHS256, map[string]any{"kid": testKey}, c)
		}},
		{name: "PS256", wantErr: ErrAlgorithm, make: func(c jwt.MapClaims) string {
			return signWith(signingKey(), jwt.SigningMethodPS256, map[string]any{"kid": testKey}, c)
		}},
		{name: "RS512", wantErr: ErrAlgorithm, make: func(c jwt.MapClaims) string {
			return signWith(signingKey(), jwt.SigningMethodRS512, map[string]any{"kid": testKey}, c)
		}},
		{name: "alg no string", wantErr: ErrAlgorithm, make: func(c jwt.MapClaims) string {
			return unsigned(map[string]any{"alg": []string{"RS256"}, "kid": testKey}, c) + ".AA"
		}},
		{name: "no alg", wantErr: ErrAlgorithm, make: func(c jwt.MapClaims) string {
			return unsigned(map[string]any{"kid": testKey}, c) + ".AA"
		}},

		{name: "another's signature", wantErr: ErrSignature, make: func(c jwt.MapClaims) string {
			return signWith(otherKey(), jwt.SigningMethodRS256, map[string]any{"kid": testKey}, c)
		}},
		{name: "key in the header", wantErr: ErrSignature, make: func(c jwt.MapClaims) string {
			return signWith(otherKey(), jwt.SigningMethodRS256, map[string]any{"kid": testKey, "jwk": publicJWK(otherKey(), testKey)}, c)
		}},
		{name: "empty signature", wantErr: ErrSignature, make: func(c jwt.MapClaims) string {
			return unsigned(map[string]any{"alg": "RS256", "kid": testKey}, c) + "."
		}},
		{name: "claims changed afterwards", wantErr: ErrSignature, make: func(c jwt.MapClaims) string {
			signature := strings.Split(sign(c), ".")[2]
			c["sub"] = "auth0|mallory"
			return unsigned(map[string]any{"alg": "RS256", "typ": "JWT", "kid": testKey}, c) + "." + signature
		}},
		{name: "no kid", wantErr: ErrSignature, make: func(c jwt.MapClaims) string { return withKey(c, map[string]any{"kid": nil}) }},
		{name: "unknown kid", wantErr: ErrSignature, make: func(c jwt.MapClaims) string { return withKey(c, map[string]any{"kid": "key-2"}) }},
		{name: "kid no string", wantErr: ErrSignature, make: func(c jwt.MapClaims) string { return withKey(c, map[string]any{"kid": 1}) }},

		{name: "two signatures", wantErr: ErrIDToken, make: func(c jwt.MapClaims) string {
			raw := sign(c)
			return raw + "." + strings.Split(raw, ".")[2]
		}},
		{name: "two signatures as JSON", wantErr: ErrIDToken, make: func(c jwt.MapClaims) string {
			parts := strings.Split(sign(c), ".")
			one := map[string]string{"protected": parts[0], "signature": parts[2]}
			data, _ := json.Marshal(map[string]any{"payload": parts[1], "signatures": []any{one, one}})
			return string(data)
		}},
		{name: "line end in the signature", wantErr: ErrIDToken, make: func(c jwt.MapClaims) string { return sign(c) + "\n" }},
		{name: "signature written otherwise", wantErr: ErrIDToken, make: func(c jwt.MapClaims) string {
			// The last of 342 characters has four bits to spare.
			raw := sign(c)
			const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
			last := strings.IndexByte(digits, raw[len(raw)-1])
			return raw[:len(raw)-1] + digits[last+1:last+2]
		}},
		{name: "padding", wantErr: ErrIDToken, make: func(c jwt.MapClaims) string { return sign(c) + "==" }},
		{name: "no signature", wantErr: ErrIDToken, make: func(c jwt.MapClaims) string {
			return unsigned(map[string]any{"alg": "RS256", "kid": testKey}, c)
		}},
		{name: "not a token", wantErr: ErrIDToken, make: func(jwt.MapClaims) string { return "id-token" }},
		{name: "too long", wantErr: ErrIDToken, make: set("name", strings.Repeat("a", maxIDToken))},
		{name: "critical extension", wantErr: ErrIDToken, make: func(c jwt.MapClaims) string {
			return withKey(c, map[string]any{"crit": []string{"b64"}, "b64": false})
		}},
		{name: "access token", wantErr: ErrIDToken, make: func(c jwt.MapClaims) string { return withKey(c, map[string]any{"typ": "at+jwt"}) }},
		{name: "claims no object", wantErr: ErrIDToken, make: func(c jwt.MapClaims) string { return signRaw("[]") }},

		{name: "another issuer", wantErr: ErrIssuer, make: set("iss", "https://evil.example/")},
		{name: "issuer without its slash", wantErr: ErrIssuer, make: func(c jwt.MapClaims) string {
			c["iss"] = strings.TrimSuffix(c["iss"].(string), "/")
			return sign(c)
		}},
		{name: "no issuer", wantErr: ErrIssuer, make: without("iss")},
		{name: "issuers", wantErr: ErrIssuer, make: func(c jwt.MapClaims) string {
			c["iss"] = []any{c["iss"]}
			return sign(c)
		}},

		{name: "another audience", wantErr: ErrAudience, make: set("aud", "client-2")},
		{name: "no audience", wantErr: ErrAudience, make: without("aud")},
		{name: "empty audience", wantErr: ErrAudience, make: set("aud", []string{})},
		{name: "audience of other types", wantErr: ErrAudience, make: set("aud", []any{testClient, 1})},
		{name: "another azp", wantErr: ErrAudience, make: set("azp", "client-2")},
		{name: "azp null", wantErr: ErrAudience, make: set("azp", nil)},
		{name: "more audiences without azp", wantErr: ErrAudience, make: set("aud", []string{testClient, "api"})},
		{name: "more audiences, another azp", wantErr: ErrAudience, make: set("aud", []string{testClient, "client-2"}, "azp", "client-2")},

		{name: "no subject", wantErr: ErrIDToken, make: without("sub")},
		{name: "empty subject", wantErr: ErrIDToken, make: set("sub", "")},
		{name: "subject no string", wantErr: ErrIDToken, make: set("sub", 1)},
		{name: "long subject", wantErr: ErrIDToken, make: set("sub", strings.Repeat("a", 256))},
		{name: "subject with a line end", wantErr: ErrIDToken, make: set("sub", "auth0|ada\r\n")},

		{name: "expired", wantErr: ErrTime, make: set("exp", start.Unix())},
		{name: "ends within clock skew", wantErr: ErrTime, make: set("exp", start.Add(platform.ClockSkew).Unix())},
		{name: "no exp", wantErr: ErrTime, make: without("exp")},
		{name: "exp a string", wantErr: ErrTime, make: set("exp", "9999999999")},
		{name: "exp out of time", wantErr: ErrTime, make: set("exp", 1e300)},
		{name: "issued more than a day ahead", wantErr: ErrTime, make: set("iat", start.Add(maxOffset+time.Second).Unix(), "exp", start.Add(2*maxOffset).Unix())},
		{name: "issued more than a day ago", wantErr: ErrTime, make: set("iat", start.Add(-maxOffset-time.Second).Unix())},
		{name: "no iat", wantErr: ErrTime, make: without("iat")},
		{name: "iat null", wantErr: ErrTime, make: set("iat", nil)},
		{name: "not valid yet", wantErr: ErrTime, make: set("nbf", start.Add(platform.ClockSkew+time.Second).Unix())},
		{name: "nbf a string", wantErr: ErrTime, make: set("nbf", "0")},

		{name: "no nonce", wantErr: ErrNonce, make: without("nonce")},
		{name: "another nonce", wantErr: ErrNonce, make: set("nonce", "attacker")},
		{name: "nonce no string", wantErr: ErrNonce, make: set("nonce", []string{"a"})},

		{name: "no auth_time", maxAge: seconds(0), wantErr: ErrNoAuthTime, make: sign},
		{name: "auth_time null", maxAge: seconds(0), wantErr: ErrNoAuthTime, make: set("auth_time", nil)},
		{name: "auth_time a string", wantErr: ErrNoAuthTime, make: set("auth_time", "1700000000")},
		{name: "authenticated before, max age 0", maxAge: seconds(0), wantErr: ErrAuthTime, make: set("auth_time", start.Unix()-2)},
		{name: "authenticated long ago", maxAge: seconds(300), wantErr: ErrAuthTime, make: set("auth_time", start.Add(-7*time.Minute).Unix())},
		{name: "session_expiry null", wantErr: ErrIDToken, make: set("session_expiry", nil)},
		{name: "session_expiry a string", wantErr: ErrIDToken, make: set("session_expiry", "9999999999")},
		{name: "session_expiry true", wantErr: ErrIDToken, make: set("session_expiry", true)},
		{name: "session_expiry a list", wantErr: ErrIDToken, make: set("session_expiry", []any{start.Add(time.Hour).Unix()})},
		{name: "session_expiry 0", wantErr: ErrIDToken, make: set("session_expiry", 0)},
		{name: "session_expiry negative", wantErr: ErrIDToken, make: set("session_expiry", -start.Unix())},
		{name: "session_expiry in milliseconds", wantErr: ErrIDToken, make: set("session_expiry", start.Add(time.Hour).UnixMilli())},
		{name: "session_expiry out of time", wantErr: ErrIDToken, make: set("session_expiry", 1e300)},
		{name: "session_expiry long ago", wantErr: ErrSessionEnded, make: set("session_expiry", 1)},
		{name: "session ends as it begins", wantErr: ErrSessionEnded, make: set("session_expiry", start.Unix())},
		{name: "session ends within the margin", wantErr: ErrSessionEnded, make: set("session_expiry", start.Unix()+sessionMargin)},
		{name: "session ends within the margin, a fraction", wantErr: ErrSessionEnded,
			make: set("session_expiry", float64(start.Unix()+sessionMargin)+0.9)},
		{name: "authenticated in the future", wantErr: ErrAuthTime, make: set("auth_time", start.Add(platform.ClockSkew+time.Second).Unix())},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newIDP(t)
			c, _, _ := newClient(p)
			tx := begin(t, c, Request{MaxAge: tt.maxAge})
			raw := tt.make(p.claims(tx.Nonce))
			p.answer(raw)
			got, err := c.Finish(t.Context(), Callback{State: tx.State, Code: "code-1"}, "")
			if tt.wantErr == nil {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			if got != nil || !errors.Is(err, tt.wantErr) || !errors.Is(err, ErrIDToken) {
				t.Fatalf("Finish = %+v, %v, want %v", got, err, tt.wantErr)
			}
			for _, fine := range []error{ErrAlgorithm, ErrSignature, ErrIssuer, ErrAudience, ErrTime, ErrNonce, ErrAuthTime, ErrNoAuthTime} {
				if fine != tt.wantErr && errors.Is(err, fine) {
					t.Errorf("it also is %v", fine)
				}
			}
			for part := range strings.SplitSeq(raw, ".") {
				if len(part) > 20 && strings.Contains(err.Error(), part) {
					t.Errorf("the error holds the token: %v", err)
				}
			}
		})
	}
}

// unsigned is a token's first two parts.
func unsigned(header map[string]any, claims jwt.MapClaims) string {
	encode := func(v any) string {
		data, _ := json.Marshal(v)
		return base64.RawURLEncoding.EncodeToString(data)
	}
	return encode(header) + "." + encode(claims)
}

// signRaw signs any payload as the issuer would.
func signRaw(payload string) string {
	text := unsigned(map[string]any{"alg": "RS256", "typ": "JWT", "kid": testKey}, nil)
	text = strings.Split(text, ".")[0] + "." + base64.RawURLEncoding.EncodeToString([]byte(payload))
	signature, err := jwt.SigningMethodRS256.Sign(text, signingKey())
	if err != nil {
		panic(err)
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(signature)
}

func TestAuthTimeMissing(t *testing.T) {
	err := (&Claims{}).checkClock(&Transaction{MaxAge: seconds(0), Created: start}, Clock{Tolerance: time.Second})
	if !errors.Is(err, ErrNoAuthTime) || errors.Is(err, ErrAuthTime) {
		t.Error(err)
	}
}

// A slow way back does not age the authentication; see checkAuthTime.
func TestAuthTimeCountsFromTheRequest(t *testing.T) {
	p := newIDP(t)
	c, _, clock := newClient(p)
	tx := begin(t, c, Request{MaxAge: seconds(0)})
	claims := p.claims(tx.Nonce)
	claims["auth_time"] = start.Add(30 * time.Second).Unix()
	p.answer(sign(claims))
	clock.add(9 * time.Minute)
	if _, err := c.Finish(t.Context(), Callback{State: tx.State, Code: "c"}, ""); err != nil {
		t.Error(err)
	}
}

// Attack case 14.
func TestEmailVerified(t *testing.T) {
	for payload, want := range map[string]bool{
		`"email_verified":true`:                          true,
		`"email_verified":false`:                         false,
		`"email_verified":"true"`:                        false,
		`"email_verified":"false"`:                       false,
		`"email_verified":1`:                             false,
		`"email_verified":null`:                          false,
		`"email_verified":[true]`:                        false,
		`"email_verified":false,"Email_Verified":true`:   false,
		`"emailVerified":true`:                           false,
		`"email_verified":false,"EMAIL_VERIFIED":true`:   false,
		`"profile":{"email_verified":true}`:              false,
		`"email_verified ":true,"email_verified":"TRUE"`: false,
	} {
		i := newExampleIssuer()
		c := New(Settings{Issuer: "https://tenant.example/", ClientID: testClient}, Deps{Verify: browser.VerifyRS256, Fetch: i.fetch, Now: func() time.Time { return start }})
		got, err := c.verify(t.Context(), Secret(signRaw(`{"iss":"https://tenant.example/","aud":"client-1","sub":"a","iat":1700000000,"exp":1700003600,`+payload+`}`)), "")
		if err != nil || got.EmailVerified != want {
			t.Errorf("%s: %v, %v", payload, got.EmailVerified, err)
		}
	}
}

// Only a JSON true beside a verified address says that there is another account. Attack case 23.
func TestOtherAccount(t *testing.T) {
	for payload, want := range map[string]bool{
		`"email_verified":true,"twinlock_other_account":true`:                           true,
		`"email_verified":true,"twinlock_other_account":false`:                          false,
		`"email_verified":true,"twinlock_other_account":"true"`:                         false,
		`"email_verified":true,"twinlock_other_account":{"email":"mary@gmail.example"}`: false,
		`"email_verified":true,"Twinlock_other_account":true`:                           false,
		`"email_verified":false,"twinlock_other_account":true`:                          false,
		`"email_verified":"true","twinlock_other_account":true`:                         false,
		`"twinlock_other_account":true`:                                                 false,
		`"email_verified":true`:                                                         false,
	} {
		i := newExampleIssuer()
		c := New(Settings{Issuer: "https://tenant.example/", ClientID: testClient}, Deps{Verify: browser.VerifyRS256, Fetch: i.fetch, Now: func() time.Time { return start }})
		got, err := c.verify(t.Context(), Secret(signRaw(`{"iss":"https://tenant.example/","aud":"client-1","sub":"a","iat":1700000000,"exp":1700003600,`+payload+`}`)), "")
		if err != nil || got.OtherAccount != want {
			t.Errorf("%s: %v, %v", payload, got.OtherAccount, err)
		}
	}
}

func TestKeyRotation(t *testing.T) {
	const fetch = "GET /.well-known/jwks.json"
	p := newIDP(t)
	c, _, clock := newClient(p)
	finish := func(key any, kid string) error {
		t.Helper()
		tx := begin(t, c, Request{})
		claims := p.claims(tx.Nonce)
		claims["exp"] = start.Add(24 * time.Hour).Unix()
		p.answer(signWith(key, jwt.SigningMethodRS256, map[string]any{"kid": kid}, claims))
		_, err := c.Finish(t.Context(), Callback{State: tx.State, Code: "c"}, "")
		return err
	}
	steps := []struct {
		name    string
		do      func()
		key     any
		kid     string
		wantErr error
		fetches int // in all, afterwards
	}{
		{"first", nil, signingKey(), testKey, nil, 1},
		{"cached", nil, signingKey(), testKey, nil, 1},
		{"rotated", func() { p.keys = append(p.keys, publicJWK(otherKey(), "key-2")) }, otherKey(), "key-2", nil, 2},
		{"unknown at once", nil, otherKey(), "key-3", ErrSignature, 2},
		{"unknown again", nil, otherKey(), "key-4", ErrSignature, 2},
		{"known meanwhile", nil, signingKey(), testKey, nil, 2},
		{"unknown after the pause", func() { clock.add(keysPause) }, otherKey(), "key-3", ErrSignature, 3},
		{"unknown at once, again", nil, otherKey(), "key-3", ErrSignature, 3},
		{"withdrawn, cached", func() { p.keys = p.keys[1:] }, signingKey(), testKey, nil, 3},
		{"withdrawn, aged", func() { clock.add(keysMaxAge) }, signingKey(), testKey, ErrSignature, 4},
	}
	for _, step := range steps {
		if step.do != nil {
			step.do()
		}
		if err := finish(step.key, step.kid); !errors.Is(err, step.wantErr) {
			t.Errorf("%s: %v, want %v", step.name, err, step.wantErr)
		}
		if n := p.asked(fetch); n != step.fetches {
			t.Errorf("%s: keys fetched %d times, want %d", step.name, n, step.fetches)
		}
	}
}

func TestKeysLeftOut(t *testing.T) {
	change := func(name string, value any) map[string]any {
		k := publicJWK(signingKey(), testKey)
		k[name] = value
		return k
	}
	small := publicJWK(signingKey(), testKey)
	n := make([]byte, 128)
	rand.New(rand.NewSource(1)).Read(n)
	n[0], n[127] = 0xff, 0xff
	small["n"] = base64.RawURLEncoding.EncodeToString(n)
	tests := []struct {
		name string
		key  map[string]any
		want bool
	}{
		{"good", publicJWK(signingKey(), testKey), true},
		{"without use and alg", map[string]any{
			"kty": "RSA", "kid": testKey, "n": publicJWK(signingKey(), "")["n"], "e": "AQAB",
		}, true},
		{"for encryption", change("use", "enc"), false},
		{"for another algorithm", change("alg", "RS512"), false},
		{"symmetric", change("kty", "oct"), false},
		{"elliptic", change("kty", "EC"), false},
		{"no id", change("kid", ""), false},
		{"1024 bits", small, false},
		{"16384 bits", change("n", base64.RawURLEncoding.EncodeToString(slices.Concat([]byte{0xff}, make([]byte, 2046), []byte{1}))), false},
		{"even modulus", change("n", base64.RawURLEncoding.EncodeToString(slices.Concat([]byte{0xff}, make([]byte, 255)))), false},
		{"exponent 1", change("e", "AQ"), false},
		{"exponent even", change("e", "BA"), false},
		{"exponent huge", change("e", "AQABAQABAQAB"), false},
		{"no exponent", change("e", ""), false},
		{"modulus no base64", change("n", "!"), false},
		{"modulus no string", change("n", 5), false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			data, _ := json.Marshal(map[string]any{"keys": []any{tt.key, 1, nil}})
			keys, err := parseKeys(data)
			if err != nil || (len(keys) == 1) != tt.want {
				t.Errorf("%d keys, %v", len(keys), err)
			}
		})
	}
	for _, data := range []string{``, `[]`, `{}`, `{"keys":{}}`, `{"keys":[],"keys":[]}`} {
		if keys, err := parseKeys([]byte(data)); err == nil {
			t.Errorf("%s: %v", data, keys)
		}
	}
}

// The first key of an id counts: a second cannot replace it.
func TestKeysTwiceTheSameID(t *testing.T) {
	p := newIDP(t)
	p.keys = append(p.keys, publicJWK(otherKey(), testKey))
	c, _, _ := newClient(p)
	tx := begin(t, c, Request{})
	p.answer(sign(p.claims(tx.Nonce)))
	if _, err := c.Finish(t.Context(), Callback{State: tx.State, Code: "c"}, ""); err != nil {
		t.Error(err)
	}
}

func TestKeysUnavailable(t *testing.T) {
	p := newIDP(t)
	c, _, _ := newClient(p)
	tx := begin(t, c, Request{})
	raw := sign(p.claims(tx.Nonce))
	p.token = func(w http.ResponseWriter, _ url.Values) {
		p.metadata = nil
		p.keys = nil
		respond(w, 200, tokenAnswer(raw))
	}
	if _, err := c.Finish(t.Context(), Callback{State: tx.State, Code: "c"}, ""); !errors.Is(err, ErrSignature) {
		t.Errorf("Finish = %v", err)
	}
}

// FuzzIDToken verifies arbitrary tokens, and checks arbitrary claims as if the
// issuer had signed them: signing in the loop would make fuzzing crawl.
func FuzzIDToken(f *testing.F) {
	const issuer, nonce = "https://tenant.example/", "nonce-1"
	valid := sign(goodClaims(issuer, nonce))
	good, _ := json.Marshal(goodClaims(issuer, nonce))
	f.Add(valid, string(good))
	f.Add(valid+".", `{"iss":"https://tenant.example/","aud":["client-1","b"],"azp":"client-1","sub":"a","iat":1700000000,"exp":1700003600,"nonce":"nonce-1"}`)
	f.Add(strings.ToLower(valid), `{"aud":null,"exp":1e999}`)
	f.Add("..", `[`)
	f.Add(unsigned(map[string]any{"alg": "none"}, goodClaims(issuer, nonce))+".", `{"iss":1}`)
	c := New(Settings{Issuer: issuer, ClientID: testClient}, Deps{Verify: browser.VerifyRS256, Fetch: newExampleIssuer().fetch, Now: func() time.Time { return start }})
	f.Fuzz(func(t *testing.T, raw, payload string) {
		if _, err := c.verify(t.Context(), Secret(raw), nonce); err == nil && raw != valid {
			t.Fatalf("accepted %q, which nobody signed", raw)
		} else if err != nil && !errors.Is(err, ErrIDToken) {
			t.Fatalf("%q: %v", raw, err)
		}
		signed := jwt.MapClaims{}
		if json.Unmarshal([]byte(payload), &signed) != nil {
			return
		}
		got, err := c.check(signed, nonce)
		if err != nil {
			if !errors.Is(err, ErrIDToken) || got != (Claims{}) {
				t.Fatalf("%s: %+v, %v", payload, got, err)
			}
			return
		}
		audience, _ := signed["aud"].([]any)
		if signed["iss"] != issuer || signed["nonce"] != nonce || signed["sub"] != got.Subject || got.Subject == "" ||
			signed["aud"] != testClient && !slices.Contains(audience, any(testClient)) ||
			got.EmailVerified != (signed["email_verified"] == true) ||
			!got.IssuedAt.Add(platform.ClockSkew).Before(got.Expires) ||
			got.AuthTime.After(got.IssuedAt.Add(platform.ClockSkew)) {
			t.Fatalf("accepted %s as %+v", payload, got)
		}
	})
}

// When a session ends is told half a minute early, and a fraction of a second does not count.
func TestSessionEnds(t *testing.T) {
	const end = 1_900_000_000
	for name, test := range map[string]struct {
		claim any // nil for none
		want  int64
	}{
		"none":       {nil, 0},
		"a second":   {end, end - sessionMargin},
		"a fraction": {end + 0.75, end - sessionMargin},
		"far ahead":  {253_402_300_799, 253_402_300_799 - sessionMargin},
	} {
		t.Run(name, func(t *testing.T) {
			p := newIDP(t)
			c, _, _ := newClient(p)
			tx := begin(t, c, Request{})
			claims := p.claims(tx.Nonce)
			claims["Session_Expiry"] = "another claim"
			if test.claim != nil {
				claims["session_expiry"] = test.claim
			}
			p.answer(sign(claims))
			got, err := c.Finish(t.Context(), Callback{State: tx.State, Code: "c"}, "")
			if err != nil || got.Claims.SessionEnds != test.want {
				t.Errorf("Finish = %+v, %v; want %v", got, err, test.want)
			}
		})
	}
}
