package ui

import (
	"context"
	"errors"

	"twinlock/app/flow"
	"twinlock/app/lock"
)

// locks are the page's locks, as the flow knows them.
type locks struct {
	login, link, proof, move *lock.Lock
	// home is where the tenant returns to after it has ended its session.
	home string
}

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

// join tells of every login's end, until the functions that it returns are called. Every
// lock hears of every login that the tenant has answered; that one could not begin is
// heard by its own.
func (l locks) join(ended func(flow.Login)) (leave []func()) {
	answered := func(n lock.Notice) { ended(loginOf(n, errors.Is(n.Err, lock.ErrPopupClosed))) }
	unbegun := func(n lock.Notice) { ended(loginOf(n, false)) }
	return []func(){
		l.login.On(lock.Authenticated, answered),
		l.login.On(lock.AuthorizationError, answered),
		// The other two tell of it in their dialogs.
		l.proof.On(lock.UnrecoverableError, unbegun),
		l.move.On(lock.UnrecoverableError, unbegun),
	}
}

func loginOf(n lock.Notice, told bool) flow.Login {
	return flow.Login{Purpose: flow.Purpose(n.Purpose), Result: n.Result, Err: n.Err, Told: told}
}

func (l locks) Show(p flow.Purpose) { l.of(p).Show() }

func (l locks) LoginAs(p flow.Purpose, connection, address, subject string) {
	l.of(p).LoginAs(connection, address, subject)
}

func (l locks) Cancel(p flow.Purpose) { l.of(p).Cancel() }

func (l locks) Resume(ctx context.Context, callback string) { lock.Resume(ctx, callback) }

func (l locks) LogoutURL() string { return l.login.LogoutURL(l.home) }
