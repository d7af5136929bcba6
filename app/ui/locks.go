package ui

import (
	"context"

	"twinlock/app/flow"
	"twinlock/app/lock"
)

// locks are the page's locks, one for each [flow.Purpose]; together they are the
// [flow.Locks].
type locks struct {
	login *lock.Lock
	link  *lock.Lock
	proof *lock.Lock
	move  *lock.Lock
	// home is the URL that the tenant returns to after it has ended its session.
	home string
}

// of returns the lock of a purpose.
func (l locks) of(p flow.Purpose) *lock.Lock {
	switch p {
	case flow.Second:
		return l.link
	case flow.Proof:
		return l.proof
	case flow.Move:
		return l.move
	}
	return l.login
}

// watch calls ended when a login of any lock has ended, until the functions that it returns
// are called. One lock is enough for the logins that the tenant has answered, since every
// lock hears of them. Only its own lock hears of a login that could not begin.
func (l locks) watch(ended func(flow.Login)) (stops []func()) {
	tell := func(n lock.Notice) {
		ended(flow.Login{Purpose: flow.Purpose(n.Purpose), Result: n.Result, Err: n.Err})
	}
	return []func(){
		l.login.On(lock.Authenticated, tell),
		l.login.On(lock.AuthorizationError, tell),
		// The other two say it in their dialogs.
		l.proof.On(lock.UnrecoverableError, tell),
		l.move.On(lock.UnrecoverableError, tell),
	}
}

func (l locks) Show(p flow.Purpose) { l.of(p).Show() }

func (l locks) LoginAs(p flow.Purpose, connection, address, subject string) {
	l.of(p).LoginAs(connection, address, subject)
}

func (l locks) Cancel(p flow.Purpose) { l.of(p).Cancel() }

func (l locks) Resume(ctx context.Context, callback string) { lock.Resume(ctx, callback) }

func (l locks) LogoutURL() string { return l.login.LogoutURL(l.home) }
