package lock

import (
	"slices"

	"twinlock/app/oidc"
)

// Event is a kind of thing that a lock tells its handlers about. See [Lock.On].
//
//sentence:none what comes with an event is told
type Event string

// The events.
const (
	// Authenticated is told to every lock when a login has succeeded.
	// [Notice].Result is set.
	Authenticated Event = "authenticated"
	// AuthorizationError is told to every lock when the tenant's answer to a login was an
	// error or was refused. [Notice].Err is set.
	AuthorizationError Event = "authorization_error"
	// Show is told to this lock only, when its dialog was opened.
	Show Event = "show"
	// Hide is told to this lock only, when its dialog was closed.
	Hide Event = "hide"
	// UnrecoverableError is told to this lock only, when a login could not begin, for
	// instance because the tenant cannot be reached. [Notice].Err is set.
	UnrecoverableError Event = "unrecoverable_error"
)

// Notice is what the handler of an [Event] gets.
type Notice struct {
	// Event is what has happened.
	Event Event
	// Purpose is the purpose of the login, or of the lock for [Show] and [Hide]. It is ""
	// where an answer had no state to read it from.
	Purpose string
	// Result has the verified claims and the tokens of the login; nil unless the event is
	// [Authenticated].
	Result *oidc.Result
	// Err is why the login failed: one of the errors of [oidc.ParseCallback],
	// [oidc.Client.Begin] or [oidc.Client.Finish], or [ErrStayed]. Nil where nothing
	// failed. [oidc.WordsOf] returns what the tenant itself says about it.
	Err error
}

type subscription struct {
	event   Event
	handler func(Notice)
}

// On calls handler for each event of that kind, until off is called. The handlers of one
// event run one after the other, in the order of their calls of On, and outside the UI
// goroutine.
func (l *Lock) On(event Event, handler func(Notice)) (off func()) {
	s := &subscription{event, handler}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.subscriptions = append(l.subscriptions, s)
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.subscriptions = slices.DeleteFunc(l.subscriptions, func(other *subscription) bool { return other == s })
	}
}

// emit calls the lock's own handlers.
func (l *Lock) emit(n Notice) {
	l.mu.Lock()
	subscriptions := slices.Clone(l.subscriptions)
	l.mu.Unlock()
	for _, s := range subscriptions {
		if s.event == n.Event {
			s.handler(n)
		}
	}
}
