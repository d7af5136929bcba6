package oidc

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/golang-jwt/jwt/v5"

	"twinlock/app/platform"
)

const (
	maxIDToken = 64 << 10 // bytes
	maxSubject = 255      // bytes, OpenID Connect Core section 2
	// leeway is how far the clocks of device and issuer may be apart.
	leeway = time.Minute
)

// Claims is what a verified ID token says.
type Claims struct {
	Issuer, Subject, Name, Nickname, Email, Picture string
	SessionID                                       string // sid: the tenant's session
	// EmailVerified is true for a JSON true only, never for "true" or 1.
	EmailVerified               bool
	AuthTime, IssuedAt, Expires time.Time // AuthTime is zero where it was not asked for
}

// demands are what an ID token must say beyond what every one must.
type demands struct {
	nonce  string // "" demands none
	maxAge *int
	begun  time.Time
}

// verify checks an ID token (OpenID Connect Core section 3.1.3.7, RFC 8725).
func (c *Client) verify(ctx context.Context, raw string, d demands) (Claims, error) {
	claims, err := c.authenticate(ctx, raw)
	if err != nil {
		return Claims{}, err
	}
	return c.check(claims, d)
}

// authenticate returns the claims of a token that the issuer signed.
func (c *Client) authenticate(ctx context.Context, raw string) (jwt.MapClaims, error) {
	if len(raw) > maxIDToken {
		return nil, fmt.Errorf("%w: longer than %d bytes", ErrIDToken, maxIDToken)
	}
	// The base64 decoder skips line ends; a token has none.
	if strings.ContainsFunc(raw, func(r rune) bool { return r != '.' && notBase64URL(r) }) {
		return nil, fmt.Errorf("%w: not a signed JWT", ErrIDToken)
	}
	// The parser's errors quote the token, so only our own get out.
	var refusal error
	key := func(t *jwt.Token) (any, error) {
		var id string
		if id, refusal = headerKey(t.Header); refusal != nil {
			return nil, refusal
		}
		var key platform.RSAKey
		key, refusal = c.key(ctx, id)
		return publicKey(func(signed, signature []byte) error {
			if err := c.deps.Verify(ctx, key, signed, signature); err != nil {
				refusal = fmt.Errorf("%w: %w", ErrSignature, err)
			}
			return refusal
		}), refusal
	}
	// A map, since names match exactly there: {"Email_verified":true} is not
	// the claim. Its checks are ours, to tell each apart.
	claims := jwt.MapClaims{}
	token, err := jwt.NewParser(
		jwt.WithValidMethods([]string{"RS256"}),
		jwt.WithStrictDecoding(),
		jwt.WithoutClaimsValidation(),
	).ParseWithClaims(raw, claims, key)
	switch {
	case err == nil:
		return claims, nil
	case refusal != nil:
		return nil, refusal
	case errors.Is(err, jwt.ErrTokenMalformed) || token == nil:
		return nil, fmt.Errorf("%w: not a signed JWT", ErrIDToken)
	case token.Header["alg"] != "RS256":
		return nil, ErrAlgorithm
	}
	return nil, ErrSignature
}

// headerKey returns the key id that a token's header names.
func headerKey(header map[string]any) (string, error) {
	if _, ok := header["crit"]; ok {
		return "", fmt.Errorf("%w: it demands an unknown extension", ErrIDToken) // RFC 7515 section 4.1.11
	}
	if typ, ok := header["typ"]; ok {
		// An access token (at+jwt, RFC 9068) is not an ID token.
		if text, _ := typ.(string); !strings.EqualFold(text, "JWT") {
			return "", fmt.Errorf("%w: its type is not JWT", ErrIDToken)
		}
	}
	id, _ := header["kid"].(string)
	if id == "" {
		return "", fmt.Errorf("%w: it names no key", ErrSignature)
	}
	return id, nil
}

func (c *Client) check(m jwt.MapClaims, d demands) (Claims, error) {
	claims := Claims{
		Issuer:        text(m, "iss"),
		Subject:       text(m, "sub"),
		Name:          text(m, "name"),
		Nickname:      text(m, "nickname"),
		Email:         text(m, "email"),
		Picture:       text(m, "picture"),
		SessionID:     text(m, "sid"),
		EmailVerified: m["email_verified"] == true,
	}
	if claims.Issuer != c.settings.Issuer {
		return Claims{}, ErrIssuer
	}
	if err := c.checkAudience(m); err != nil {
		return Claims{}, err
	}
	if !validSubject(claims.Subject) {
		return Claims{}, fmt.Errorf("%w: subject", ErrIDToken)
	}
	if err := claims.setTimes(m, c.deps.Now()); err != nil {
		return Claims{}, err
	}
	if d.nonce != "" && text(m, "nonce") != d.nonce {
		return Claims{}, ErrNonce
	}
	if err := claims.checkAuthTime(d, c.deps.Now()); err != nil {
		return Claims{}, err
	}
	return claims, nil
}

func (c *Client) checkAudience(m jwt.MapClaims) error {
	audience, err := m.GetAudience()
	if err != nil {
		return ErrAudience
	}
	found := false
	for _, a := range audience {
		found = found || a == c.settings.ClientID
	}
	if !found {
		return ErrAudience
	}
	if _, ok := m["azp"]; (ok || len(audience) > 1) && text(m, "azp") != c.settings.ClientID {
		return fmt.Errorf("%w: issued to another party", ErrAudience)
	}
	return nil
}

// setTimes reads the times and checks them against now.
func (claims *Claims) setTimes(m jwt.MapClaims, now time.Time) error {
	var ok bool
	if claims.Expires, ok = moment(m, "exp"); !ok || !now.Before(claims.Expires.Add(leeway)) {
		return fmt.Errorf("%w: expired", ErrTime)
	}
	if claims.IssuedAt, ok = moment(m, "iat"); !ok || claims.IssuedAt.After(now.Add(leeway)) {
		return fmt.Errorf("%w: issued in the future", ErrTime)
	}
	if _, ok := m["nbf"]; ok {
		if notBefore, ok := moment(m, "nbf"); !ok || notBefore.After(now.Add(leeway)) {
			return fmt.Errorf("%w: not valid yet", ErrTime)
		}
	}
	if _, ok := m["auth_time"]; ok {
		if claims.AuthTime, ok = moment(m, "auth_time"); !ok {
			return fmt.Errorf("%w: it is no time", ErrAuthTime)
		}
	}
	return nil
}

// checkAuthTime demands that the person proved who they are at most maxAge
// before the request was made. It is the request's time that counts (OpenID
// Connect Core section 3.1.2.1), not now: with a max age of 0 a slow network
// on the way back would otherwise fail an honest sign-in. How long the way
// back may take is bounded by the transaction's age.
func (claims *Claims) checkAuthTime(d demands, now time.Time) error {
	if d.maxAge == nil {
		return nil
	}
	if claims.AuthTime.IsZero() {
		return fmt.Errorf("%w: it is missing", ErrAuthTime)
	}
	allowed := time.Duration(*d.maxAge)*time.Second + leeway
	if d.begun.Sub(claims.AuthTime) > allowed {
		return fmt.Errorf("%w: too long ago", ErrAuthTime)
	}
	if claims.AuthTime.After(now.Add(leeway)) {
		return fmt.Errorf("%w: in the future", ErrAuthTime)
	}
	return nil
}

func validSubject(s string) bool {
	return s != "" && len(s) <= maxSubject && utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl)
}

// text returns a claim that is a string, "" for any other.
func text(m jwt.MapClaims, name string) string {
	s, _ := m[name].(string)
	return s
}

// moment returns a claim that is a NumericDate (RFC 7519 section 2) of the
// years 1970 to 9999.
func moment(m jwt.MapClaims, name string) (time.Time, bool) {
	const year10000 = 253402300800
	seconds, ok := m[name].(float64)
	if !ok || seconds <= 0 || seconds >= year10000 {
		return time.Time{}, false
	}
	return time.Unix(int64(seconds), 0), true
}
