package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"twinlock/server/e2e/bidi"
	"twinlock/server/e2e/programs"
	"twinlock/server/e2e/webdriver"
)

// A driver drives the browser of one person, whose windows have handles.
type driver interface {
	Visit(ctx context.Context, window, url string) error
	Reload(ctx context.Context, window string) error
	Back(ctx context.Context, window string) error
	// Evaluate returns as JSON what an expression, or its promise, yields.
	Evaluate(ctx context.Context, window, expression string) ([]byte, error)
	Press(ctx context.Context, window string, x, y float64) error
	// Type presses the keys of a text; Tab, Enter and Escape are "\t", "\r" and "\x1b".
	Type(ctx context.Context, window, text string, shift bool) error
	// Opened lists the windows that a window has opened and that are still open.
	Opened(ctx context.Context, window string) ([]string, error)
	Picture(ctx context.Context, window string) ([]byte, error)
}

// devtools drives Chromium by its own protocol, in which the context says which
// window it is.
type devtools struct{}

// Visit implements driver. A visit that another navigation has overtaken is made again.
func (devtools) Visit(ctx context.Context, _, url string) error {
	for {
		err := chromedp.Do(ctx, chromedp.Navigate(url))
		var failed *chromedp.LoadError
		if !errors.As(err, &failed) || failed.ErrorText != "net::ERR_ABORTED" || ctx.Err() != nil {
			return err
		}
		time.Sleep(look)
	}
}

func (devtools) Reload(ctx context.Context, _ string) error {
	return chromedp.Do(ctx, chromedp.Reload())
}

func (devtools) Back(ctx context.Context, _ string) error {
	h, err := chromedp.Call(ctx, cdppage.GetNavigationHistory, cdp.Empty{})
	if err != nil {
		return err
	}
	before := h.CurrentIndex - 1
	_, err = chromedp.Call(ctx, cdppage.NavigateToHistoryEntry,
		cdppage.NavigateToHistoryEntryParams{EntryID: h.Entries[before].ID})
	for err == nil && h.CurrentIndex != before {
		time.Sleep(look)
		// There is no answer while one page takes the place of the other.
		if now, failed := chromedp.Call(ctx, cdppage.GetNavigationHistory, cdp.Empty{}); failed == nil {
			h = now
		}
		err = ctx.Err()
	}
	return err
}

func (devtools) Evaluate(ctx context.Context, _, expression string) ([]byte, error) {
	return chromedp.Run(ctx, chromedp.Evaluate[json.RawMessage](expression, chromedp.EvalAwaitPromise))
}

func (devtools) Press(ctx context.Context, _ string, x, y float64) error {
	event := func(kind input.DispatchMouseEventType) error {
		_, err := chromedp.Call(ctx, input.DispatchMouseEvent, input.DispatchMouseEventParams{
			Type: kind, X: x, Y: y, Button: input.MouseButtonLeft, ClickCount: 1,
		})
		return err
	}
	if err := event(chromedp.MousePressed); err != nil {
		return err
	}
	// The click may take the page away before the answer comes.
	_ = event(input.DispatchMouseEventTypeMouseReleased)
	return nil
}

func (devtools) Type(ctx context.Context, _, text string, shift bool) error {
	var options []chromedp.KeyOption
	if shift {
		options = append(options, chromedp.KeyModifiers(kb.ModifierShift))
	}
	return chromedp.Do(ctx, chromedp.KeyEvent(text, options...))
}

func (devtools) Opened(ctx context.Context, window string) ([]string, error) {
	infos, err := chromedp.Targets(ctx)
	var opened []string
	for _, info := range infos {
		if info.Type == "page" && string(info.OpenerID) == window {
			opened = append(opened, string(info.TargetID))
		}
	}
	return opened, err
}

func (devtools) Picture(ctx context.Context, _ string) ([]byte, error) {
	return chromedp.Run(ctx, chromedp.CaptureScreenshot())
}

// Elsewhere is a browser that is not Chromium: it opens that of another person,
// with nothing in it, and tells of errors in its pages where it can.
type elsewhere func(hear func(trouble string)) (d driver, window string, leave func(), err error)

// others start the browsers that -browser may name beside Chromium.
var others = map[string]func() (open elsewhere, stop func(), err error){
	"firefox": startFirefox,
	"webkit":  startWebKit,
}

func startFirefox() (elsewhere, func(), error) {
	path, err := programs.Firefox.Find()
	if err != nil {
		return nil, nil, err
	}
	ctx := context.Background()
	firefox, stop, err := bidi.Firefox(ctx, path)
	if err != nil {
		return nil, nil, err
	}
	return func(hear func(string)) (driver, string, func(), error) {
		p, window, err := firefox.Person(ctx, hear)
		return p, window, func() { _ = p.Close(ctx) }, err
	}, stop, nil
}

func startWebKit() (elsewhere, func(), error) {
	xvfb, err := programs.Xvfb.Find()
	if err != nil {
		return nil, nil, err
	}
	path, err := programs.WebKit.Find()
	if err != nil {
		return nil, nil, err
	}
	display, stop, err := webdriver.Xvfb(xvfb)
	if err != nil {
		return nil, nil, fmt.Errorf("start a display: %w", err)
	}
	return func(func(string)) (driver, string, func(), error) {
		s, window, leave, err := webdriver.WebKit(context.Background(), path, display)
		return s, window, leave, err
	}, stop, nil
}
