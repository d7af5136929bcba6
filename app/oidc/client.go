package oidc

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"sync"
	"time"

	"twinlock/app/platform"
)

const (
	defaultTransactionAge = 10 * time.Minute
	// fetchTimeout bounds each request; a browser's own limit is minutes.
	fetchTimeout = 20 * time.Second
)

// Settings say who the client is and what it asks for.
type Settings struct {
	Issuer      string // exactly as in discovery and ID tokens, with its trailing slash if it has one
	ClientID    string
	RedirectURI string
	Audience    string // the API that access tokens are for; may be empty
	Scopes      []string
	// MaxTransactionAge is how long a begun sign-in may take; 0 is 10 minutes.
	MaxTransactionAge time.Duration
}

// Deps are what the client needs of the world. Fetch and Verify are required; each
// other nil field has a default.
type Deps struct {
	Fetch  platform.Fetcher
	Verify platform.Verifier // of the signatures of ID tokens
	Store  platform.Storage  // memory
	Now    func() time.Time  // time.Now
	Random io.Reader         // crypto/rand.Reader
}

// Client is a relying party. It is safe for concurrent use.
type Client struct {
	settings Settings
	deps     Deps

	mu       sync.Mutex      // guards taking and adding transactions
	windows  platform.Memory // transactions of pop-ups: no page but this one finishes them
	issuer   turn
	metadata *Metadata
	keys     keySet
}

// New returns a client; it does nothing yet.
func New(s Settings, d Deps) *Client {
	if s.MaxTransactionAge <= 0 {
		s.MaxTransactionAge = defaultTransactionAge
	}
	if d.Store == nil {
		d.Store = &platform.Memory{}
	}
	if d.Now == nil {
		d.Now = time.Now
	}
	if d.Random == nil {
		d.Random = rand.Reader
	}
	return &Client{settings: s, deps: d, issuer: newTurn(), keys: keySet{turn: newTurn()}}
}

// turn is a lock that one can stop waiting for.
type turn chan struct{}

func newTurn() turn { return make(turn, 1) }

func (t turn) take(ctx context.Context) error {
	select {
	case t <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (t turn) give() { <-t }

// get fetches a JSON document of the issuer's; kind classes what is wrong
// with an answer, not its absence.
func (c *Client) get(ctx context.Context, rawURL string, kind error) ([]byte, error) {
	resp, err := c.fetch(ctx, platform.Request{
		Method: "GET",
		URL:    rawURL,
		Header: map[string]string{"Accept": "application/json"},
	}, kind)
	if err != nil {
		return nil, err
	}
	if resp.Status != 200 {
		return nil, fmt.Errorf("%w: %s answered with status %d", kind, rawURL, resp.Status)
	}
	return resp.Body, nil
}

// post sends a form without credentials of its own: a public client has none.
func (c *Client) post(ctx context.Context, rawURL string, form url.Values, kind error) (*platform.Response, error) {
	return c.fetch(ctx, platform.Request{
		Method: "POST",
		URL:    rawURL,
		Header: map[string]string{
			"Accept":       "application/json",
			"Content-Type": "application/x-www-form-urlencoded",
		},
		Body: []byte(form.Encode()),
	}, kind)
}

func (c *Client) fetch(ctx context.Context, r platform.Request, kind error) (*platform.Response, error) {
	resp, err := c.deps.Fetch.Within(ctx, fetchTimeout, r)
	switch {
	case err == nil:
		return resp, nil
	case ctx.Err() != nil, errors.Is(err, platform.ErrNetwork):
		return nil, err
	}
	return nil, fmt.Errorf("%w: %w", kind, err)
}

// LogoutURL returns the address that ends the tenant's own session and then
// sends the person to returnTo, which the tenant must know as an allowed
// logout URL.
//
// It is the vendor's endpoint (GET /v2/logout): unlike RP-initiated logout it
// needs no ID token in the URL.
func (c *Client) LogoutURL(returnTo string) string {
	query := url.Values{"client_id": {c.settings.ClientID}}
	if returnTo != "" {
		query.Set("returnTo", returnTo)
	}
	return origin(c.settings.Issuer) + "/v2/logout?" + query.Encode()
}

// origin returns scheme and host of an absolute URL, "" of any other.
func origin(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.User != nil {
		return ""
	}
	return strings.ToLower(u.Scheme + "://" + u.Host)
}
