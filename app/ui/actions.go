package ui

import (
	"cmp"
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"twinlock/app/browser"
	"twinlock/app/linking"
	"twinlock/app/lock"
	"twinlock/app/management"
	"twinlock/app/oidc"
	"twinlock/app/session"
	"twinlock/app/text"
)

// tokenSource yields an access token for the Management API.
type tokenSource func(context.Context) (oidc.Secret, error)

// run does work that takes time: it shows a status meanwhile, one at a time,
// and tells of the failure. The work returns what to change on the page when it
// has succeeded; retry is the next step offered when it has not.
func (h *Home) run(status string, retry func(), work func(context.Context) (func(), error)) {
	ctx, cancel := context.WithCancel(context.Background())
	h.busy, h.status, h.failed, h.parted, h.again = true, status, nil, false, nil
	under := underway{cancel, h.visit}
	go func() {
		defer cancel()
		done, err := work(context.WithValue(ctx, underwayKey{}, under))
		h.update(func() {
			if under.visit != h.visit {
				return
			}
			h.busy, h.status, h.stop = false, "", nil
			if err != nil {
				h.fail(err, retry)
				return
			}
			done()
		})
	}()
}

// engaged tells whether something is under way that must not be broken off: work,
// or a question that waits for its answer.
func (h *Home) engaged() bool { return h.busy || h.linking != nil || h.parting != nil }

// underway is a piece of work: what ends it, and the visit that it is for. A context
// carries it to where it waits.
type (
	underway struct {
		stop  context.CancelFunc
		visit int
	}
	underwayKey struct{}
)

// fail tells of an error.
func (h *Home) fail(err error, retry func()) {
	f := explain(h.parts.say, err)
	if f.signIn {
		h.phase = signedOut
		go h.parts.session.SignOut(context.Background())
	} else if w := f.wrong; w != nil {
		f.retry = func() { h.linkTo(*w) }
	} else {
		f.retry = retry
	}
	h.failed = &f
}

// api is the Management API as one of the two accounts. A wait for the rate
// limit is shown, with a way to stop it.
func (h *Home) api(ctx context.Context, token tokenSource) *management.Client {
	return h.parts.api(token, func(until time.Time) {
		seconds := max(1, int(time.Until(until).Round(time.Second)/time.Second))
		h.waiting(ctx, text.Fill(h.parts.say.Waiting, "seconds", strconv.Itoa(seconds)))
	})
}

// waiting shows that a piece of work waits, with a way to stop it.
func (h *Home) waiting(ctx context.Context, status string) {
	under, _ := ctx.Value(underwayKey{}).(underway)
	h.update(func() {
		if under.visit == h.visit {
			h.status, h.stop = status, under.stop
		}
	})
}

// ceremony is what links and unlinks, as one of the two accounts. That it waits
// before it looks once more is shown, too.
func (h *Home) ceremony(ctx context.Context, token tokenSource) linking.Ceremony {
	return linking.Ceremony{
		API:     h.api(ctx, token),
		Journal: h.parts.journal,
		OnWait:  func() { h.waiting(ctx, h.parts.say.LookingAgain) },
	}
}

// load reads the profile; a status may be left to be said afterwards.
func (h *Home) load(status string) { h.loadThen(status, nil) }

// loadThen reads the profile and goes on with something.
func (h *Home) loadThen(status string, then func()) {
	doing := h.parts.say.LoadingProfile
	if h.phase != ready {
		h.phase, doing = loading, "" // the skeleton says it
	}
	h.refresh(doing, status, then)
}

// refresh is loadThen beside what is shown already; doing says that it goes on.
func (h *Home) refresh(doing, status string, then func()) {
	h.run(doing, h.reload, func(ctx context.Context) (func(), error) {
		subject := h.parts.session.Subject()
		user, resumed, err := h.read(ctx)
		if err != nil {
			if last, ok := h.copyFor(ctx, subject, err); ok {
				return func() {
					h.showCopy(last)
					h.fail(err, h.reload)
				}, nil
			}
			return nil, err
		}
		return func() {
			h.show(user, cmp.Or(resumed.status, status))
			h.again = resumed.again
			if resumed.err != nil {
				h.fail(resumed.err, h.reload)
			}
			if then != nil {
				then()
			}
		}, nil
	})
}

func (h *Home) reload() { h.load("") }

// resumed is what became of a link of an earlier visit: nothing, a sentence, or
// an error that leaves the profile to be shown all the same.
type resumed struct {
	status string
	user   management.User // the subject's profile as it then is, zero if not read
	again  *wanted         // the account that was not linked
	err    error
}

// read reads the profile, and goes on with what an earlier visit left unfinished.
func (h *Home) read(ctx context.Context) (management.User, resumed, error) {
	token, subject := tokenSource(h.parts.session.AccessToken), h.parts.session.Subject()
	user, err := h.api(ctx, token).User(ctx, subject)
	var r resumed
	if err == nil {
		h.showNow(user) // whatever becomes of the rest
		h.keepCopy(ctx, user)
		if r = h.resume(ctx, token, subject); r.user.ID == subject {
			user = r.user
			h.keepCopy(ctx, user)
		}
	}
	history, _ := h.parts.history.List(ctx, subject) // none can be shown where none is kept
	h.update(func() {
		if h.parts.session.Subject() != subject {
			return
		}
		h.history = history
		if err != nil && h.phase == loading {
			h.phase = unavailable
		}
	})
	return user, r, err
}

func (h *Home) show(user management.User, status string) {
	h.user, h.phase, h.status, h.asOf, h.outdated = user, ready, status, time.Time{}, false
}

// showNow shows a profile while work goes on, unless its session has ended.
func (h *Home) showNow(user management.User) {
	h.update(func() {
		if h.parts.session.Subject() == user.ID {
			h.show(user, h.status)
		}
	})
}

// signedIn acts on a login of the lock that signs in.
func (h *Home) signedIn(n lock.Notice) {
	if n.Purpose != purposeLogin && n.Purpose != purposeMove {
		return
	}
	var then func()
	if n.Purpose == purposeMove {
		then = h.startLinking
	}
	err := h.parts.session.Adopt(context.Background(), n.Result.Tokens, n.Result.Claims)
	h.update(func() {
		switch {
		case err == nil:
			h.loadThen("", then)
		case errors.Is(err, session.ErrOtherSubject):
			h.fail(err, nil)
		default: // the session is held, but no reload will find it
			h.loadThen(h.parts.say.OnlyThisPage, then)
		}
	})
}

// loginFailed tells of a failed login, and of a callback that belongs to none.
func (h *Home) loginFailed(n lock.Notice) {
	if n.Purpose == purposeLinking || n.Purpose == purposeProof || errors.Is(n.Err, lock.ErrPopupClosed) {
		return // told by the other locks' handlers, or in the dialog that is still open
	}
	h.update(func() { h.fail(n.Err, nil) })
}

func (h *Home) linkLoginFailed(n lock.Notice) {
	if n.Purpose != purposeLinking || errors.Is(n.Err, lock.ErrPopupClosed) {
		return
	}
	h.update(func() { h.fail(n.Err, nil) })
}

// signOut ends the session here, in the other tabs and at the tenant.
func (h *Home) signOut(app.Context, app.Event) {
	if h.leaving {
		return
	}
	h.leaving = true
	home := browser.Origin() + h.parts.basePath
	h.run(h.parts.say.SigningOut, nil, func(ctx context.Context) (func(), error) {
		// What cannot be wiped (no storage) was never kept: the tenant's session
		// is ended all the same.
		_ = h.parts.session.SignOut(ctx)
		_ = h.parts.offline.Forget(ctx) // also where its session has run out
		status := h.parts.say.SignedOutHere
		if browser.Online() {
			status = h.parts.say.SigningOut
			browser.Assign(h.parts.login.LogoutURL(home))
		}
		return func() {
			h.forget()
			h.leaving, h.status = false, status
		}, nil
	})
}

// forget shows nothing of the account any more, nor what is still on its way.
func (h *Home) forget() {
	h.closeConfirmation()
	h.visit++
	// Theirs are of the account. The others begin under none.
	h.parts.link.Cancel()
	h.parts.proof.Cancel()
	h.busy, h.leaving, h.stop = false, false, nil
	h.phase, h.user, h.history = signedOut, management.User{}, nil
}

// changedElsewhere follows what another tab did to the session.
func (h *Home) changedElsewhere(change session.Change) {
	h.update(func() {
		switch change {
		case session.SignedOut:
			h.forget()
			h.status = h.parts.say.SignedOutElsewhere
		case session.Reused:
			h.forget()
			h.fail(session.ErrReused, nil)
		case session.Replaced:
			h.forget()
			h.adoptElsewhere()
		case session.Updated:
			h.outdated = h.engaged()
			if h.phase == ready && !h.outdated {
				h.load(h.parts.say.UpdatedElsewhere)
			}
		case session.SignedIn:
			if h.phase == signedOut && !h.busy {
				h.adoptElsewhere()
			}
		}
	})
}

// adoptElsewhere takes up the session that another tab has just kept.
func (h *Home) adoptElsewhere() {
	h.run(h.parts.say.LoadingProfile, nil, func(ctx context.Context) (func(), error) {
		if err := h.parts.session.Restore(ctx); err != nil {
			return func() {}, nil
		}
		return h.reload, nil
	})
}

func (h *Home) startLogin() { h.begin(h.parts.login) }

func (h *Home) begin(l *lock.Lock) {
	h.failed, h.status, h.parted, h.again = nil, "", false, nil
	l.Show()
}
