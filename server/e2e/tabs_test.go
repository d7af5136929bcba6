package e2e

import (
	"testing"

	"twinlock/app/text"
)

func TestTabs(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{})
	p := s.open("/")
	other := p.tab("/")
	other.appear("#btn-login")

	t.Log("a sign-in in one tab is one in the other")
	p.signIn(ada)
	other.profileOf(ada)

	t.Log("so are a link and an unlink")
	p.link(lovelace)
	other.linked(lovelace)
	p.click(".unlink-account") // the list waits for the answer
	p.hears("#confirm")
	other.click(".unlink-account")
	other.click("#btn-confirm")
	other.linked()
	p.click("#btn-cancel")
	p.linked()

	t.Log("and a sign-out")
	p.signOut()
	other.appear("#btn-login")
	other.vanish("#btn-logout")
	other.see("[role=status]", say.Of(text.SignedOutElsewhere))
	other.reload()
	other.appear("#btn-login")
	other.vanish("#btn-logout")
}
