package oidc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"twinlock/app/strictjson"
)

const (
	maxTokenAnswer = 256 << 10 // bytes
	// maxLifetime is the longest lifetime that Auth0 lets an API give its access tokens
	// (Auth0, "Update Access Token Lifetime").
	maxLifetime = 30 * 24 * time.Hour
)

// Tokens are what the token endpoint gave.
type Tokens struct {
	// ID is the ID token. After a renewal it may be "".
	ID Secret
	// Access is the access token; never "".
	Access Secret
	// Refresh is the refresh token, "" if none was given. With rotation it is good once.
	Refresh Secret
	// Scope is what was granted, which may be less than was asked for.
	Scope []string
	// Expires is when the access token ends, by the tenant's clock, or by this device's if
	// Clock is not known. It is a hint: the tenant decides.
	Expires time.Time
	// Clock is the tenant's, as the ID token has shown it.
	Clock Clock
}

// Refresh renews tokens (RFC 6749 section 6). If the answer has no new refresh token the
// result has the one that was sent. subject is whose session is renewed: tokens of
// anybody else are refused. The claims are empty if the issuer sent no ID token.
//
// Errors: [ErrReuse] if the person must sign in anew; [ErrOtherSubject]; [ErrExchange];
// [ErrIDToken]; [ErrDiscovery]; those of [platform.Fetcher].
func (c *Client) Refresh(ctx context.Context, refresh Secret, subject string) (Tokens, Claims, error) {
	tokens, claims, err := c.refresh(ctx, refresh, subject)
	if err != nil {
		return Tokens{}, Claims{}, fmt.Errorf("renew tokens: %w", err)
	}
	return tokens, claims, nil
}

func (c *Client) refresh(ctx context.Context, refresh Secret, subject string) (Tokens, Claims, error) {
	if refresh == "" {
		return Tokens{}, Claims{}, fmt.Errorf("%w: there is none", ErrReuse)
	}
	metadata, err := c.Discover(ctx)
	if err != nil {
		return Tokens{}, Claims{}, err
	}
	// The request uses the token up. The keys that its answer is checked with must be
	// there before, or a bad network would lose the new one.
	if err := c.haveKeys(ctx); err != nil {
		return Tokens{}, Claims{}, err
	}
	tokens, when, err := c.token(ctx, metadata, url.Values{
		"grant_type":    {"refresh_token"},
		"client_id":     {c.settings.ClientID},
		"refresh_token": {refresh.Reveal()},
	})
	if refused := (*TokenError)(nil); errors.As(err, &refused) && refused.Code == "invalid_grant" {
		return Tokens{}, Claims{}, fmt.Errorf("%w: %w", ErrReuse, err)
	}
	if err != nil {
		return Tokens{}, Claims{}, err
	}
	if tokens.Refresh == "" {
		tokens.Refresh = refresh
	}
	if tokens.ID == "" {
		return tokens, Claims{}, nil
	}
	claims, err := c.verify(ctx, tokens.ID, "")
	if err != nil {
		return Tokens{}, Claims{}, err
	}
	if claims.Subject != subject {
		return Tokens{}, Claims{}, ErrOtherSubject
	}
	// Where it is not known the tokens are good all the same, and the refresh token that
	// was sent is used up.
	c.learn(when, &tokens, claims.IssuedAt)
	return tokens, claims, nil
}

// token asks the token endpoint (RFC 6749 section 3.2).
func (c *Client) token(ctx context.Context, m *Metadata, form url.Values) (Tokens, roundTrip, error) {
	at, uptime := c.deps.Now(), c.deps.Uptime()
	resp, err := c.post(ctx, m.TokenEndpoint, form, ErrExchange)
	if err != nil {
		return Tokens{}, roundTrip{}, err
	}
	if resp.Status != 200 {
		return Tokens{}, roundTrip{}, tokenError(resp.Status, resp.Body,
			form.Get("code"), form.Get("code_verifier"), form.Get("refresh_token"))
	}
	now, running := c.deps.Now(), c.deps.Uptime()
	// Where the clocks disagree somebody has set one, or the device has slept: the longer
	// time counts.
	took := max(running-uptime, now.UTC().Sub(at.UTC()))
	// A lifetime counts from the sending, so that it never ends later than the server's.
	tokens, err := parseTokens(resp.Body, now.Add(-took))
	if err != nil {
		return Tokens{}, roundTrip{}, fmt.Errorf("%w: %w", ErrExchange, err)
	}
	if tokens.Scope == nil {
		tokens.Scope = slices.Clone(c.settings.Scopes) // RFC 6749 section 5.1
	}
	return tokens, roundTrip{now, running, took}, nil
}

func tokenError(status int, body []byte, secrets ...string) *TokenError {
	e := &TokenError{Status: status}
	if members, err := strictjson.Object(body); err == nil {
		var code, description string
		// What is not a string stays empty.
		_ = json.Unmarshal(members["error"], &code)
		_ = json.Unmarshal(members["error_description"], &description)
		e.Code, e.Description = describe(code, secrets...), describe(description, secrets...)
	}
	return e
}

// parseTokens reads an answer with tokens (RFC 6749 section 5.1). Its errors repeat
// nothing of it.
func parseTokens(body []byte, now time.Time) (Tokens, error) {
	if len(body) > maxTokenAnswer {
		return Tokens{}, fmt.Errorf("answer longer than %d bytes", maxTokenAnswer)
	}
	members, err := strictjson.Object(body)
	if err != nil {
		return Tokens{}, errors.New("answer is not a JSON object")
	}
	var t Tokens
	var kind, scope string
	for _, m := range []struct {
		name  string
		field *string
	}{
		{"token_type", &kind},
		{"access_token", (*string)(&t.Access)},
		{"id_token", (*string)(&t.ID)},
		{"refresh_token", (*string)(&t.Refresh)},
		{"scope", &scope},
	} {
		if raw, ok := members[m.name]; ok && json.Unmarshal(raw, m.field) != nil {
			return Tokens{}, fmt.Errorf("%s is not a string", m.name)
		}
	}
	if !strings.EqualFold(kind, "Bearer") {
		return Tokens{}, errors.New("tokens are not of type Bearer")
	}
	if t.Access == "" {
		return Tokens{}, errors.New("no access token")
	}
	seconds, err := strconv.ParseInt(string(members["expires_in"]), 10, 32)
	if err != nil || seconds <= 0 || seconds > int64(maxLifetime/time.Second) {
		return Tokens{}, errors.New("expires_in is not a lifetime")
	}
	t.Expires = now.Add(time.Duration(seconds) * time.Second)
	if scope != "" {
		t.Scope = strings.Fields(scope)
	}
	return t, nil
}
