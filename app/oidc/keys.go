package oidc

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/bits"
	"time"

	"twinlock/app/platform"
	"twinlock/app/strictjson"
)

const (
	keysMaxAge = time.Hour
	// keysPause is the least time between two fetches that unknown key ids cause: whoever
	// makes up tokens must not make requests.
	keysPause = time.Minute

	minKeyBits = 2048
	maxKeyBits = 8192
	// maxExponentBits is what Go takes for one.
	maxExponentBits = 31
)

// keySet caches the issuer's public keys by key id.
type keySet struct {
	mutex   mutex                      // guards the rest while they are fetched
	byID    map[string]platform.RSAKey // nil: not fetched yet
	fetched time.Time
	asked   time.Time // last fetch that an unknown key id caused
}

// key returns the issuer's key of an id. Keys are fetched when there are none or they are
// old, and once more for an id that is not among them: issuers rotate keys.
func (c *Client) key(ctx context.Context, id string) (platform.RSAKey, error) {
	if err := c.keys.mutex.lock(ctx); err != nil {
		return platform.RSAKey{}, err
	}
	defer c.keys.mutex.unlock()
	fresh := false
	if c.keys.byID == nil || elapsed(c.deps.Now(), c.keys.fetched, keysMaxAge) {
		if err := c.fetchKeys(ctx); err != nil {
			return platform.RSAKey{}, err
		}
		fresh = true
	}
	if key, ok := c.keys.byID[id]; ok {
		return key, nil
	}
	if !fresh && elapsed(c.deps.Now(), c.keys.asked, keysPause) {
		c.keys.asked = c.deps.Now()
		if err := c.fetchKeys(ctx); err != nil {
			return platform.RSAKey{}, err
		}
	}
	if key, ok := c.keys.byID[id]; ok {
		return key, nil
	}
	return platform.RSAKey{}, fmt.Errorf("%w: the issuer has no such key", ErrSignature)
}

// haveKeys fetches the issuer's keys if there are none.
func (c *Client) haveKeys(ctx context.Context) error {
	if err := c.keys.mutex.lock(ctx); err != nil {
		return err
	}
	defer c.keys.mutex.unlock()
	if c.keys.byID != nil {
		return nil
	}
	return c.fetchKeys(ctx)
}

// elapsed tells whether d has passed since a moment. If the clock was set back it has.
func elapsed(now, since time.Time, d time.Duration) bool {
	age := now.Sub(since)
	return age >= d || age < 0
}

func (c *Client) fetchKeys(ctx context.Context) error {
	metadata, err := c.Discover(ctx)
	if err != nil {
		return err
	}
	data, err := c.get(ctx, metadata.JWKSURI, ErrSignature)
	if err != nil {
		return fmt.Errorf("fetch keys: %w", err)
	}
	keys, err := parseKeys(data)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrSignature, err)
	}
	c.keys.byID, c.keys.fetched = keys, c.deps.Now()
	return nil
}

// jwk is an RSA key of RFC 7517 and RFC 7518 section 6.3.1.
type jwk struct {
	Type string `json:"kty"`
	Use  string `json:"use"`
	Alg  string `json:"alg"`
	ID   string `json:"kid"`
	N    string `json:"n"`
	E    string `json:"e"`
}

// parseKeys reads a key set (RFC 7517 section 5) without the keys that could not sign an
// ID token with RS256. Of two keys with one id the first counts.
func parseKeys(data []byte) (map[string]platform.RSAKey, error) {
	document, err := strictjson.Object(data)
	if err != nil {
		return nil, err
	}
	var list []json.RawMessage
	if err := json.Unmarshal(document["keys"], &list); err != nil {
		return nil, fmt.Errorf("key set without keys")
	}
	keys := make(map[string]platform.RSAKey)
	for _, raw := range list {
		var k jwk
		if json.Unmarshal(raw, &k) != nil {
			continue
		}
		key, ok := k.public()
		if _, known := keys[k.ID]; ok && !known {
			keys[k.ID] = key
		}
	}
	return keys, nil
}

func (k jwk) public() (platform.RSAKey, bool) {
	if k.Type != "RSA" || k.ID == "" || k.Use != "" && k.Use != "sig" || k.Alg != "" && k.Alg != "RS256" {
		return platform.RSAKey{}, false
	}
	n, nOK := odd(k.N)
	e, eOK := odd(k.E)
	if !nOK || bitLen(n) < minKeyBits || bitLen(n) > maxKeyBits {
		return platform.RSAKey{}, false
	}
	if !eOK || bitLen(e) < 2 || bitLen(e) > maxExponentBits {
		return platform.RSAKey{}, false
	}
	return platform.RSAKey{Modulus: n, Exponent: e}, true
}

// odd decodes a positive odd number, and returns it without leading zeros.
func odd(encoded string) ([]byte, bool) {
	number, err := base64.RawURLEncoding.DecodeString(encoded)
	number = bytes.TrimLeft(number, "\x00")
	return number, err == nil && len(number) > 0 && number[len(number)-1]&1 == 1
}

// bitLen is the length of a number that [odd] returned.
func bitLen(number []byte) int { return 8*(len(number)-1) + bits.Len8(number[0]) }
