package browser

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// Errors of [Fetch]. They are matched with errors.Is; the text behind them is
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

// requireHTTP refuses what a fetch could be lured to besides HTTP: data:, blob:
// and file: URLs, and relative ones.
func requireHTTP(raw string) error {
	u, err := url.Parse(raw)
	if err != nil {
		return fmt.Errorf("request URL: %w", err)
	}
	if (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" {
		return fmt.Errorf("request URL %q is not an absolute http or https URL", strings.ToValidUTF8(raw, "?"))
	}
	return nil
}
