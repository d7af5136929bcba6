package oidc

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Request says what a sign-in is for and how the tenant should ask.
type Request struct {
	// Purpose is one lower-case word of at most 16 letters, such as "login" or "linking".
	// It is part of the state and tells whom the answer is for.
	Purpose string
	// Connection is the Auth0 connection to sign in with; "" lets the tenant ask.
	Connection string
	// Prompt is OpenID Connect's prompt, such as "login"; "" lets the tenant decide.
	Prompt string
	// MaxAge is how long ago, at most, the person may have proved who they are. It is
	// sent as max_age in whole seconds, rounded down, and the answer is refused unless
	// its auth_time agrees; 0 asks for a fresh proof. Nil asks for nothing, and then the
	// answer may rest on any earlier login.
	MaxAge *time.Duration
	// LoginHint is whom the tenant may expect, mostly an e-mail address; "" for nobody.
	LoginHint string
	// ScreenHint is Auth0's screen_hint, such as "signup"; "" for none.
	ScreenHint string
	// UILocales are the languages of the tenant's page, separated by spaces; "" for none.
	UILocales string
	// Expected is the subject that the login should be of, "" for any. It is stored for
	// the caller to compare and not enforced here: the tenant lets a person choose.
	Expected string
	// Subject is who is signed in now, "" for nobody, see [Transaction.BelongsTo].
	Subject string
	// ReturnTo is the path on this origin to go on at; anything else becomes "/".
	ReturnTo string
	// Mode tells the callback page how the person was sent: ModeRedirect, which "" means
	// too, or ModePopup.
	Mode string
}

// Begin makes an authorization request (RFC 6749 section 4.1.1, RFC 7636) and stores its
// transaction until [Client.Finish] or [Client.Cancel]. Twenty may wait side by side;
// beyond them the oldest is removed.
//
// Errors: that of [Deps].CanVerify; [ErrPurpose]; [ErrNotKept], before anything is sent;
// [ErrDiscovery]; those of [platform.Fetcher].
func (c *Client) Begin(ctx context.Context, r Request) (authorizeURL string, tx Transaction, err error) {
	if c.deps.CanVerify != nil {
		if err := c.deps.CanVerify(); err != nil {
			return "", Transaction{}, fmt.Errorf("begin: %w", err)
		}
	}
	if tx, err = c.newTransaction(r); err != nil {
		return "", Transaction{}, fmt.Errorf("begin: %w", err)
	}
	// Before the network is waited for: a browser opens a window only soon after a click.
	if err := c.save(tx); err != nil {
		return "", Transaction{}, fmt.Errorf("begin: %w", err)
	}
	metadata, err := c.Discover(ctx)
	if err != nil {
		c.Cancel(tx.State)
		return "", Transaction{}, fmt.Errorf("begin: %w", err)
	}
	return c.authorizeURL(metadata, r, tx), tx, nil
}

func (c *Client) newTransaction(r Request) (Transaction, error) {
	if !validPurpose(r.Purpose) {
		return Transaction{}, fmt.Errorf("%w: %q is not a purpose", ErrPurpose, r.Purpose)
	}
	if !validMaxAge(r.MaxAge) {
		return Transaction{}, fmt.Errorf("max age of %v", *r.MaxAge)
	}
	switch r.Mode {
	case "":
		r.Mode = ModeRedirect
	case ModeRedirect, ModePopup:
	default:
		return Transaction{}, fmt.Errorf("unknown mode %q", r.Mode)
	}
	random := make([]byte, 16+32+32)
	if _, err := io.ReadFull(c.deps.Random, random); err != nil {
		return Transaction{}, fmt.Errorf("random bytes: %w", err)
	}
	var uptime time.Duration
	if r.Mode == ModePopup {
		uptime = c.deps.Uptime()
	}
	encode := base64.RawURLEncoding.EncodeToString
	return Transaction{
		Issuer:     c.settings.Issuer,
		ClientID:   c.settings.ClientID,
		State:      r.Purpose + "." + encode(random[:16]),
		Purpose:    r.Purpose,
		Connection: r.Connection,
		Nonce:      encode(random[16:48]),
		Verifier:   encode(random[48:]),
		Subject:    r.Subject,
		Expected:   r.Expected,
		ReturnTo:   localPath(r.ReturnTo),
		Mode:       r.Mode,
		MaxAge:     maxAgeOf(secondsOf(r.MaxAge)),
		// As precise as the stored form is.
		Created: c.deps.Now().Truncate(time.Millisecond),
		uptime:  uptime,
	}, nil
}

func (c *Client) authorizeURL(m *Metadata, r Request, tx Transaction) string {
	u, _ := url.Parse(m.AuthorizationEndpoint) // Discover parsed it before
	query := u.Query()
	for name, value := range map[string]string{
		"response_type":         "code",
		"client_id":             c.settings.ClientID,
		"redirect_uri":          c.settings.RedirectURI,
		"scope":                 strings.Join(c.settings.Scopes, " "),
		"audience":              c.settings.Audience,
		"state":                 tx.State,
		"nonce":                 tx.Nonce,
		"code_challenge":        challenge(tx.Verifier),
		"code_challenge_method": "S256",
		"connection":            r.Connection,
		"prompt":                r.Prompt,
		"login_hint":            r.LoginHint,
		"screen_hint":           r.ScreenHint,
		"ui_locales":            r.UILocales,
	} {
		if value != "" {
			query.Set(name, value)
		}
	}
	if seconds := secondsOf(r.MaxAge); seconds != nil {
		query.Set("max_age", strconv.Itoa(*seconds))
	}
	u.RawQuery = query.Encode()
	return u.String()
}

// challenge is the S256 transformation of RFC 7636 section 4.2.
func challenge(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
