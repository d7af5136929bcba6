package flow

import (
	"context"
	"encoding/json"
	"time"
)

// fresh tells whether the person has proven just now who they are, or at most so much
// longer ago.
func (f *Flow) fresh(more time.Duration) bool {
	account, ok := f.deps.Session.Account()
	return ok && account.Fresh(f.deps.Now(), f.settings.ProofAge+more)
}

// prove has the person sign in once more, to the account they are signed in with. The
// action goes on by itself when they are back, once.
func (f *Flow) prove(a Action) {
	connection, address := "", f.state.User.Email
	if primary, ok := f.state.User.Primary(); ok {
		connection = primary.Connection
	}
	f.run(job{says: Work{Kind: Proving}, do: func(w *work) (func(), error) {
		// Where it cannot be kept the person repeats the click: that is all.
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

// actionOf makes an action that can be kept. What it is about is a struct of strings,
// which cannot fail to be written.
func actionOf(kind ActionKind, about any) Action {
	data, _ := json.Marshal(about)
	return Action{Kind: kind, Data: data}
}

// askFor sends the person to sign in to an account that they have named.
func (f *Flow) askFor(w Wanted) {
	// Sealed, since its address outlasts the page. Where it cannot be kept it is told
	// by its id.
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
