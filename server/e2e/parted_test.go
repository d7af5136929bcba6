package e2e

import (
	"testing"

	"twinlock/app/provider"
	"twinlock/app/text"
	"twinlock/app/text/texttest"
)

// openerPolicies are the values of Cross-Origin-Opener-Policy that part a window from the
// page that has opened it. Such a window looks closed to that page, for good.
var openerPolicies = []string{"same-origin", "same-origin-allow-popups", "noopener-allow-popups"}

// parted begins a link in a window whose page has such a policy.
func parted(t *testing.T, policy string) (s *stage, p, window *page) {
	t.Helper()
	s = newStage(t, setup{interaction: provider.Popup})
	p = s.open("/")
	p.signIn(ada)
	s.fault(fault{Path: "/u/login/accounts", Headers: map[string]string{"Cross-Origin-Opener-Policy": policy}, Times: -1})
	p.click("#btn-link-account")
	p.choose(connectionOf(lovelace))
	window = p.window()
	window.appear("button[name=account]")
	if evaluate[bool](window, "window.opener !== null") {
		t.Fatalf("%s does not part the window: the test shows nothing", policy)
	}
	p.unseen()
	return s, p, window
}

// A provider's page parts its window from ours. The login goes on there, and its answer
// finds the way back.
func TestPartedWindow(t *testing.T) {
	t.Parallel()
	for _, policy := range cases(1, openerPolicies) {
		t.Run(policy, func(t *testing.T) {
			t.Parallel()
			s, p, window := parted(t, policy)
			window.answer(lovelace)
			p.click("#btn-confirm")
			p.linked(lovelace)
			p.alone()
			p.clean()
			s.wantHeld(map[string]string{adaID: adaAndGoogle, lovelaceID: ""})
		})
	}
}

// Attack cases 8 and 10: what was tried again or cancelled is refused, in whatever window it
// still goes on. That window says that it can be closed.
func TestPartedWindowGivenUp(t *testing.T) {
	inSweeps(t)
	t.Parallel()
	s, p, window := parted(t, openerPolicies[0])
	untouched := s.untouched()
	p.pressButton(say.Of(text.TryAgain))
	second := p.window()
	second.appear("button[name=account]")
	p.unseen()
	window.answer(lovelace)
	window.started()
	window.alert(say.Of(text.NoTransaction))
	window.stays(ada)
	p.see("[role=dialog] [role=status]", say.Of(text.WindowUnseen))

	p.click("[role=dialog] .waiting .quiet-button")
	p.vanish(".waiting")
	second.answer(lovelace)
	second.started()
	second.alert(say.Of(text.NoTransaction))
	second.stays(ada)
	p.vanish("#confirm")
	p.vanish("[role=alert]")
	untouched()
}

// A window that has handed its answer over and cannot close says that the person can.
func TestWindowThatCannotClose(t *testing.T) {
	t.Parallel()
	_, p, opened := parted(t, openerPolicies[0])
	// A tab that no script has opened: no script may close it.
	p.troubles.expect("Scripts may close only the windows that were opened by them")
	window := p.tab("/")
	window.visit(opened.location())
	window.answer(lovelace)
	window.see("[role=status] h1", texttest.In("en").Of(text.CloseWindow))
	if title := evaluate[string](window, "document.title + location.search + location.hash"); title != texttest.In("en").Of(text.CloseWindow) {
		t.Errorf("the window is called %q", title)
	}
	if n := window.count("button, a, template, dialog"); n != 0 {
		t.Errorf("%d other things are there", n)
	}
	p.see("#confirm", lovelace)
}
