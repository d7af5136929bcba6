package site

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"twinlock/app/config"
)

// headers are those of every answer. The style is what the pages hold of it.
func headers(c config.Config, style string) http.Header {
	return http.Header{
		"Content-Security-Policy": {contentSecurityPolicy(c, style)},
		// A pop-up at the tenant keeps its opener; other windows that open us do not.
		"Cross-Origin-Opener-Policy":   {"same-origin-allow-popups"},
		"Cross-Origin-Resource-Policy": {"same-origin"},
		"Permissions-Policy":           {"camera=(), geolocation=(), microphone=(), payment=(), usb=()"},
		// The callback's URL carries a code.
		"Referrer-Policy":        {"no-referrer"},
		"X-Content-Type-Options": {"nosniff"},
	}
}

// metaPolicy is the policy as a page itself can state it, where a host sends no
// headers: who may frame it cannot be said there.
func metaPolicy(c config.Config, style string) string {
	policy, _, _ := strings.Cut(contentSecurityPolicy(c, style), "; frame-ancestors")
	return policy
}

// contentSecurityPolicy allows what the app does and nothing else: its own files,
// the style that its pages hold, WebAssembly, requests to the tenant, the pictures
// of profiles from where the configuration lets them come, and the brand's logo.
func contentSecurityPolicy(c config.Config, style string) string {
	tenant, api := origin(c.Issuer), origin(c.Audience)
	connect := []string{"'self'", tenant}
	if api != tenant {
		connect = append(connect, api)
	}
	images := append([]string{"'self'"}, c.PictureSources()...)
	if logo := origin(c.Brand.Logo); logo != none && !slices.Contains(images, logo) {
		images = append(images, logo)
	}
	directives := [][]string{
		{"default-src", none},
		{"script-src", "'self'", "'wasm-unsafe-eval'"},
		{"style-src", "'self'", hashSource(style)},
		slices.Concat([]string{"img-src"}, images),
		slices.Concat([]string{"connect-src"}, connect),
		{"frame-src", none},
		{"manifest-src", "'self'"},
		{"worker-src", "'self'"},
		{"object-src", none},
		{"base-uri", none},
		{"form-action", none},
		{"frame-ancestors", none}, // the last: see metaPolicy
	}
	policy := make([]string, len(directives))
	for i, d := range directives {
		policy[i] = strings.Join(d, " ")
	}
	return strings.Join(policy, "; ")
}

// hashSource allows one text and no other (CSP Level 3, §2.3.1).
func hashSource(text string) string { return "'sha256-" + sumOf([]byte(text)) + "'" }

// sumOf is a SHA-256 as browsers write it.
func sumOf(body []byte) string {
	sum := sha256.Sum256(body)
	return base64.StdEncoding.EncodeToString(sum[:])
}

const none = "'none'"

// origin is the origin of an absolute URL, and 'none' for anything else.
func origin(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme == "" || u.Host == "" {
		return none
	}
	return u.Scheme + "://" + u.Host
}
