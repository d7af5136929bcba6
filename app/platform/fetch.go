package platform

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"
)

// Errors of a [Fetcher]. Match them with errors.Is: the text that they are wrapped with
// is the engine's own and differs from browser to browser.
var (
	// ErrNetwork is returned when no answer arrived. Whether the server has acted on
	// the request is not known: a browser does not distinguish a refused CORS preflight
	// from a dropped connection.
	ErrNetwork = errors.New("no answer from the server")
	// ErrTooLarge is returned when the body of the answer was longer than the request allows.
	ErrTooLarge = errors.New("answer too large")
)

// MaxBody is the maximum size of an answer's body, in bytes, if the request names none.
const MaxBody = 1 << 20

// Request is an HTTP request.
type Request struct {
	// Method is the method, as "GET".
	Method string
	// URL is an absolute http or https URL.
	URL string
	// Header holds the headers by name; nil for none.
	Header map[string]string
	// Body is sent as it is; empty for none.
	Body []byte
	// MaxBody is the maximum size of the answer's body, in bytes; 0 means [MaxBody].
	MaxBody int
}

// Limit returns the maximum size of the answer's body, in bytes.
func (r Request) Limit() int { return cmp.Or(r.MaxBody, MaxBody) }

// Response is an HTTP answer with its whole body.
type Response struct {
	// Status is the status code, as 200.
	Status int
	// Header holds the headers by name in lower case. A browser shows another origin's
	// answer only with the headers that CORS exposes.
	Header map[string]string
	// Body is at most as long as the request allows.
	Body []byte
}

// Fetcher sends a request and returns its answer, whatever the status of that. Errors:
// [ErrNetwork], [ErrTooLarge], or the context's error: when the context ends, the
// request is aborted.
type Fetcher func(ctx context.Context, r Request) (*Response, error)

// Within sends a request with a time limit. When the limit is reached, the error is
// [ErrNetwork]; when the context ends first, it is the context's.
func (f Fetcher) Within(ctx context.Context, limit time.Duration, r Request) (*Response, error) {
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	resp, err := f(limited, r)
	switch {
	case err == nil:
		return resp, nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case limited.Err() != nil:
		return nil, fmt.Errorf("%w within %v", ErrNetwork, limit)
	}
	return nil, err
}
