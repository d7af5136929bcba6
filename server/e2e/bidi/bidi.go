// Package bidi drives a browser by W3C WebDriver BiDi, over a WebSocket: what the
// end-to-end tests need of it.
package bidi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"golang.org/x/net/websocket"
)

// Origin is where connections say they come from. A browser must be told to
// allow it.
const Origin = "http://127.0.0.1"

// Browser is a connection to a browser.
type Browser struct {
	socket *websocket.Conn

	mu      sync.Mutex
	last    int                  // command
	waiting map[int]chan message // for the answers to commands
	people  map[string]*Person   // by user context
	owner   map[string]*Person   // of a window
	ended   error
}

// message is any of the browser's: the answer to a command, or an event.
type message struct {
	Type   string          `json:"type"`
	ID     int             `json:"id"`
	Result json.RawMessage `json:"result"`
	Code   string          `json:"error"`
	Text   string          `json:"message"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
}

// Connect begins a session with the browser that listens at a WebSocket's URL.
func Connect(ctx context.Context, url string) (*Browser, error) {
	config, err := websocket.NewConfig(url+"/session", Origin)
	if err != nil {
		return nil, err
	}
	socket, err := config.DialContext(ctx)
	if err != nil {
		return nil, err
	}
	b := &Browser{
		socket:  socket,
		waiting: map[int]chan message{},
		people:  map[string]*Person{},
		owner:   map[string]*Person{},
	}
	go b.read()
	err = b.call(ctx, "session.new", map[string]any{"capabilities": struct{}{}}, nil)
	if err == nil {
		err = b.call(ctx, "session.subscribe", map[string]any{"events": []string{created, logged}}, nil)
	}
	if err != nil {
		return nil, errors.Join(err, socket.Close())
	}
	return b, nil
}

// Close ends the browser.
func (b *Browser) Close(ctx context.Context) error {
	err := b.call(ctx, "browser.close", nil, nil)
	return errors.Join(err, b.socket.Close())
}

func (b *Browser) read() {
	for {
		var m message
		if err := websocket.JSON.Receive(b.socket, &m); err != nil {
			b.end(fmt.Errorf("the browser has gone: %w", err))
			return
		}
		if m.Type == "event" {
			b.hear(m)
			continue
		}
		b.mu.Lock()
		if waiting := b.waiting[m.ID]; waiting != nil {
			waiting <- m
			delete(b.waiting, m.ID)
		}
		b.mu.Unlock()
	}
}

func (b *Browser) end(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ended = err
	for id, waiting := range b.waiting {
		close(waiting)
		delete(b.waiting, id)
	}
}

// Events that are listened to.
const (
	created = "browsingContext.contextCreated"
	logged  = "log.entryAdded"
)

// hear tells people of the errors and warnings in their pages.
func (b *Browser) hear(m message) {
	var e struct {
		Context     string `json:"context"`
		UserContext string `json:"userContext"`
		Level       string `json:"level"`
		Text        string `json:"text"`
		Source      struct {
			Context string `json:"context"`
		} `json:"source"`
	}
	if json.Unmarshal(m.Params, &e) != nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	switch m.Method {
	case created:
		b.owner[e.Context] = b.people[e.UserContext]
	case logged:
		if p := b.owner[e.Source.Context]; p != nil && (e.Level == "error" || e.Level == "warn") {
			p.hear(e.Level + ": " + e.Text)
		}
	}
}

// call sends a command and waits for its answer. It fails with an [Error] where
// the browser says why.
func (b *Browser) call(ctx context.Context, method string, params map[string]any, result any) error {
	waiting, err := b.send(method, params)
	if err != nil {
		return err
	}
	select {
	case <-ctx.Done():
		return fmt.Errorf("%s: %w", method, ctx.Err())
	case m, ok := <-waiting:
		switch {
		case !ok:
			return b.ended
		case m.Type != "success":
			return &Error{method, m.Code, m.Text}
		case result == nil:
			return nil
		}
		return json.Unmarshal(m.Result, result)
	}
}

func (b *Browser) send(method string, params map[string]any) (<-chan message, error) {
	if params == nil {
		params = map[string]any{}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ended != nil {
		return nil, b.ended
	}
	b.last++
	waiting := make(chan message, 1)
	b.waiting[b.last] = waiting
	return waiting, websocket.JSON.Send(b.socket, map[string]any{"id": b.last, "method": method, "params": params})
}

// Error is a browser's refusal.
type Error struct{ Method, Code, Message string }

func (e *Error) Error() string { return fmt.Sprintf("%s: %s: %s", e.Method, e.Code, e.Message) }
