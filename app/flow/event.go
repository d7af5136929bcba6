package flow

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"twinlock/app/linking"
	"twinlock/app/management"
	"twinlock/app/offline"
	"twinlock/app/oidc"
	"twinlock/app/platform"
	"twinlock/app/session"
)

// New makes a flow. With called the tenant has called back: the page first shows that
// a login is being finished.
func New(d Deps, s Settings, called bool) *Flow {
	if d.Now == nil {
		d.Now = time.Now
	}
	if d.Go == nil {
		d.Go = func(work func()) { go work() }
	}
	f := &Flow{deps: d, settings: s, stop: func() {}}
	f.after = f.follow
	if called {
		f.state.Phase = Finishing
	}
	return f
}

// Start takes up the session that an earlier page left, and then the login that the
// tenant has answered, in this order: the answer is refused if it was begun under another
// account. callback is the query and fragment of the callback URL, if the tenant has called
// back.
func (f *Flow) Start(callback string, called bool) {
	f.state.Offline = !f.deps.Window.Online()
	if called {
		f.state.Phase = Finishing
	}
	f.deps.Go(func() {
		ctx := context.Background()
		f.deps.Site.Sweep(ctx)
		err := f.deps.Session.Restore(ctx)
		if called {
			f.deps.Locks.Resume(ctx, callback)
		}
		subject := f.deps.Session.Subject()
		last, none := offline.Copy{}, error(offline.ErrNone)
		if subject != "" || !f.deps.Window.Online() {
			last, none = f.deps.Copies.Last(ctx, subject)
		}
		f.post(func() {
			if f.deps.Session.Subject() != subject { // the copy is of a session that has ended since
				none = offline.ErrNone
			}
			f.started(err, last, none)
		})
	})
}

// started goes on once it is known who is signed in: restored is what came of the
// session that was kept, and none why there is no copy of the profile.
func (f *Flow) started(restored error, last offline.Copy, none error) {
	f.state.Started = true
	switch {
	case f.state.Engaged(): // a login that was finished has set to work
	case f.deps.Session.Subject() != "":
		if none == nil { // until the tenant has answered
			f.showCopy(last)
		}
		// An answer that was not for this account stays told.
		f.read(reading{quiet: true, keepNotice: true})
	case none == nil:
		f.showCopy(last)
		f.state.withoutSession = true
		f.fail(platform.ErrNetwork, Next{Kind: ReadAgain})
	default:
		told := f.state.Notice
		if told.Next.Kind != SignInAgain {
			told.Next = Next{} // it is of a session that has ended
		}
		f.forget()
		f.state.Notice = told
		if errors.Is(restored, session.ErrExpired) && f.state.Notice.Kind == NoNotice {
			f.fail(restored, Next{})
		}
	}
}

// Login is how a login has ended.
type Login struct {
	Purpose Purpose // "" where none could be told
	// Result is what it yielded, nil if it failed.
	Result *oidc.Result
	// Err is why it failed.
	Err error
	// Told: the lock's dialog, which is still open, says so.
	Told bool
}

// LoginEnded hears how a login has ended. It takes as long as the session takes to keep
// it, so it is not called on the owner's goroutine.
func (f *Flow) LoginEnded(l Login) {
	switch {
	case l.Err != nil && l.Purpose == Proof:
		// Nothing is left that could go on later.
		_ = f.deps.Actions.Drop(context.Background())
		f.post(func() { f.loginFailed(l.Err) })
	case l.Err != nil && !l.Told:
		f.post(func() { f.loginFailed(l.Err) })
	case l.Err != nil:
	case l.Purpose == SignIn, l.Purpose == Move:
		f.adopt(l)
	case l.Purpose == Second:
		f.post(func() { f.review(l.Result) })
	case l.Purpose == Proof:
		f.proved(l.Result)
	}
}

// loginFailed tells of a login that failed, and of a callback that belongs to none. A page
// that was about to leave for it stays.
func (f *Flow) loginFailed(err error) {
	if f.state.Work.Leaving {
		f.state.Work = Work{}
	}
	f.fail(err, Next{})
}

// adopt makes the account of a login the session.
func (f *Flow) adopt(l Login) {
	err := f.deps.Session.Adopt(context.Background(), l.Result.Tokens, l.Result.Claims)
	f.post(func() {
		r := reading{}
		if l.Purpose == Move {
			r.then = func() { f.linkTo(Wanted{}) }
		}
		if errors.Is(err, session.ErrOtherSubject) {
			f.fail(err, Next{})
			return
		}
		if err != nil { // it is held, but no reload will find it
			r.tell = Notice{Kind: OnlyThisPage}
		}
		f.read(r)
	})
}

// proved takes up the action that waited.
func (f *Flow) proved(result *oidc.Result) {
	ctx := context.Background()
	renewed := f.deps.Session.Renew(ctx, result.Tokens, result.Claims)
	action, none := f.deps.Actions.Pop(ctx, f.deps.Session.Subject())
	f.post(func() {
		switch {
		case errors.Is(renewed, session.ErrOtherSubject), errors.Is(renewed, session.ErrSignedOut):
			// Nothing waits for the next proof: it goes on only if the person says so.
			again := Next{}
			if none == nil && f.state.Phase != SignedOut {
				again = Next{Kind: ProveAgain, action: &action}
			}
			f.fail(ErrOtherPerson, again)
		case none != nil:
			f.read(reading{})
		default:
			f.state.Phase = Loading
			f.read(reading{tell: Notice{Kind: ProvedYou}, then: func() { f.resumeAction(action) }})
		}
	})
}

// resumeAction goes on with what waited for a proof.
func (f *Flow) resumeAction(action Action) {
	if !f.fresh(0) { // never a proof after a proof: clocks that differ would make it go round for ever
		f.fail(oidc.ErrAuthTime, Next{})
		return
	}
	switch action.Kind {
	case LinkAction:
		var w Wanted
		_ = json.Unmarshal(action.Data, &w)
		f.linkTo(w)
	case UnlinkAction:
		var named management.Identity
		_ = json.Unmarshal(action.Data, &named)
		linked := f.state.User.Linked()
		at := slices.IndexFunc(linked, named.Same)
		if at < 0 {
			f.fail(linking.ErrNotHere, Next{})
			return
		}
		f.unlink(&linked[at])
	}
}

// ChangedElsewhere follows what another tab did to the session. It may be called on any
// goroutine.
func (f *Flow) ChangedElsewhere(change session.Change) {
	f.post(func() {
		switch change {
		case session.SignedOut:
			f.forget()
			f.tell(Notice{Kind: SignedOutElsewhere})
		case session.Reused:
			f.fail(session.ErrReused, Next{})
		case session.Replaced:
			f.forget()
			f.adoptElsewhere()
		case session.Updated:
			f.state.outdated = f.state.Engaged()
			if f.state.Phase == Ready && !f.state.outdated {
				f.read(reading{tell: Notice{Kind: UpdatedElsewhere}})
			}
		case session.SignedIn:
			if f.state.Phase == SignedOut && (!f.state.Busy() || f.state.Work.Kind == EndingSession) {
				f.adoptElsewhere()
			}
		}
	})
}

// adoptElsewhere takes up the session that another tab has just kept.
func (f *Flow) adoptElsewhere() {
	f.run(job{says: Work{Kind: Reading}, do: func(w *work) (func(), error) {
		if err := f.deps.Session.Restore(w.ctx); err != nil {
			return func() {}, nil
		}
		return func() { f.read(reading{}) }, nil
	}})
}

// Connected hears that the browser believes that there is, or is no longer, a network. It
// may be called on any goroutine.
func (f *Flow) Connected() {
	f.post(func() {
		f.state.Offline = !f.deps.Window.Online()
		if f.state.Offline || f.state.Phase != Ready || f.state.Engaged() {
			return
		}
		if f.deps.Session.Subject() != "" {
			f.read(reading{})
			return
		}
		// What was shown is of a session that has run out.
		f.fail(session.ErrExpired, Next{})
	})
}

// follow makes the page show who is signed in, once nothing is under way.
func (f *Flow) follow() {
	subject, s := f.deps.Session.Subject(), &f.state
	switch {
	case !s.Started || s.Busy():
	case s.Phase == Starting || s.Phase == Finishing: // what has set to work then has come to nothing
		if subject != "" {
			f.read(reading{quiet: true, keepNotice: true})
		} else {
			f.state.Phase = SignedOut
		}
	case s.Phase == SignedOut && subject != "":
		f.read(reading{})
	case s.SignedIn() && subject == "" && !s.withoutSession:
		f.forget()
		f.tell(Notice{Kind: SignedOutElsewhere})
	case s.Phase == Ready && subject != "" && subject != s.User.ID:
		f.read(reading{})
	}
}
