package e2e

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"twinlock/app/config"
	"twinlock/app/text"
	"twinlock/server/tenant"
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

// media has the browser draw for a medium, "" for the screen, with a feature.
func (p *page) media(medium, feature, value string) {
	p.t.Helper()
	p.call("draw for "+medium+feature, func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Media: medium,
			Features: []*emulation.MediaFeature{
				{Name: feature, Value: value},
				{Name: "prefers-reduced-motion", Value: "reduce"},
			},
		})
		return err
	})
}

// furnished opens a page of somebody whose accounts have much, at a size, before it is
// asked whether to link them.
func furnished(t *testing.T, size screen) *page {
	t.Helper()
	s := newStage(t, setup{furnish: abundant, configure: func(c *config.Config) { c.ProfileLimit = 100 }})
	p := s.blank()
	p.needsChromium("media and the size of text")
	p.resize(size)
	p.visit(s.site + "/")
	p.started()
	p.signIn(ada)
	return p
}

// asked starts to link, up to the question.
func (p *page) asked() {
	p.t.Helper()
	p.startLink(lovelace)
	p.wait("the question can be answered", `document.querySelector("#btn-confirm:enabled")`)
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
	p.unfold("#confirm .fields")
	p.unfold("#confirm .fold:has(.about)")
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

// contrasts returns, for each control of a selector, the contrast of its border with what
// it has inside or around (WCAG 2.2, 1.4.11), where that is less than 3.
func contrasts(selector string) string {
	return `(() => {
		const parts = (colour) => colour.match(/[\d.]+/g).map(Number);
		const light = (colour) => {
			const [r, g, b] = parts(colour).map((c) => (c /= 255) <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4);
			return .2126 * r + .7152 * g + .0722 * b;
		};
		const contrast = (a, b) => (Math.max(light(a), light(b)) + .05) / (Math.min(light(a), light(b)) + .05);
		const ground = (e) => { // the colour of the first that is not transparent
			const colour = getComputedStyle(e).backgroundColor;
			return e.parentElement && (parts(colour)[3] ?? 1) === 0 ? ground(e.parentElement) : colour;
		};
		return ` + seen(selector) + `.flatMap((e) => [ground(e), ground(e.parentElement)]
			.map((colour) => [e.outerHTML.slice(0, 60), getComputedStyle(e).borderTopColor, colour])
			.filter(([, border, colour]) => contrast(border, colour) < 3).map(String));
	})()`
}

// The border of a control is seen, on each ground that it stands on.
func TestBorders(t *testing.T) {
	t.Parallel()
	for _, scheme := range cases(1, []string{"light", "dark"}) {
		t.Run(scheme, func(t *testing.T) {
			t.Parallel()
			p := furnished(t, phone)
			p.media("", "prefers-color-scheme", scheme)
			p.none("profile", contrasts(".quiet-button"))
			p.click("#btn-link-account")
			p.appear(".connection")
			p.none("lock", contrasts(".connection, .lock-filter input"))
			p.login(lovelace)
			p.appear("#btn-confirm")
			p.none("question", contrasts("#confirm .quiet-button"))
			p.click("#btn-cancel")
			p.vanish("#btn-confirm")
			evaluate[any](p, `document.querySelector(".unlink-account").parentElement.classList.add("notice-bad")`)
			p.none("failure", contrasts(".notice-bad .quiet-button"))
		})
	}
}

// With colours of the person's own the primary button still differs from the others.
func TestForcedColours(t *testing.T) {
	inSweeps(t)
	t.Parallel()
	p := furnished(t, desktop)
	p.media("", "forced-colors", "active")
	if !evaluate[bool](p, `matchMedia("(forced-colors: active)").matches`) {
		t.Fatal("the browser forces no colours")
	}
	const ground = `getComputedStyle(document.querySelector(%s)).backgroundColor`
	p.asked()
	primary, quiet := evaluate[string](p, js(ground, "#btn-confirm")), evaluate[string](p, js(ground, "#btn-cancel"))
	if primary == quiet {
		t.Errorf("both buttons are %s", primary)
	}
}

// Marks grow with the text.
func TestMarksHoldLargeText(t *testing.T) {
	inSweeps(t)
	t.Parallel()
	p := furnished(t, narrow)
	p.textSize(32)
	whole := func(where string) {
		t.Helper()
		p.none(where+": cut off", seen(".mark, .badge, .avatar")+
			`.filter((e) => e.scrollWidth > e.clientWidth || e.scrollHeight > e.clientHeight)
			.map((e) => e.outerHTML.slice(0, 80))`)
		p.fits()
	}
	whole("profile")
	p.asked()
	whole("question")
}

// Paper has all rows and no buttons.
func TestPrint(t *testing.T) {
	inSweeps(t)
	t.Parallel()
	s := newStage(t, setup{history: config.KeepHistory})
	p := s.open("/")
	p.needsChromium("media")
	p.signIn(ada)
	p.link(lovelace)
	p.media("print", "prefers-color-scheme", "dark")
	if ground := evaluate[string](p, `getComputedStyle(document.querySelector(".card")).backgroundColor`); ground != "rgb(255, 255, 255)" {
		t.Errorf("paper is %s", ground)
	}
	p.none("can be pressed", seen("button, .button, .quiet-button")+`.map((e) => e.outerHTML)`)
	for _, row := range []string{".identity-primary", "#linked-accounts-list > li", "#history > li"} {
		if evaluate[int](p, seen(row)+`.length`) != 1 {
			t.Errorf("%s is not printed", row)
		}
	}
}

// Written from right to left, the page and the question still fit, and what points to a
// side points to the other.
func TestRightToLeft(t *testing.T) {
	inSweeps(t)
	t.Parallel()
	p := furnished(t, desktop)
	turn := func() { evaluate[any](p, `document.documentElement.dir = "rtl"`) }
	const (
		arrow = `getComputedStyle(document.querySelector(".pair-arrow")).transform`
		first = `document.querySelector(".account-stays").getBoundingClientRect().left > document.querySelector(".account-moves").getBoundingClientRect().left`
	)
	p.asked()
	before := evaluate[string](p, arrow)
	turn()
	if !evaluate[bool](p, first) {
		t.Error("the account that stays is not at the right")
	}
	if now := evaluate[string](p, arrow); now == before {
		t.Errorf("the arrow is %s in both directions", now)
	}
	p.fits()
	p.resize(phone)
	p.fits()
	if down := evaluate[string](p, arrow); !strings.HasPrefix(down, "matrix(-0.7") {
		t.Errorf("the arrow between cards below each other is %s", down)
	}
	p.click("#btn-cancel")
	p.vanish("#btn-confirm")
	p.fits()
	p.signOut()
	turn()
	p.fits()
	if !evaluate[bool](p, `document.querySelector(".twin-a").getBoundingClientRect().left > document.querySelector(".twin-b").getBoundingClientRect().left`) {
		t.Error("the two rings are not mirrored")
	}
}

// The words of a page's heading stay whole on a phone.
func TestHeadingsKeepWordsWhole(t *testing.T) {
	inSweeps(t)
	t.Parallel()
	s := newStage(t, setup{furnish: func(o *tenant.Options) {
		o.Users = []tenant.User{{Identity: tenant.Identity{Connection: tenant.Database, Email: ada, EmailVerified: true,
			ID: "5d1018150a1b2c3d4e5f6a01", Password: tenant.Password, Name: "Ida Hohenzollernburg"}}}
	}})
	p := s.blank()
	p.needsChromium("languages")
	p.resize(phone)
	p.speak("de")
	whole := func(where string) {
		t.Helper()
		p.none(where+": words that are broken", `[...document.querySelectorAll("h1")].flatMap((h1) => {
			const texts = document.createTreeWalker(h1, NodeFilter.SHOW_TEXT), broken = [];
			for (let text; (text = texts.nextNode());)
				for (const word of text.data.matchAll(/\p{L}+/gu)) {
					const range = document.createRange();
					range.setStart(text, word.index);
					range.setEnd(text, word.index + word[0].length);
					if (new Set([...range.getClientRects()].map((r) => r.top)).size > 1) broken.push(word[0]);
				}
			return broken;
		})`)
	}
	p.visit(s.site + "/")
	p.started()
	p.appear("#btn-login")
	whole("signed out")
	p.click("#btn-login")
	p.login(ada)
	p.see("h1", "Ida")
	whole("profile")
}

// Dates are written as the person's region writes them.
func TestRegionalDates(t *testing.T) {
	inSweeps(t)
	t.Parallel()
	s := newStage(t, setup{history: config.KeepHistory})
	p := s.blank()
	p.needsChromium("languages")
	p.speak("en-GB")
	p.visit(s.site + "/")
	p.started()
	p.signIn(ada)
	p.link(lovelace)
	p.wait("the history is open", `(document.querySelector(".history").open = true)`)
	p.none("not as in Britain", `[...document.querySelectorAll("#history time")]
		.filter((e) => e.textContent !== new Date(e.dateTime).toLocaleString("en-GB", {dateStyle: "medium", timeStyle: "short"}))
		.map((e) => e.textContent)`)
	if p.count("#history time") == 0 {
		t.Error("no dates")
	}
}

// An empty list says so to a screen reader, the copy is offered below what is lost, and the
// page has one primary button, also with a failure.
func TestListAndButtons(t *testing.T) {
	inSweeps(t)
	t.Parallel()
	s := newStage(t, setup{})
	p := s.open("/")
	p.signIn(ada)
	const described = `document.getElementById(document.getElementById("linked-accounts-list").getAttribute("aria-describedby"))?.textContent ?? ""`
	if said := evaluate[string](p, described); said != say.Of(text.NoLinked) {
		t.Errorf("the empty list is described by %q", said)
	}
	p.link(lovelace)
	if said := evaluate[string](p, described); said != "" {
		t.Errorf("the list is described by %q", said)
	}

	p.click(".unlink-account")
	p.appear("#btn-save-copy")
	if !evaluate[bool](p, `document.querySelector("#confirm .consequences").getBoundingClientRect().bottom <= document.querySelector("#btn-save-copy").getBoundingClientRect().top`) {
		t.Error("the copy is offered before it is said what is lost")
	}
	p.troubles.expect(failed)
	s.fault(fault{Method: "DELETE", Path: identities + "/*/*", Status: http.StatusInternalServerError, Times: -1})
	p.click("#btn-confirm")
	p.alert(say.Of(text.Unsettled))
	p.appear(".notice .button")
	if n := evaluate[int](p, fmt.Sprintf(`%s.filter((e) => getComputedStyle(e).backgroundColor === getComputedStyle(document.querySelector(".notice .button")).backgroundColor).length`,
		seen("main button"))); n != 1 {
		t.Errorf("%d primary buttons", n)
	}
	s.control("DELETE", "faults", nil)
}
