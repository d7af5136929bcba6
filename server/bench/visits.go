package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
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
	Profile float64 // the profile is shown
}

// watch is the script that notes when each of the conditions first holds. It looks every
// four milliseconds: the figures are not more precise than that.
const watch = `{
	const conditions = {Usable: () => %s, Ready: () => %s, Profile: () => %s};
	const marks = window.marks = {Paint: 0, Usable: 0, Ready: 0, Profile: 0};
	new PerformanceObserver((list) => {
		for (const e of list.getEntriesByName("first-contentful-paint")) marks.Paint = e.startTime;
	}).observe({type: "paint", buffered: true});
	const timer = setInterval(() => {
		for (const [name, holds] of Object.entries(conditions)) {
			if (!marks[name] && document.documentElement && holds()) marks[name] = performance.now();
		}
		if (Object.values(marks).every((mark) => mark)) clearInterval(timer);
	}, 4);
}`

// timeout is how long a visit may take.
const timeout = 90 * time.Second

// device is a browser context in which nothing is stored.
type device struct {
	ctx  context.Context
	stop context.CancelFunc
}

func newDevice(browser context.Context, n network, c contender) (*device, error) {
	ctx, stop := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	d := &device{ctx, stop}
	if err := chromedp.Do(ctx); err != nil {
		stop()
		return nil, err
	}
	if n.cpu > 1 {
		slower := emulation.SetCPUThrottlingRateParams{Rate: n.cpu}
		if _, err := chromedp.Call(ctx, emulation.SetCPUThrottlingRate, slower); err != nil {
			stop()
			return nil, err
		}
	}
	if c.reader != "" {
		reads := emulation.SetUserAgentOverrideParams{UserAgent: "Mozilla/5.0", AcceptLanguage: c.reader}
		if _, err := chromedp.Call(ctx, emulation.SetUserAgentOverride, reads); err != nil {
			stop()
			return nil, err
		}
	}
	profile := c.profile
	if profile == "" {
		profile = "false"
	}
	script := cdppage.AddScriptToEvaluateOnNewDocumentParams{Source: fmt.Sprintf(watch, c.usable, c.ready, profile)}
	if _, err := chromedp.Call(ctx, cdppage.AddScriptToEvaluateOnNewDocument, script); err != nil {
		stop()
		return nil, err
	}
	return d, nil
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
		all += ` && window.marks.Profile`
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

func signInTwinlock(d *device, c contender) error {
	return errors.Join(
		d.do(c.ready, `document.querySelector("#btn-login").click()`),
		d.do(
			// A dialog ignores presses for a moment after it has opened.
			`document.querySelector("dialog[open] [data-connection]:enabled")`,
			`document.querySelector("dialog[open] [data-connection]").click()`,
		),
		d.answer(),
		d.wait(c.profile),
		// What the worker stores must be there, or the next visit is not a return.
		d.wait(`navigator.serviceWorker.getRegistration().then(
			(r) => window.stored = r?.active?.state === "activated"), window.stored`),
	)
}

// signInLock signs in at the tenant's own page and stores the token as the tutorial does.
func signInLock(d *device, c contender) error {
	query := url.Values{
		"client_id": {tenant.DefaultClientID}, "connection": {database}, "response_type": {"token id_token"},
		"redirect_uri": {c.url}, "scope": {"openid profile email read:current_user"}, "audience": {c.issuer + "api/v2/"},
		"state": {"bench"}, "nonce": {"bench"},
	}
	ctx, cancel := context.WithTimeout(d.ctx, timeout)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.Navigate(c.issuer+"authorize?"+query.Encode())); err != nil {
		return err
	}
	return errors.Join(
		d.answer(),
		d.do(`location.hash.includes("access_token")`, `
			const answer = new URLSearchParams(location.hash.slice(1));
			const {sub} = JSON.parse(atob(answer.get("id_token").split(".")[1].replaceAll("-", "+").replaceAll("_", "/")));
			localStorage.setItem("session", JSON.stringify({sub, token: answer.get("access_token")}))`),
	)
}

// series has the visits of one contender.
type series struct {
	contender string
	network   network
	first     []marks // first visits
	called    []marks // visits of the callback page, after a login
	back      []marks // return visits
}

// visits measures all contenders. They take turns, so that other work of the machine slows
// down all of them alike.
func visits(ctx context.Context, browser context.Context, n network, rounds int, starts []starter) ([]series, error) {
	list := make([]series, len(starts))
	for range rounds {
		for i, start := range starts {
			s := &list[i]
			if err := oneRound(ctx, browser, n, start, s); err != nil {
				return nil, err
			}
		}
	}
	return list, nil
}

// starter starts a contender's servers.
type starter func(*fronts) (contender, error)

// oneRound measures a first visit, a login and a return visit of one contender.
func oneRound(ctx context.Context, browser context.Context, n network, start starter, s *series) error {
	f := &fronts{line: &line{network: n}}
	defer f.close()
	c, err := start(f)
	if err != nil {
		return err
	}
	s.contender, s.network = c.name, n
	d, err := newDevice(browser, n, c)
	if err != nil {
		return err
	}
	defer d.stop()
	first, err := d.visit(c, false)
	if err != nil {
		return err
	}
	s.first = append(s.first, first)
	if c.signIn != nil {
		if err := c.signIn(d, c); err != nil {
			return fmt.Errorf("sign in to %s: %w", c.name, err)
		}
		if c.calledBack {
			called, err := d.reached(true)
			if err != nil {
				return err
			}
			s.called = append(s.called, called)
		}
	} else if err := d.wait(`!navigator.serviceWorker || navigator.serviceWorker.controller ||
		document.readyState === "complete"`); err != nil {
		return err
	}
	time.Sleep(500 * time.Millisecond) // for what is stored in the background
	back, err := d.visit(c, c.profile != "")
	if err != nil {
		return err
	}
	s.back = append(s.back, back)
	return nil
}

// median returns the median of one mark; 0 if there are no visits.
func median(list []marks, of func(marks) float64) float64 {
	values := make([]float64, len(list))
	for i, m := range list {
		values[i] = of(m)
	}
	slices.Sort(values)
	if len(values) == 0 {
		return 0
	}
	middle := len(values) / 2
	if len(values)%2 == 1 {
		return values[middle]
	}
	return (values[middle-1] + values[middle]) / 2
}

// startBrowser starts the Chromium at a path. The function that it returns ends it.
func startBrowser(ctx context.Context, path string) (context.Context, func(), error) {
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
	allocator, end := chromedp.NewExecAllocator(ctx, options...)
	browser, cancel := chromedp.NewContext(allocator)
	stop := func() {
		cancel()
		end()
	}
	if err := chromedp.Do(browser); err != nil {
		stop()
		return nil, nil, fmt.Errorf("start %s: %w", path, err)
	}
	return browser, stop, nil
}
