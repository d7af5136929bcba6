// Package webdriver drives a browser by W3C WebDriver, over HTTP: what the
// end-to-end tests need of it.
package webdriver

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"sync"
)

// Session is a browser with nothing in it. Its windows have handles.
type Session struct {
	base string // of its commands

	mu      sync.Mutex
	current string // the window that commands go to
}

// New has a driver at a URL start a browser, and returns its first window.
func New(ctx context.Context, driver string, capabilities any) (s *Session, window string, err error) {
	s = &Session{base: driver + "/session"}
	var started struct {
		ID string `json:"sessionId"`
	}
	want := map[string]any{"capabilities": map[string]any{"alwaysMatch": capabilities}}
	if err := s.call(ctx, http.MethodPost, "", want, &started); err != nil {
		return nil, "", err
	}
	s.base += "/" + url.PathEscape(started.ID)
	if err := s.call(ctx, http.MethodGet, "/window", nil, &s.current); err != nil {
		return nil, "", err
	}
	return s, s.current, nil
}

// Close ends the browser.
func (s *Session) Close(ctx context.Context) error {
	return s.call(ctx, http.MethodDelete, "", nil, nil)
}

// Visit goes to a URL and waits until the page is loaded.
func (s *Session) Visit(ctx context.Context, window, url string) error {
	return s.command(ctx, window, http.MethodPost, "/url", map[string]string{"url": url}, nil)
}

// Reload loads the page anew.
func (s *Session) Reload(ctx context.Context, window string) error {
	return s.command(ctx, window, http.MethodPost, "/refresh", nil, nil)
}

// Back goes back in the history.
func (s *Session) Back(ctx context.Context, window string) error {
	return s.command(ctx, window, http.MethodPost, "/back", nil, nil)
}

// Evaluate returns as JSON what an expression, or its promise, yields. What it
// throws is an [Exception].
func (s *Session) Evaluate(ctx context.Context, window, expression string) ([]byte, error) {
	script := `const done = arguments[arguments.length - 1];
		Promise.resolve().then(() => (` + expression + `)).then(
			(value) => done({value: JSON.stringify(value ?? null)}),
			(error) => done({error: String(error)}));`
	var result struct{ Value, Error string }
	err := s.command(ctx, window, http.MethodPost, "/execute/async", map[string]any{"script": script, "args": []any{}}, &result)
	if err == nil && result.Error != "" {
		err = Exception(result.Error)
	}
	return []byte(result.Value), err
}

// Exception is what a page's script has thrown.
type Exception string

func (e Exception) Error() string { return "thrown: " + string(e) }

// Press clicks at a place, in CSS pixels.
func (s *Session) Press(ctx context.Context, window string, x, y float64) error {
	return s.perform(ctx, window, Click(x, y))
}

// Type presses the keys of a text, see [Keys].
func (s *Session) Type(ctx context.Context, window, text string, shift bool) error {
	return s.perform(ctx, window, Keys(text, shift))
}

func (s *Session) perform(ctx context.Context, window string, source Source) error {
	return s.command(ctx, window, http.MethodPost, "/actions", map[string]any{"actions": []Source{source}}, nil)
}

// Opened lists the other windows: a driver does not tell who has opened them.
func (s *Session) Opened(ctx context.Context, window string) ([]string, error) {
	var all, others []string
	err := s.call(ctx, http.MethodGet, "/window/handles", nil, &all)
	for _, handle := range all {
		if handle != window {
			others = append(others, handle)
		}
	}
	return others, err
}

// Picture is a window's contents as PNG.
func (s *Session) Picture(ctx context.Context, window string) ([]byte, error) {
	var picture string
	if err := s.command(ctx, window, http.MethodGet, "/screenshot", nil, &picture); err != nil {
		return nil, err
	}
	return base64.StdEncoding.DecodeString(picture)
}

// command sends a command to a window. A session has one at a time that they go
// to.
func (s *Session) command(ctx context.Context, window, method, path string, params, value any) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current != window {
		if err := s.call(ctx, http.MethodPost, "/window", map[string]string{"handle": window}, nil); err != nil {
			return err
		}
		s.current = window
	}
	return s.call(ctx, method, path, params, value)
}

// call sends a command. It fails with an [Error] where the driver says why.
func (s *Session) call(ctx context.Context, method, path string, params, value any) error {
	var body bytes.Buffer
	if method == http.MethodPost {
		if params == nil {
			params = struct{}{}
		}
		if err := json.NewEncoder(&body).Encode(params); err != nil {
			return err
		}
	}
	r, err := http.NewRequestWithContext(ctx, method, s.base+path, &body)
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	var answer struct {
		Value json.RawMessage `json:"value"`
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		return fmt.Errorf("%s %s: status %d: %w", method, path, response.StatusCode, err)
	}
	if response.StatusCode != http.StatusOK {
		failure := Error{Command: method + " " + path}
		_ = json.Unmarshal(answer.Value, &failure) // or else it says nothing
		return &failure
	}
	if value == nil {
		return nil
	}
	return json.Unmarshal(answer.Value, value)
}

// Error is a driver's refusal.
type Error struct {
	Command string `json:"-"`
	Code    string `json:"error"` // see W3C WebDriver, section 6.6
	Message string `json:"message"`
}

func (e *Error) Error() string { return fmt.Sprintf("%s: %s: %s", e.Command, e.Code, e.Message) }
