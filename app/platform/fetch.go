package platform

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Errors of a [Fetcher]. They are matched with errors.Is; the text behind them is
// the engine's own and differs from browser to browser.
var (
	// ErrNetwork: no answer arrived. The request may or may not have been
	// acted on: a browser does not tell a refused CORS preflight from a
	// dropped connection.
	ErrNetwork = errors.New("no answer from the server")
	// ErrTooLarge: the answer was longer than [MaxBody].
	ErrTooLarge = errors.New("answer too large")
)

// MaxBody is the most that an answer's body may hold, in bytes. Nothing this
// program reads comes near it; beyond it an answer is refused.
const MaxBody = 1 << 20

// Request is one HTTP request.
type Request struct {
	Method string
	URL    string
	Header map[string]string
	Body   []byte
}

// Response is a whole HTTP answer, its body read.
type Response struct {
	Status int
	// Header holds the headers that the origin may see, names in lower case.
	Header map[string]string
	Body   []byte
}

// Fetcher sends one request and returns its answer. An answer of any status is
// no error. The context's end aborts the request, and the error is then the
// context's.
type Fetcher func(ctx context.Context, r Request) (*Response, error)

// Within is the fetcher with a time limit. Running into it is no answer,
// [ErrNetwork]; the error is the context's where that ended first.
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
