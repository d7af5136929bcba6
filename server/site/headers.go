package site

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// headers returns the headers of every answer.
func headers(policy string) http.Header {
	return http.Header{
		"Content-Security-Policy": {policy},
		// A pop-up at the tenant keeps its opener; other windows that open us do not.
		"Cross-Origin-Opener-Policy":   {"same-origin-allow-popups"},
		"Cross-Origin-Resource-Policy": {"same-origin"},
		"Permissions-Policy":           {"camera=(), geolocation=(), microphone=(), payment=(), usb=()"},
		// The callback's URL has a code.
		"Referrer-Policy":        {"no-referrer"},
		"X-Content-Type-Options": {"nosniff"},
	}
}

// metaPolicy returns the policy as a meta element can have it, for hosts that send no
// headers. It cannot have frame-ancestors (CSP Level 3, section 3.3).
func metaPolicy(policy string) string {
	policy, _, _ = strings.Cut(policy, "; frame-ancestors")
	return policy
}

// policy is the Content-Security-Policy. It allows what the app needs and nothing else: its own
// files, the style and the script inside its pages, WebAssembly, requests to the tenant, pictures
// of profiles from the hosts that the configuration allows, and the brand's logo.
func (b *builder) policy() string {
	c := b.Config
	images := append([]string{"'self'"}, c.PictureSources()...)
	if logo := origin(c.Brand.Logo); logo != none && !slices.Contains(images, logo) {
		images = append(images, logo)
	}
	directives := [][]string{
		{"default-src", none},
		{"script-src", "'self'", "'wasm-unsafe-eval'", hashSource(b.inline)},
		{"style-src", "'self'", hashSource(b.style)},
		slices.Concat([]string{"img-src"}, images),
		{"connect-src", "'self'", origin(c.Issuer)}, // the Management API is there too
		{"frame-src", none},
		{"manifest-src", "'self'"},
		{"worker-src", "'self'"},
		{"object-src", none},
		{"base-uri", none},
		{"form-action", none},
		// Text becomes no markup and no script; a script's address comes from the one policy
		// of the boot script, which knows the site's own (Trusted Types).
		{"require-trusted-types-for", "'script'"},
		{"trusted-types", "twinlock"},
		{"frame-ancestors", none}, // the last: see metaPolicy
	}
	policy := make([]string, len(directives))
	for i, d := range directives {
		policy[i] = strings.Join(d, " ")
	}
	return strings.Join(policy, "; ")
}

// hashSource returns the source expression that allows one text and no other (CSP Level 3,
// section 2.3.1).
func hashSource(text string) string { return "'sha256-" + sumOf([]byte(text)) + "'" }

// sumOf returns the SHA-256 in Base64, as browsers write it.
func sumOf(body []byte) string {
	sum := sha256.Sum256(body)
	return base64.StdEncoding.EncodeToString(sum[:])
}

// none is the source expression that allows nothing.
const none = "'none'"

// origin returns the origin of an absolute URL, and none for anything else.
func origin(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme == "" || u.Host == "" {
		return none
	}
	return u.Scheme + "://" + u.Host
}
