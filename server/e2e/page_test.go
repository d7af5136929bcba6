package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"twinlock/server/tenant"
)

// patience is how long a test waits for a condition. It is far more than any
// takes, for machines that are busy.
var patience = 40 * time.Second

// look is how often a condition is looked at.
const look = 25 * time.Millisecond

// A page is a tab or a window of a person's browser.
type page struct {
	t     *testing.T
	stage *stage
	// troubles are those of all pages of the same person.
	troubles *troubles
	ctx      context.Context
	id       target.ID
	opened   map[target.ID]bool // windows that have become pages already
}

// open starts a browser for another person, with nothing in it, at a path of the
// site, and waits until the program runs.
func (s *stage) open(path string) *page {
	s.t.Helper()
	p := s.blank()
	p.visit(s.site + path)
	p.started()
	return p
}

// blank starts a browser for another person at an empty page.
func (s *stage) blank() *page {
	s.t.Helper()
	return newPage(s, newTroubles(s.t), browser, chromedp.WithNewBrowserContext())
}

func newPage(s *stage, x *troubles, parent context.Context, options ...chromedp.ContextOption) *page {
	s.t.Helper()
	p := &page{t: s.t, stage: s, troubles: x, opened: map[target.ID]bool{}}
	var cancel context.CancelFunc
	p.ctx, cancel = chromedp.NewContext(parent, append(options, chromedp.WithListener(p.listen))...)
	s.t.Cleanup(cancel)
	// A window that is just going somewhere cannot be attached to.
	var err error
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(look) {
		if err = chromedp.Do(p.ctx); err == nil {
			break
		}
	}
	if err != nil {
		s.t.Fatalf("open a page: %v", err)
	}
	p.id = chromedp.FromContext(p.ctx).Target.TargetID
	s.t.Cleanup(p.keepEvidence)
	p.call("focus", func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
		return err
	})
	return p
}

func (p *page) listen(event any) {
	p.troubles.see(event)
	if _, ok := event.(*cdppage.EventJavascriptDialogOpening); ok {
		go chromedp.Call(p.ctx, cdppage.HandleJavaScriptDialog, cdppage.HandleJavaScriptDialogParams{})
	}
}

// tab opens another tab for the same person.
func (p *page) tab(path string) *page {
	p.t.Helper()
	other := newPage(p.stage, p.troubles, p.ctx)
	other.visit(p.stage.site + path)
	other.started()
	return other
}

// window waits for a window that this page opens.
func (p *page) window() *page {
	p.t.Helper()
	var id target.ID
	p.until("a window opens", func(ctx context.Context) (bool, error) {
		infos, err := chromedp.Targets(ctx)
		for _, info := range infos {
			if info.Type == "page" && info.OpenerID == p.id && !p.opened[info.TargetID] {
				id = info.TargetID
			}
		}
		return id != "", err
	})
	p.opened[id] = true
	return newPage(p.stage, p.troubles, p.ctx, chromedp.WithTargetID(id))
}

// windows counts the windows that this page has opened and that are still open.
func (p *page) windows() int {
	p.t.Helper()
	n := 0
	p.call("list the windows", func(ctx context.Context) error {
		infos, err := chromedp.Targets(ctx)
		n = 0
		for _, info := range infos {
			if info.Type == "page" && info.OpenerID == p.id {
				n++
			}
		}
		return err
	})
	return n
}

// call runs one thing that must not fail.
func (p *page) call(what string, do func(context.Context) error) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := do(ctx); err != nil {
		p.t.Fatalf("%s: %v", what, err)
	}
}

// until waits for a condition. An error counts as not yet: the page may be on
// its way to another.
func (p *page) until(what string, condition func(context.Context) (bool, error)) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	for {
		ok, err := condition(ctx)
		if ok && err == nil {
			return
		}
		select {
		case <-ctx.Done():
			p.t.Fatalf("waited in vain: %s (%v)\nat %s:\n%s", what, err, p.location(), p.text("body"))
		case <-time.After(look):
		}
	}
}

// evaluate runs an expression in the page, anew where the page was just
// changing for another.
func evaluate[T any](p *page, expression string) T {
	p.t.Helper()
	var value T
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	for {
		var err error
		if value, err = chromedp.Run(ctx, chromedp.Evaluate[T](expression)); err == nil {
			return value
		}
		var thrown *chromedp.ExceptionError
		if errors.As(err, &thrown) || ctx.Err() != nil {
			p.t.Fatalf("evaluate %s: %v", expression, err)
		}
		time.Sleep(look)
	}
}

// evaluateAsync is evaluate for an expression that yields a promise.
func evaluateAsync[T any](p *page, expression string) T {
	p.t.Helper()
	var value T
	p.call("evaluate", func(ctx context.Context) (err error) {
		value, err = chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
		return err
	})
	return value
}

// js writes an expression with values in it; each %s takes one, as JSON.
func js(format string, values ...any) string {
	for i, v := range values {
		data, err := json.Marshal(v)
		if err != nil {
			panic(err)
		}
		values[i] = string(data)
	}
	return fmt.Sprintf(format, values...)
}

// wait waits until an expression is true in the page.
func (p *page) wait(what, expression string) {
	p.t.Helper()
	p.until(what, func(ctx context.Context) (bool, error) {
		return chromedp.Run(ctx, chromedp.Evaluate[bool]("!!("+expression+")"))
	})
}

// visit goes to a URL.
func (p *page) visit(url string) {
	p.t.Helper()
	p.call("visit "+url, func(ctx context.Context) error {
		return chromedp.Do(ctx, chromedp.Navigate(url))
	})
}

// started waits until the program has taken the page over.
func (p *page) started() {
	p.t.Helper()
	p.wait("the program runs", `document.readyState === "complete" && document.documentElement.dataset.ready === "true"`)
}

func (p *page) reload() {
	p.t.Helper()
	p.call("reload", func(ctx context.Context) error { return chromedp.Do(ctx, chromedp.Reload()) })
	p.started()
}

// back goes back in the history, as the browser's button does.
func (p *page) back() {
	p.t.Helper()
	var to int64
	p.call("back", func(ctx context.Context) error {
		h, err := chromedp.Call(ctx, cdppage.GetNavigationHistory, cdp.Empty{})
		if err != nil {
			return err
		}
		to = h.CurrentIndex - 1
		_, err = chromedp.Call(ctx, cdppage.NavigateToHistoryEntry,
			cdppage.NavigateToHistoryEntryParams{EntryID: h.Entries[to].ID})
		return err
	})
	p.until("the page before is shown", func(ctx context.Context) (bool, error) {
		h, err := chromedp.Call(ctx, cdppage.GetNavigationHistory, cdp.Empty{})
		return h.CurrentIndex == to, err
	})
}

func (p *page) location() string {
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	url, _ := chromedp.Run(ctx, chromedp.Location())
	return url
}

// visible finds the visible elements of a selector.
const visible = `((selector) => [...document.querySelectorAll(selector)].filter((e) => e.checkVisibility({visibilityProperty: true}) && e.getClientRects().length > 0))(%s)`

// text is the text of the visible elements of a selector, "" where there is none.
func (p *page) text(selector string) string {
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	text, _ := chromedp.Run(ctx, chromedp.Evaluate[string](js(visible+`.map((e) => e.innerText).join("\n")`, selector)))
	return text
}

// see waits until a visible element of a selector has a text in it.
func (p *page) see(selector, text string) {
	p.t.Helper()
	p.wait(fmt.Sprintf("%s says %q", selector, text),
		js(visible+`.some((e) => e.innerText.includes(%s))`, selector, text))
}

// appear waits until an element of a selector is visible.
func (p *page) appear(selector string) {
	p.t.Helper()
	p.wait(selector+" is visible", js(visible+`.length > 0`, selector))
}

// vanish waits until no element of a selector is visible.
func (p *page) vanish(selector string) {
	p.t.Helper()
	p.wait(selector+" is gone", js(visible+`.length === 0`, selector))
}

func (p *page) count(selector string) int {
	p.t.Helper()
	return evaluate[int](p, js(visible+`.length`, selector))
}

// spot is where a click hits an element: in its middle, in sight, with nothing
// before it, on a page that has been painted, and it is not disabled.
const spot = `((e) => {
	if (!e || e.disabled || !performance.getEntriesByType("paint").length) return [];
	e.scrollIntoView({block: "center", behavior: "instant"});
	const r = e.getBoundingClientRect(), x = r.x + r.width / 2, y = r.y + r.height / 2;
	const hit = document.elementFromPoint(x, y);
	return hit && e.contains(hit) ? [x, y] : [];
})(%s[0])`

// click clicks the first visible element of a selector with the mouse, as soon
// as it can be clicked and no longer moves.
func (p *page) click(selector string) {
	p.t.Helper()
	var at, before []float64
	p.until("click "+selector, func(ctx context.Context) (ok bool, err error) {
		before = at
		at, err = chromedp.Run(ctx, chromedp.Evaluate[[]float64](fmt.Sprintf(spot, js(visible, selector))))
		return len(at) == 2 && len(before) == 2 && at[0] == before[0] && at[1] == before[1], err
	})
	p.press(at[0], at[1])
}

func (p *page) press(x, y float64) {
	p.t.Helper()
	event := func(kind input.DispatchMouseEventType) error {
		ctx, cancel := context.WithTimeout(p.ctx, patience)
		defer cancel()
		_, err := chromedp.Call(ctx, input.DispatchMouseEvent, input.DispatchMouseEventParams{
			Type: kind, X: x, Y: y, Button: input.MouseButtonLeft, ClickCount: 1,
		})
		return err
	}
	if err := event(chromedp.MousePressed); err != nil {
		p.t.Fatalf("press: %v", err)
	}
	// The click may take the page away before the answer comes.
	_ = event(input.DispatchMouseEventTypeMouseReleased)
}

// write puts a text into a field.
func (p *page) write(selector, text string) {
	p.t.Helper()
	p.click(selector)
	p.wait(selector+" has the focus", js(`document.activeElement?.matches(%s)`, selector))
	p.call("write", func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, input.InsertText, input.InsertTextParams{Text: text})
		return err
	})
	p.wait(selector+" holds the text", js(`document.querySelector(%s)?.value === %s`, selector, text))
}

// key presses a key, for instance kb.Tab.
func (p *page) key(key string, options ...chromedp.KeyOption) {
	p.t.Helper()
	p.call("key", func(ctx context.Context) error {
		return chromedp.Do(ctx, chromedp.KeyEvent(key, options...))
	})
}

// history is the addresses in the tab's history.
func (p *page) history() []string {
	p.t.Helper()
	var urls []string
	p.call("history", func(ctx context.Context) error {
		h, err := chromedp.Call(ctx, cdppage.GetNavigationHistory, cdp.Empty{})
		for _, e := range h.Entries {
			urls = append(urls, e.URL)
		}
		return err
	})
	return urls
}

// The tenant's pages.

// connectionOf returns the connection of a seeded account.
func connectionOf(email string) string {
	for _, a := range tenant.Accounts() {
		if a.Email == email {
			return a.Connection
		}
	}
	panic("no account " + email)
}

// answer signs in at the tenant's page: with a password, or at the stand-in for
// a social provider.
func (p *page) answer(email string) {
	p.t.Helper()
	if connectionOf(email) != tenant.Database {
		p.click(fmt.Sprintf(`button[name=account][value=%q]`, email))
		return
	}
	p.write("input[name=username]", email)
	p.write("input[name=password]", tenant.Password)
	p.click("button[type=submit]")
}

// The site's pages.

// choose picks a connection in the open lock.
func (p *page) choose(connection string) {
	p.t.Helper()
	p.click(fmt.Sprintf(`[role=dialog] [data-connection=%q]`, connection))
}

// signIn signs in by redirect and waits for the profile.
func (p *page) signIn(email string) {
	p.t.Helper()
	p.click("#btn-login")
	p.choose(connectionOf(email))
	p.answer(email)
	p.profileOf(email)
}

// profileOf waits for the profile of an account.
func (p *page) profileOf(email string) {
	p.t.Helper()
	p.appear("#btn-logout")
	p.see(`main section[aria-label="`+say.Profile+`"]`, email)
	p.appear("#btn-link-account:enabled")
}

// signOut signs out and waits until the tenant has sent the page back.
func (p *page) signOut() {
	p.t.Helper()
	// The page has the same address before and after.
	evaluate[bool](p, `window.beforeSignOut = true`)
	p.click("#btn-logout")
	p.wait("the page is back from the tenant", js(`!window.beforeSignOut && location.href === %s`, p.stage.site+"/"))
	p.started()
	p.appear("#btn-login")
	p.vanish("#btn-logout")
}

// A screen is the size of a window in CSS pixels.
type screen struct {
	name          string
	width, height int64
}

var (
	phone   = screen{"phone", 360, 740}
	narrow  = screen{"narrow", 320, 640}
	desktop = screen{"desktop", 1280, 800}
)

func (p *page) resize(to screen) {
	p.t.Helper()
	p.call("resize", func(ctx context.Context) error {
		return chromedp.Do(ctx, chromedp.EmulateViewport(to.width, to.height))
	})
}

// startLink opens the linking lock, picks the connection of an account and
// signs in to it by redirect.
func (p *page) startLink(email string) {
	p.t.Helper()
	p.click("#btn-link-account")
	p.choose(connectionOf(email))
	p.answer(email)
}

// link links an account by redirect, up to the end.
func (p *page) link(email string) {
	p.t.Helper()
	p.startLink(email)
	p.click("#btn-confirm")
	p.linked(email)
}

// linked waits until the list holds these accounts and no others.
func (p *page) linked(emails ...string) {
	p.t.Helper()
	p.wait(fmt.Sprintf("linked: %v", emails), js(`((want) => {
		const items = [...document.querySelectorAll("#linked-accounts-list > li")].map((e) => e.innerText);
		return document.querySelector("#linked-accounts-list") && items.length === want.length &&
			want.every((email) => items.some((text) => text.includes(email)));
	})(%s)`, append([]string{}, emails...)))
}

// alert waits for the alert with a sentence.
func (p *page) alert(sentence string) {
	p.t.Helper()
	p.see("[role=alert]", sentence)
}

// remember has the page remember all that it says in the elements of a selector,
// however short it stands there.
func (p *page) remember(selector string) (said func(text string)) {
	p.t.Helper()
	evaluate[bool](p, js(`(() => {
		window.said = [];
		new MutationObserver(() => said.push(...[...document.querySelectorAll(%s)].map((e) => e.textContent)))
			.observe(document.body, {subtree: true, childList: true, characterData: true});
		return true;
	})()`, selector))
	return func(text string) {
		p.t.Helper()
		p.wait(fmt.Sprintf("%s has said %q", selector, text), js(`said.some((t) => t.includes(%s))`, text))
	}
}

// clean checks that nothing of a callback is left in the address bar or history.
func (p *page) clean() {
	p.t.Helper()
	for _, url := range append(p.history(), p.location()) {
		if strings.Contains(url, "code=") || strings.HasPrefix(url, p.stage.site) && strings.Contains(url, "state=") {
			p.t.Errorf("a callback is left in the history: %s", url)
		}
	}
}

// heldAnswer waits until the courier has got more answers than there were.
func (p *page) heldAnswer(before int) {
	p.t.Helper()
	p.until("the tenant answers", func(context.Context) (bool, error) {
		return p.stage.courier.count() > before, nil
	})
}

// keepEvidence keeps a picture and the HTML of a page whose test has failed.
func (p *page) keepEvidence() {
	if !p.t.Failed() || p.ctx.Err() != nil {
		return
	}
	dir := os.Getenv("E2E_ARTIFACTS")
	if dir == "" {
		dir = filepath.Join(os.TempDir(), "twinlock-e2e")
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		p.t.Logf("evidence: %v", err)
		return
	}
	name := filepath.Join(dir, strings.NewReplacer("/", "-", " ", "-").Replace(p.t.Name())+"-"+string(p.id[:6]))
	ctx, cancel := context.WithTimeout(p.ctx, 10*time.Second)
	defer cancel()
	html, err := chromedp.Run(ctx, chromedp.Evaluate[string]("document.documentElement.outerHTML"))
	if err != nil {
		return // a window that is closed by now
	}
	picture, _ := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err := errors.Join(
		os.WriteFile(name+".html", []byte(html), 0o644),
		os.WriteFile(name+".png", picture, 0o644),
	); err != nil {
		p.t.Logf("evidence: %v", err)
	}
	p.t.Logf("at %s; evidence: %s.{html,png}", p.location(), name)
}
