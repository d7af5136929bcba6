package browser

import (
	"fmt"
	"net/url"
	"strings"
)

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
