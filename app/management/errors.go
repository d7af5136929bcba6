package management

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"twinlock/app/inert"
	"twinlock/app/platform"
)

// Kind says what went wrong. A Kind is an error itself: errors.Is(err, ErrAlreadyLinked)
// tells whether err is of that kind. The errors of [platform.Fetcher] and the context's
// have no kind.
type Kind string

// Error returns the kind in words.
func (k Kind) Error() string { return string(k) }

// The kinds of errors, with the API's status and words.
const (
	// ErrUnauthorized is returned for 401.
	ErrUnauthorized Kind = "access token not accepted"
	// ErrExpiredToken is returned for 401 "Expired token …".
	ErrExpiredToken Kind = "access token expired"
	// ErrScope is returned for 403 "Insufficient scope …".
	ErrScope Kind = "access token lacks a scope"
	// ErrUnsent is returned when something kept the request from being sent; the error says
	// what.
	//
	//sentence:none the error beside it is told
	ErrUnsent Kind = "the request was not sent"
	// ErrForeignUser is returned for 403 "User to be acted on does not match subject …".
	ErrForeignUser Kind = "not the signed-in user's own"
	// ErrForbidden is returned for any other 403.
	ErrForbidden Kind = "not allowed"
	// ErrNoUser is returned for 404 "The user does not exist."
	ErrNoUser Kind = "user does not exist"
	// ErrRateLimited is returned for 429 after it has been waited for.
	ErrRateLimited Kind = "too many requests"
	// ErrServer is returned for 5xx.
	ErrServer Kind = "the server failed"
	// ErrAnswer is returned when the answer is not one that the API gives.
	ErrAnswer Kind = "answer not understood"
	// ErrRequest is returned for any other 400, and for an id that cannot be sent.
	ErrRequest Kind = "request not accepted"
	// ErrNotRemoved is returned when an unlink is answered with 200 and has removed nothing.
	ErrNotRemoved Kind = "the identity is still there"
	// ErrAlreadyLinked is returned for 409 "Specified identity already exists."
	ErrAlreadyLinked Kind = "identity already linked"
	// ErrSameIdentity is returned for 400 "Main identity and the new one are the same."
	ErrSameIdentity Kind = "both accounts are the same"
	// ErrMainIdentity is returned for 400 "Main identity cannot be removed."
	ErrMainIdentity Kind = "the main identity cannot be removed"
	// ErrLinkToken is returned for 400 "Invalid token (link_with)", "JWT (link_with)
	// contains an invalid aud claim" and the like.
	ErrLinkToken Kind = "proof of the second account not accepted"
	// ErrSecondary is returned for 400 "Unable to link with the secondary account."
	ErrSecondary Kind = "the second account cannot be linked"
	// ErrSecondaryGone is returned for 400 "Provided secondary account not found."
	ErrSecondaryGone Kind = "the second account does not exist"
	// ErrConnection is returned for 400 "The provider/connection is not configured" and
	// "Linking to an inexistent identity …".
	ErrConnection Kind = "connection not configured"
)

// Error is an answer of the API that does not say that it has done what was asked.
type Error struct {
	// Kind is what went wrong.
	Kind Kind
	// Status is the HTTP status code; 0 if nothing was sent, or if the answer said that all
	// was well and could not be understood.
	Status int
	// Code is the API's errorCode, inert text of at most 64 characters; often "".
	Code string
	// Message is the API's sentence, inert text of at most 300 characters, for a developer.
	Message string
	// Reset is when a rate limit ends; zero if the API did not say, and for other kinds.
	Reset time.Time
}

// Error returns the kind, the status and the message.
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

// failure returns the error that an answer stands for, nil for 200 and 201.
func (c *Client) failure(resp *platform.Response) error {
	if resp.Status == 200 || resp.Status == 201 {
		return nil
	}
	e := &Error{Status: resp.Status}
	if o, err := readObject(resp.Body); err == nil {
		e.Code, e.Message = inert.Text(o.text("errorCode"), maxCode), inert.Text(o.text("message"), maxMessage)
	}
	e.Kind = classify(e.Status, e.Code, e.Message)
	if e.Kind == ErrRateLimited {
		e.Reset = c.reset(resp.Header)
	}
	return e
}

// codes are the errorCodes that say more than their status does. For most errors of
// linking Auth0 documents none.
var codes = map[string]Kind{
	"inexistent_connection": ErrConnection,
	"insufficient_scope":    ErrScope,
	"unowned_resource":      ErrForeignUser,
	"inexistent_user":       ErrNoUser,
	"too_many_requests":     ErrRateLimited,
}

// messages are the known sentences, by their status and their first words.
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

// classify looks at the code first, then at the words, then at the status.
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
	// Also a 404 in other words: it may come from a server that is not the API, and then it
	// says nothing about the user.
	return ErrAnswer
}

// reset reads when a rate limit ends, by this device's clock: from Retry-After, whose seconds need no clock that
// is right, or else from Auth0's X-RateLimit-Reset in Unix seconds.
func (c *Client) reset(header map[string]string) time.Time {
	after := header["retry-after"]
	if seconds, err := strconv.ParseUint(after, 10, 31); err == nil {
		return c.now().Add(time.Duration(seconds) * time.Second)
	}
	// RFC 9110 section 5.6.7; the obsolete forms are not worth their bytes.
	if date, err := time.Parse("Mon, 02 Jan 2006 15:04:05 GMT", after); err == nil {
		return c.here(date)
	}
	if unix, err := strconv.ParseUint(header["x-ratelimit-reset"], 10, 40); err == nil {
		return c.here(time.Unix(int64(unix), 0))
	}
	return time.Time{}
}
