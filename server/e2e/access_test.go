package e2e

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/accessibility"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"twinlock/app/config"
	"twinlock/app/text"
	"twinlock/server/tenant"
)

// A thing is an element as assistive technology is told of it.
type thing struct{ role, name string }

// things are the page's elements as assistive technology sees them: without
// those behind a modal dialog.
func (p *page) things() []thing {
	p.t.Helper()
	var list []thing
	p.call("accessibility tree", func(ctx context.Context) error {
		tree, err := chromedp.Call(ctx, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
		list = nil
		for _, n := range tree.Nodes {
			if !n.Ignored {
				list = append(list, thing{textOf(n.Role), textOf(n.Name)})
			}
		}
		return err
	})
	return list
}

func textOf(v *accessibility.Value) string {
	if v == nil {
		return ""
	}
	return strings.Trim(string(v.Value), `"`)
}

// named checks that whatever can be pressed or followed has a name.
func (p *page) named() {
	p.t.Helper()
	if another != nil {
		return // only Chromium tells
	}
	for _, x := range p.things() {
		if slices.Contains([]string{"button", "link", "dialog", "textbox", "image"}, x.role) && strings.TrimSpace(x.name) == "" {
			p.t.Errorf("at %s: a %s has no name", p.location(), x.role)
		}
	}
	if n := evaluate[int](p, `document.querySelectorAll("[id]").length - new Set([...document.querySelectorAll("[id]")].map((e) => e.id)).size`); n != 0 {
		p.t.Errorf("at %s: %d ids are given twice", p.location(), n)
	}
}

func (p *page) wantThing(want thing) {
	p.t.Helper()
	if another != nil {
		return
	}
	if all := p.things(); !slices.Contains(all, want) {
		p.t.Errorf("no %s with the name %q in %v", want.role, want.name, all)
	}
}

// focusIn waits until the keyboard focus is in an element.
func (p *page) focusIn(selector string) {
	p.t.Helper()
	p.wait("the focus is in "+selector, js(`document.activeElement?.closest(%s)`, selector))
}

func TestKeyboard(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{})
	p := s.open("/")
	p.named()

	t.Log("the lock opens, keeps the focus, and gives it back")
	p.tabTo("#btn-login")
	p.key(kb.Enter)
	p.dialogKeepsFocus("#lock-login")
	p.wantThing(thing{"dialog", say.Of(text.SignInTitle)})
	p.key(kb.Escape)
	p.vanish("[role=dialog]")
	p.focusIn("#btn-login")

	t.Log("the whole sign-in without a mouse: the focus is at the first choice")
	p.key(kb.Enter)
	p.hears("#lock-login")
	p.focusIn(`[data-connection="` + tenant.Database + `"]`)
	p.key(kb.Enter)
	p.appear("input[name=username]")
	p.named()
	p.tabTo("input[name=username]")
	p.key(ada)
	p.tabTo("input[name=password]")
	p.key(tenant.Password)
	p.key(kb.Enter)
	p.profileOf(ada)
	p.named()

	t.Log("the linking lock")
	p.tabTo("#btn-link-account")
	p.key(kb.Enter)
	p.dialogKeepsFocus("#lock-linking")
	p.wantThing(thing{"dialog", "Link with:"})
	if n := p.count("[role=dialog] [data-connection]"); n != 3 {
		t.Errorf("the lock has %d connections, want 3", n)
	}
	for _, name := range []string{tenant.Database, tenant.Google, tenant.Facebook} {
		p.appear(fmt.Sprintf(`[role=dialog] button[data-connection=%q]`, name))
	}
	p.named()
	p.key(kb.Escape)
	p.vanish("[role=dialog]")
	p.focusIn("#btn-link-account")

	t.Log("the confirmation of a link")
	p.startLink(lovelace)
	p.appear("#btn-confirm")
	p.dialogKeepsFocus("#confirm")
	p.named()
	p.wantThing(thing{"dialog", say.Of(text.ConfirmLinkTitle)})
	p.key(kb.Escape)
	p.vanish("#confirm")
	p.see("[role=status]", say.Of(text.NothingChanged))
	p.focusIn("#accounts-heading") // before the question there was no focus to give back
	p.startLink(lovelace)
	p.hears("#confirm")
	p.tabTo("#btn-confirm")
	p.key(kb.Enter)
	p.linked(lovelace)
	p.named()

	t.Log("the confirmation of an unlink")
	p.tabTo(".unlink-account")
	p.key(kb.Enter)
	p.dialogKeepsFocus("#confirm")
	p.named()
	p.key(kb.Escape)
	p.vanish("#confirm")
	p.focusIn(".unlink-account")

	t.Log("what has come of it is in sight, and can be dismissed")
	p.see("[role=status]", say.Of(text.NothingChanged))
	p.click(".dismiss")
	p.vanish("[role=status]")
	p.focusIn("#accounts-heading")
}

// tabTo presses Tab until an element has the focus.
func (p *page) tabTo(selector string) {
	p.t.Helper()
	p.appear(selector)
	for range 30 {
		if evaluate[bool](p, js(`!!document.activeElement?.closest(%s)`, selector)) {
			return
		}
		p.key(kb.Tab)
	}
	p.t.Fatalf("Tab does not reach %s", selector)
}

// dialogKeepsFocus waits for the focus to be in a dialog and checks that Tab goes
// round in it, both ways.
func (p *page) dialogKeepsFocus(dialog string) {
	p.t.Helper()
	p.focusIn(dialog)
	p.hears(dialog)
	n := evaluate[int](p, js(`document.querySelectorAll(%s + " button:enabled:not([hidden])").length`, dialog))
	for _, press := range []func(string){p.key, p.shiftKey} {
		reached := map[string]bool{}
		for range 2*n + 1 {
			press(kb.Tab)
			where := evaluate[string](p, js(`((d) => d.contains(document.activeElement) ? document.activeElement.outerHTML : "")(document.querySelector(%s))`, dialog))
			if where == "" {
				p.t.Errorf("Tab leaves %s", dialog)
				return
			}
			reached[where] = true
		}
		if len(reached) < n {
			p.t.Errorf("Tab reaches %d of the %d buttons of %s", len(reached), n, dialog)
		}
	}
}

// hears waits until a dialog that has just opened takes presses.
func (p *page) hears(dialog string) {
	p.t.Helper()
	p.appear(dialog + ":not(.deaf)")
}

// Every page and dialog at the width of the smallest phones, with the text as it
// is and twice as large.
func TestNarrow(t *testing.T) {
	t.Parallel()
	for _, tt := range cases(1, []struct {
		name string
		size int64
	}{{"large text", 32}, {"text", 16}}) {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, setup{brand: config.Brand{Name: "The Analytical Society of London"}})
			p := s.blank()
			p.resize(narrow)
			p.textSize(tt.size)
			p.visit(s.site + "/")
			p.started()
			if got := evaluate[int](p, `parseInt(getComputedStyle(document.documentElement).fontSize)`); int64(got) != tt.size {
				t.Errorf("text is %d pixels high, want %d", got, tt.size)
			}
			p.tour(func(string) { p.fits() })
		})
	}
}

// textSize has the person prefer a size of text, in pixels; 16 is the usual one.
func (p *page) textSize(pixels int64) {
	p.t.Helper()
	p.call("set the size of text", func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, cdppage.SetFontSizes, cdppage.SetFontSizesParams{
			FontSizes: &cdppage.FontSizes{Standard: pixels, Fixed: pixels},
		})
		return err
	})
}

// tour shows every page and dialog once, in this order, and calls look at each.
func (p *page) tour(look func(name string)) {
	p.t.Helper()
	p.troubles.expect(failed)
	s := p.stage
	p.appear("#btn-login")
	look("signed-out")
	p.click("#btn-login")
	p.appear("[role=dialog]")
	look("lock")
	p.login(ada)
	p.profileOf(ada)
	p.pictures()
	look("profile")

	p.click("#btn-link-account")
	p.appear("[role=dialog]")
	look("lock-linking")
	p.login(lovelace)
	p.appear("#btn-confirm")
	p.pictures()
	look("confirm-link")
	p.click("#btn-confirm")
	p.linked(lovelace)
	p.pictures()
	look("linked")

	p.click(".unlink-account")
	p.appear("#btn-confirm")
	look("confirm-unlink")
	s.fault(fault{Method: "DELETE", Path: identities + "/*/*", Status: 500, Times: -1})
	p.click("#btn-confirm")
	p.alert(say.Of(text.Unsettled))
	p.click("summary")
	p.wait("the details are open", `document.querySelector("details[open]")`)
	look("failure")
	s.control("DELETE", "faults", nil)
}

// pictures waits until the pictures in sight are there.
func (p *page) pictures() {
	p.t.Helper()
	p.wait("the pictures are there", `[...document.images].every((i) => i.complete || !i.checkVisibility() || i.getBoundingClientRect().top > innerHeight) && document.getAnimations().every((a) => a.playState !== "running")`)
}
