package ui

import (
	"context"

	"twinlock/app/flow"
	"twinlock/app/lock"
	"twinlock/app/text"
)

// locks are the page's locks, one for each [flow.Purpose]; together they are the
// [flow.Locks].
type locks struct {
	login *lock.Lock
	link  *lock.Lock
	proof *lock.Lock
	move  *lock.Lock
	// signedIn is told the connection of each sign-in.
	signedIn func(connection string)
	// say has the words for why a login is needed.
	say *text.Catalogue
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
// are called. One lock is enough, since every lock hears of them. Of a login that could not
// begin its lock's dialog tells.
func (l locks) watch(ended func(flow.Login)) (stops []func()) {
	tell := func(n lock.Notice) {
		if n.Result != nil && (l.of(flow.Purpose(n.Purpose)) == l.login || l.of(flow.Purpose(n.Purpose)) == l.move) {
			l.signedIn(n.Result.Transaction.Connection)
		}
		ended(flow.Login{Purpose: flow.Purpose(n.Purpose), Result: n.Result, Err: n.Err})
	}
	return []func(){l.login.On(lock.Authenticated, tell), l.login.On(lock.AuthorizationError, tell)}
}

func (l locks) Show(p flow.Purpose) { l.of(p).Show() }

func (l locks) Ask(p flow.Purpose, s flow.Step) {
	reason := l.say.Of(text.ProveToLink)
	switch {
	case p == flow.Move:
		reason = l.say.Of(text.MoveToLink)
	case s.For == flow.UnlinkAction:
		reason = l.say.Of(text.ProveToUnlink)
	}
	l.of(p).Ask(text.Fill(reason, "account", s.Account), s.Connection, s.Address, "")
}

func (l locks) LoginAs(p flow.Purpose, connection, address, subject string) {
	l.of(p).LoginAs(connection, address, subject)
}

func (l locks) Cancel(p flow.Purpose) { l.of(p).Cancel() }

func (l locks) Resume(ctx context.Context, callback string) { lock.Resume(ctx, callback) }

func (l locks) LogoutURL() string { return l.login.LogoutURL(l.home) }
