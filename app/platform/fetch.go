package platform

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Errors of a [Fetcher]. Match them with errors.Is; the text behind them is the
// engine's own and differs from browser to browser.
var (
	// ErrNetwork is returned when no answer arrived. The server may or may not have
	// acted on the request: a browser does not tell a refused CORS preflight from a
	// connection that was lost half-way.
	ErrNetwork = errors.New("no answer from the server")
	// ErrTooLarge is returned when the answer's body is longer than [MaxBody].
	ErrTooLarge = errors.New("answer too large")
)

// MaxBody is the most that an answer's body may hold, in bytes. Nothing that this
// program reads comes near it.
const MaxBody = 1 << 20

// Request is one HTTP request.
type Request struct {
	// Method is the HTTP method, in capitals.
	Method string
	// URL is absolute.
	URL string
	// Header holds one value for each name; nil for none.
	Header map[string]string
	// Body is sent as it is; nil for none.
	Body []byte
}

// Response is an HTTP answer whose body was read to its end.
type Response struct {
	// Status is the HTTP status code.
	Status int
	// Header holds the headers that the browser lets this origin see, names in lower case.
	Header map[string]string
	// Body is at most [MaxBody] bytes.
	Body []byte
}

// Fetcher sends one request and returns its answer. An answer of any status is not an
// error. The end of the context aborts the request, and the error is then the context's.
//
// Errors: [ErrNetwork], [ErrTooLarge], the context's.
type Fetcher func(ctx context.Context, r Request) (*Response, error)

// Within is the fetcher with a time limit. A request that reaches the limit has no
// answer: [ErrNetwork]. Where the context ends first the error is the context's.
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
