package oidc

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"twinlock/app/platform"
)

const (
	defaultTransactionAge = 10 * time.Minute
	// fetchTimeout limits each request; a browser's own limit is minutes.
	fetchTimeout = 20 * time.Second
)

// Settings say who the client is and what it asks for.
type Settings struct {
	// Issuer is exactly as in discovery and ID tokens, with its trailing slash if it has
	// one. It must be https, or http on this machine.
	Issuer string
	// ClientID is the client's at the issuer.
	ClientID string
	// RedirectURI is the callback page, as the issuer knows it.
	RedirectURI string
	// Audience is the API that access tokens are for; "" for none.
	Audience string
	// Scopes are asked for; they must include openid.
	Scopes []string
	// MaxTransactionAge is how long a sign-in may take; 0 means 10 minutes.
	MaxTransactionAge time.Duration
}

// Deps are what the client needs of its surroundings. Fetch and Verify are required.
type Deps struct {
	// Fetch sends the requests to the issuer.
	Fetch platform.Fetcher
	// Verify checks the signatures of ID tokens.
	Verify platform.Verifier
	// CanVerify returns why Verify can check no signature here, or nil. Begin returns that
	// error: nobody should give a password for an answer that cannot be used. Nil means
	// that Verify always can.
	CanVerify func() error
	// Store is where transactions wait, and Fallback is where those wait that Store does
	// not keep. Each must outlast a redirect, and either may be nil. Without both there are
	// only logins in windows.
	Store, Fallback platform.Storage
	// Finished is where hashes of the states that have been finished wait; nil means
	// memory. It should be this tab's own, and may lose them.
	Finished platform.Storage
	// Now is the clock; nil means the system's.
	Now func() time.Time
	// Uptime is the clock that nobody can set; nil means [platform.Uptime].
	Uptime func() time.Duration
	// Random is what states, nonces and verifiers are made from; nil means
	// crypto/rand.Reader. Anything else is for tests.
	Random io.Reader
}

// Client is a relying party. It is safe for concurrent use.
type Client struct {
	settings Settings
	deps     Deps

	windows   platform.Memory // transactions of pop-ups: only this page can finish them
	discovery mutex           // guards metadata while they are fetched
	metadata  *Metadata
	keys      keySet
}

// New returns a client. It sends nothing yet.
func New(s Settings, d Deps) *Client {
	if s.MaxTransactionAge <= 0 {
		s.MaxTransactionAge = defaultTransactionAge
	}
	if d.Finished == nil {
		d.Finished = &platform.Memory{}
	}
	if d.Now == nil {
		d.Now = time.Now
	}
	if d.Uptime == nil {
		d.Uptime = platform.Uptime
	}
	if d.Random == nil {
		d.Random = rand.Reader
	}
	return &Client{settings: s, deps: d, discovery: newMutex(), keys: keySet{mutex: newMutex()}}
}

// get fetches a JSON document of the issuer's. An answer that is not accepted is an error
// of this kind; no answer is [platform.ErrNetwork].
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

// post sends a form. A public client has no credentials to add.
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

// LogoutURL returns the address that ends the tenant's own session and then sends the
// person to returnTo, which must be one of the tenant's Allowed Logout URLs; with "" they
// stay at the tenant.
//
// It is Auth0's endpoint GET /v2/logout (Auth0 Authentication API, "Auth0 Logout"):
// unlike OpenID Connect's RP-initiated logout it needs no ID token in the URL.
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
