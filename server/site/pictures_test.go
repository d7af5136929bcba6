package site_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"twinlock/app/config"
	"twinlock/server/picture"
	"twinlock/server/site"
)

// withPictures are options with a logo and an icon, which two connections have.
func withPictures(t *testing.T) (o site.Options, logo, icon picture.Picture) {
	t.Helper()
	check := func(viewBox string) picture.Picture {
		p, err := picture.Check([]byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="` + viewBox + `"><path d="M0 0h9v9z"/></svg>`))
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	logo, icon = check("0 0 40 10"), check("0 0 10 10")
	o = options(t)
	o.Pictures = []picture.Picture{logo, icon, icon}
	o.Config.Brand.Logo = logo.Path
	o.Config.Languages = []string{"en", "de"}
	o.Config.Connections = []config.Connection{
		{Name: "google-oauth2", Icon: icon.Path},
		{Name: "corp", Icon: icon.Path, Labels: map[string]string{"en": "Work", "de": "Arbeit"}},
	}
	o.Config = o.Config.WithDefaults()
	return o, logo, icon
}

// TestPictures: the operator's pictures are served for ever, run nothing when they are opened
// by themselves, are exported and kept for a visit without a network. (Attack case 38.)
func TestPictures(t *testing.T) {
	for _, base := range []string{"", "/accounts"} {
		o, logo, icon := withPictures(t)
		o.BasePath = base
		s := render(t, o)
		page := string(body(t, ask(s, "GET", base+"/")))
		worker := string(body(t, ask(s, "GET", base+"/app-worker.js")))
		folder := exported(t, o)
		rules := parseRules(t, read(t, folder, "_headers"))
		for _, p := range []picture.Picture{logo, icon} {
			url := base + "/" + p.Path
			r := ask(s, "GET", url)
			if r.StatusCode != http.StatusOK || string(body(t, r)) != string(p.Body) || string(read(t, folder, p.Path)) != string(p.Body) {
				t.Errorf("%s is not served, or not exported: status %d", url, r.StatusCode)
			}
			for name, want := range map[string]string{
				"Content-Type":            "image/svg+xml",
				"Cache-Control":           "public, max-age=31536000, immutable, no-transform",
				"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
				"X-Content-Type-Options":  "nosniff",
			} {
				if got := r.Header.Get(name); got != want || rules[url][name] != want {
					t.Errorf("%s: %s: %q, exported %q, want %q", url, name, got, rules[url][name], want)
				}
			}
			if !strings.Contains(page, `src="`+url+`"`) || !strings.Contains(worker, `"`+url+`":"`) {
				t.Errorf("%s is not in the page, or not kept without a network", url)
			}
		}
		if !strings.Contains(page, ".brand-logo { aspect-ratio: auto 40 / 10; }") {
			t.Error("the page jumps when the logo comes")
		}
		if policy := ask(s, "GET", base+"/").Header.Get("Content-Security-Policy"); !strings.Contains(policy, "img-src 'self' https://acme.eu.auth0.com ") {
			t.Errorf("the page's policy is %s", policy)
		}
	}
}

// TestIcons: an icon is above the letter, and says nothing to a screen reader.
func TestIcons(t *testing.T) {
	o, _, icon := withPictures(t)
	page := string(body(t, ask(render(t, o), "GET", "/")))
	mark := `<span aria-hidden="true" class="mark mark-google-oauth2">[^<]*(<[a-z]+[^>]*>)*G(</[a-z]+>)*<img loading="lazy" src="/` +
		regexp.QuoteMeta(icon.Path) + `"/>`
	if !regexp.MustCompile(mark).MatchString(page) {
		t.Errorf("no %s in %s", mark, page)
	}
}

// TestLogoOfTheOrigin: a logo that is a path is one of the origin, also below a base path, as
// the program draws it.
func TestLogoOfTheOrigin(t *testing.T) {
	for logo, want := range map[string]string{
		"/brand/logo.svg": "/brand/logo.svg",
		"/web/logo.svg":   "/./web/logo.svg", // go-app would look for /web/ below the base path
	} {
		for _, base := range []string{"", "/accounts"} {
			o := options(t)
			o.BasePath, o.Config.Brand.Logo, o.Config.HomeURL = base, logo, logo
			page := string(body(t, ask(render(t, o), "GET", base+"/")))
			if !strings.Contains(page, `src="`+want+`"`) || !strings.Contains(page, `href="`+want+`"`) {
				t.Errorf("below %q %s is not at %s", base, logo, want)
			}
		}
	}
}
