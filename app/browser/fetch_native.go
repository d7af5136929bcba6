//go:build !js

package browser

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"

	"twinlock/app/platform"
)

// noRedirects reports a redirect as an error, as fetch in a browser does with
// redirect: "error". No endpoint that this program calls redirects.
var noRedirects = &http.Client{
	CheckRedirect: func(*http.Request, []*http.Request) error { return fmt.Errorf("unexpected redirect") },
}

func fetch(ctx context.Context, r platform.Request) (*platform.Response, error) {
	req, err := http.NewRequestWithContext(ctx, r.Method, r.URL, bytes.NewReader(r.Body))
	if err != nil {
		return nil, fmt.Errorf("request: %w", err)
	}
	for name, value := range r.Header {
		req.Header.Set(name, value)
	}
	resp, err := noRedirects.Do(req)
	if err != nil {
		return nil, networkError(ctx, err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, int64(r.Limit())+1))
	if err != nil {
		return nil, networkError(ctx, err)
	}
	if len(body) > r.Limit() {
		return nil, platform.ErrTooLarge
	}
	header := make(map[string]string, len(resp.Header))
	for name, values := range resp.Header {
		header[strings.ToLower(name)] = strings.Join(values, ", ")
	}
	return &platform.Response{Status: resp.StatusCode, Header: header, Body: body}, nil
}

func networkError(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return fmt.Errorf("%w: %v", platform.ErrNetwork, err)
}
