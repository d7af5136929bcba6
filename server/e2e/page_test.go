package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	cdpbrowser "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"twinlock/app/text"
	"twinlock/server/e2e/webdriver"
	"twinlock/server/tenant"

	"twinlock/app/provider"
)

// timeout is how long a test waits for a condition. It is far longer than any
// takes, for machines that are busy.
var timeout = 40 * time.Second

// look is how often a condition is looked at.
const look = 25 * time.Millisecond

// A page is a tab or a window of a person's browser.
type page struct {
	t     *testing.T
	stage *stage
	// troubles are those of all pages of the same person.
	troubles *troubles
	ctx      context.Context
	driver   driver
	handle   string          // of the window
	opened   map[string]bool // windows that have become pages already
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
	needsBrowser(s.t)
	if another != nil {
		return s.elsewhere()
	}
	return newPage(s, newTroubles(s.t), browser, chromedp.WithNewBrowserContext())
}

// elsewhere is [stage.blank] for who does not have Chromium.
func (s *stage) elsewhere() *page {
	s.t.Helper()
	x := newTroubles(s.t)
	// Firefox says so of what a page that is left was still fetching.
	x.expect("A ServiceWorker intercepted the request and encountered an unexpected error")
	driver, window, leave, err := another(x.note)
	if err != nil {
		s.t.Fatalf("open a browser: %v", err)
	}
	s.t.Cleanup(leave)
	return (&page{t: s.t, stage: s, troubles: x, ctx: context.Background(), driver: driver}).at(window)
}

// at is the page of another window of the same person.
func (p *page) at(window string) *page {
	p.t.Helper()
	if another == nil {
		return newPage(p.stage, p.troubles, p.ctx, chromedp.WithTargetID(target.ID(window)))
	}
	other := *p
	other.handle, other.opened = window, map[string]bool{}
	p.t.Cleanup(other.keepEvidence)
	return &other
}

func newPage(s *stage, x *troubles, parent context.Context, options ...chromedp.ContextOption) *page {
	s.t.Helper()
	p := &page{t: s.t, stage: s, troubles: x, driver: devtools{}, opened: map[string]bool{}}
	var cancel context.CancelFunc
	p.ctx, cancel = chromedp.NewContext(parent, append(options, chromedp.WithListener(p.listen))...)
	s.t.Cleanup(cancel)
	// A window that is just going somewhere cannot be attached to.
	var err error
	for end := time.Now().Add(timeout); time.Now().Before(end); time.Sleep(look) {
		if err = chromedp.Do(p.ctx); err == nil {
			break
		}
	}
	if err != nil {
		s.t.Fatalf("open a page: %v", err)
	}
	p.handle = string(chromedp.FromContext(p.ctx).Target.TargetID)
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
	p.needsChromium("another tab")
	other := newPage(p.stage, p.troubles, p.ctx)
	other.visit(p.stage.site + path)
	other.started()
	return other
}

// window waits for a window that this page opens.
func (p *page) window() *page {
	p.t.Helper()
	var window string
	p.until("a window opens", func(ctx context.Context) (bool, error) {
		handles, err := p.driver.Opened(ctx, p.handle)
		i := slices.IndexFunc(handles, func(handle string) bool { return !p.opened[handle] })
		if i >= 0 {
			window = handles[i]
		}
		return i >= 0, err
	})
	p.opened[window] = true
	return p.at(window)
}

// windows counts the windows that this page has opened and that are still open.
func (p *page) windows() int {
	p.t.Helper()
	n := 0
	p.do("list the windows", func(ctx context.Context) error {
		handles, err := p.driver.Opened(ctx, p.handle)
		n = len(handles)
		return err
	})
	return n
}

// needsChromium leaves the test out in other browsers.
func (p *page) needsChromium(what string) {
	p.t.Helper()
	if another != nil {
		p.t.Skipf("%s: needs Chromium's own protocol", what)
	}
}

// call runs one thing of Chromium's own protocol that must not fail.
func (p *page) call(what string, do func(context.Context) error) {
	p.t.Helper()
	p.needsChromium(what)
	p.do(what, do)
}

// do runs one thing that must not fail.
func (p *page) do(what string, do func(context.Context) error) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, timeout)
	defer cancel()
	if err := do(ctx); err != nil {
		p.t.Fatalf("%s: %v", what, err)
	}
}

// until waits for a condition. An error counts as not yet: the page may be on
// its way to another.
func (p *page) until(what string, condition func(context.Context) (bool, error)) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, timeout)
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
	ctx, cancel := context.WithTimeout(p.ctx, timeout)
	defer cancel()
	for {
		value, err := valueOf[T](ctx, p, expression)
		if err == nil {
			return value
		}
		var thrown *chromedp.ExceptionError
		var thrownElsewhere webdriver.Exception
		if errors.As(err, &thrown) || errors.As(err, &thrownElsewhere) || ctx.Err() != nil {
			p.t.Fatalf("evaluate %s: %v", expression, err)
		}
		time.Sleep(look)
	}
}

// evaluateAsync is evaluate for an expression that yields a promise. It runs once.
func evaluateAsync[T any](p *page, expression string) T {
	p.t.Helper()
	var value T
	p.do("evaluate", func(ctx context.Context) (err error) {
		value, err = valueOf[T](ctx, p, expression)
		return err
	})
	return value
}

// valueOf runs an expression, or its promise, once.
func valueOf[T any](ctx context.Context, p *page, expression string) (value T, err error) {
	data, err := p.driver.Evaluate(ctx, p.handle, expression)
	if err != nil {
		return value, err
	}
	return value, json.Unmarshal(data, &value)
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
		return valueOf[bool](ctx, p, "!!("+expression+")")
	})
}

// visit goes to a URL.
func (p *page) visit(url string) {
	p.t.Helper()
	p.do("visit "+url, func(ctx context.Context) error { return p.driver.Visit(ctx, p.handle, url) })
}

// started waits until the program has taken the page over.
func (p *page) started() {
	p.t.Helper()
	p.wait("the program runs", `document.readyState === "complete" && document.documentElement.dataset.ready === "true"`)
}

// inject has a script run in every page to come, before the page's own.
func (p *page) inject(script string) {
	p.t.Helper()
	p.call("inject a script", func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, cdppage.AddScriptToEvaluateOnNewDocument, cdppage.AddScriptToEvaluateOnNewDocumentParams{Source: script})
		return err
	})
}

// replaced does what takes the page away, and waits until another is in its place.
// Both may have the same address.
func (p *page) replaced(do func()) {
	p.t.Helper()
	evaluate[bool](p, `window.toBeReplaced = true`)
	do()
	p.wait("another page is in its place", `!window.toBeReplaced`)
}

func (p *page) reload() {
	p.t.Helper()
	p.do("reload", func(ctx context.Context) error { return p.driver.Reload(ctx, p.handle) })
	p.started()
}

// back goes back in the history, as the browser's button does.
func (p *page) back() {
	p.t.Helper()
	// A page that is just being taken away cannot go anywhere.
	p.until("go back", func(ctx context.Context) (bool, error) {
		err := p.driver.Back(ctx, p.handle)
		return err == nil, err
	})
}

func (p *page) location() string {
	ctx, cancel := context.WithTimeout(p.ctx, timeout)
	defer cancel()
	url, _ := valueOf[string](ctx, p, "location.href")
	return url
}

// visible finds the visible elements of a selector.
const visible = `((selector) => [...document.querySelectorAll(selector)].filter((e) => e.checkVisibility({visibilityProperty: true}) && e.getClientRects().length > 0))(%s)`

// text is the text of the visible elements of a selector, "" where there is none.
func (p *page) text(selector string) string {
	ctx, cancel := context.WithTimeout(p.ctx, timeout)
	defer cancel()
	text, _ := valueOf[string](ctx, p, js(visible+`.map((e) => e.innerText).join("\n")`, selector))
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
	p.press(p.spot(selector))
}

// spot waits for an element to be clickable where it is, and tells where.
func (p *page) spot(selector string) (x, y float64) {
	p.t.Helper()
	var at, before []float64
	p.until("click "+selector, func(ctx context.Context) (ok bool, err error) {
		before = at
		at, err = valueOf[[]float64](ctx, p, fmt.Sprintf(spot, js(visible, selector)))
		return len(at) == 2 && len(before) == 2 && at[0] == before[0] && at[1] == before[1], err
	})
	return at[0], at[1]
}

func (p *page) press(x, y float64) {
	p.t.Helper()
	p.do("press", func(ctx context.Context) error { return p.driver.Press(ctx, p.handle, x, y) })
}

// write puts a text into a field.
func (p *page) write(selector, text string) {
	p.t.Helper()
	p.click(selector)
	p.wait(selector+" has the focus", js(`document.activeElement?.matches(%s)`, selector))
	p.key(text)
	p.wait(selector+" holds the text", js(`document.querySelector(%s)?.value === %s`, selector, text))
}

// key presses a key, for instance kb.Tab, or those of a whole text.
func (p *page) key(text string) { p.t.Helper(); p.keys(text, false) }

// shiftKey presses a key with the Shift key down.
func (p *page) shiftKey(key string) { p.t.Helper(); p.keys(key, true) }

func (p *page) keys(text string, shift bool) {
	p.t.Helper()
	p.do("type", func(ctx context.Context) error { return p.driver.Type(ctx, p.handle, text, shift) })
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

// signIn signs in, by redirect or by a window as the site is set, and waits for the
// profile.
func (p *page) signIn(email string) {
	p.t.Helper()
	p.click("#btn-login")
	p.login(email)
	p.profileOf(email)
}

// login picks the connection of an account in the open lock and signs in to it, by
// redirect or by a window.
func (p *page) login(email string) {
	p.t.Helper()
	p.choose(connectionOf(email))
	if p.stage.config.Interaction == provider.Popup {
		p.window().answer(email)
		return
	}
	p.answer(email)
}

// profileOf waits for the profile of an account.
func (p *page) profileOf(email string) {
	p.t.Helper()
	p.appear("#btn-logout")
	p.see(`main section[aria-label="`+say.Of(text.Profile)+`"]`, email)
	p.appear("#btn-link-account:enabled")
	p.wait("the tenant has answered", `document.documentElement.dataset.ready && document.querySelector(".profile:not(.refreshing)")`)
}

// signOut signs out and waits until the tenant has sent the page back.
func (p *page) signOut() {
	p.t.Helper()
	p.signOutBy("#btn-logout")
}

// signOutBy signs out by a button, and waits until the tenant has sent the page back.
func (p *page) signOutBy(selector string) {
	p.t.Helper()
	p.replaced(func() { p.click(selector) })
	p.wait("the page is back from the tenant", js(`location.href === %s`, p.stage.site+"/"))
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

// startLink opens the linking lock, picks the connection of an account and signs in
// to it, by redirect or by a window.
func (p *page) startLink(email string) {
	p.t.Helper()
	p.click("#btn-link-account")
	p.login(email)
}

// link links an account, up to the end, beside those that are linked
// already.
func (p *page) link(email string, before ...string) {
	p.t.Helper()
	p.startLink(email)
	p.click("#btn-confirm")
	p.linked(append(before, email)...)
}

// linkElsewhere has somebody link an account in another browser.
func (s *stage) linkElsewhere(email, second string) {
	s.t.Helper()
	p := s.open("/")
	p.signIn(email)
	p.link(second)
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

// download clicks what saves a file, and returns what the browser has saved.
func (p *page) download(name, selector string) []byte {
	p.t.Helper()
	dir := p.t.TempDir()
	p.call("allow downloads", func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, cdpbrowser.SetDownloadBehavior, cdpbrowser.SetDownloadBehaviorParams{
			Behavior:         cdpbrowser.SetDownloadBehaviorBehaviorAllow,
			BrowserContextID: chromedp.FromContext(ctx).BrowserContextID,
			DownloadPath:     dir,
		})
		return err
	})
	p.click(selector)
	var saved []byte
	p.until(name+" is saved", func(context.Context) (bool, error) {
		var err error
		saved, err = os.ReadFile(filepath.Join(dir, name))
		return err == nil, nil
	})
	return saved
}

// clean checks that nothing of a callback is left in the address bar or history.
func (p *page) clean() {
	p.t.Helper()
	urls := []string{p.location()}
	if another == nil {
		urls = append(urls, p.history()...)
	}
	for _, url := range urls {
		if strings.Contains(url, "code=") || strings.HasPrefix(url, p.stage.site) && strings.Contains(url, "state=") {
			p.t.Errorf("a callback is left in the history: %s", url)
		}
	}
}

// awaitWithheld waits until the courier has withheld one more answer than before.
// The page has then come to rest: a visit elsewhere is not overtaken.
func (p *page) awaitWithheld(before int) {
	p.t.Helper()
	p.until("the tenant answers", func(context.Context) (bool, error) {
		return p.stage.courier.count() > before, nil
	})
	p.wait("the answer is withheld", js(`document.title === %s`, withheld))
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
	name := filepath.Join(dir, strings.NewReplacer("/", "-", " ", "-").Replace(p.t.Name())+"-"+p.handle[:6])
	ctx, cancel := context.WithTimeout(p.ctx, 10*time.Second)
	defer cancel()
	html, err := valueOf[string](ctx, p, "document.documentElement.outerHTML")
	if err != nil {
		return // a window that is closed by now
	}
	picture, _ := p.driver.Picture(ctx, p.handle)
	if err := errors.Join(
		os.WriteFile(name+".html", []byte(html), 0o644),
		os.WriteFile(name+".png", picture, 0o644),
	); err != nil {
		p.t.Logf("evidence: %v", err)
	}
	p.t.Logf("at %s; evidence: %s.{html,png}", p.location(), name)
}
