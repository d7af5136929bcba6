package e2e

import (
	"strings"
	"testing"

	"twinlock/app/text"
)

// button waits for a button that says something, and returns a selector for it.
func (p *page) button(label string) string {
	p.t.Helper()
	p.wait(label+" can be pressed", js(`[...document.querySelectorAll("button:enabled")].some((b) => b.innerText === %s && (b.id ||= "by-its-label"))`, label))
	return "#by-its-label"
}

// pressButton clicks a button by what it says.
func (p *page) pressButton(label string) {
	p.t.Helper()
	p.click(p.button(label))
}

// refuseLink has the tenant refuse the next link, for certain.
func (s *stage) refuseLink() {
	s.fault(fault{Method: "POST", Path: identities, Status: 400, Body: map[string]any{
		"statusCode": 400, "error": "Bad Request", "message": "Unable to link with the secondary account."}})
}

// wrongAccount is what the page says to who signed in to one account where the
// other was asked for.
func wrongAccount(account, wanted string) string {
	return strings.NewReplacer("{account}", account, "{wanted}", wanted).Replace(say.Of(text.WrongAccount))
}

// Attack cases 12 and 13: who tries a link again means the same account, and
// another of the same provider will not do.
func TestLinkAgainWantsTheSameAccount(t *testing.T) {
	t.Parallel()
	s, p := confirming(t)
	s.refuseLink()
	p.click("#btn-confirm")
	p.alert(say.Of(text.Secondary))
	p.pressButton(say.Of(text.TryAgain))
	untouched := s.untouched()
	p.answer(mary)
	p.alert(wrongAccount(mary, lovelace))
	p.vanish("#confirm")
	p.stays(ada)
	untouched()
	p.pressButton(say.Of(text.TryAgain))
	p.answer(lovelace)
	p.click("#btn-confirm")
	p.linked(lovelace)
	s.wantHeld(map[string]string{adaID: adaAndGoogle, lovelaceID: ""})

	// Whoever chooses anew may choose anything.
	p.startLink(mary)
	p.see("#confirm-means", text.Fill(say.Of(text.ConfirmLinkMeans), "first", ada, "second", mary))
}

// Attack case 19: the second account is linked to another profile while the
// question waits. The way out leads to that profile, and links from there.
func TestLinkedElsewhereMeanwhile(t *testing.T) {
	t.Parallel()
	s, p := confirming(t)
	other := s.open("/")
	other.signIn(charles)
	other.link(lovelace)
	same := s.same()
	p.click("#btn-confirm")
	p.alert(say.Of(text.SecondaryGone))
	p.stays(ada)
	same()

	t.Log("its address is whole where there is little room")
	p.resize(narrow)
	p.textSize(32)
	evaluate[bool](p, `(document.querySelector(".history").open = true)`)
	p.see("#history", lovelace)
	p.fits()
	p.resize(desktop)
	p.textSize(16)

	p.pressButton(text.Fill(say.Of(text.SignInTo), "account", lovelace))
	p.goOn("move")
	p.answer(lovelace)
	p.profileOf(charles)
	p.linked(lovelace)
	p.choose(connectionOf(ada)) // the lock is open
	p.answer(ada)
	p.see("#confirm-means", text.Fill(say.Of(text.ConfirmLinkMeans), "first", charles, "second", ada))
	p.click("#btn-confirm")
	p.linked(lovelace, ada)
	p.keepsNoSecret()
	s.wantHeld(map[string]string{adaID: "", lovelaceID: ""})
}

// Whoever reloads the page at the question can go on.
func TestUnfinishedLink(t *testing.T) {
	t.Parallel()
	s, p := confirming(t)
	untouched := s.untouched()
	other := p.tab("/")
	other.profileOf(ada)
	p.reload()
	p.see("[role=status]", text.Fill(say.Of(text.UnfinishedLink), "account", lovelace))
	if n := other.count("[role=status]:not(:empty)"); n != 0 {
		t.Errorf("the other tab says %q", other.text("[role=status]"))
	}
	untouched()
	p.pressButton(text.Fill(say.Of(text.LinkAgain), "account", lovelace))
	p.answer(lovelace)
	p.click("#btn-confirm")
	p.linked(lovelace)
	p.reload()
	p.linked(lovelace)
	p.vanish("[role=status]")
}

// An account that was wanted and is part of another profile by now is not the
// wrong one: that profile can be the one that stays.
func TestLinkAgainOfWhatIsLinkedElsewhere(t *testing.T) {
	t.Parallel()
	s, p := confirming(t)
	s.refuseLink()
	p.click("#btn-confirm")
	p.alert(say.Of(text.Secondary))
	other := s.open("/")
	other.signIn(charles)
	other.link(lovelace)
	p.pressButton(say.Of(text.TryAgain))
	p.answer(lovelace)
	p.see("#confirm-means", text.Fill(say.Of(text.ConfirmLinkMeans), "first", charles, "second", ada))
}

// Whoever copies the details of a failure is told whether it worked.
func TestCopyDetails(t *testing.T) {
	t.Parallel()
	s, p := confirming(t)
	s.refuseLink()
	p.click("#btn-confirm")
	p.alert(say.Of(text.Secondary))
	p.click(".details summary")
	evaluate[bool](p, `(navigator.clipboard.writeText = async (text) => { window.copied = text; }) && true`)
	p.pressButton(say.Of(text.CopyDetails))
	p.see(".details [role=status]", say.Of(text.Copied))
	if copied, detail := evaluate[string](p, "copied"), p.text(".details pre"); copied != detail || detail == "" {
		t.Errorf("copied %q, want %q", copied, detail)
	}
	evaluate[bool](p, `(navigator.clipboard.writeText = async () => { throw new DOMException("no", "NotAllowedError"); }) && true`)
	p.click(".details button")
	p.see(".details [role=status]", say.Of(text.CopyRefused))
}
