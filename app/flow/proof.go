package flow

import (
	"context"
	"time"

	"twinlock/app/linking"
)

// fresh reports whether the person has proven who they are within the time that counts as
// fresh, and so much more.
func (f *Flow) fresh(more time.Duration) bool {
	account, ok := f.deps.Session.Account()
	return ok && account.Fresh(f.settings.ProofAge+more)
}

// prove asks the person to sign in once more to the account that is signed in. When they
// have, the action goes on by itself.
func (f *Flow) prove(a Action) {
	own := linking.AccountOf(f.state.User)
	step := Step{For: a.Kind, Account: f.deps.Words.Account(own, own), Address: f.state.User.Email}
	if primary, ok := f.state.User.Primary(); ok {
		step.Connection = primary.Connection
	}
	f.run(job{says: Work{Kind: Proving}, do: func(w *work) (func(), error) {
		// If it cannot be stored, the person has to click once more after a redirect.
		subject := f.deps.Session.Subject()
		var unkept *Action
		if f.keepAction(w.ctx, subject, a) != nil {
			unkept = &a
			// Not an older one in its place.
			_ = f.deps.Actions.Drop(w.ctx)
		}
		return func() {
			f.unkept = unkept
			if subject == "" || f.deps.Session.Subject() != subject {
				return // it has ended meanwhile, which is told next
			}
			f.deps.Locks.Ask(Proof, step)
		}, nil
	}})
}

// waited returns the action that waited for a proof, nil for none, and forgets it: the one
// that was stored, or else the one that could not be.
func (f *Flow) waited(stored *Action) *Action {
	if stored == nil {
		stored = f.unkept
	}
	f.unkept = nil
	return stored
}

// askFor sends the person to sign in to a named account, or to any of a connection.
func (f *Flow) askFor(w Wanted) {
	subject := f.deps.Session.Subject()
	if w.Subject != "" {
		// Its e-mail address must outlast this page, and so it is sealed. If it cannot be
		// stored, notices name the account by its id.
		_ = f.keepAction(context.Background(), subject, actionOf(LinkAction, w))
	}
	f.post(func() {
		if subject != "" && f.deps.Session.Subject() == subject && f.state.SignedIn() {
			f.deps.Locks.LoginAs(Second, w.Connection, w.Email, w.Subject)
		}
	})
}

// keepAction keeps an action, unless its session has ended: a sign-out would not wipe it.
func (f *Flow) keepAction(ctx context.Context, subject string, a Action) error {
	return f.deps.Session.While(ctx, subject, func(ctx context.Context) error {
		return f.deps.Actions.Put(ctx, subject, a)
	})
}
