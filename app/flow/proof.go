package flow

import (
	"context"
	"encoding/json"
	"time"
)

// fresh reports whether the person has proven who they are within the time that counts as
// fresh, and so much more.
func (f *Flow) fresh(more time.Duration) bool {
	account, ok := f.deps.Session.Account()
	return ok && account.Fresh(f.settings.ProofAge+more)
}

// prove sends the person to sign in once more to the account that is signed in. When they
// are back, the action goes on by itself.
func (f *Flow) prove(a Action) {
	connection, address := "", f.state.User.Email
	if primary, ok := f.state.User.Primary(); ok {
		connection = primary.Connection
	}
	f.run(job{says: Work{Kind: Proving}, do: func(w *work) (func(), error) {
		// If it cannot be stored, the person has to click once more.
		subject := f.deps.Session.Subject()
		if f.keepAction(w.ctx, subject, a) != nil {
			// Not an older one in its place.
			_ = f.deps.Actions.Drop(w.ctx)
		}
		return func() {
			if subject == "" || f.deps.Session.Subject() != subject {
				return // it has ended meanwhile, which is told next
			}
			w.leave(Proving)
			f.deps.Locks.LoginAs(Proof, connection, address, "")
		}, nil
	}})
}

// actionOf makes an action. What it is about is a struct of strings, which json always
// writes.
func actionOf(kind ActionKind, about any) Action {
	data, _ := json.Marshal(about)
	return Action{Kind: kind, Data: data}
}

// askFor sends the person to sign in to a named account.
func (f *Flow) askFor(w Wanted) {
	// Its e-mail address must outlast this page, and so it is sealed. If it cannot be
	// stored, notices name the account by its id.
	subject := f.deps.Session.Subject()
	_ = f.keepAction(context.Background(), subject, actionOf(LinkAction, w))
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
