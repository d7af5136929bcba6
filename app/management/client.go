package management

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"twinlock/app/platform"
	"twinlock/app/secret"
)

const (
	defaultTimeout = 20 * time.Second
	maxWait        = 30 * time.Second // for a rate limit, each time
	maxTries       = 3                // of a call that meets the rate limit
	maxAnswer      = 8 << 20          // bytes; a user with long profileData of many identities
	retryPause     = time.Second      // before reading once more
)

// Client calls the API. Base, Fetch and Token are required. It may be used by any number
// of goroutines.
//
// Every call may fail with an [Error], with [ErrUnsent] if nothing was sent, with the errors
// of [platform.Fetcher], and with the context's. After the last two, and after [ErrServer]
// and [ErrAnswer], a change may have taken place all the same.
type Client struct {
	// Base is the API's address, such as "https://tenant/api/v2/".
	Base string
	// Fetch sends the requests.
	Fetch platform.Fetcher
	// Token returns an access token for the API. It is called before each try, since a
	// wait for the rate limit may be longer than a token lasts.
	Token func(context.Context) (secret.Token, error)
	// Refused is told a token that the API does not accept (401). The call is made once
	// more if Token then returns another one. Nil means that nobody wants to know.
	Refused func(secret.Token)
	// Now is the clock; nil means the system's.
	Now func() time.Time
	// Ahead returns how far the API's clock is ahead of that one; nil means that they agree.
	Ahead func() time.Duration
	// Sleep waits for so long, or returns the context's error; nil means with a timer.
	Sleep func(context.Context, time.Duration) error
	// OnWait is called when the API's rate limit makes a call wait, with the end of the
	// wait. The wait is over when the call returns or OnWait is called again. Nil means
	// that nobody wants to know.
	OnWait func(until time.Time)
	// Timeout limits each try; 0 means 20 seconds.
	Timeout time.Duration
}

// url returns the address of a path below the base.
func (c *Client) url(path string) string { return strings.TrimSuffix(c.Base, "/") + "/" + path }

// UserURL returns what [Client.User] reads a user from, "" for an id that no user has.
func (c *Client) UserURL(id string) string {
	path, err := userPath(id)
	if err != nil {
		return ""
	}
	return c.url(path)
}

// User reads a user.
//
// GET /api/v2/users/{id}, scope read:current_user (Auth0 Management API, "Get a User").
func (c *Client) User(ctx context.Context, id string) (User, error) {
	user, err := c.user(ctx, "GET", id, nil)
	if err != nil {
		return User{}, fmt.Errorf("read user: %w", err)
	}
	return user, nil
}

// Link makes another account an identity of primary, and returns the identities that
// primary has now, its own first. linkWith proves the other account: a fresh ID token of
// it, issued to this same client. Danger: the other account ceases to exist, and its
// metadata with it.
//
// POST /api/v2/users/{id}/identities, scope update:current_user_identities (Auth0
// Management API, "Link a User Account").
func (c *Client) Link(ctx context.Context, primary string, linkWith secret.Token) ([]Identity, error) {
	identities, err := c.link(ctx, primary, linkWith)
	if err != nil {
		return nil, fmt.Errorf("link: %w", err)
	}
	return identities, nil
}

func (c *Client) link(ctx context.Context, primary string, linkWith secret.Token) ([]Identity, error) {
	path, err := userPath(primary)
	if err != nil {
		return nil, err
	}
	if linkWith == "" {
		return nil, fmt.Errorf("%w: there is none", &Error{Kind: ErrLinkToken})
	}
	body, err := json.Marshal(map[string]string{"link_with": linkWith.Reveal()})
	if err != nil {
		return nil, err
	}
	answer, err := c.call(ctx, "POST", path+"/identities", body)
	if err != nil {
		return nil, err
	}
	return parseIdentities(answer, primary)
}

// Unlink takes an identity away from primary and returns the identities that remain. It
// becomes a user of its own again, without metadata.
//
// Its user_id is sent as it is: if it were cut it would name another identity. For a
// user_id that it does not know the API answers 200 and removes nothing; an answer that
// still lists the identity is [ErrNotRemoved].
//
// DELETE /api/v2/users/{id}/identities/{provider}/{user_id}, scope
// update:current_user_identities (Auth0 Management API, "Unlink a User Identity").
func (c *Client) Unlink(ctx context.Context, primary string, id Identity) ([]Identity, error) {
	identities, err := c.unlink(ctx, primary, id)
	if err != nil {
		return nil, fmt.Errorf("unlink: %w", err)
	}
	return identities, nil
}

func (c *Client) unlink(ctx context.Context, primary string, id Identity) ([]Identity, error) {
	path, err := identityPath(primary, id)
	if err != nil {
		return nil, err
	}
	answer, err := c.call(ctx, "DELETE", path, nil)
	if err != nil {
		return nil, err
	}
	remaining, err := parseIdentities(answer, primary)
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(remaining, id.Same) {
		return nil, &Error{Kind: ErrNotRemoved, Status: 200}
	}
	return remaining, nil
}

// PatchMetadata changes keys of the user's user_metadata and returns the user as it is
// then. The first level is merged; a nil value removes its key. Nothing but user_metadata
// is sent.
//
// PATCH /api/v2/users/{id}, scope update:current_user_metadata (Auth0 Management API,
// "Update a User").
func (c *Client) PatchMetadata(ctx context.Context, id string, patch map[string]any) (User, error) {
	if len(patch) == 0 {
		// A null in place of the object would be a different request.
		return User{}, fmt.Errorf("change metadata: %w: nothing to change", &Error{Kind: ErrRequest})
	}
	body, err := json.Marshal(map[string]any{"user_metadata": patch})
	if err != nil {
		return User{}, fmt.Errorf("change metadata: %w", err)
	}
	user, err := c.user(ctx, "PATCH", id, body)
	if err != nil {
		return User{}, fmt.Errorf("change metadata: %w", err)
	}
	return user, nil
}

func (c *Client) user(ctx context.Context, method, id string, body []byte) (User, error) {
	path, err := userPath(id)
	if err != nil {
		return User{}, err
	}
	answer, err := c.call(ctx, method, path, body)
	if err != nil {
		return User{}, err
	}
	return parseUser(answer, id)
}

// call sends one request and returns the body of a 200 or 201. After a rate limit, which
// is certain to have changed nothing, it waits and tries again; likewise with another token
// after a 401. After no answer or a failure of the server only reading is tried again: a
// change may have taken place.
func (c *Client) call(ctx context.Context, method, path string, body []byte) ([]byte, error) {
	var refused secret.Token
	var refusal error
	for tries, retried := 1, false; ; {
		token, err := c.token(ctx)
		if err != nil {
			return nil, err
		}
		if refusal != nil && token == refused {
			return nil, refusal
		}
		resp, err := c.try(ctx, token, method, path, body)
		if err == nil {
			if err = c.failure(resp); err == nil {
				return resp.Body, nil
			}
		}
		var answer *Error
		switch {
		case errors.As(err, &answer) && answer.Kind == ErrRateLimited && tries < maxTries:
			if err := c.wait(ctx, answer.Reset, tries); err != nil {
				return nil, fmt.Errorf("%w: %w", ErrUnsent, err)
			}
			tries++
		case answer != nil && answer.Status == 401 && refusal == nil && c.Refused != nil:
			refused, refusal = token, err
			c.Refused(token)
		case method == "GET" && !retried && (errors.Is(err, platform.ErrNetwork) || errors.Is(err, ErrServer)):
			if err := c.sleep(ctx, retryPause); err != nil {
				return nil, err
			}
			retried = true
		default:
			return nil, err
		}
	}
}

func (c *Client) token(ctx context.Context) (secret.Token, error) {
	token, err := c.Token(ctx)
	if err != nil {
		return "", fmt.Errorf("%w: access token: %w", ErrUnsent, err)
	}
	return token, nil
}

// try sends the request once.
func (c *Client) try(
	ctx context.Context, token secret.Token, method, path string, body []byte,
) (*platform.Response, error) {
	header := map[string]string{"Accept": "application/json", "Authorization": "Bearer " + token.Reveal()}
	if body != nil {
		header["Content-Type"] = "application/json"
	}
	timeout := c.Timeout
	if timeout <= 0 {
		timeout = defaultTimeout
	}
	resp, err := c.Fetch.Within(ctx, timeout, platform.Request{
		Method:  method,
		URL:     c.url(path),
		Header:  header,
		Body:    body,
		MaxBody: maxAnswer,
	})
	if errors.Is(err, platform.ErrTooLarge) {
		return nil, fmt.Errorf("%w: %w", &Error{Kind: ErrAnswer}, err)
	}
	return resp, err
}

// wait sleeps until the rate limit is over, if the API said when. A clock that is wrong must
// neither stop the page nor flood the tenant.
func (c *Client) wait(ctx context.Context, reset time.Time, tries int) error {
	least := time.Duration(tries) * time.Second
	pause := min(max(reset.Sub(c.now()), least), maxWait)
	if c.OnWait != nil {
		c.OnWait(c.now().Add(pause))
	}
	return c.sleep(ctx, pause)
}

func (c *Client) sleep(ctx context.Context, d time.Duration) error {
	if c.Sleep != nil {
		return c.Sleep(ctx, d)
	}
	return platform.Sleep(ctx, d)
}

func (c *Client) now() time.Time {
	if c.Now != nil {
		return c.Now()
	}
	return time.Now()
}

// here returns a time of the API's clock by this device's.
func (c *Client) here(t time.Time) time.Time {
	if c.Ahead != nil {
		t = t.Add(-c.Ahead())
	}
	return t
}
