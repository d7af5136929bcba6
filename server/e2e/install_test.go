package e2e

import (
	"testing"
)

// The page offers to install itself where the browser lets it, once.
func TestInstall(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{})
	p := s.open("/")
	p.vanish("#btn-install")
	// No browser without a person at it offers this by itself.
	evaluate[bool](p, `(() => {
		const offer = new Event("beforeinstallprompt", {cancelable: true});
		offer.prompt = () => { window.prompted = (window.prompted ?? 0) + 1; };
		dispatchEvent(offer);
		window.heldBack = offer.defaultPrevented;
		return true;
	})()`)
	if !evaluate[bool](p, `window.heldBack`) {
		t.Error("the browser shows an offer of its own")
	}
	p.click("#btn-install")
	p.wait("the browser asks", `window.prompted === 1`)
	p.vanish("#btn-install")
}

// The installed app's shortcut leads to the button and begins nothing: anybody
// could make a person follow such a link.
func TestShortcut(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{})
	p := s.open("/")
	p.signIn(ada)
	untouched := s.untouched()
	p.visit(s.site + "/?do=link")
	p.started()
	p.profileOf(ada)
	p.wait("the button has the focus", `document.activeElement?.id === "btn-link-account"`)
	if at := p.location(); at != s.site+"/" {
		t.Errorf("at %s", at)
	}
	p.vanish("[role=dialog]")
	untouched()
}
