package lock

import (
	"context"
	"slices"
	"sync"

	"twinlock/app/browser"
	"twinlock/app/oidc"
	"twinlock/app/platform"
)

// The messages between the callback page in a window and the page that opened
// it. The boot script speaks them too.
const (
	messageCallback = "callback" // the window was called back: Data holds query and fragment
	messageTaken    = "taken"    // the opener has it; the window may close
)

// page is all the locks of the page.
var page locks

type locks struct {
	mu       sync.Mutex
	all      []*Lock
	channels map[browser.Scope]platform.Channel
}

// Resume completes the login that the page was called back for. The callback is
// the query and fragment of the callback URL. The lock whose purpose it carries
// finishes it; every lock hears how it ended. It returns when they have.
func Resume(ctx context.Context, callback string) { page.resume(ctx, callback) }

func (p *locks) resume(ctx context.Context, callback string) {
	if l := p.forCallback(callback); l != nil {
		l.finish(ctx, callback)
	}
}

func (p *locks) forCallback(callback string) *Lock {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.all) == 0 {
		return nil
	}
	parsed, _ := oidc.ParseCallback(callback) // finish reports what is wrong with it
	purpose := purposeOf(parsed.State)
	for _, l := range p.all {
		if l.Purpose() == purpose {
			return l
		}
	}
	return p.all[0]
}

func (p *locks) join(l *Lock) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.all = append(p.all, l)
}

func (p *locks) leave(l *Lock) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.all = slices.DeleteFunc(p.all, func(other *Lock) bool { return other == l })
}

func (p *locks) tell(n Notice) {
	p.mu.Lock()
	all := slices.Clone(p.all)
	p.mu.Unlock()
	for _, l := range all {
		l.emit(n)
	}
}

// listen opens the channel on which the windows of a scope report, at the first
// window.
func (p *locks) listen(scope browser.Scope) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, open := p.channels[scope]; open {
		return
	}
	if p.channels == nil {
		p.channels = make(map[browser.Scope]platform.Channel)
	}
	p.channels[scope] = scope.OpenChannel(func(m platform.Message) { p.receive(scope, m) })
}

func (p *locks) receive(scope browser.Scope, m platform.Message) {
	if m.Kind != messageCallback {
		return
	}
	p.mu.Lock()
	all, channel := slices.Clone(p.all), p.channels[scope]
	p.mu.Unlock()
	// The message's state only says whose it is; the answer itself must carry it.
	if parsed, err := oidc.ParseCallback(m.Data); err != nil || parsed.State != m.State {
		return
	}
	for _, l := range all {
		if l.scope != scope {
			continue
		}
		if pending := l.waitsFor(m.State); pending != nil && l.endWait(pending) {
			channel.Post(platform.Message{Kind: messageTaken, State: m.State})
			pending.window.Close()
			l.finish(context.Background(), m.Data)
			return
		}
	}
}
