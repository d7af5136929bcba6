package e2e

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"twinlock/app/config"
	"twinlock/app/text"
	"twinlock/app/text/texttest"
)

// referring is a stage with an application at /home that sends people to the site.
func referring(t *testing.T) (s *stage, asked *[]string) {
	t.Helper()
	asked = new([]string)
	s = newStage(t, setup{
		front: func(site http.Handler) http.Handler {
			pages := ownPages(site)
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				*asked = append(*asked, r.URL.String()+" "+r.Referer())
				pages.ServeHTTP(w, r)
			})
		},
		configure: func(c *config.Config) {
			c.ReturnURLs = []config.Link{{Label: "Acme Shop", URL: "/home"}}
			c.Languages = []string{"en", "de"}
		},
	})
	return s, asked
}

// addressOf is one that an application sends people to.
func addressOf(pairs ...string) string {
	query := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		query.Set(pairs[i], pairs[i+1])
	}
	return "/?" + query.Encode()
}

// An application sends somebody here to link an account: they sign in, link by one press more,
// and go back with the outcome.
func TestReferredToLink(t *testing.T) {
	t.Parallel()
	s, asked := referring(t)
	p := s.open(addressOf("link", connectionOf(lovelace), "login_hint", lovelace, "return_to", "/home"))
	if got := p.location(); got != s.site+"/" {
		t.Errorf("the address is %s", got)
	}
	p.see("#referral", text.Fill(say.Of(text.ReferralLink), "application", "Acme Shop", "account", "Google"))
	p.see("#referral", say.Of(text.ReferralSignIn))
	p.clean()

	// Signing in leaves the page, and what was asked for is there when it is back. Nothing has
	// begun.
	p.signIn(ada)
	p.appear("#btn-referral:enabled")
	p.linked()
	if w := s.writes(); len(w) > 0 {
		t.Errorf("asked the tenant to %q", w)
	}
	p.reload()
	p.appear("#btn-referral:enabled")

	p.click("#btn-referral")
	p.answer(lovelace)
	p.appear("#confirm")
	p.click("#btn-cancel")
	p.wait("nothing was changed, and the way back says so", `document.querySelector("#referral a").getAttribute("href") === "/home?twinlock=cancelled"`)
	p.click("#btn-referral")
	p.answer(lovelace)
	p.click("#btn-confirm")
	p.linked(lovelace)
	p.see("#referral", say.Of(text.ReferralDone))
	p.vanish("#btn-referral")
	p.clean()
	p.click("#referral a")
	p.see("h1", "/home")
	if got := p.location(); got != s.site+"/home?twinlock=linked" {
		t.Errorf("back at %s", got)
	}
	p.visit(s.site + "/")
	p.profileOf(ada)
	p.vanish("#referral") // it has been followed to its end
	for i, address := range *asked {
		if i > 0 && strings.Contains(address, "login_hint") {
			t.Errorf("asked for %s", address)
		}
	}
	for _, r := range s.requests() {
		if strings.Contains(r.Path, "return_to") {
			t.Errorf("the tenant was asked for %v", r)
		}
	}
}

// The same to unlink one: the identity in the address is in no later request's address.
func TestReferredToUnlink(t *testing.T) {
	t.Parallel()
	s, asked := referring(t)
	p := s.open("/")
	p.signIn("grace@example.com")
	p.visit(s.site + addressOf("unlink", "google-oauth2|109061992185211271536", "return_to", "/home", "ui_locales", "fr de-AT en"))
	p.started()
	german := texttest.In("de")
	p.see("#referral", text.Fill(german.Of(text.ReferralUnlink), "application", "Acme Shop", "account", "grace.hopper@gmail.example"))
	seen := len(*asked)
	p.click("#btn-referral")
	p.appear("#confirm")
	p.click("#btn-confirm")
	p.see("#referral", german.Of(text.ReferralDone))
	p.click("#referral a")
	p.see("h1", "/home")
	if got := p.location(); got != s.site+"/home?twinlock=unlinked" {
		t.Errorf("back at %s", got)
	}
	for _, address := range (*asked)[seen:] {
		if strings.Contains(address, "109061992185211271536") {
			t.Errorf("asked for %s", address)
		}
	}
}

// Whoever makes a person follow an address gains nothing by any parameter of it (attack case 5).
func TestReferralHasNoAuthority(t *testing.T) {
	t.Parallel()
	s, _ := referring(t)
	p := s.open("/")
	p.signIn(ada)
	untouched := s.untouched()
	for name, query := range map[string][]string{
		"nobody's connection":             {"link", "evil", "return_to", "/home"},
		"nobody's identity":               {"unlink", "facebook|10218151210185211", "return_to", "/home"},
		"the profile's own":               {"unlink", adaID, "return_to", "/home"},
		"words":                           {"link", "<b>Call 555</b>", "login_hint", "<b>Call 555</b>", "return_to", "/home"},
		"an outcome":                      {"link", connectionOf(lovelace), "twinlock", "linked", "return_to", "/home"},
		"an address elsewhere":            {"link", connectionOf(lovelace), "return_to", "https://evil.example/home"},
		"an address that is nearly known": {"link", connectionOf(lovelace), "return_to", "/home?x=1"},
		"a script":                        {"link", connectionOf(lovelace), "return_to", "javascript:alert(1)"},
		"a language":                      {"link", connectionOf(lovelace), "ui_locales", "<b>Call 555</b> \"]"},
	} {
		p.visit(s.site + addressOf(query...))
		p.started()
		p.profileOf(ada)
		p.appear("#referral")
		p.linked()
		if said := p.text("#twinlock"); strings.Contains(said, "555") || strings.Contains(said, "evil") {
			t.Errorf("%s: the page says %q", name, said)
		}
		back := evaluate[string](p, `document.querySelector("#referral a")?.getAttribute("href") ?? ""`)
		want := map[string]string{
			"nobody's connection": "/home?twinlock=refused", "nobody's identity": "/home?twinlock=refused",
			"the profile's own": "/home?twinlock=refused", "words": "/home?twinlock=refused", "an outcome": "/home?twinlock=cancelled",
		}[name]
		if back != want {
			t.Errorf("%s: leads back to %q, want %q", name, back, want)
		}
		if refused := strings.HasSuffix(want, "refused"); refused != (p.count("#btn-referral") == 0) {
			t.Errorf("%s: %d buttons", name, p.count("#btn-referral"))
		}
	}
	untouched()
	p.visit(s.site + "/?utm_source=mail#link=" + connectionOf(lovelace))
	p.started()
	p.click("#referral-dismiss")
	p.vanish("#referral")
	p.reload()
	p.profileOf(ada)
	p.vanish("#referral")
}
