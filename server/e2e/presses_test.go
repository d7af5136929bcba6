package e2e

import (
	"context"
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"twinlock/app/text"
)

// impatient presses all that does something or leaves in every dialog, and its
// backdrop, 0, 90, 300 and 440 ms after the dialog has been drawn, or has come to
// ask something else, but not later than 500 ms after that: the machine may be busy.
// It counts the presses, and those on what was not disabled.
const impatient = `(() => {
	window.presses = window.heard = 0;
	const attack = (dialog, opened) => {
		if (window.patient) return;
		const late = performance.now() - opened >= 500;
		for (const e of [...dialog.querySelectorAll("[data-connection], #btn-confirm"), dialog]) {
			presses++;
			if (late) continue;
			if (e !== dialog && !e.disabled) heard++;
			e.click();
			for (const type of ["pointerdown", "pointerup", "click"]) e.dispatchEvent(new PointerEvent(type, {bubbles: true, cancelable: true, detail: 1}));
		}
	};
	const drawn = (f) => requestAnimationFrame(() => requestAnimationFrame(f));
	new MutationObserver((changes) => {
		const asking = changes.map(({target, attributeName}) => attributeName === "open" ? target :
			attributeName === "disabled" && target.disabled ? target.closest("dialog") : null);
		const opened = performance.now();
		for (const dialog of new Set(asking)) {
			if (dialog?.tagName === "DIALOG" && dialog.open) drawn(() => { for (const ms of [0, 90, 300, 440]) setTimeout(attack, ms, dialog, opened); });
		}
	}).observe(document, {subtree: true, attributes: true, attributeFilter: ["open", "disabled"]});
})()`

// attacked waits until the impatient have pressed everything at least so often,
// and checks that nobody has heard them.
func (p *page) attacked(dialog string, presses int) {
	p.t.Helper()
	p.wait("the impatient have pressed", fmt.Sprintf("presses >= %d", presses))
	p.hears(dialog)
	if heard := evaluate[int](p, "heard"); heard != 0 {
		p.t.Errorf("%s: %d of the presses were on what was not disabled", dialog, heard)
	}
	evaluate[int](p, "presses = heard = 0")
}

// twice clicks an element twice in one task.
func (p *page) twice(selector string) {
	p.t.Helper()
	evaluate[bool](p, js(`((e) => { e.click(); e.click(); return true; })(`+visible+`[0])`, selector))
}

// choosesTwice clicks a choice of a lock twice. Nobody is impatient then: a click beside the
// dialog gives up the login that is being begun, as it should.
func (p *page) choosesTwice(choice string) {
	p.t.Helper()
	evaluate[bool](p, "window.patient = true")
	p.twice(choice)
}

func (p *page) mouse(kind input.DispatchMouseEventType, x, y float64, clicks int64) {
	p.t.Helper()
	p.call("mouse", func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, input.DispatchMouseEvent, input.DispatchMouseEventParams{
			Type: kind, X: x, Y: y, Button: input.MouseButtonLeft, ClickCount: clicks,
		})
		return err
	})
}

func (p *page) tap(x, y float64) {
	p.t.Helper()
	p.call("tap", func(ctx context.Context) error {
		exact := 0.1 // a browser presses what is near where a finger was
		touch := input.DispatchTouchEventParams{Type: input.DispatchTouchEventTypeTouchStart, TouchPoints: []*input.TouchPoint{{X: x, Y: y, RadiusX: &exact, RadiusY: &exact}}}
		if _, err := chromedp.Call(ctx, input.DispatchTouchEvent, touch); err != nil {
			return err
		}
		_, err := chromedp.Call(ctx, input.DispatchTouchEvent, input.DispatchTouchEventParams{
			Type: input.DispatchTouchEventTypeTouchEnd, TouchPoints: []*input.TouchPoint{},
		})
		return err
	})
}

// repeatKey presses a key on an element and keeps it down for 30 repeats.
func (p *page) repeatKey(selector, key, code, typed string, virtual int64) {
	p.t.Helper()
	evaluate[bool](p, js(`(`+visible+`[0].focus(), true)`, selector))
	repeated := true
	event := input.DispatchKeyEventParams{
		Type: input.DispatchKeyEventTypeKeyDown, Key: key, Code: code, Text: typed, WindowsVirtualKeyCode: virtual,
	}
	press := func() {
		p.call("key", func(ctx context.Context) error {
			_, err := chromedp.Call(ctx, input.DispatchKeyEvent, event)
			return err
		})
	}
	press()
	event.AutoRepeat = &repeated
	for range 30 {
		press()
	}
	event.Type, event.Text, event.AutoRepeat = input.DispatchKeyEventTypeKeyUp, "", nil
	press()
}

func (p *page) repeatEnter(selector string) {
	p.t.Helper()
	p.repeatKey(selector, "Enter", "Enter", "\r", 13)
}
func (p *page) repeatSpace(selector string) {
	p.t.Helper()
	p.repeatKey(selector, " ", "Space", " ", 32)
}

// impatiently has the impatient press in every page from here on.
func (p *page) impatiently() {
	p.t.Helper()
	p.inject(impatient)
}

// opensUnharmed opens a dialog in every way there is to press twice, each time
// also where its dangerous button is, and closes it.
func (p *page) opensUnharmed(opener, dialog, danger string, attacks int) {
	p.t.Helper()
	p.click(opener)
	p.attacked(dialog, attacks)
	x, y := p.spot(danger)
	for _, again := range cases(1, []struct {
		how  string
		open func()
	}{
		{"a button held down until it hears", func() {
			p.click(opener)
			p.mouse(chromedp.MousePressed, x, y, 1)
			p.hears(dialog)
			p.mouse(chromedp.MouseReleased, x, y, 1)
		}},
		{"two presses of a mouse", func() { p.click(opener); p.press(x, y) }},
		{"two taps", func() { ox, oy := p.spot(opener); p.tap(ox, oy); p.tap(x, y) }},
		{"Enter held", func() { p.repeatEnter(opener) }},
		{"Space held", func() { p.repeatSpace(opener) }},
		{"two clicks in a task", func() { p.twice(opener) }},
	}) {
		p.t.Log(opener + ": " + again.how)
		p.key("\x1b")
		p.vanish(dialog)
		again.open()
		p.attacked(dialog, attacks)
		p.appear(dialog)
	}
}

// pressesBackdrop opens a dialog and holds its backdrop down until it hears.
func (p *page) pressesBackdrop(opener, dialog string) {
	p.t.Helper()
	evaluate[bool](p, js(`((dialog) => {
		const press = (type) => dialog.dispatchEvent(new PointerEvent(type, {bubbles: true, cancelable: true, detail: 1}));
		window.down = window.released = window.patient = false;
		new MutationObserver(() => {
			const deaf = dialog.classList.contains("deaf");
			if (dialog.open && deaf && !window.down) {
				window.down = window.patient = true;
				press("pointerdown");
			} else if (dialog.open && !deaf && window.down && !window.released) {
				window.released = true;
				press("pointerup");
				press("click");
			}
		}).observe(dialog, {attributes: true});
		return true;
	})(document.querySelector(%s))`, dialog))
	p.click(opener)
	p.wait("the press has ended", "window.released")
	p.idle()
	p.appear(dialog)
	evaluate[bool](p, "!(window.patient = false)")
	p.key("\x1b")
	p.vanish(dialog)
}

// idle lets the page do what it has heard.
func (p *page) idle() {
	p.t.Helper()
	evaluateAsync[bool](p, `new Promise((done) => setTimeout(done, 200, true))`)
}

// pressBarely presses an element by events that say nothing of themselves, as extensions
// and automation make them.
func (p *page) pressBarely(selector string) {
	p.t.Helper()
	evaluate[bool](p, js(`((e) => {
		for (const type of ["keydown", "pointerdown", "pointerup"]) for (const target of [window, document, e]) target.dispatchEvent(new Event(type, {bubbles: true}));
		e.dispatchEvent(new CustomEvent("click", {bubbles: true, cancelable: true, detail: {}}));
		return true;
	})(`+visible+`[0])`, selector))
}

// What opens over the page does not act on the press that opened it.
func TestPresses(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{})
	p := s.blank()
	p.impatiently()
	p.visit(s.site + "/")
	p.started()
	google := `[data-connection="google-oauth2"]`
	p.pressBarely("#btn-login")
	p.attacked("#lock-login", 16)
	p.key("\x1b")
	p.vanish("#lock-login")
	p.opensUnharmed("#btn-login", "#lock-login", google, 16)
	if asked := s.authorizations(); len(asked) != 0 {
		t.Errorf("the page has left for %q", asked)
	}
	p.choosesTwice(`#lock-login [data-connection="Username-Password-Authentication"]`)
	p.answer(ada)
	p.profileOf(ada)
	if asked := s.authorizations(); len(asked) != 1 {
		t.Errorf("two clicks have begun the logins %q", asked)
	}

	p.opensUnharmed("#btn-link-account", "#lock-linking", google, 16)
	untouched := s.untouched()
	p.choosesTwice("#lock-linking " + google)
	p.answer(lovelace)
	p.attacked("#confirm", 8)
	if asked := s.authorizations(); len(asked) != 2 {
		t.Errorf("two clicks have begun the logins %q", asked)
	}

	t.Log("what asks something else waits anew")
	p.click("#btn-swap")
	p.attacked("#confirm", 8)
	p.see("#confirm-means", text.Fill(say.Of(text.ConfirmLinkMeans), "first", lovelace, "second", ada))
	p.click("#btn-swap")
	p.attacked("#confirm", 8)
	t.Log("what is confirmed is what stands there")
	evaluate[bool](p, `(document.querySelector("#btn-swap").click(), document.querySelector("#btn-confirm").click(), true)`)
	p.see("#confirm-means", text.Fill(say.Of(text.ConfirmLinkMeans), "first", lovelace, "second", ada))
	p.attacked("#confirm", 8)
	p.click("#btn-swap")
	p.attacked("#confirm", 8)
	untouched()
	p.twice("#btn-confirm")
	p.linked(lovelace)
	if n := s.asked("POST", "/api/v2/", 0); n != 1 {
		t.Errorf("two clicks have asked for %d links", n)
	}

	untouched = s.untouched()
	p.opensUnharmed(".unlink-account", "#confirm", "#btn-confirm", 8)
	t.Log("nor does the page take the press that closed it")
	x, y := p.spot("#btn-cancel")
	p.press(x, y)
	p.vanish("#confirm")
	x, y = p.spot("#btn-logout")
	p.mouse(chromedp.MousePressed, x, y, 2)
	p.mouse(chromedp.MouseReleased, x, y, 2)
	p.see("[role=status]", say.Of(text.NothingChanged))
	p.profileOf(ada)
	p.linked(lovelace)
	untouched()
	p.click(".unlink-account")
	p.attacked("#confirm", 8)
	p.twice("#btn-cancel")
	p.vanish("#confirm")
	untouched()
	p.click(".unlink-account")
	p.attacked("#confirm", 8)
	p.twice("#btn-confirm")
	p.linked()
	if n := s.deletions(); n != 1 {
		t.Errorf("two clicks have asked for %d unlinks", n)
	}

	p.twice("#btn-logout")
	p.appear("#btn-login")
	p.vanish("#btn-logout")
	if n := s.asked("GET", "/v2/logout", 0); n != 1 {
		t.Errorf("two clicks have signed out %d times", n)
	}
}

// Nor before the program is there.
func TestPressesBeforeTheProgram(t *testing.T) {
	t.Parallel()
	g := newGate(t, "/web/app.")
	s := newStage(t, setup{front: g.front})
	p := s.blank()
	p.impatiently()
	p.visit(s.site + "/")
	p.pressBarely("#btn-login")
	p.attacked("#lock-login", 16)
	p.key("\x1b")
	p.vanish("#lock-login")
	p.opensUnharmed("#btn-login", "#lock-login", `[data-connection="google-oauth2"]`, 16)
	p.key("\x1b")
	p.vanish("[role=dialog]")
	p.pressesBackdrop("#btn-login", "#lock-login")
	t.Log("nor while the program takes the page over")
	p.click("#btn-login")
	evaluate[bool](p, "window.patient = true") // what the program opens anew was seen before
	g.lift()
	p.started()
	p.hears("#lock-login")
	if asked := s.authorizations(); len(asked) != 0 {
		t.Errorf("the page has left for %q", asked)
	}
	p.login(ada)
	p.profileOf(ada)
}

// What opens while the page is in the background has not been seen.
func TestPressesOnWhatOpenedUnseen(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{})
	p := s.open("/")
	evaluate[bool](p, `(() => {
		const draw = window.requestAnimationFrame.bind(window), waiting = [];
		window.requestAnimationFrame = (f) => waiting.push(f);
		Object.defineProperty(document, "hidden", {value: true, configurable: true});
		window.inSight = () => {
			window.requestAnimationFrame = draw;
			delete document.hidden;
			waiting.forEach((f) => draw(f));
			return true;
		};
		return true;
	})()`)
	p.click("#btn-login")
	p.appear("#lock-login")
	evaluateAsync[bool](p, `new Promise((done) => setTimeout(done, 700, true))`)
	if !evaluate[bool](p, `[...document.querySelectorAll("#lock-login [data-connection]")].every((e) => e.disabled)`) {
		t.Error("what nobody has seen yet takes presses")
	}
	evaluate[bool](p, `inSight()`)
	p.hears("#lock-login")
	p.key("\x1b")
	p.vanish("#lock-login")
	p.pressesBackdrop("#btn-login", "#lock-login")
}
