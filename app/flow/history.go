package flow

import (
	"context"

	"twinlock/app/history"
)

// note enters into the history what has happened to an account. That it cannot be kept
// is no reason to stop.
func (f *Flow) note(ctx context.Context, subject string, kind history.Kind, account, connection string, reason error) {
	e := history.Entry{Kind: kind, Account: account, Connection: connection}
	if reason != nil {
		e.Reason = f.deps.Words.Failure(reason)
	}
	f.enter(ctx, subject, e)
}

func (f *Flow) enter(ctx context.Context, subject string, e history.Entry) {
	ctx = context.WithoutCancel(ctx)
	_ = f.deps.History.Add(ctx, subject, e)
	f.showHistory(ctx, subject)
}

// showHistory shows the subject's history, as long as that is who is signed in. None is
// shown where none is kept.
func (f *Flow) showHistory(ctx context.Context, subject string) {
	entries, _ := f.deps.History.List(ctx, subject)
	f.post(func() {
		if f.state.SignedIn() && f.deps.Session.Subject() == subject {
			f.state.History = entries
		}
	})
}
