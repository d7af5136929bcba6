package browser

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"twinlock/app/platform"
)

// Fetch sends a request and returns its whole answer; it is a [platform.Fetcher].
// It sends no cookies and no referrer, uses no cache and follows no redirect: the
// API is called with a bearer token alone, and none of its answers may be stored.
//
// Only absolute http and https URLs are fetched. Errors: [platform.ErrNetwork] when
// no answer arrived or it was a redirect, [platform.ErrTooLarge] when its body was
// longer than the request allows, the context's error when that ended first.
// Natively the request goes through net/http.
func Fetch(ctx context.Context, r platform.Request) (*platform.Response, error) {
	// A URL from outside may be of another kind: data:, blob:, file: or relative.
	u, err := url.Parse(r.URL)
	if err != nil {
		return nil, fmt.Errorf("request URL: %w", err)
	}
	if (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" {
		return nil, fmt.Errorf("request URL %q is not an absolute http or https URL", strings.ToValidUTF8(r.URL, "?"))
	}
	return fetch(ctx, r)
}
