package provider_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"twinlock/app/config"
	"twinlock/app/provider"
)

func TestLookup(t *testing.T) {
	google, found := provider.Lookup("google-oauth2")
	if !found || google.Name != "Google" || google.Kind != provider.Social || google.Class() != "mark mark-google-oauth2" {
		t.Errorf("Google is %+v, %v", google, found)
	}
	unknown, found := provider.Lookup(`"><script>`)
	if found || unknown.Kind != provider.Social || unknown.Name != "" || unknown.Class() != "mark" {
		t.Errorf("an unknown one is %+v, %v", unknown, found)
	}
	for strategy, want := range map[string]provider.Kind{
		"auth0": provider.Database, "sms": provider.Passwordless, "samlp": provider.Enterprise, "oauth2": provider.Social,
	} {
		if p, found := provider.Lookup(strategy); !found || p.Kind != want {
			t.Errorf("%s is %+v, %v", strategy, p, found)
		}
	}
}

// TestTable holds each provider to what the fields promise.
func TestTable(t *testing.T) {
	seen := map[string]bool{}
	for p := range provider.All() {
		t.Run(p.Strategy, func(t *testing.T) {
			if p.Strategy == "" || strings.Trim(p.Strategy, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" || seen[p.Strategy] {
				t.Error("the strategy is given twice, or cannot be a part of a CSS class")
			}
			seen[p.Strategy] = true
			if p.Colour == 0 {
				return
			}
			if got, err := config.Contrast(fmt.Sprintf("#%06x", p.Colour), "#ffffff"); err != nil || got < 4.5 {
				t.Errorf("a white letter has a contrast of %.2f:1, want 4.5:1 (WCAG 2.2, 1.4.3) (%v)", got, err)
			}
		})
	}
}

// TestPictureHosts names the hosts that a page loads pictures from by default: a
// new one must be wanted. Attack case 38.
func TestPictureHosts(t *testing.T) {
	want := []string{
		"*.googleusercontent.com", "platform-lookaside.fbsbx.com", "*.fbcdn.net",
		"avatars.githubusercontent.com", "media.licdn.com", "pbs.twimg.com",
	}
	if got := provider.PictureHosts(); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestStyle(t *testing.T) {
	style := provider.Style()
	for _, want := range []string{
		".mark-google-oauth2, .mark-google-apps { background: #b93221; }\n",
		".mark-apple, .mark-okta { background: #1d1d1f; }\n",
		"@media (prefers-color-scheme: dark) {\n  .mark-auth0, ",
	} {
		if !strings.Contains(style, want) {
			t.Errorf("no %q in\n%s", want, style)
		}
	}
	light, dark, _ := strings.Cut(style, "@media")
	for p := range provider.All() {
		if p.Colour != 0 && !strings.Contains(light, "."+strings.TrimPrefix(p.Class(), "mark ")) {
			t.Errorf("no rule for %q", p.Class())
		}
	}
	for _, class := range []string{"apple", "github", "twitter", "auth0", "okta"} {
		if !strings.Contains(dark, ".mark-"+class) {
			t.Errorf("the mark of %s is lost on a dark page", class)
		}
	}
	if strings.Contains(dark, "facebook") {
		t.Error("Facebook's blue does not stay")
	}
}

// The pages on which people remove applications are https ones of the providers themselves.
func TestApplications(t *testing.T) {
	for strategy, host := range map[string]string{
		"google-oauth2": "myaccount.google.com", "facebook": "www.facebook.com", "apple": "account.apple.com",
		"windowslive": "account.live.com", "github": "github.com",
	} {
		p, _ := provider.Lookup(strategy)
		if u, err := url.Parse(p.Applications); err != nil || u.Scheme != "https" || u.Host != host {
			t.Errorf("%s: %s", strategy, p.Applications)
		}
	}
}
