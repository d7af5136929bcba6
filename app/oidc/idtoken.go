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

// OtherAccountClaim is the claim that a tenant's own code sets where another account has the
// same verified address. It counts as a JSON true beside a verified address only.
const OtherAccountClaim = "twinlock_other_account"

const (
	maxIDToken = 64 << 10 // bytes
	maxSubject = 255      // bytes, OpenID Connect Core section 2
	// sessionMargin is how long before session_expiry a session is no longer used, since clocks
	// differ: as long as in Auth0's own libraries (auth0-spa-js, pull request 1634).
	sessionMargin = 30 // seconds
)

// Claims are what a verified ID token says (OpenID Connect Core sections 2 and 5.1). A
// text is "" where the token does not have it as a string.
type Claims struct {
	// Issuer is the one of [Settings].
	Issuer string
	// Subject is the account's id at the issuer, at most 255 bytes; never "".
	Subject string
	// Name is the person's, as the issuer shows it.
	Name string
	// Nickname is Auth0's, mostly the e-mail address up to the @.
	Nickname string
	// Email is an address that the person may not own: see EmailVerified.
	Email string
	// Picture is a URL that anybody may have chosen.
	Picture string
	// SessionID is sid, the tenant's own session.
	SessionID string
	// EmailVerified is true only for a JSON true, never for "true" or 1.
	EmailVerified bool
	// OtherAccount is true if the tenant says that another account has the same verified
	// address: [OtherAccountClaim].
	OtherAccount bool
	// AuthTime is when the person proved who they are; zero if the token does not say.
	AuthTime time.Time
	// IssuedAt is when the token was made.
	IssuedAt time.Time
	// Expires is when the token ends.
	Expires time.Time
	// SessionEnds is when the session ends that begins with this login, whatever is renewed: half
	// a minute before session_expiry (IPSIE SL1 OpenID Connect Profile; Auth0, "Configure Session
	// Expiry for Enterprise Connections"). In seconds since 1970; 0 if the token does not say.
	SessionEnds int64 `json:",omitempty"`
}

// Over reports whether the session that began with the login is over at a time of the tenant's.
func (claims *Claims) Over(now time.Time) bool {
	return claims.SessionEnds != 0 && now.Unix() >= claims.SessionEnds
}

// verify checks an ID token (OpenID Connect Core section 3.1.3.7, RFC 8725). The nonce ""
// demands none.
func (c *Client) verify(ctx context.Context, token Secret, nonce string) (Claims, error) {
	claims, err := c.authenticate(ctx, token.Reveal())
	if err != nil {
		return Claims{}, err
	}
	return c.check(claims, nonce)
}

// authenticate returns the claims of a token that the issuer signed. golang-jwt only
// parses it: its own methods would need the key in a form that brings the arithmetic into
// the program, and a method of ours would have to be registered for the whole process.
func (c *Client) authenticate(ctx context.Context, raw string) (jwt.MapClaims, error) {
	if len(raw) > maxIDToken {
		return nil, fmt.Errorf("%w: longer than %d bytes", ErrIDToken, maxIDToken)
	}
	// The base64 decoder skips line ends; a token has none.
	if strings.ContainsFunc(raw, func(r rune) bool { return r != '.' && notBase64URL(r) }) {
		return nil, errNotJWT
	}
	parser := jwt.NewParser(jwt.WithStrictDecoding())
	// A map, since names match exactly there: {"Email_verified":true} is another claim.
	claims := jwt.MapClaims{}
	// The parser's errors quote the token: none is passed on.
	token, parts, err := parser.ParseUnverified(raw, claims)
	switch {
	case token == nil || errors.Is(err, jwt.ErrTokenMalformed):
		return nil, errNotJWT
	case err != nil, token.Header["alg"] != "RS256":
		return nil, ErrAlgorithm
	}
	signed := []byte(parts[0] + "." + parts[1])
	signature, err := parser.DecodeSegment(parts[2])
	if err != nil {
		return nil, errNotJWT
	}
	id, err := headerKey(token.Header)
	if err != nil {
		return nil, err
	}
	key, err := c.key(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := c.deps.Verify(ctx, key, signed, signature); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSignature, err)
	}
	return claims, nil
}

var errNotJWT = fmt.Errorf("%w: not a signed JWT", ErrIDToken)

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

// check checks what can be said without a clock.
func (c *Client) check(m jwt.MapClaims, nonce string) (Claims, error) {
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
	claims.OtherAccount = claims.EmailVerified && m[OtherAccountClaim] == true
	if claims.Issuer != c.settings.Issuer {
		return Claims{}, ErrIssuer
	}
	if err := c.checkAudience(m); err != nil {
		return Claims{}, err
	}
	if !validSubject(claims.Subject) {
		return Claims{}, fmt.Errorf("%w: subject", ErrIDToken)
	}
	if nonce != "" && text(m, "nonce") != nonce {
		return Claims{}, ErrNonce
	}
	if err := claims.setTimes(m); err != nil {
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

// setTimes reads the times and compares them with each other, not with a clock: iat is the
// tenant's time. That the token is no old one, its nonce says, which was made for this
// login.
func (claims *Claims) setTimes(m jwt.MapClaims) error {
	var ok bool
	if claims.IssuedAt, ok = moment(m, "iat"); !ok {
		return fmt.Errorf("%w: it does not say when it was issued", ErrTime)
	}
	latest := claims.IssuedAt.Add(platform.ClockSkew)
	if claims.Expires, ok = moment(m, "exp"); !ok || !latest.Before(claims.Expires) {
		return fmt.Errorf("%w: expired", ErrTime)
	}
	if _, ok := m["nbf"]; ok {
		if notBefore, ok := moment(m, "nbf"); !ok || notBefore.After(latest) {
			return fmt.Errorf("%w: not valid yet", ErrTime)
		}
	}
	if _, ok := m["auth_time"]; ok {
		if claims.AuthTime, ok = moment(m, "auth_time"); !ok {
			return fmt.Errorf("%w: it is no time", ErrNoAuthTime)
		}
		if claims.AuthTime.After(latest) {
			return fmt.Errorf("%w: after the token's own time", ErrAuthTime)
		}
	}
	if _, ok := m["session_expiry"]; ok {
		// A limit that cannot be read is not taken for none.
		expiry, ok := moment(m, "session_expiry")
		if !ok {
			return fmt.Errorf("%w: session_expiry is no time", ErrIDToken)
		}
		claims.SessionEnds = max(1, expiry.Unix()-sessionMargin)
	}
	return nil
}

// checkClock demands that the tenant's clock is known, that the session has not ended before it
// begins, and that the person proved who they are at most the transaction's max age before the
// request was made. The time of the
// request counts (OpenID Connect Core section 3.1.2.1), not now: otherwise a slow network on
// the way back would fail an honest sign-in with a max age of 0. The transaction's age
// limits how long the way back may take.
func (claims *Claims) checkClock(tx *Transaction, tenant Clock) error {
	switch {
	case !tenant.Known():
		return fmt.Errorf("%w: too far from the device's", ErrTime)
	case claims.Over(claims.IssuedAt):
		return ErrSessionEnded
	case tx.MaxAge == nil:
		return nil
	case claims.AuthTime.IsZero():
		return ErrNoAuthTime
	case tx.Created.Add(tenant.Offset).Sub(claims.AuthTime) > *tx.MaxAge+tenant.Tolerance:
		return fmt.Errorf("%w: too long ago", ErrAuthTime)
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

// moment returns a claim that is a NumericDate (RFC 7519 section 2) of the years 1970 to
// 9999.
func moment(m jwt.MapClaims, name string) (time.Time, bool) {
	const year10000 = 253402300800
	seconds, ok := m[name].(float64)
	if !ok || seconds <= 0 || seconds >= year10000 {
		return time.Time{}, false
	}
	return time.Unix(int64(seconds), 0), true
}
