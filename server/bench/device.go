package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/chromedp/cdproto/emulation"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"twinlock/server/tenant"
)

// marks are moments of a visit, in milliseconds after its start; 0 if not reached.
type marks struct {
	Paint   float64 // something is painted
	Usable  float64 // signing in works
	Ready   float64 // all of the page is there
	Profile float64 // a profile is in sight, maybe that of the last visit
	Fresh   float64 // the profile in sight is the tenant's answer
}

// watch is the script that notes when each of the conditions first holds, the same for all
// contenders. It looks every four milliseconds: the figures are not more precise than that.
// A visit starts when its page is asked for: what led there, such as the tenant's redirect
// to the callback, is not counted.
const watch = `{
	window.list = (ul) => document.querySelector(ul)?.childElementCount;
	window.seen = (element) => document.querySelector(element)?.checkVisibility({opacityProperty: true, visibilityProperty: true});
	window.says = (words) => document.body?.textContent.includes(words);
	window.answered = (path) => performance.getEntriesByType("resource").some((e) => e.name.includes(path) && e.responseEnd);
	const conditions = {Usable: () => %s, Ready: () => %s, Profile: () => %s, Fresh: () => %s};
	const marks = window.marks = {Paint: 0, Usable: 0, Ready: 0, Profile: 0, Fresh: 0};
	const begun = () => {
		const [visit] = performance.getEntriesByType("navigation");
		return visit.workerStart || visit.fetchStart;
	};
	new PerformanceObserver((list) => {
		for (const e of list.getEntriesByName("first-contentful-paint")) marks.Paint = e.startTime - begun();
	}).observe({type: "paint", buffered: true});
	const timer = setInterval(() => {
		for (const [name, holds] of Object.entries(conditions)) {
			if (!marks[name] && document.documentElement && holds()) marks[name] = performance.now() - begun();
		}
		if (Object.values(marks).every((mark) => mark)) clearInterval(timer);
	}, 4);
}`

// timeout is how long a visit may take.
const timeout = 90 * time.Second

// device is a page in a browser, and what the browser has stored.
type device struct {
	ctx  context.Context
	stop context.CancelFunc
}

// newDevice opens a page in a browser context in which nothing is stored.
func newDevice(browser context.Context, n network, c contender) (*device, error) {
	ctx, stop := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	if err := chromedp.Do(ctx); err != nil {
		stop()
		return nil, err
	}
	d := &device{ctx, stop}
	if err := d.equip(n, c); err != nil {
		stop()
		return nil, err
	}
	return d, nil
}

// equip makes the page one of a device in a network, which watches a contender's visits.
func (d *device) equip(n network, c contender) error {
	if n.cpu > 1 {
		slower := emulation.SetCPUThrottlingRateParams{Rate: n.cpu}
		if _, err := chromedp.Call(d.ctx, emulation.SetCPUThrottlingRate, slower); err != nil {
			return err
		}
	}
	if c.reader != "" {
		reads := emulation.SetUserAgentOverrideParams{UserAgent: "Mozilla/5.0", AcceptLanguage: c.reader}
		if _, err := chromedp.Call(d.ctx, emulation.SetUserAgentOverride, reads); err != nil {
			return err
		}
	}
	source := fmt.Sprintf(watch, c.usable, c.ready, cmp.Or(c.profile, "false"), cmp.Or(c.fresh, "false"))
	script := cdppage.AddScriptToEvaluateOnNewDocumentParams{Source: source}
	_, err := chromedp.Call(d.ctx, cdppage.AddScriptToEvaluateOnNewDocument, script)
	return err
}

// visit goes to a contender's page and waits until it is ready, or, if there is a
// session, until it shows the profile.
func (d *device) visit(c contender, session bool) (marks, error) {
	ctx, cancel := context.WithTimeout(d.ctx, timeout)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.Navigate(c.url)); err != nil {
		return marks{}, err
	}
	m, err := d.reached(session)
	if err != nil {
		return marks{}, fmt.Errorf("visit of %s: %w", c.name, err)
	}
	return m, nil
}

// reached waits for the marks of the page that is open.
func (d *device) reached(session bool) (marks, error) {
	all := `window.marks?.Paint && window.marks.Usable && window.marks.Ready`
	if session {
		all += ` && window.marks.Profile && window.marks.Fresh`
	}
	if err := d.wait(all); err != nil {
		return marks{}, err
	}
	return chromedp.Run(d.ctx, chromedp.Evaluate[marks](`window.marks`))
}

// wait waits until a condition holds.
func (d *device) wait(condition string) error {
	ctx, cancel := context.WithTimeout(d.ctx, timeout)
	defer cancel()
	for {
		holds, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("!!("+condition+")"))
		if err == nil && holds {
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.Join(fmt.Errorf("%s does not become true", condition), err)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// do runs a statement once a condition holds.
func (d *device) do(condition, statement string) error {
	if err := d.wait(condition); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(d.ctx, timeout)
	defer cancel()
	_, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("(() => {"+statement+"; return true; })()"))
	return err
}

// answer fills in the tenant's form and sends it.
func (d *device) answer() error {
	return d.do(`document.querySelector("input[name=username]")`, fmt.Sprintf(`
		document.querySelector("input[name=username]").value = %q;
		document.querySelector("input[name=password]").value = %q;
		document.querySelector("button[type=submit]").click()`, account(1).Email, tenant.Password))
}

// startBrowser starts the Chromium at a path. The function that it returns ends it.
func startBrowser(ctx context.Context, path string, more ...chromedp.ExecAllocatorOption) (context.Context, func(), error) {
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path), chromedp.Headless, chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck,
		chromedp.WindowSize(1280, 800),
		chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-extensions", true),
		chromedp.Flag("disable-gpu", true),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-renderer-backgrounding", true),
	}
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	allocator, end := chromedp.NewExecAllocator(ctx, append(options, more...)...)
	browser, cancel := chromedp.NewContext(allocator)
	stop := func() {
		// A browser that ends by itself writes down what it has stored.
		gently, hurry := context.WithTimeout(browser, 10*time.Second)
		_ = chromedp.Cancel(gently)
		hurry()
		cancel()
		end()
	}
	if err := chromedp.Do(browser); err != nil {
		stop()
		return nil, nil, fmt.Errorf("start %s: %w", path, err)
	}
	return browser, stop, nil
}
