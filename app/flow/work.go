package flow

import (
	"context"
	"time"

	"twinlock/app/linking"
)

// work is a piece of work that runs on a goroutine of its own.
type work struct {
	flow   *Flow
	number int
	ctx    context.Context // ends when the person stops it
}

// job says what a piece of work is.
type job struct {
	says Work
	// keepNotice leaves the notice as it is.
	keepNotice bool
	// retry is what is offered when it fails.
	retry Next
	// do does the work, and returns what to change when it has succeeded.
	do func(w *work) (done func(), err error)
}

// run begins work that takes time. It replaces a question and the work that was under way:
// what that work still posts is ignored. Only signing out cannot be replaced.
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
	f.endQuestion()
	f.state.Work, f.stop = j.says, cancel
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

// post makes a change on the owner's goroutine, if this is still the work under way.
func (w *work) post(change func()) {
	w.flow.post(func() {
		if w.flow.state.Work.number == w.number {
			change()
		}
	})
}

// waits shows what the work waits for.
func (w *work) waits(x Wait) { w.post(func() { w.flow.state.Work.Wait = x }) }

// api returns the Management API as the account of the token. It shows a wait for the rate
// limit.
func (w *work) api(token Token) linking.API {
	return w.flow.deps.API(token, func(until time.Time) {
		seconds := int(until.Sub(w.flow.deps.Now()).Round(time.Second) / time.Second)
		w.waits(Wait{RateLimit, max(1, seconds)})
	})
}

// ceremony returns what links and unlinks, as the account of the token. It shows its waits.
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

// forget removes the account from the page, and ends the logins that were begun for it.
func (f *Flow) forget() {
	// The other two locks work while nobody is signed in.
	f.deps.Locks.Cancel(Second)
	f.deps.Locks.Cancel(Proof)
	f.begin = nil
	f.unkept = nil
	f.endQuestion()
	f.state = State{
		Phase: SignedOut, Started: f.state.Started, Offline: f.state.Offline, Referral: f.state.Referral,
	}
	f.referAnew()
}

// fail tells of an error. If only signing in again helps, it ends the session.
func (f *Flow) fail(err error, retry Next) {
	if needsSignIn(err) {
		f.forget()
		f.run(job{says: Work{Kind: EndingSession}, do: func(*work) (func(), error) {
			_ = f.deps.Session.SignOut(context.Background())
			return func() {}, nil
		}})
		retry = Next{Kind: SignInAgain}
	}
	f.referredRefused(err)
	f.tell(failure(err, retry))
}
