package e2e

import (
	"context"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"twinlock/app/provider"
	"twinlock/app/text"
)

// failed is what Chromium writes to the console for a request that failed; a
// page cannot keep it from doing so.
const failed = "Failed to load resource"

// confirming signs in to a stage as ada and goes on to where the link to
// lovelace only needs her word.
func confirming(t *testing.T) (*stage, *page) {
	t.Helper()
	s := newStage(t, setup{})
	p := s.open("/")
	p.troubles.expect(failed)
	p.signIn(ada)
	p.startLink(lovelace)
	p.appear("#btn-confirm")
	return s, p
}

// joined signs in to a stage as ada, to whom lovelace is linked.
func joined(t *testing.T) (*stage, *page) {
	t.Helper()
	s := newStage(t, setup{furnish: linkedBefore(ada, lovelace)})
	p := s.open("/")
	p.troubles.expect(failed)
	p.signIn(ada)
	p.linked(lovelace)
	return s, p
}

// Attack case 47: the tenant's limit is waited out in sight of the person.
func TestRateLimit(t *testing.T) {
	t.Parallel()
	s, p := confirming(t)
	s.fault(fault{Method: "POST", Path: identities, Status: 429, Headers: map[string]string{
		"Retry-After":       "3",
		"X-RateLimit-Reset": strconv.FormatInt(time.Now().Add(3*time.Second).Unix(), 10),
	}})
	waiting, _, _ := strings.Cut(say.Of(text.Waiting), "{")
	said := p.remember("[role=status]")
	p.click("#btn-confirm")
	p.linked(lovelace)
	said(waiting)
	p.vanish("[role=alert]")
	s.wantHeld(map[string]string{adaID: adaAndGoogle, lovelaceID: ""})
}

// A link whose answer never came is settled by reading what the tenant holds.
func TestLinkFails(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		fault    fault
		sentence string // "" if the link holds
	}{
		{"server error", fault{Status: 500}, say.Of(text.Unsettled)},
		// Chromium sends a request again by itself if the connection that it
		// was sent on had been used before and was dropped.
		{"dropped once after the work", fault{Drop: true, After: true, Times: 1}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s, p := confirming(t)
			same := s.same()
			tt.fault.Method, tt.fault.Path = "POST", identities
			s.fault(tt.fault)
			p.click("#btn-confirm")
			if tt.sentence == "" {
				p.linked(lovelace)
				p.vanish("[role=alert]")
				s.wantHeld(map[string]string{adaID: adaAndGoogle, lovelaceID: ""})
				return
			}
			p.alert(tt.sentence)
			p.linked()
			p.profileOf(ada)
			same()

			// It can be tried again.
			s.control("DELETE", "faults", nil)
			p.link(lovelace)
		})
	}
}

// An unlink that the tenant fails at changes nothing, and is told as open.
func TestUnlinkFails(t *testing.T) {
	t.Parallel()
	s, p := joined(t)
	same := s.same()
	s.fault(fault{Method: "DELETE", Path: identities + "/*/*", Status: 500})
	p.click(".unlink-account")
	p.click("#btn-confirm")
	p.alert(say.Of(text.Unsettled))
	p.linked(lovelace)
	same()
}

// offline takes the network away from the page, or gives it back.
func (p *page) offline(yes bool) {
	p.t.Helper()
	p.call("take the network away", func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
			MatchedNetworkConditions: []*network.Conditions{{Offline: yes, DownloadThroughput: -1, UploadThroughput: -1}},
		})
		if err != nil {
			return err
		}
		_, err = chromedp.Call(ctx, network.OverrideNetworkState,
			network.OverrideNetworkStateParams{Offline: yes, DownloadThroughput: -1, UploadThroughput: -1})
		return err
	})
}

// A profile that cannot be read leaves a way on.
func TestProfileUnreadable(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{})
	p := s.open("/")
	p.troubles.expect(failed)
	p.signIn(ada)
	for _, tt := range []struct {
		name     string
		fault    fault
		sentence string
		signedIn bool
	}{
		{"server error", fault{Status: 500, Times: -1}, say.Of(text.Server), true},
		{"no answer", fault{Drop: true, Times: -1}, say.Of(text.NoAnswer), true},
		{"nonsense", fault{Status: 200, Body: []int{1}, Times: -1}, say.Of(text.Answer), true},
		{"somebody else's", fault{Status: 200, Body: map[string]any{"user_id": charlesID, "email": charles}, Times: -1}, "", true},
		{"token expired", fault{Status: 401, Times: -1, Body: map[string]any{"statusCode": 401, "error": "Unauthorized",
			"message": "Expired token received for JSON Web Token validation"}}, say.Of(text.Unauthorized), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := p.in(t)
			tt.fault.Method, tt.fault.Path = "GET", "/api/v2/users/*"
			s.fault(tt.fault)
			p.reload()
			p.alert(tt.sentence)
			if text := p.text("body"); strings.Contains(text, charles) {
				t.Errorf("the page shows another's profile: %s", text)
			}
			s.control("DELETE", "faults", nil)
			if !tt.signedIn {
				p.vanish("#btn-logout")
				return
			}
			p.appear("#btn-logout")
			p.click(".notice-bad .button")
			p.profileOf(ada)
			p.vanish("[role=alert]")
		})
	}
}

// The tenant does not answer when a sign-in begins or ends.
func TestTenantUnreachable(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{})
	p := s.open("/")
	p.troubles.expect(failed)
	s.fault(fault{Path: "/.well-known/openid-configuration", Drop: true, Times: -1})
	p.click("#btn-login")
	p.choose(connectionOf(ada))
	p.see("[role=dialog] [role=alert]", "")
	p.wait("the buttons can be pressed again", `!document.querySelector("[data-connection]").disabled`)
	s.control("DELETE", "faults", nil)

	s.fault(fault{Path: "/oauth/token", Status: 503, Times: -1})
	p.login(ada)
	p.alert("")
	p.clean()
	p.vanish("#btn-logout")
	s.control("DELETE", "faults", nil)
	p.visit(s.site + "/")
	p.started()
	p.click("#btn-login")
	p.choose(connectionOf(ada)) // the tenant still has a session
	p.profileOf(ada)
}

// Attack case 10: the person closes the window.
func TestPopupClosed(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{interaction: provider.Popup})
	p := s.open("/")
	p.signIn(ada)

	untouched := s.untouched()
	p.click("#btn-link-account")
	p.choose(connectionOf(lovelace))
	window := p.window()
	window.appear("button[name=account]")
	window.call("close", func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, cdppage.Close, cdp.Empty{})
		return err
	})
	p.unseen()
	p.linked()
	untouched()

	// It can be tried again, and given up.
	p.pressButton(say.Of(text.TryAgain))
	p.window().appear("button[name=account]")
	p.focusIn("[role=dialog] .waiting")
	p.pressButton(say.Of(text.Cancel))
	p.alone()
	p.vanish(".waiting")
	p.focusIn("[role=dialog] .connections")
	untouched()

	p.login(lovelace)
	p.click("#btn-confirm")
	p.linked(lovelace)
}

// unseen waits until the lock says that its window looks closed. That is no failure; the
// focus is where the choice is, and no button can be pressed by mistake.
func (p *page) unseen() {
	p.t.Helper()
	p.see("[role=dialog] [role=group] [role=status]", say.Of(text.WindowUnseen))
	p.focusIn("[role=dialog] [role=group]")
	p.wantThing(thing{"group", say.Of(text.WindowUnseen)})
	again := p.button(say.Of(text.TryAgain))
	p.key(kb.Tab)
	p.focusIn(again)
	if n := p.count("[role=alert]"); n != 0 {
		p.t.Errorf("the page says %q", p.text("[role=alert]"))
	}
}

// Attack case 10: the browser blocks the window. A click by a script is no
// person's, so that Chromium's own pop-up blocker comes in.
func TestPopupBlocked(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{interaction: provider.Popup})
	p := s.whole()
	p.visit(s.site + "/")
	p.started()
	evaluate[bool](p, `document.querySelector("#btn-login").click() || true`)
	p.appear("[data-connection]:enabled")
	evaluate[bool](p, js(`document.querySelector("[data-connection=" + CSS.escape(%s) + "]").click() || true`, connectionOf(mary)))
	p.answer(mary) // in this very page
	p.profileOf(mary)
	p.clean()
}
