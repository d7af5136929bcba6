package flow

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"twinlock/app/linking"
	"twinlock/app/management"
	"twinlock/app/offline"
	"twinlock/app/oidc"
	"twinlock/app/platform"
	"twinlock/app/session"
)

// Things that happen at an odd moment: between two steps of something else.

// others goes on with everything but one task.
func (w *world) others(held *task) {
	for {
		if w.deliver() {
			continue
		}
		at := slices.IndexFunc(w.tasks, func(t *task) bool { return t != held })
		if at < 0 {
			return
		}
		w.advance(w.tasks[at], true)
	}
}

// untilPosted goes on with a task until it has posted a change to a tab.
func (w *world) untilPosted(t *tab, work *task) {
	for len(t.queue) == 0 {
		w.advance(work, true)
	}
}

// stale is a world in which the last proof is too old for a change, and a tab that has
// left to give another.
func stale(t *testing.T) (*world, *tab) {
	w, tab := signedIn(t, ada)
	w.now = w.now.Add(2 * proofAge)
	tab.press("link")
	return w, tab
}

// endsAt is a session that ends by itself when a token is asked for once too often.
type endsAt struct {
	sessionOf
	left int
}

func (e *endsAt) AccessToken(ctx context.Context) (oidc.Secret, error) {
	if e.left--; e.left == 0 {
		e.t.session, e.t.world.device.session = nil, nil
		e.t.world.device.copy = offline.Copy{}
		return "", session.ErrExpired
	}
	return e.sessionOf.AccessToken(ctx)
}

// A session that ends while an earlier link is finished: what was to follow does not.
func TestNothingFollowsTheEndOfTheSession(t *testing.T) {
	for _, purpose := range []Purpose{Move, Proof} {
		for left := 2; left <= 4; left++ {
			w, tab := signedIn(t, ada)
			w.device.journal[ada] = linking.Entry{
				Version: 2, Primary: ada, Secondary: lovelace, Created: w.now,
				Merge: map[string]linking.Change{"newsletter": {After: true}},
			}
			w.users[ada] = []string{ada, lovelace}
			delete(w.users, lovelace)
			w.failed["patch"] = management.ErrServer
			if purpose == Move {
				w.device.session, w.device.copy = nil, offline.Copy{}
				tab.load("", false)
				w.rest()
			}
			w.device.action, w.device.actor = &Action{Kind: LinkAction, Data: []byte("{}")}, ada
			tab.flow.deps.Session = &endsAt{sessionOf{tab}, left}
			result := tab.ended(&login{purpose: purpose, under: tab.subject()}, ada, nil)
			w.spawn(tab, func() { tab.flow.LoginEnded(result) })
			w.rest()
			tab.draw()
			if tab.subject() == "" && (tab.dialog == Second || tab.wants != nil) {
				t.Errorf("%s: goes on to %q, %+v where nobody is signed in", purpose, tab.dialog, tab.wants)
			}
			if tab.drawn.Phase == SignedOut {
				tab.told(Failed, session.ErrExpired, SignInAgain)
			}
		}
	}
}

// The copy is read before another tab wipes it, and is to be shown after that.
func TestCopyThatIsWipedMeanwhile(t *testing.T) {
	w, other := signedIn(t, ada)
	late := &tab{world: w, saved: make(map[string]string)}
	w.tabs = append(w.tabs, late)
	late.load("", false)
	start := w.tasks[0]
	for range 3 { // swept, restored; it reads the copy
		w.advance(start, true)
	}
	other.flow.SignOut()
	w.advance(w.tasks[1], true) // has told, and is about to wipe
	w.advance(w.tasks[len(w.tasks)-1], true)
	w.advance(start, true)
	w.rest()
	late.draw()
	if late.drawn.Phase == Ready {
		t.Errorf("the profile of %s is shown after it was signed out", late.drawn.User.ID)
	}
}

// A copy is no longer shown once the session that it is of has ended.
func TestCopyOfASessionThatEnds(t *testing.T) {
	w, tab := signedIn(t, ada)
	w.online = false
	tab.load("", false)
	w.rest()
	tab.session = nil // unheard
	tab.flow.Connected()
	w.rest()
	tab.draw()
	tab.told(SignedOutElsewhere, nil, NoNext)
}

// What is offered after a proof by somebody else is of a session: it ends with it.
func TestNextStepEndsWithTheSession(t *testing.T) {
	w, tab := stale(t)
	tab.answer(mary, nil)
	w.untilPosted(tab, w.tasks[0])
	tab.session, w.device.session, w.device.copy = nil, nil, offline.Copy{}
	tab.endings++
	w.rest()
	tab.draw()
	if s := tab.drawn; s.Phase != SignedOut || s.Notice.Next.Kind != NoNext {
		t.Errorf("%s", sketch(s))
	}
}

// A step that is taken before the page has started, and comes to nothing, leaves a page
// that has.
func TestStepBeforeTheStart(t *testing.T) {
	w, tab := stale(t)
	tab.answer(mary, nil)
	w.untilPosted(tab, w.tasks[0])
	tab.next()
	tab.flow.Follow(tab.flow.State().Notice.Number)
	w.rest()
	tab.wants, tab.leaving = nil, false
	w.spawn(tab, func() { tab.flow.LoginEnded(Login{Purpose: Proof, Err: platform.ErrNetwork}) })
	w.rest()
	tab.draw()
	if s := tab.drawn; s.Phase != Ready || s.User.ID != ada {
		t.Errorf("%s", sketch(s))
	}
}

// The answer to a second login is asked about before the page has started.
func TestQuestionBeforeTheStart(t *testing.T) {
	w, tab := signedIn(t, ada)
	tab.press("link")
	tab.choose(false)
	tab.answer(lovelace, nil)
	start := w.tasks[0]
	w.untilPosted(tab, start)
	w.others(start)
	if !tab.flow.State().Question.Open() {
		t.Fatal("nothing is asked")
	}
	w.rest()
	tab.draw()
	if !tab.drawn.Question.Open() {
		t.Errorf("the question has gone without an answer: %s", sketch(tab.drawn))
	}
}

// Signing out while an action is being kept: it is not kept, and nothing begins.
func TestSignOutWhileAnActionIsKept(t *testing.T) {
	w, tab := signedIn(t, ada)
	tab.flow.linkTo(Wanted{Subject: lovelace, Connection: "google-oauth2", Email: address(lovelace)})
	put := w.tasks[0]
	w.advance(put, true)
	tab.flow.SignOut()
	w.others(put)
	w.rest()
	if tab.wants != nil || w.device.action != nil {
		t.Errorf("a login begins: %+v; an action is kept: %+v", tab.wants, w.device.action)
	}
}

// Another tab signs in while a session that is of no use is being ended here.
func TestSignInElsewhereWhileASessionEnds(t *testing.T) {
	w, tab := signedIn(t, ada)
	w.failed["read"] = management.ErrUnauthorized
	tab.flow.Connected()
	for tab.flow.State().Work.Kind != EndingSession {
		if !w.deliver() {
			w.advance(w.tasks[0], true)
		}
	}
	delete(w.failed, "read")
	ending := w.tasks[len(w.tasks)-1]
	w.advance(ending, true) // has let go, and waits
	w.device.session = &held{ada, w.now}
	tab.flow.ChangedElsewhere(session.SignedIn)
	w.others(ending)
	tab.draw()
	if s := tab.drawn; s.Phase != Ready || s.User.ID != ada {
		t.Errorf("%s", sketch(s))
	}
}

// replaceFails is a session that cannot be moved.
type replaceFails struct{ sessionOf }

func (r replaceFails) Replace(context.Context, string, oidc.Tokens, oidc.Claims) error {
	r.t.world.pause()
	return context.DeadlineExceeded
}

// After a swapped link the session's account is gone. If the session cannot be moved, the
// person has to sign in, and the link holds.
func TestSwapWithoutTheSession(t *testing.T) {
	w, tab := signedIn(t, ada)
	tab.flow.deps.Session = replaceFails{sessionOf{tab}}
	tab.link(lovelace)
	tab.press("swap")
	tab.press("confirm")
	tab.told(Failed, session.ErrSignedOut, SignInAgain)
	w.holds(lovelace, lovelace, ada)
}

// putFails keeps no action.
type putFails struct{ actionsOf }

func (p putFails) Put(context.Context, string, Action) error {
	p.w.pause()
	return platform.ErrNoVault
}

// An action that could not be kept leaves no older one in its place.
func TestActionThatCannotBeKept(t *testing.T) {
	w := newWorld(t, 1)
	w.users[ada] = []string{ada, lovelace}
	delete(w.users, lovelace)
	w.device.session = &held{ada, w.now.Add(-time.Hour)}
	tab := w.open()
	tab.press("unlink")
	tab.press("confirm")
	tab.wants = nil // back by the button, and something else
	tab.load("", false)
	w.rest()
	tab.draw()
	tab.flow.deps.Actions = putFails{actionsOf{w}}
	tab.press("link")
	tab.login(ada, nil)
	w.holds(ada, ada, lovelace)
}

// Every way in which a login cannot become the session ends with a page that can be used.
func TestAdoptFails(t *testing.T) {
	for _, err := range []error{
		session.ErrSignedOut, session.ErrOtherSubject, errors.Join(session.ErrSignedOut, session.ErrOtherSubject),
		platform.ErrNoVault, context.DeadlineExceeded, session.ErrReused,
	} {
		w := newWorld(t, 1)
		tab := w.open()
		tab.flow.deps.Session = adoptFails{sessionOf{tab}, err}
		tab.press("sign in")
		tab.login(ada, nil)
		if s := tab.drawn; s.Busy() || s.Phase != SignedOut || s.Notice.Kind != Failed {
			t.Errorf("%v: %s", err, sketch(s))
		}
	}
}

type adoptFails struct {
	sessionOf
	err error
}

func (a adoptFails) Adopt(context.Context, oidc.Tokens, oidc.Claims) error {
	a.t.world.pause()
	return a.err
}

// A login ends before it is known that nobody was signed in: what an earlier one has failed
// with offers no second one any more.
func TestLoginThatEndsBeforeTheStart(t *testing.T) {
	w := newWorld(t, 1)
	tab := w.open()
	tab.press("sign in")
	tab.choose(false)
	tab.answer("", oidc.ErrAccessDenied)
	for len(tab.queue) == 0 {
		w.advance(w.tasks[0], true)
	}
	w.deliver()
	tab.draw()
	tab.told(Failed, oidc.ErrAccessDenied, SignInAgain)
	result := tab.ended(&login{purpose: SignIn}, ada, nil)
	w.spawn(tab, func() { tab.flow.LoginEnded(result) })
	for tab.subject() == "" { // until it is the session, and not stored yet
		w.advance(w.tasks[len(w.tasks)-1], true)
	}
	for !tab.flow.State().Started {
		if !w.deliver() {
			w.advance(w.tasks[0], true)
		}
	}
	tab.draw()
	if s := tab.drawn; s.Phase != Loading || s.Notice.Kind != NoNotice {
		t.Error(sketch(s))
	}
}

// returned is a tab of ada's on a device with a copy of her profile, which shows it before it
// has started.
func returned(t *testing.T) (*world, *tab) {
	t.Helper()
	w, tab := signedIn(t, ada)
	tab.load("", false)
	tab.flow.Recall(context.Background())
	return w, tab
}

// The copy is shown at once where the page shows the last view, and then what the tenant says.
func TestRecall(t *testing.T) {
	w, tab := returned(t)
	if s := tab.flow.State(); s.Phase != Ready || s.User.ID != ada || s.AsOf.IsZero() || s.Started || !s.Refreshing() {
		t.Errorf("before the start: %s", sketch(s))
	}
	w.rest()
	if s := tab.flow.State(); s.Phase != Ready || !s.AsOf.IsZero() || s.Refreshing() {
		t.Errorf("at rest: %s", sketch(s))
	}
	tab.session, w.device.session = nil, nil
	tab.load("", false)
	tab.flow.Recall(t.Context())
	if s := tab.flow.State(); s.Phase != Starting {
		t.Errorf("nobody is signed in: %s", sketch(s))
	}
	w.rest()
	tab.load("?code=1&state=login.1", true)
	tab.flow.Recall(t.Context())
	if s := tab.flow.State(); s.Phase != Finishing {
		t.Errorf("called back: %s", sketch(s))
	}
}

// What is wished while the profile is read begins afterwards, once, if it still may.
func TestWished(t *testing.T) {
	for _, tt := range []struct {
		name    string
		changes func(w *world, tab *tab)
		begins  bool
	}{
		{"the tenant has answered", func(*world, *tab) {}, true},
		{"there is no network", func(w *world, _ *tab) { w.online = false }, false},
		{"the session has ended", func(w *world, tab *tab) {
			tab.session, w.device.session, w.device.copy = nil, nil, offline.Copy{}
		}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w, tab := returned(t)
			tab.flow.Link()
			if s := tab.flow.State(); s.Wished.Kind != Linking || tab.dialog != "" {
				t.Fatalf("before the start: %s, dialog %q", sketch(s), tab.dialog)
			}
			tt.changes(w, tab)
			w.rest()
			if s := tab.flow.State(); s.Wished != (Work{}) || (tab.dialog == Second) != tt.begins {
				t.Errorf("%s, dialog %q", sketch(s), tab.dialog)
			}
			tab.dialog = ""
			tab.flow.Connected()
			w.rest()
			if tab.dialog != "" {
				t.Errorf("it has begun a second time")
			}
		})
	}
}
