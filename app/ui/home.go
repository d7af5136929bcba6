package ui

import (
	"context"
	"errors"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"twinlock/app/browser"
	"twinlock/app/history"
	"twinlock/app/linking"
	"twinlock/app/lock"
	"twinlock/app/management"
	"twinlock/app/offline"
	"twinlock/app/oidc"
	"twinlock/app/platform"
	"twinlock/app/session"
)

// Home is the page: signed out it offers to sign in, signed in it shows the
// profile and its identities.
type Home struct {
	app.Compo

	parts *Parts
	ctx   app.Context
	ends  []func()
	// What follows is touched on the UI goroutine only; see update.
	phase   phase
	user    management.User
	status  string
	failed  *failure
	busy    bool
	visit   int                // how many sessions have ended here: what was begun in one ends with it
	leaving bool               // on the way out: the person signs out, once
	stop    context.CancelFunc // ends the wait for a rate limit, nil without one
	linking *pendingLink
	parting *management.Identity
	asked   int // how many questions there have been: each is drawn anew
	history []history.Entry
	// parted: an identity was unlinked just now.
	parted bool
	// again is the second account of an earlier link that did not take place.
	again *wanted
	// asOf is when the profile that is shown was read, if that was on an earlier
	// visit; zero for one that is current.
	asOf time.Time
	// unconnected: the browser says that there is no network.
	unconnected bool
	// outdated: another tab has changed the profile while a question stood here.
	outdated    bool
	shortcut    string // the element to go to once the profile is shown
	updated     bool   // a new version of the page is there
	installable bool   // the browser offers to install the page
	// focus is the element to move the focus to after the next drawing.
	focus string
}

// phase is how far the page has come.
type phase int

const (
	starting  phase = iota // it is not known yet whether somebody is signed in
	finishing              // the tenant has called back
	signedOut
	loading // signed in, the profile is on its way
	ready
	unavailable // signed in, the profile could not be read
)

// pendingLink is a link that waits for the person's word. The second account's
// tokens are held here and nowhere else.
type pendingLink struct {
	plan   linking.Plan
	signed string // the subject that is signed in
	second *oidc.Result
	// turned is why the second account cannot move here, so that the link is planned
	// the other way round; nil where it can. chosen is what the person knows the
	// account by that they signed in to.
	turned error
	chosen string
}

// swapped tells whether the second account is the one that stays.
func (l pendingLink) swapped() bool { return l.plan.Primary.Subject != l.signed }

// NewHome makes the page. At the callback path it first paints the end of a
// sign-in.
func NewHome(p *Parts, atCallback bool) *Home {
	h := &Home{parts: p}
	if atCallback {
		h.phase = finishing
	}
	return h
}

// OnMount joins the locks and the other tabs and takes up the session.
func (h *Home) OnMount(ctx app.Context) {
	h.ctx = ctx
	p := h.parts
	h.ends = []func(){
		p.login.On(lock.Authenticated, h.signedIn),
		p.link.On(lock.Authenticated, h.secondSignedIn),
		p.login.On(lock.AuthorizationError, h.loginFailed),
		p.link.On(lock.AuthorizationError, h.linkLoginFailed),
		p.proof.On(lock.Authenticated, h.proved),
		p.proof.On(lock.AuthorizationError, h.proofFailed),
		p.proof.On(lock.UnrecoverableError, h.proofFailed),
		p.move.On(lock.UnrecoverableError, h.moveFailed),
		p.session.Listen(h.changedElsewhere),
	}
	ctx.Page().SetTitle(p.config.Brand.Name)
	ctx.Page().SetLang(p.say.Language)
	callback, called := browser.TakeCallback()
	if called {
		h.phase = finishing
	}
	h.unconnected = !browser.Online()
	h.installable = ctx.IsAppInstallable()
	browser.OnConnection(h.reconnected)
	if browser.TakeShortcut() == "link" {
		// Whoever can make a person follow a link could open the page so: it shows
		// the way and begins nothing.
		h.shortcut = "btn-link-account"
	}
	browser.Mounted()
	go h.start(callback, called)
}

// OnDismount leaves the locks and the other tabs.
func (h *Home) OnDismount() {
	for _, end := range h.ends {
		end()
	}
}

// start takes up the session that an earlier page left, and then the login that
// the tenant has answered, in this order: the answer is refused if it was
// begun under another account.
func (h *Home) start(callback string, called bool) {
	ctx := context.Background()
	h.parts.sweep(ctx)
	err := h.parts.session.Restore(ctx)
	if called {
		lock.Resume(ctx, callback)
	}
	_, signedIn := h.parts.session.Account()
	last, none := offline.Copy{}, error(offline.ErrNone)
	if signedIn || !browser.Online() {
		last, none = h.parts.offline.Last(ctx, h.parts.session.Subject())
	}
	h.update(func() {
		switch {
		case h.busy: // an event of Resume has set to work
		case signedIn:
			refused := h.failed // an answer that was not for this account stays told
			then := func() { h.focus = h.shortcut }
			if none == nil { // until the tenant has answered
				h.showCopy(last)
				h.refresh("", "", then)
			} else {
				h.loadThen("", then)
			}
			h.failed = refused
		case none == nil:
			h.showCopy(last)
			h.fail(platform.ErrNetwork, h.reload)
		default:
			h.phase = signedOut
			if errors.Is(err, session.ErrExpired) && h.failed == nil {
				h.fail(err, nil)
			}
		}
		// Once that is drawn: a click on what is about to be replaced would be lost.
		h.ctx.Defer(func(app.Context) { browser.Ready() })
	})
}

// OnAppUpdate hears that a new version of the page is there.
func (h *Home) OnAppUpdate(app.Context) { h.updated = true }

// OnAppInstallChange hears that the page can or can no longer be installed.
func (h *Home) OnAppInstallChange(ctx app.Context) { h.installable = ctx.IsAppInstallable() }

// update changes the page from any goroutine.
func (h *Home) update(change func()) {
	h.ctx.Dispatch(func(ctx app.Context) {
		change()
		if id := h.focus; id != "" {
			h.focus = ""
			ctx.Defer(func(app.Context) { browser.Focus(id) })
		}
	})
}

// Render draws the page.
func (h *Home) Render() app.UI {
	return app.Div().Class("page").Body(
		h.header(),
		app.Main().Class("column").ID("main").Body(
			app.Div().Class("notices").Body(
				app.Div().Attr("aria-live", "polite").Body(h.statusNotice()),
				h.failureNotice(),
				h.updateNotice(),
			),
			h.body(),
			h.footer(),
		),
		h.dialog(),
		h.confirmation(),
	)
}

func (h *Home) body() app.UI {
	switch h.phase {
	case starting:
		// Both are in the page; the stylesheet shows the one that the last visit
		// hints at.
		return app.Div().Class("undecided").Body(
			app.Div().Class("if-signed-out").Body(h.welcome()),
			app.Div().Class("if-signed-in").Body(h.skeleton()),
		)
	case finishing, loading:
		return h.skeleton()
	case ready:
		return h.profile()
	case unavailable:
		return app.Div()
	}
	return h.welcome()
}

// dialog is the lock that can be opened now: the one that signs in, or the one
// that links.
func (h *Home) dialog() app.UI {
	switch h.phase {
	case loading, ready, unavailable:
		return h.parts.link.Dialog()
	}
	return h.parts.login.Dialog()
}
