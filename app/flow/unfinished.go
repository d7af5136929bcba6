package flow

import (
	"context"
	"encoding/json"

	"twinlock/app/linking"
)

// remember stores which account a question is about, as long as it is open.
func (f *Flow) remember(number int, w Wanted) {
	subject := f.deps.Session.Subject()
	f.open = &openQuestion{number: number, release: f.deps.Site.HoldQuestion()}
	f.deps.Go(func() {
		ctx := context.Background()
		// If it cannot be stored, nothing is said later.
		_ = f.deps.Session.While(ctx, subject, func(ctx context.Context) error {
			return f.deps.Unfinished.Put(ctx, subject, actionOf(LinkAction, w))
		})
		f.post(func() {
			if f.open != nil && f.open.number == number {
				f.open.stored = true
				return
			}
			f.dropUnfinished()
		})
	})
}

// endQuestion removes the question from the page, and what was remembered of it.
func (f *Flow) endQuestion() {
	f.state.Question = Question{}
	if f.open == nil {
		return
	}
	f.open.release()
	if f.open.stored { // else it is dropped when it is
		f.dropUnfinished()
	}
	f.open = nil
}

func (f *Flow) dropUnfinished() {
	f.deps.Go(func() { _ = f.deps.Unfinished.Drop(context.Background()) })
}

// popUnfinished returns the account of the subject's link whose question has gone without an
// answer, and false if there is none, or if the question is open in another tab.
func (f *Flow) popUnfinished(ctx context.Context, subject string) (w Wanted, found bool) {
	if subject == "" || f.deps.Site.QuestionHeld() {
		return Wanted{}, false
	}
	action, err := f.deps.Unfinished.Pop(ctx, subject)
	return w, err == nil && json.Unmarshal(action.Data, &w) == nil
}

// tellUnfinished says that a link was not finished, unless the account is linked by now.
func (f *Flow) tellUnfinished(w Wanted) {
	if f.state.has(w) || f.state.Phase != Ready || f.state.Engaged() || f.state.Notice.Kind != NoNotice {
		return
	}
	account := f.deps.Words.Account(w.account(), linking.AccountOf(f.state.User))
	f.tell(Notice{Kind: UnfinishedLink, Account: account, Next: Next{Kind: LinkAgain, Wanted: w}})
}
