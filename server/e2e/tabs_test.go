package e2e

import "testing"

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
	other.click(".unlink-account")
	other.click("#btn-confirm")
	other.linked()
	p.linked()

	t.Log("and a sign-out")
	p.signOut()
	other.appear("#btn-login")
	other.vanish("#btn-logout")
	other.see("[role=status]", say.SignedOutElsewhere)
	other.reload()
	other.appear("#btn-login")
	other.vanish("#btn-logout")
}

// Attack case 4: a link that waits for a word in one tab ends with the session.
func TestSignOutWhileConfirming(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{})
	p := s.open("/")
	p.signIn(ada)
	other := p.tab("/")
	other.profileOf(ada)
	p.startLink(lovelace)
	p.appear("#btn-confirm")
	untouched := s.untouched()
	other.signOut()
	p.vanish("#confirm")
	p.appear("#btn-login")
	untouched()
}
