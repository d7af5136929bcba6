package bidi

import (
	"context"
	"encoding/base64"
	"fmt"

	"twinlock/server/e2e/webdriver"
)

// Person is one of those whose data a browser keeps apart. Their windows have
// handles.
type Person struct {
	browser *Browser
	id      string // the user context
	hear    func(string)
}

// Person opens the first window of another person. hear is told of the errors
// and warnings in the person's pages.
func (b *Browser) Person(ctx context.Context, hear func(string)) (p *Person, window string, err error) {
	var made struct {
		UserContext, Context string
	}
	if err := b.call(ctx, "browser.createUserContext", nil, &made); err != nil {
		return nil, "", err
	}
	p = &Person{b, made.UserContext, hear}
	b.mu.Lock()
	b.people[p.id] = p
	b.mu.Unlock()
	err = b.call(ctx, "browsingContext.create", map[string]any{"type": "window", "userContext": p.id}, &made)
	return p, made.Context, err
}

// Close closes all windows of the person, and forgets the person's data.
func (p *Person) Close(ctx context.Context) error {
	return p.browser.call(ctx, "browser.removeUserContext", map[string]any{"userContext": p.id}, nil)
}

// Visit goes to a URL and waits until the page is loaded.
func (p *Person) Visit(ctx context.Context, window, url string) error {
	return p.browser.call(ctx, "browsingContext.navigate", map[string]any{"context": window, "url": url, "wait": "complete"}, nil)
}

// Reload loads the page anew.
func (p *Person) Reload(ctx context.Context, window string) error {
	return p.browser.call(ctx, "browsingContext.reload", map[string]any{"context": window, "wait": "complete"}, nil)
}

// Back goes back in the history.
func (p *Person) Back(ctx context.Context, window string) error {
	return p.browser.call(ctx, "browsingContext.traverseHistory", map[string]any{"context": window, "delta": -1}, nil)
}

// Evaluate returns as JSON what an expression, or its promise, yields. What it
// throws is a [webdriver.Exception].
func (p *Person) Evaluate(ctx context.Context, window, expression string) ([]byte, error) {
	var answer struct {
		Result struct {
			Value string
		}
		ExceptionDetails *struct {
			Text string
		}
	}
	err := p.browser.call(ctx, "script.evaluate", map[string]any{
		"expression":   fmt.Sprintf("(async () => JSON.stringify(await (%s) ?? null))()", expression),
		"awaitPromise": true,
		"target":       map[string]any{"context": window},
	}, &answer)
	if err == nil && answer.ExceptionDetails != nil {
		err = webdriver.Exception(answer.ExceptionDetails.Text)
	}
	return []byte(answer.Result.Value), err
}

// Press clicks at a place, in CSS pixels.
func (p *Person) Press(ctx context.Context, window string, x, y float64) error {
	return p.perform(ctx, window, webdriver.Click(x, y))
}

// Type presses the keys of a text, see [webdriver.Keys].
func (p *Person) Type(ctx context.Context, window, text string, shift bool) error {
	return p.perform(ctx, window, webdriver.Keys(text, shift))
}

func (p *Person) perform(ctx context.Context, window string, source webdriver.Source) error {
	return p.browser.call(ctx, "input.performActions",
		map[string]any{"context": window, "actions": []webdriver.Source{source}}, nil)
}

// Opened lists the windows that a window has opened.
func (p *Person) Opened(ctx context.Context, window string) ([]string, error) {
	var tree struct {
		Contexts []struct{ Context, OriginalOpener string }
	}
	err := p.browser.call(ctx, "browsingContext.getTree", map[string]any{"maxDepth": 0}, &tree)
	var opened []string
	for _, c := range tree.Contexts {
		if c.OriginalOpener == window {
			opened = append(opened, c.Context)
		}
	}
	return opened, err
}

// Picture is a window's contents as PNG.
func (p *Person) Picture(ctx context.Context, window string) ([]byte, error) {
	var picture struct{ Data string }
	err := p.browser.call(ctx, "browsingContext.captureScreenshot", map[string]any{"context": window}, &picture)
	if err != nil {
		return nil, err
	}
	return base64.StdEncoding.DecodeString(picture.Data)
}
