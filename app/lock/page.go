package lock

import (
	"context"
	"slices"
	"sync"

	"twinlock/app/browser"
	"twinlock/app/oidc"
	"twinlock/app/platform"
)

// The kinds of the messages between a callback page in a window and the page that has
// opened it. boot.js has the window's side.
const (
	messageCallback = "callback" // the tenant has called back; Data is the query and fragment
	messageTaken    = "taken"    // the answer has been accepted, and the window may close
)

// page has the locks of the page. [New] adds to it and [Lock.Close] removes: an answer
// belongs to the page and not to one lock.
var page registry

// registry knows the locks of a page and listens for what their windows report.
type registry struct {
	mu       sync.Mutex
	all      []*Lock
	channels map[browser.Scope]platform.Channel
}

// Resume finishes the login that the tenant has called back for. The callback is the query
// and the fragment of the page's URL, each with its mark: "?code=…&state=…". Call it once,
// when all locks have been made: the lock whose purpose the state carries finishes the
// login. It returns when the handlers of every lock have returned, and does nothing if
// there are no locks. A failure is told to the handlers, as [AuthorizationError].
func Resume(ctx context.Context, callback string) { page.resume(ctx, callback) }

func (r *registry) resume(ctx context.Context, callback string) {
	if l := r.forCallback(callback); l != nil {
		l.finish(ctx, callback)
	}
}

// forCallback returns the lock that finishes a login: the one of the purpose, or any to
// report that there is none; nil if there are no locks.
func (r *registry) forCallback(callback string) *Lock {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.all) == 0 {
		return nil
	}
	parsed, _ := oidc.ParseCallback(callback) // finish reports what is wrong with it
	purpose := purposeOf(parsed.State)
	for _, l := range r.all {
		if l.Purpose() == purpose {
			return l
		}
	}
	return r.all[0]
}

func (r *registry) add(l *Lock) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = append(r.all, l)
}

func (r *registry) remove(l *Lock) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = slices.DeleteFunc(r.all, func(other *Lock) bool { return other == l })
}

// tell calls the handlers of every lock.
func (r *registry) tell(n Notice) {
	r.mu.Lock()
	all := slices.Clone(r.all)
	r.mu.Unlock()
	for _, l := range all {
		l.emit(n)
	}
}

// listen opens the channel on which the windows of a scope report, unless it is open.
func (r *registry) listen(scope browser.Scope) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, open := r.channels[scope]; open {
		return
	}
	if r.channels == nil {
		r.channels = make(map[browser.Scope]platform.Channel)
	}
	r.channels[scope] = scope.OpenChannel(func(m platform.Message) { r.receive(scope, m) })
}

// receive finishes the login that a window has an answer for, if a lock waits for it.
func (r *registry) receive(scope browser.Scope, m platform.Message) {
	if m.Kind != messageCallback {
		return
	}
	r.mu.Lock()
	all, channel := slices.Clone(r.all), r.channels[scope]
	r.mu.Unlock()
	// The message's state only says whom the answer is for. The answer must carry it, too.
	if parsed, err := oidc.ParseCallback(m.Data); err != nil || parsed.State != m.State {
		return
	}
	for _, l := range all {
		if l.scope != scope {
			continue
		}
		if pending := l.pendingFor(m.State); pending != nil && l.endWait(pending) {
			channel.Post(platform.Message{Kind: messageTaken, State: m.State})
			pending.window.Close()
			l.finish(context.Background(), m.Data)
			return
		}
	}
}
