package flow

import (
	"context"
	"slices"

	"twinlock/app/history"
	"twinlock/app/linking"
)

// note adds to the history of a profile what has happened to an account. An error is
// ignored: the history must not stop a link.
func (f *Flow) note(ctx context.Context, profile linking.Account, kind history.Kind, account, connection string, reason error) {
	e := history.Entry{Kind: kind, Account: account, Connection: connection}
	if reason != nil {
		e.Reason = f.deps.Words.Failure(reason, profile)
	}
	f.enter(ctx, profile.Subject, e)
}

// enter adds an entry to the history, also if the work has been stopped meanwhile.
func (f *Flow) enter(ctx context.Context, subject string, e history.Entry) {
	ctx = context.WithoutCancel(ctx)
	_ = f.deps.History.Add(ctx, subject, e)
	f.showHistory(ctx, subject)
}

// showHistory shows the subject's history, if the subject is still signed in.
func (f *Flow) showHistory(ctx context.Context, subject string) {
	entries, _ := f.deps.History.List(ctx, subject)
	f.post(func() {
		if f.state.SignedIn() && f.deps.Session.Subject() == subject {
			f.state.History = entries
		}
	})
}

// maySuggest reports whether another account may be suggested to the subject: not if they have
// said that it is not theirs, nor if that cannot be known.
func (f *Flow) maySuggest(subject string) bool {
	entries, err := f.deps.History.List(context.Background(), subject)
	return err == nil && !slices.ContainsFunc(entries, func(e history.Entry) bool { return e.Kind == history.NotMine })
}

// notMine remembers that the account that was suggested is not the person's.
func (f *Flow) notMine() {
	subject := f.deps.Session.Subject()
	f.deps.Go(func() { f.enter(context.Background(), subject, history.Entry{Kind: history.NotMine}) })
}
