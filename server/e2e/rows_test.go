package e2e

import (
	"testing"

	"twinlock/app/text"
)

// Fifty linked accounts on a phone: each has a row of at most 88 px that is as wide as the
// screen, one is found by its name, and a long address is there whole on demand.
func TestManyRows(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{})
	p := s.blank()
	p.resize(phone)
	p.visit(s.site + "/")
	p.started()
	for _, state := range s.states() {
		if state.Name == "many-rows" {
			p.meet(state)
		}
	}
	p.wait("fifty rows", `document.querySelectorAll("#linked-accounts-list > li").length === 50`)
	p.fits()
	p.none("rows that are too high", `[...document.querySelectorAll("#linked-accounts-list > li")].
		map((e) => { e.scrollIntoView(); return e.getBoundingClientRect().height; }).filter((h) => h > 88).map(String)`)
	if evaluate[bool](p, `document.querySelector("#btn-link-account").getBoundingClientRect().y >
		document.querySelector("#linked-accounts-list").getBoundingClientRect().y`) {
		t.Error("the button to link is below the list")
	}

	p.click("#linked-accounts-list > li:nth-child(40) .unlink-account")
	p.click("#btn-cancel")
	p.see("#status", say.Of(text.NothingChanged))
	p.wait("what is said and the button are both in sight", `(() => {
		const said = document.querySelector("#status .notice").getBoundingClientRect()
		const button = document.activeElement, at = button.getBoundingClientRect()
		return said.top >= 0 && said.bottom <= innerHeight && button.matches(".unlink-account") && at.top >= 0 && at.bottom <= said.top
	})()`)
	p.click("#status .dismiss")
	p.vanish("#status .notice")

	const label = "ada.lovelace.of.the.analytical.society.7@team.example"
	p.write("#row-filter", "TY.7@")
	p.wait("one row is left", `[...document.querySelectorAll("#linked-accounts-list > li")].filter((e) => !e.hidden).length === 1`)
	p.see(".row-filter [role=status]", text.Fill(say.Of(text.Found), "count", "1", "total", "50"))
	p.click("#linked-accounts-list > li:not([hidden]) summary")
	p.see("#linked-accounts-list > li:not([hidden]) .whole", label)
	p.fits()
}
