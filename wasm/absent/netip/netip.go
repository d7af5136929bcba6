// Package netip stands in for net/netip in the WebAssembly build. See package
// twinlock/wasm/absent.
//
// net/url asks it one thing: whether the text between brackets is an IPv6 address.
// Unlike the other stand-ins this one answers. It does not store the address, for
// which the real package brings a table with a cleanup in the background.
package netip

import (
	"errors"
	"strings"
)

var errNoAddress = errors.New("not an IPv6 address")

// Addr says that a text was an IPv6 address. It does not hold the address.
type Addr struct{}

// Is4 returns false: [ParseAddr] refuses IPv4 addresses, as net/url would.
func (Addr) Is4() bool { return false }

// ParseAddr returns an error unless the text is an IPv6 address (RFC 4291 section 2.2),
// with a zone (RFC 4007 section 11) or without.
func ParseAddr(s string) (Addr, error) {
	address, zone, zoned := strings.Cut(s, "%")
	head, tail, shortened := strings.Cut(address, "::")
	if !shortened {
		head, tail = "", head
	}
	before, headOK := groups(head, false)
	after, tailOK := groups(tail, true)
	const whole = 8
	n := before + after
	fits := n == whole && !shortened || n < whole && shortened
	if !fits || !headOK || !tailOK || zoned && zone == "" {
		return Addr{}, errNoAddress
	}
	return Addr{}, nil
}

// groups counts groups of 16 bits. If last is true, an IPv4 address may end the text
// and counts for two.
func groups(s string, last bool) (n int, ok bool) {
	if s == "" {
		return 0, true
	}
	parts := strings.Split(s, ":")
	if last && dotted(parts[len(parts)-1]) {
		n, parts = 2, parts[:len(parts)-1]
	}
	for _, p := range parts {
		if len(p) < 1 || len(p) > 4 || strings.Trim(p, "0123456789abcdefABCDEF") != "" {
			return 0, false
		}
	}
	return n + len(parts), true
}

// dotted reports whether the text is an IPv4 address, whose numbers have no leading
// zeros.
func dotted(s string) bool {
	numbers := strings.Split(s, ".")
	for _, n := range numbers {
		if len(n) < 1 || len(n) > 3 || strings.Trim(n, "0123456789") != "" {
			return false
		}
		if len(n) == 3 && n > "255" || len(n) > 1 && n[0] == '0' {
			return false
		}
	}
	return len(numbers) == 4
}
