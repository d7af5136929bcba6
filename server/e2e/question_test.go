package e2e

import (
	"slices"
	"strings"
	"testing"

	"twinlock/app/config"
	"twinlock/app/text"
	"twinlock/app/text/texttest"
	"twinlock/server/tenant"
)

// threeSettings are two accounts of which one has three settings that the other has not, or
// has another value of: as much as a question shows at once.
func threeSettings(o *tenant.Options) {
	choosing(o)
	delete(o.Users[1].UserMetadata, "city")
}

// outOfSight lists what a question says and what is not seen with its buttons.
const outOfSight = `(() => {
	const dialog = document.querySelector("#confirm"), top = dialog.getBoundingClientRect().top
	const end = dialog.querySelector(".dialog-actions").getBoundingClientRect().top
	return [...dialog.querySelectorAll("h2, .account, .consequences li, #btn-swap")]
		.filter((e) => { const r = e.getBoundingClientRect(); return r.height === 0 || r.top < top || r.bottom > end + .5 })
		.map((e) => e.textContent + " at " + Math.round(e.getBoundingClientRect().bottom) + " of " + Math.round(end))
		.concat(innerHeight < dialog.getBoundingClientRect().bottom ? ["the dialog's end"] : [])
})()`

// The two accounts and all that their link does are in sight with the buttons, without any
// scrolling, in each language.
func TestQuestionFits(t *testing.T) {
	t.Parallel()
	for _, size := range []screen{phone, desktop} {
		spoken := slices.Concat([]string{"en", "de"}, slices.DeleteFunc(slices.Clone(text.Languages()), func(l string) bool { return l == "en" || l == "de" }))
		for _, language := range cases(2, spoken) {
			t.Run(size.name+"/"+language, func(t *testing.T) {
				t.Parallel()
				drawable(t, language)
				s := newStage(t, setup{
					furnish:   threeSettings,
					configure: speaks(slices.Compact([]string{"en", language})...),
				})
				p := s.blank()
				p.needsChromium("a language")
				p.resize(size)
				p.visit(s.site + "/")
				p.started()
				p.signIn(ada)
				p.speak(language)
				p.reload()
				p.see("#btn-link-account", texttest.In(language).Of(text.LinkAccount))
				p.startLink(lovelace)
				p.appear("#btn-confirm")
				p.none("as asked, out of sight", outOfSight)
				p.click("#btn-swap")
				p.see(".account-stays", "lovelace")
				p.none("swapped, out of sight", outOfSight)
				p.none("not below what becomes of the account", `[...document.querySelectorAll(".account-connection")]
					.filter((e) => { const role = document.createRange(); role.setStart(e.parentElement, 0); role.setEndBefore(e)
						return e.getBoundingClientRect().top < role.getBoundingClientRect().bottom - .5 })
					.map((e) => e.parentElement.textContent)`)
			})
		}
	}
}

// What does not fit into one profile is said before the link, and can be made to fit by keeping
// less. Nothing is sent before.
func TestDoesItFit(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{configure: func(c *config.Config) { c.ProfileLimit = 2 }})
	s.control("POST", "users", map[string]any{
		"user_id": lovelaceID, "email": lovelace, "email_verified": true, "name": "Ada Lovelace",
		"identities":    []map[string]any{{"provider": "google-oauth2", "user_id": "118151210185211271536", "connection": "google-oauth2", "isSocial": true}},
		"user_metadata": map[string]any{"essay": strings.Repeat("x", 1900), "newsletter": true},
	})
	p := s.open("/")
	p.resize(phone)
	p.signIn(ada)
	untouched := s.untouched()
	p.startLink(lovelace)
	p.see("#confirm", text.Fill(say.Of(text.DoesNotFit), "size", "3", "limit", "2"))
	p.appear("#confirm:not(.deaf)") // where it fits, the button can be pressed from here on
	if !evaluate[bool](p, `document.querySelector("#btn-confirm").disabled`) {
		t.Error("the link can be confirmed")
	}
	p.decide("essay", "primary")
	p.appear("#btn-confirm:enabled")
	untouched()
	p.click("#btn-confirm")
	p.linked(lovelace)
	s.wantHeld(map[string]string{adaID: adaAndGoogle})
}
