package oidc

import (
	"net/url"
	"path"
	"strings"
)

const maxReturnTo = 2048

// localPath returns raw if it can only lead to a page of this origin, and "/" otherwise.
// Browsers read "\" as "/", drop tabs and line ends, and resolve dots: a path that could
// become "//host" in one of these ways is not local.
func localPath(raw string) string {
	const home = "/"
	if len(raw) > maxReturnTo || !strings.HasPrefix(raw, "/") {
		return home
	}
	u, err := url.Parse(raw) // refuses control characters
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil {
		return home
	}
	// u.Path is decoded once: %2f and %5c count as what they stand for.
	if strings.Contains(u.Path, "//") || strings.ContainsFunc(u.Path, unsafeInPath) {
		return home
	}
	if clean := path.Clean(u.Path); clean != u.Path && clean+"/" != u.Path {
		return home
	}
	return raw
}

func unsafeInPath(r rune) bool { return r == '\\' || r < ' ' || r == 0x7f }
