package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"twinlock/app/text"
	"twinlock/server/tenant"
)

// abundant are two accounts with as much as anybody has, and more.
func abundant(o *tenant.Options) {
	many := map[string]any{
		"theme": "light", "letter": strings.Repeat("A long letter to Mr Babbage. ", 350), // 10 kB
		strings.Repeat("a-very-long-key", 20): strings.Repeat("unbroken", 200), "right to left": "\u202eabc",
	}
	for i := range 196 {
		many[fmt.Sprintf("key-%03d", i)] = []any{i, "Ada", map[string]any{"deep": []any{true, nil}}}
	}
	o.Users = []tenant.User{
		{
			Identity:     tenant.Identity{Connection: tenant.Database, ID: "5d1018150a1b2c3d4e5f6a01", Email: ada, EmailVerified: true, Password: tenant.Password, GivenName: "Ada", FamilyName: "King"},
			UserMetadata: map[string]any{"theme": "dark", "phone": "+1", "tags": []any{"sums", "music"}, "notes": strings.Repeat("On the Analytical Engine. ", 20)},
			Linked:       []tenant.Identity{{Connection: tenant.Facebook, ID: "10218151210185211", Email: byron, EmailVerified: true}},
		},
		{
			Identity:     tenant.Identity{Connection: tenant.Google, ID: "118151210185211271536", Email: lovelace, EmailVerified: true, GivenName: "Ada", FamilyName: "Lovelace"},
			UserMetadata: many,
			AppMetadata:  map[string]any{"plan": "gold"},
		},
	}
}

// Both accounts are shown whole before they are linked, however much that is,
// on the smallest phones and with large text.
func TestBothAccountsWhole(t *testing.T) {
	t.Parallel()
	for _, tt := range cases(1, []struct {
		name   string
		size   screen
		text   int64
		scheme string
	}{
		{"narrow, large text", narrow, 32, "dark"},
		{"narrow", narrow, 16, "light"},
		{"desktop", desktop, 16, "dark"},
	}) {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, setup{furnish: abundant})
			p := s.blank()
			p.resize(tt.size)
			p.call("set the size of text, and colours", func(ctx context.Context) error {
				if _, err := chromedp.Call(ctx, cdppage.SetFontSizes, cdppage.SetFontSizesParams{
					FontSizes: &cdppage.FontSizes{Standard: tt.text, Fixed: tt.text},
				}); err != nil {
					return err
				}
				_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
					Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: tt.scheme}},
				})
				return err
			})
			p.visit(s.site + "/")
			p.started()
			p.signIn(ada)
			p.startLink(lovelace)
			p.appear("#btn-confirm")
			p.see("#confirm .account-stays", ada)
			p.see("#confirm .account-moves", lovelace)
			p.unfold("#confirm .fold:has(.about)")
			for _, known := range []string{"Ada King", "Facebook: " + byron, "phone", "+1", "sums", say.Of(text.Verified)} {
				p.see("#confirm .about-stays", known)
			}
			for _, known := range []string{"Ada Lovelace", say.Of(text.CardSettings) + " (200)"} {
				p.see("#confirm .about-moves", known)
			}
			p.see("#confirm", "plan") // lost, with all that the service has noted
			p.fits()
			p.look("accounts", tt.name)

			const settings = "#confirm .about-moves .fold"
			if n := p.count(settings + " .key"); n != 0 {
				t.Errorf("%d settings are spread out", n)
			}
			p.click(settings + " > summary")
			p.see(settings, "key-195")
			p.fits()
			p.click(`#confirm .about-stays .more > summary`)
			p.see("#confirm .about-stays .whole", "On the Analytical Engine.")
			p.fits()
			p.look("accounts-open", tt.name)
			// A choice leaves open what is.
			p.decide("theme", "secondary")
			p.see(settings, "key-195")
			p.see("#confirm .about-stays .whole", "On the Analytical Engine.")
			p.click("#btn-cancel")
			p.linked(byron)
		})
	}
}

// look leaves a picture where the pictures of TestScreens go.
func (p *page) look(name, variant string) {
	if *screens != "" {
		if err := os.MkdirAll(*screens, 0o755); err != nil {
			p.t.Fatal(err)
		}
		p.save(filepath.Join(*screens, name+"-"+variant+".png"))
	}
}
