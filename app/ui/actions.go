package ui

import (
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
type tokenSource func(context.Context) (string, error)

// run does work that takes time: it shows a status meanwhile, one at a time,
// and tells of the failure. The work returns what to change on the page when it
// has succeeded; retry is the next step offered when it has not.
func (h *Home) run(status string, retry func(), work func(context.Context) (func(), error)) {
	ctx, cancel := context.WithCancel(context.Background())
	h.busy, h.status, h.failed = true, status, nil
	go func() {
		defer cancel()
		done, err := work(context.WithValue(ctx, stopKey{}, cancel))
		h.update(func() {
			h.busy, h.status, h.stop = false, "", nil
			if err != nil {
				h.fail(err, retry)
				return
			}
			done()
		})
	}()
}

// stopKey carries the function that ends a piece of work to where it waits.
type stopKey struct{}

// fail tells of an error.
func (h *Home) fail(err error, retry func()) {
	f := explain(h.parts.say, err)
	if f.signIn {
		h.phase = signedOut
		go h.parts.session.SignOut(context.Background())
	} else {
		f.retry = retry
	}
	h.failed = &f
}

// api is the Management API as one of the two accounts. A wait for the rate
// limit is shown, with a way to stop it.
func (h *Home) api(ctx context.Context, token tokenSource) *management.Client {
	return h.parts.api(token, func(until time.Time) {
		stop, _ := ctx.Value(stopKey{}).(context.CancelFunc)
		seconds := max(1, int(time.Until(until).Round(time.Second)/time.Second))
		h.update(func() {
			h.status = text.Fill(h.parts.say.Waiting, "seconds", strconv.Itoa(seconds))
			h.stop = stop
		})
	})
}

// load reads the profile; a status may be left to be said afterwards.
func (h *Home) load(status string) {
	if h.phase != ready {
		h.phase = loading
	}
	h.run(h.parts.say.LoadingProfile, h.reload, func(ctx context.Context) (func(), error) {
		user, err := h.read(ctx)
		if err != nil {
			return nil, err
		}
		return func() { h.show(user, status) }, nil
	})
}

func (h *Home) reload() { h.load("") }

func (h *Home) read(ctx context.Context) (management.User, error) {
	user, err := h.api(ctx, h.parts.session.AccessToken).User(ctx, h.parts.session.Subject())
	if err != nil {
		h.update(func() {
			if h.phase == loading {
				h.phase = unavailable
			}
		})
	}
	return user, err
}

func (h *Home) show(user management.User, status string) {
	h.user, h.phase, h.status = user, ready, status
}

// signedIn acts on a login of the lock that signs in.
func (h *Home) signedIn(n lock.Notice) {
	if n.Purpose != purposeLogin {
		return
	}
	err := h.parts.session.Adopt(context.Background(), n.Result.Tokens, n.Result.Claims)
	h.update(func() {
		switch {
		case err == nil:
			h.load("")
		case errors.Is(err, session.ErrOtherSubject):
			h.fail(err, nil)
		default: // the session is held, but no reload will find it
			h.load(h.parts.say.OnlyThisPage)
		}
	})
}

// loginFailed tells of a failed login, and of a callback that belongs to none.
func (h *Home) loginFailed(n lock.Notice) {
	if n.Purpose == purposeLinking || errors.Is(n.Err, lock.ErrPopupClosed) {
		return // told by linkLoginFailed, or in the dialog that is still open
	}
	h.update(func() { h.fail(n.Err, nil) })
}

func (h *Home) linkLoginFailed(n lock.Notice) {
	if n.Purpose != purposeLinking || errors.Is(n.Err, lock.ErrPopupClosed) {
		return
	}
	h.update(func() { h.fail(n.Err, nil) })
}

// secondSignedIn acts on a login of the lock that links: it reads both accounts
// and asks for the person's word. The second account's tokens stay in memory
// and never become the session.
func (h *Home) secondSignedIn(n lock.Notice) {
	if n.Purpose != purposeLinking {
		return
	}
	h.update(func() {
		if h.phase != ready {
			h.phase = loading
		}
		h.review(n.Result)
	})
}

func (h *Home) review(second *oidc.Result) {
	h.run(h.parts.say.CheckingSecond, h.reload, func(ctx context.Context) (func(), error) {
		user, err := h.read(ctx)
		if err != nil {
			return nil, err
		}
		// Shown even where the link is refused.
		h.update(func() { h.show(user, h.status) })
		other, err := h.secondAccount(ctx, second)
		if err != nil {
			return nil, err
		}
		plan, err := linking.NewPlan(linking.AccountOf(user), other, linking.Policy{NoMerge: true})
		if err != nil {
			return nil, err
		}
		return func() {
			h.show(user, "")
			h.linking = &pendingLink{plan, second.Tokens.ID.Reveal()}
		}, nil
	})
}

// secondAccount reads the second account with its own token. A tenant may not
// let it be read; the ID token then says what is known.
func (h *Home) secondAccount(ctx context.Context, second *oidc.Result) (linking.Account, error) {
	token := func(context.Context) (string, error) { return second.Tokens.Access.Reveal(), nil }
	user, err := h.api(ctx, token).User(ctx, second.Claims.Subject)
	switch {
	case err == nil:
		account := linking.AccountOf(user)
		if account.Connection == "" {
			account.Connection = second.Transaction.Connection
		}
		return account, nil
	case errors.Is(err, management.ErrScope):
		return linking.AccountOfClaims(second.Claims, second.Transaction.Connection), nil
	}
	return linking.Account{}, err
}

// linkConfirmed carries the link out.
func (h *Home) linkConfirmed(app.Context, app.Event) {
	pending := h.linking
	h.closeConfirmation()
	say := h.parts.say
	first, second := pairLabels(h.parts, pending.plan)
	h.run(text.Fill(say.Linking, "second", second, "first", first), h.startLinking, func(ctx context.Context) (func(), error) {
		outcome, err := linking.Link(ctx, h.api(ctx, h.parts.session.AccessToken),
			linking.NewJournal(browser.OpenVault()), pending.plan, pending.linkWith)
		if err != nil {
			return nil, err
		}
		h.parts.session.Updated()
		return func() {
			h.show(outcome.User, text.Fill(say.Linked, "second", second))
			h.focus = accountsHeading
		}, nil
	})
}

// unlinkConfirmed carries the unlink out.
func (h *Home) unlinkConfirmed(app.Context, app.Event) {
	identity := *h.parting
	h.closeConfirmation()
	say, user := h.parts.say, h.user
	label := identityLabel(say, identity)
	retry := func() { h.update(func() { h.parting = &identity }) }
	h.run(text.Fill(say.Unlinking, "account", label), retry, func(ctx context.Context) (func(), error) {
		after, err := linking.Unlink(ctx, h.api(ctx, h.parts.session.AccessToken), linking.Policy{}, user, identity)
		if err != nil {
			return nil, err
		}
		h.parts.session.Updated()
		return func() {
			h.show(after, text.Fill(say.Unlinked, "account", label))
			h.focus = accountsHeading
		}, nil
	})
}

// cancelled closes a confirmation; nothing has happened.
func (h *Home) cancelled(app.Context, app.Event) {
	h.closeConfirmation()
	h.status = h.parts.say.NothingChanged
}

// closeConfirmation closes the question before it is taken from the page, so
// that the focus returns to where it was.
func (h *Home) closeConfirmation() {
	browser.CloseDialog(confirmID)
	h.linking, h.parting = nil, nil
}

// signOut ends the session here, in the other tabs and at the tenant.
func (h *Home) signOut(app.Context, app.Event) {
	home := browser.Origin() + h.parts.basePath
	h.run(h.parts.say.SigningOut, nil, func(ctx context.Context) (func(), error) {
		// What cannot be wiped (no storage) was never kept: the tenant's session
		// is ended all the same.
		_ = h.parts.session.SignOut(ctx)
		status := h.parts.say.SignedOutHere
		if browser.Online() {
			status = h.parts.say.SigningOut
			browser.Assign(h.parts.login.LogoutURL(home))
		}
		return func() {
			h.phase, h.user, h.status = signedOut, management.User{}, status
		}, nil
	})
}

// changedElsewhere follows what another tab did to the session.
func (h *Home) changedElsewhere(change session.Change) {
	h.update(func() {
		switch change {
		case session.SignedOut:
			h.closeConfirmation()
			h.phase, h.user = signedOut, management.User{}
			h.status = h.parts.say.SignedOutElsewhere
		case session.Updated:
			if h.phase == ready && !h.busy && h.linking == nil && h.parting == nil {
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

func (h *Home) startLinking() { h.begin(h.parts.link) }

func (h *Home) begin(l *lock.Lock) {
	h.failed, h.status = nil, ""
	l.Show()
}
