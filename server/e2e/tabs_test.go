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
	other.see("[role=status]", say.Sentences[text.SignedOutElsewhere])
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

// What was on its way when the session ended elsewhere shows nobody any more.
func TestSignOutWhileLoading(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{})
	p := s.open("/")
	p.signIn(ada)
	p.kept()
	other := p.tab("/")
	other.profileOf(ada)
	s.fault(fault{Method: "GET", Path: "/api/v2/users/*", DelayMS: 3000, Times: 1})
	evaluate[bool](p, `(location.reload(), true)`)
	p.started()
	p.vanish(".unlink-account") // of the page before
	other.signOut()
	p.appear("#btn-login")
	p.see("[role=status]", say.Sentences[text.SignedOutElsewhere])
	p.wait("the answer is there", `performance.getEntriesByType("resource").some((r) => r.name.includes("/api/v2/users/") && r.responseEnd)`)
	p.settled()
	p.vanish("#btn-logout")
	p.vanish(".person")
	p.see("[role=status]", say.Sentences[text.SignedOutElsewhere])
}
