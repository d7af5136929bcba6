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
		_ = f.deps.Actions.Put(w.ctx, f.deps.Session.Subject(), a)
		return func() {
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
	_ = f.deps.Actions.Put(context.Background(), f.deps.Session.Subject(), actionOf(LinkAction, w))
	f.deps.Locks.LoginAs(Second, w.Connection, w.Email, w.Subject)
}
