package e2e

import (
	"testing"
)

// seen is an expression for the elements of a selector that are drawn.
func seen(selector string) string {
	return js(`[...document.querySelectorAll(%s)].filter((e) => e.checkVisibility({visibilityProperty: true}) && e.getBoundingClientRect().width > 0)`, selector)
}

// none checks that a list that an expression makes in the page is empty.
func (p *page) none(what, expression string) {
	p.t.Helper()
	if found := evaluate[[]string](p, expression); len(found) > 0 {
		p.t.Errorf("%s: %q", what, found)
	}
}

// furnished opens a page of somebody whose accounts have much, at a size, before it is
// asked whether to link them.
func furnished(t *testing.T, size screen) *page {
	t.Helper()
	s := newStage(t, setup{furnish: abundant})
	p := s.blank()
	p.needsChromium("media and the size of text")
	p.resize(size)
	p.visit(s.site + "/")
	p.started()
	p.signIn(ada)
	return p
}

// Whatever is pressed is large enough for a thumb.
func TestTargets(t *testing.T) {
	t.Parallel()
	p := furnished(t, phone)
	large := func(where string) {
		t.Helper()
		p.none(where+": too small for a thumb", seen("button, summary, .option, a.button, a.quiet-button")+
			`.filter((e) => { const r = e.getBoundingClientRect(); return r.height < 44 || r.width < 44; })
			.map((e) => e.outerHTML.slice(0, 80) + " " + e.getBoundingClientRect().height)`)
	}
	large("profile")
	p.click("#btn-link-account")
	p.appear(".connection")
	large("lock")
	p.login(lovelace)
	p.appear("#btn-confirm")
	if p.count("#confirm .option") == 0 || p.count("#confirm summary") == 0 {
		t.Error("the question has no choices and no folds")
	}
	large("question")
}

// The page does not scroll behind a dialog.
func TestPageStaysBehindDialog(t *testing.T) {
	t.Parallel()
	p := furnished(t, phone)
	const overflow = `getComputedStyle(document.documentElement).overflowY`
	const width = `document.querySelector("main").getBoundingClientRect().width`
	before := evaluate[float64](p, width)
	if how := evaluate[string](p, overflow); how == "hidden" {
		t.Errorf("the page does not scroll without a dialog")
	}
	p.click("#btn-link-account")
	p.appear("dialog[open]")
	if how := evaluate[string](p, overflow); how != "hidden" {
		t.Errorf("the page is %s behind a dialog", how)
	}
	if now := evaluate[float64](p, width); now != before {
		t.Errorf("the page is %v wide behind a dialog, not %v", now, before)
	}
}
