package oidc

import (
	"net/url"
	"strings"
	"testing"
)

// Attack case 37: wherever a browser goes for a path that was let through, it is
// a page of this origin.
func FuzzReturnTo(f *testing.F) {
	for _, seed := range []string{
		"/", "/account?x=//evil.example#z", "//evil.example", "//evil.example/", "//ada@evil.example/x", `/\evil.example`, "/\t/evil.example", "/%2f/evil.example",
		"/.//evil.example", "https:evil.example", "javascript:alert(1)", "/a/..//evil.example", "/%5cevil.example", "/@evil.example", "/%2f",
	} {
		f.Add(seed)
	}
	page, err := url.Parse("https://app.example/callback")
	if err != nil {
		f.Fatal(err)
	}
	// What browsers do to a URL before they read it (URL Standard, section 4.4).
	asBrowser := strings.NewReplacer("\t", "", "\n", "", "\r", "", `\`, "/")
	f.Fuzz(func(t *testing.T, raw string) {
		got := localPath(raw)
		if got != raw && got != "/" {
			t.Fatalf("localPath(%q) = %q", raw, got)
		}
		// As it stands, and as a server or a router that decodes once would have it.
		decoded, err := url.PathUnescape(got)
		if err != nil {
			decoded = got
		}
		path, _, _ := strings.Cut(decoded, "?")
		for _, form := range []string{got, path} {
			form = asBrowser.Replace(strings.TrimFunc(form, func(r rune) bool { return r <= ' ' }))
			to, err := page.Parse(form)
			if err != nil {
				continue // nowhere
			}
			if to.Scheme != page.Scheme || to.Host != page.Host || strings.HasPrefix(to.Path, "//") {
				t.Errorf("localPath(%q) leads to %s", raw, to)
			}
		}
	})
}
