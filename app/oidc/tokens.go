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
	// maxLifetime is the longest that the vendor lets an API's token live.
	maxLifetime = 30 * 24 * time.Hour
)

// Tokens is what the token endpoint gave.
type Tokens struct {
	ID      Secret
	Access  Secret
	Refresh Secret // "" if none was given
	// Scope is what was granted; it may be less than was asked for.
	Scope   []string
	Expires time.Time // of the access token
}

// Refresh renews tokens (RFC 6749 section 6). If the answer holds no new
// refresh token, the one given stays in the result. subject is whose session
// is renewed: tokens of anybody else are refused. Claims are empty if the
// issuer sent no ID token.
//
// Errors: [ErrReuse] if the person must sign in anew, [ErrOtherSubject], those
// of the token endpoint and of ID tokens; [ErrDiscovery]; the network's.
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
	// The token is spent by the request: what its answer is checked with must be
	// there before, or a bad network would lose the new one.
	if err := c.haveKeys(ctx); err != nil {
		return Tokens{}, Claims{}, err
	}
	tokens, err := c.token(ctx, metadata, url.Values{
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
	claims, err := c.verify(ctx, tokens.ID.Reveal(), demands{})
	if err != nil {
		return Tokens{}, Claims{}, err
	}
	if claims.Subject != subject {
		return Tokens{}, Claims{}, ErrOtherSubject
	}
	return tokens, claims, nil
}

// token asks the token endpoint.
func (c *Client) token(ctx context.Context, m *Metadata, form url.Values) (Tokens, error) {
	sent := c.deps.Now()
	resp, err := c.post(ctx, m.TokenEndpoint, form, ErrExchange)
	if err != nil {
		return Tokens{}, err
	}
	if resp.Status != 200 {
		return Tokens{}, tokenError(resp.Status, resp.Body,
			form.Get("code"), form.Get("code_verifier"), form.Get("refresh_token"))
	}
	// Lifetimes count from the sending: never longer than the server's view.
	tokens, err := parseTokens(resp.Body, sent)
	if err != nil {
		return Tokens{}, fmt.Errorf("%w: %w", ErrExchange, err)
	}
	if tokens.Scope == nil {
		tokens.Scope = slices.Clone(c.settings.Scopes) // RFC 6749 section 5.1
	}
	return tokens, nil
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

// parseTokens reads a successful answer (RFC 6749 section 5.1). Its errors
// repeat nothing of it.
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
