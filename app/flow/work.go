package flow

import (
	"context"
	"time"

	"twinlock/app/linking"
)

// work is a piece of work while it runs, on a goroutine of its own.
type work struct {
	flow   *Flow
	number int
	ctx    context.Context // ends when the person stops it
}

// job says what a piece of work is.
type job struct {
	says Work
	// keepNotice leaves what the person was told before.
	keepNotice bool
	// retry is what is offered when it fails.
	retry Next
	// do does it, and returns what to change on the page when it has succeeded.
	do func(w *work) (done func(), err error)
}

// run does work that takes time, in place of what was under way, whose end is then not
// heard, and of a question. Signing out is left to its end.
func (f *Flow) run(j job) {
	if f.state.Work.Kind == SigningOut {
		return
	}
	if !j.keepNotice {
		f.state.Notice = Notice{}
	}
	f.works++
	ctx, cancel := context.WithCancel(context.Background())
	w := &work{flow: f, number: f.works, ctx: ctx}
	j.says.number = w.number
	f.state.Work, f.state.Question, f.stop = j.says, Question{}, cancel
	f.deps.Go(func() {
		defer cancel()
		done, err := j.do(w)
		w.post(func() {
			f.state.Work = Work{}
			if err != nil {
				f.fail(err, j.retry)
				return
			}
			done()
		})
	})
}

// post has a change made if the work is still what is under way.
func (w *work) post(change func()) {
	w.flow.post(func() {
		if w.flow.state.Work.number == w.number {
			change()
		}
	})
}

// leave says that the page is about to leave for the tenant.
func (w *work) leave(kind WorkKind) {
	w.flow.state.Work = Work{Kind: kind, Leaving: true, number: w.number}
}

func (w *work) waits(x Wait) { w.post(func() { w.flow.state.Work.Wait = x }) }

// api is the Management API as one of the two accounts. A wait for the rate limit is
// shown.
func (w *work) api(token Token) linking.API {
	return w.flow.deps.API(token, func(until time.Time) {
		seconds := int(until.Sub(w.flow.deps.Now()).Round(time.Second) / time.Second)
		w.waits(Wait{RateLimit, max(1, seconds)})
	})
}

// ceremony is what links and unlinks, as one of the two accounts. That it waits before
// it looks once more is shown, too.
func (w *work) ceremony(token Token) linking.Ceremony {
	d := w.flow.deps
	return linking.Ceremony{
		API:     w.api(token),
		Journal: d.Journal,
		Now:     d.Now,
		Sleep:   d.Sleep,
		OnWait:  func() { w.waits(Wait{Kind: LookingAgain}) },
	}
}

// forget shows nothing of the account any more, nor what is still on its way.
func (f *Flow) forget() {
	// They are the account's. The others begin under none.
	f.deps.Locks.Cancel(Second)
	f.deps.Locks.Cancel(Proof)
	f.state = State{Phase: SignedOut, Started: f.state.Started, Offline: f.state.Offline}
}

// fail tells of an error. Where only signing in again helps, the session ends.
func (f *Flow) fail(err error, retry Next) {
	if needsSignIn(err) {
		f.forget()
		f.run(job{says: Work{Kind: EndingSession}, do: func(*work) (func(), error) {
			_ = f.deps.Session.SignOut(context.Background())
			return func() {}, nil
		}})
		retry = Next{Kind: SignInAgain}
	}
	f.tell(failure(err, retry))
}
