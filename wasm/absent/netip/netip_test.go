package netip_test

import (
	real "net/netip"
	"testing"

	"twinlock/wasm/absent/netip"
)

// FuzzParseAddr compares the stand-in with what it stands in for.
func FuzzParseAddr(f *testing.F) {
	for _, s := range []string{
		"::", "::1", "1::", "2001:db8::8:800:200c:417a", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8",
		"FE80::1%eth0", "::ffff:192.0.2.1", "1:2:3:4:5:6:192.0.2.255", "64:ff9b::192.0.2.33%lo",
		"", "1", "%", "::%", "%eth0", ":", ":::", "1:", ":1", "::1::", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
		"1:2:3:4::5:6:7:8", "12345::", "g::", "192.0.2.1", "::192.0.2", "::192.0.2.256", "::192.0.2.01", "::192.0.2.1.1",
		"192.0.2.1::", "1:2:3:4:5:6:7:192.0.2.1", "::1 ", "::\x00", "::1%eth0%1", "::-1", "::1:192.0.2.1:1",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		address, err := real.ParseAddr(s)
		want := err == nil && !address.Is4()
		if _, err := netip.ParseAddr(s); (err == nil) != want {
			t.Errorf("ParseAddr(%q): %v, want an address: %t", s, err, want)
		}
	})
}
