package management

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"twinlock/app/inert"
	"twinlock/app/platform"
)

// Kind says what went wrong. A Kind is an error itself: errors.Is(err,
// ErrAlreadyLinked) tells whether err is of that kind. Without a kind are the
// network's failures ([platform.ErrNetwork]) and the context's end.
type Kind string

func (k Kind) Error() string { return string(k) }

// The kinds of error. In brackets the API's status and words.
const (
	ErrUnauthorized Kind = "access token not accepted"  // 401
	ErrExpiredToken Kind = "access token expired"       // 401 Expired token …
	ErrScope        Kind = "access token lacks a scope" // 403 Insufficient scope …
	// ErrUnsent: what kept a request from being sent is told beside it.
	//
	//sentence:none the error beside it is told
	ErrUnsent        Kind = "the request was not sent"
	ErrForeignUser   Kind = "not the signed-in user's own"        // 403 User to be acted on does not match subject …
	ErrForbidden     Kind = "not allowed"                         // 403, any other
	ErrNoUser        Kind = "user does not exist"                 // 404 The user does not exist.
	ErrRateLimited   Kind = "too many requests"                   // 429, still after waiting
	ErrServer        Kind = "the server failed"                   // 5xx
	ErrAnswer        Kind = "answer not understood"               // not what the API sends
	ErrRequest       Kind = "request not accepted"                // 400, any other; ids that cannot be
	ErrNotRemoved    Kind = "the identity is still there"         // 200, and nothing was removed
	ErrAlreadyLinked Kind = "identity already linked"             // 409 Specified identity already exists.
	ErrSameIdentity  Kind = "both accounts are the same"          // 400 Main identity and the new one are the same.
	ErrMainIdentity  Kind = "the main identity cannot be removed" // 400 Main identity cannot be removed.
	// ErrLinkToken: 400 Invalid token (link_with), JWT (link_with) contains an
	// invalid aud claim and its like.
	ErrLinkToken     Kind = "proof of the second account not accepted"
	ErrSecondary     Kind = "the second account cannot be linked" // 400 Unable to link with the secondary account.
	ErrSecondaryGone Kind = "the second account does not exist"   // 400 Provided secondary account not found.
	// ErrConnection: 400 The provider/connection is not configured; Linking to
	// an inexistent identity ….
	ErrConnection Kind = "connection not configured"
)

// Error is an answer of the API that is no success.
type Error struct {
	Kind    Kind
	Status  int       // of the HTTP answer; 0 if nothing was sent
	Code    string    // the API's errorCode, often absent
	Message string    // the API's sentence, inert text, bounded; for whoever reads a ticket
	Reset   time.Time // of ErrRateLimited: when it may go on; zero if not said
}

func (e *Error) Error() string {
	text := e.Kind.Error()
	if e.Status != 0 {
		text += fmt.Sprintf(" (status %d)", e.Status)
	}
	if e.Message != "" {
		text += ": " + e.Message
	}
	return text
}

// Unwrap returns the kind.
func (e *Error) Unwrap() error { return e.Kind }

const (
	maxCode    = 64  // characters
	maxMessage = 300 // characters
)

// failure returns the error that an answer is, nil for 200 and 201.
func (c *Client) failure(resp *platform.Response) error {
	if resp.Status == 200 || resp.Status == 201 {
		return nil
	}
	e := &Error{Status: resp.Status}
	if check(resp.Body) == nil {
		o, _ := readObject(resp.Body)
		e.Code, e.Message = inert.Text(o.text("errorCode"), maxCode), inert.Text(o.text("message"), maxMessage)
	}
	e.Kind = classify(e.Status, e.Code, e.Message)
	if e.Kind == ErrRateLimited {
		e.Reset = c.reset(resp.Header)
	}
	return e
}

// codes are the errorCodes that say more than their status does. Most errors
// of linking have none that is documented.
var codes = map[string]Kind{
	"inexistent_connection": ErrConnection,
	"insufficient_scope":    ErrScope,
	"unowned_resource":      ErrForeignUser,
	"inexistent_user":       ErrNoUser,
	"too_many_requests":     ErrRateLimited,
}

// messages are the sentences known, by status and by what they begin with.
var messages = []struct {
	status int
	prefix string
	kind   Kind
}{
	{400, "main identity and the new one are the same", ErrSameIdentity},
	{400, "main identity cannot be removed", ErrMainIdentity},
	{400, "invalid token (link_with)", ErrLinkToken},
	{400, "jwt (link_with)", ErrLinkToken},
	{400, "unable to link with the secondary account", ErrSecondary},
	{400, "provided secondary account not found", ErrSecondaryGone},
	{400, "the provider/connection is not configured", ErrConnection},
	{400, "linking to an inexistent identity", ErrConnection},
	{401, "expired token", ErrExpiredToken},
	{403, "insufficient scope", ErrScope},
	{403, "user to be acted on does not match", ErrForeignUser},
	{404, "the user does not exist", ErrNoUser},
}

// classify goes by code first, then by words, then by status.
func classify(status int, code, message string) Kind {
	if kind, ok := codes[code]; ok && status < 500 {
		return kind
	}
	message = strings.ToLower(message)
	for _, m := range messages {
		if m.status == status && strings.HasPrefix(message, m.prefix) {
			return m.kind
		}
	}
	switch status {
	case 400:
		return ErrRequest
	case 401:
		return ErrUnauthorized
	case 403:
		return ErrForbidden
	case 409:
		return ErrAlreadyLinked
	case 429:
		return ErrRateLimited
	}
	if status >= 500 {
		return ErrServer
	}
	// Also a 404 in other words: it may come from a server that is not the
	// API, and then says nothing about the user.
	return ErrAnswer
}

// reset reads when a rate limit ends: Retry-After first, which in seconds needs
// no right clock, then the vendor's X-RateLimit-Reset in Unix seconds.
func (c *Client) reset(header map[string]string) time.Time {
	after := header["retry-after"]
	if seconds, err := strconv.ParseUint(after, 10, 31); err == nil {
		return c.now().Add(time.Duration(seconds) * time.Second)
	}
	// RFC 9110 section 5.6.7; the obsolete forms are not worth their bytes.
	if date, err := time.Parse("Mon, 02 Jan 2006 15:04:05 GMT", after); err == nil {
		return date
	}
	if unix, err := strconv.ParseUint(header["x-ratelimit-reset"], 10, 40); err == nil {
		return time.Unix(int64(unix), 0)
	}
	return time.Time{}
}
