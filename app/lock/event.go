package lock

import (
	"slices"

	"twinlock/app/oidc"
)

// Event is what a lock tells of.
//
//sentence:none what comes with an event is told
type Event string

// The events.
const (
	// Authenticated: a login has succeeded. Every lock hears it.
	Authenticated Event = "authenticated"
	// AuthorizationError: a login has failed or was given up. Every lock hears it.
	AuthorizationError Event = "authorization_error"
	// Show and Hide: this lock's dialog was opened or closed.
	Show Event = "show"
	Hide Event = "hide"
	// UnrecoverableError: a login could not even begin, for instance because the
	// tenant cannot be reached.
	UnrecoverableError Event = "unrecoverable_error"
)

// Notice is what the handler of an [Event] is told.
type Notice struct {
	Event Event
	// Purpose is that of the login, "" where none could be told.
	Purpose string
	// Result is what an [Authenticated] login yielded.
	Result *oidc.Result
	// Err is why a login failed: an error of package oidc, [ErrPopupClosed], or
	// one of the network.
	Err error
}

type subscription struct {
	event   Event
	handler func(Notice)
}

// On calls handler for each event of that kind, until the function it returns is
// called. Handlers run one after the other, outside the UI goroutine.
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
