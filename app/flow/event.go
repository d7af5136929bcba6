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
	"twinlock/app/session"
)

// New makes a flow in the phase [Starting], or in [Finishing] if the tenant has called
// back (called). Nothing happens until [Flow.Start].
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

// Recall shows the copy of the profile, with the history, until [Flow.Start] has found out more:
// the page shows the view of the last visit already. Call it before Start, and on the owner's
// goroutine. It returns when that is read.
func (f *Flow) Recall(ctx context.Context) {
	if f.state.Phase != Starting {
		return
	}
	f.state.Offline = !f.deps.Window.Online()
	_ = f.deps.Session.Restore(ctx)
	subject := f.deps.Session.Subject()
	if subject == "" && !f.state.Offline {
		return
	}
	if last, err := f.deps.Copies.Last(ctx, subject); err == nil {
		f.showCopy(last)
		f.state.withoutSession = subject == ""
		f.state.History, _ = f.deps.History.List(ctx, subject)
	}
}

// Start finds out who is signed in: it restores the stored session and then, if the tenant
// has called back (called), finishes the login. The order matters, since an answer is
// refused if its login was begun under another account. callback is the query and fragment
// of the page's URL. Start returns at once.
func (f *Flow) Start(callback string, called bool) {
	f.state.Offline = !f.deps.Window.Online()
	if worked, ok := oidc.MailLink(callback); called && ok {
		// It answers nothing and proves nothing: it is only told.
		called = false
		told := Notice{Kind: MailLinkFailed}
		if worked {
			told.Kind = MailLinkWorked
		}
		f.tell(told)
	}
	if called {
		f.state.Phase = Finishing
	}
	f.deps.Go(func() {
		ctx := context.Background()
		f.deps.Site.Sweep(ctx)
		back := f.deps.Site.PopSignOut()
		_ = f.deps.Session.Restore(ctx)
		if called {
			f.deps.Locks.Resume(ctx, callback)
		}
		subject := f.deps.Session.Subject()
		unfinished, left := f.popUnfinished(ctx, subject)
		last, none := offline.Copy{}, error(offline.ErrNone)
		if subject != "" || !f.deps.Window.Online() {
			last, none = f.deps.Copies.Last(ctx, subject)
		}
		f.post(func() {
			if f.deps.Session.Subject() != subject { // the copy is of a session that has ended since
				none = offline.ErrNone
			}
			f.started(last, none, func() {
				if left && f.deps.Session.Subject() == subject {
					f.tellUnfinished(unfinished)
				}
			})
			if back && f.state.Phase == SignedOut && !f.state.Engaged() && f.state.Notice.Kind == NoNotice {
				f.tell(Notice{Kind: SignedOutThere})
			}
		})
	})
}

// started continues once it is known who is signed in. none is why there is no copy of the
// profile, and then is called when the profile is read.
func (f *Flow) started(last offline.Copy, none error, then func()) {
	f.state.Started = true
	switch {
	case f.state.Engaged(): // the login that has just been finished goes on
	case f.deps.Session.Subject() != "":
		if none == nil { // until the tenant has answered
			f.showCopy(last)
		}
		// The notice may say that an answer was refused: it stays.
		f.read(reading{quiet: true, calm: true, keepNotice: true, then: then})
	case none == nil:
		f.showCopy(last)
		f.state.withoutSession = true
		if f.state.Notice.Next.Kind == SignInAgain { // it is of a login before
			f.state.Notice.Next = Next{}
		}
	default:
		told := f.state.Notice
		if told.Next.Kind != SignInAgain {
			told.Next = Next{} // it is of a session that has ended
		}
		f.forget()
		f.state.Notice = told
	}
}

// Login is how a login has ended.
type Login struct {
	// Purpose is what the login was for; "" if the answer did not say.
	Purpose Purpose
	// Result has the verified claims and the tokens; nil if the login failed.
	Result *oidc.Result
	// Err is why the login failed; nil if it did not.
	Err error
}

// LoginEnded is called when a login has ended. It waits until the session is stored, so
// call it on a goroutine other than the owner's.
func (f *Flow) LoginEnded(l Login) {
	switch {
	case l.Err != nil && l.Purpose == Proof:
		// The action that waited must not go on after a later proof, unless the person asks
		// for it.
		var waited *Action
		if a, err := f.deps.Actions.Pop(context.Background(), f.deps.Session.Subject()); err == nil {
			waited = &a
		}
		f.post(func() { f.loginFailed(l, f.waited(waited)) })
	case l.Err != nil:
		f.post(func() { f.loginFailed(l, nil) })
	case l.Purpose == SignIn, l.Purpose == Move:
		f.adopt(l)
	case l.Purpose == Second:
		f.deps.Session.Learn(context.Background(), l.Result.Tokens.Clock)
		f.post(func() { f.review(l.Result) })
	case l.Purpose == Proof:
		f.proved(l.Result)
	}
}

// loginFailed tells of a login that failed, or of a callback that belongs to no login.
func (f *Flow) loginFailed(l Login, action *Action) {
	if errors.Is(l.Err, oidc.ErrFinished) && f.deps.Session.Subject() != "" {
		// The person went back to the tenant's page and signed in once more.
		f.tell(Notice{Kind: FinishedBefore})
		return
	}
	again := Next{}
	if mayGoWell(l.Err) || l.Purpose == Second && ofAccount(l.Err) {
		again = f.loginAgain(l, action)
	}
	f.fail(l.Err, again)
}

// loginAgain returns the step that begins a login of the purpose anew after it has failed.
// action is what waited for it; nil for none.
func (f *Flow) loginAgain(l Login, action *Action) Next {
	p := l.Purpose
	nobody, phase := f.deps.Session.Subject() == "", f.state.Phase
	switch {
	case nobody && (phase == SignedOut || phase == Finishing) && (p == SignIn || p == Move):
		return Next{Kind: SignInAgain}
	case nobody || phase == SignedOut:
	case p == Second && ofAccount(l.Err):
		return Next{Kind: LinkAnother}
	case p == Second:
		return Next{Kind: LinkAgain}
	case p == Proof && action != nil:
		return Next{Kind: ProveAgain, action: action}
	}
	return Next{}
}

// adopt makes the account of a login the session.
func (f *Flow) adopt(l Login) {
	err := f.deps.Session.Adopt(context.Background(), l.Result.Tokens, l.Result.Claims)
	suggested := l.Result.Claims.OtherAccount && f.maySuggest(l.Result.Claims.Subject)
	f.post(func() {
		r := reading{}
		if suggested {
			r.tell = Notice{Kind: Suggested, Next: Next{Kind: LinkSuggested}}
		}
		if l.Purpose == Move {
			r.then = func() { f.linkTo(Wanted{}) }
		}
		if errors.Is(err, session.ErrOtherSubject) {
			f.fail(err, Next{})
			if f.state.Phase == SignedOut && f.deps.Session.Subject() != "" { // another tab was faster
				f.read(reading{keepNotice: true})
			}
			return
		}
		if err != nil { // it is the session, but a reload will not find it
			r.tell = Notice{Kind: OnlyThisPage}
		}
		f.read(r)
	})
}

// proved continues with the action that waited for a proof.
func (f *Flow) proved(result *oidc.Result) {
	ctx := context.Background()
	renewed := f.deps.Session.Renew(ctx, result.Tokens, result.Claims)
	var stored *Action
	if a, err := f.deps.Actions.Pop(ctx, f.deps.Session.Subject()); err == nil {
		stored = &a
	}
	f.post(func() {
		action := f.waited(stored)
		switch {
		case errors.Is(renewed, session.ErrOtherSubject), errors.Is(renewed, session.ErrSignedOut):
			// The action no longer waits: it goes on only if the person asks for it.
			again := Next{}
			if action != nil && f.state.Phase != SignedOut {
				again = Next{Kind: ProveAgain, action: action}
			}
			f.fail(ErrOtherPerson, again)
		case action == nil:
			f.read(reading{})
		default:
			f.state.Phase = Loading
			f.read(reading{tell: Notice{Kind: ProvedYou}, then: func() { f.resumeAction(*action) }})
		}
	})
}

// resumeAction continues with what waited for a proof.
func (f *Flow) resumeAction(action Action) {
	if !f.fresh(0) {
		// No second proof: if the tenant did not ask for one, it would never end.
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

// ChangedElsewhere is called when another tab has changed the session or the profile. It
// may be called on any goroutine.
func (f *Flow) ChangedElsewhere(change session.Change) {
	f.post(func() {
		switch change {
		case session.SignedOut:
			f.forget()
			f.tell(Notice{Kind: SignedOutElsewhere})
		case session.Reused:
			f.fail(session.ErrReused, Next{})
		case session.Expired:
			f.fail(session.ErrExpired, Next{})
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

// adoptElsewhere restores the session that another tab has just stored.
func (f *Flow) adoptElsewhere() {
	f.run(job{says: Work{Kind: Reading}, do: func(w *work) (func(), error) {
		if err := f.deps.Session.Restore(w.ctx); err != nil {
			return func() {}, nil
		}
		return func() { f.read(reading{}) }, nil
	}})
}

// Connected is called when [Window].Online may have changed. It may be called on any
// goroutine.
func (f *Flow) Connected() {
	f.post(func() {
		f.state.Offline = !f.deps.Window.Online()
		if f.state.Offline && !f.state.Engaged() && !f.state.Notice.Bad() {
			f.state.Notice = Notice{} // what went well before
		}
		if !f.state.Offline {
			f.refresh()
		}
	})
}

// refresh reads the profile once more, where there is a network again.
func (f *Flow) refresh() {
	switch {
	case f.state.Phase != Ready || f.state.Engaged():
	case f.deps.Session.Subject() != "":
		f.read(reading{calm: true})
	default: // the copy was shown without a session, which has ended meanwhile
		f.fail(session.ErrExpired, Next{})
	}
}

// follow runs after every change. Once nothing is under way, it makes the page show who is signed
// in, and then begins what is wished.
func (f *Flow) follow() {
	f.showSubject()
	if f.state.Started && !f.state.Busy() {
		f.takeUp()
	}
}

func (f *Flow) showSubject() {
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
	case s.Phase == Ready && s.outdated && !s.Question.Open():
		// What became of the work stays told.
		f.read(reading{quiet: true, keepNotice: true})
	}
}
