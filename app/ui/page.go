package ui

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"twinlock/app/browser"
	"twinlock/app/flow"
)

// Page is the page: signed out it offers to sign in, signed in it shows the profile and
// its identities. It draws the state of its flow and hands wishes on; it decides nothing.
type Page struct {
	app.Compo

	parts *Parts
	flow  *flow.Flow
	ctx   app.Context
	ends  []func()
	// What follows is touched on the UI goroutine only.
	drawn       flow.State // as last drawn
	seen        flow.State // as at the last change
	shortcut    string     // the element to go to once the profile is shown
	updated     bool
	installable bool
}

// NewPage makes the page. At the callback path it first paints the end of a sign-in.
func NewPage(p *Parts, atCallback bool) *Page {
	page := &Page{parts: p}
	page.flow = p.newFlow(page.post, atCallback)
	return page
}

// OnMount joins the locks and the other tabs and takes up the session.
func (p *Page) OnMount(ctx app.Context) {
	p.ctx = ctx
	p.ends = append(p.parts.locks.join(p.flow.LoginEnded), p.parts.session.Listen(p.flow.ChangedElsewhere))
	ctx.Page().SetTitle(p.parts.config.Brand.Name)
	ctx.Page().SetLang(p.parts.say.Language)
	p.installable = ctx.IsAppInstallable()
	callback, called := browser.TakeCallback()
	browser.OnConnection(p.flow.Connected)
	if browser.TakeShortcut() == "link" {
		// Whoever can make a person follow a link could open the page so: it shows
		// the way and begins nothing.
		p.shortcut = "btn-link-account"
	}
	browser.Mounted()
	p.flow.Start(callback, called)
}

// OnDismount leaves the locks and the other tabs.
func (p *Page) OnDismount() {
	for _, end := range p.ends {
		end()
	}
}

// OnAppUpdate hears that a new version of the page is there.
func (p *Page) OnAppUpdate(app.Context) { p.updated = true }

// OnAppInstallChange hears that the page can or can no longer be installed.
func (p *Page) OnAppInstallChange(ctx app.Context) { p.installable = ctx.IsAppInstallable() }

// post changes the flow from any goroutine.
func (p *Page) post(change func()) {
	p.ctx.Dispatch(func(ctx app.Context) {
		change()
		p.changed(ctx)
	})
}

// changed does beside the drawing what a change of the state asks for.
func (p *Page) changed(ctx app.Context) {
	before, now := p.seen, p.flow.State()
	p.seen = now
	if before.Question.Open() && before.Question.Number != now.Question.Number || before.Question.Open() && !now.Question.Open() {
		// Before it is taken from the page, so that the focus returns to where it was.
		browser.CloseDialog(confirmID)
	}
	if focus := p.focus(before, now); focus != "" {
		ctx.Defer(func(app.Context) { browser.Focus(focus) })
	}
	if now.Started && !before.Started {
		// Once that is drawn: a click on what is about to be replaced would be lost.
		ctx.Defer(func(app.Context) { browser.Ready() })
	}
}

// focus is the element that the focus moves to after a change, "" for none.
func (p *Page) focus(before, now flow.State) string {
	worked := before.Work.Kind == flow.Linking || before.Work.Kind == flow.Unlinking
	switch kind := now.Notice.Kind; {
	case now.Notice.Number == before.Notice.Number:
	case kind == flow.RefusedOffline:
		return asOfID // or a phone would not show why
	case worked && (kind == flow.Linked || kind == flow.LinkedSkipped || kind == flow.Unlinked):
		return accountsHeading
	}
	if now.Phase == flow.Ready && now.AsOf.IsZero() && !now.Busy() || now.Phase == flow.SignedOut {
		focus := p.shortcut
		p.shortcut = ""
		return focus
	}
	return ""
}

// Render draws the page.
func (p *Page) Render() app.UI {
	p.drawn = p.flow.State()
	v := view{
		parts:       p.parts,
		say:         p.parts.say,
		state:       p.drawn,
		wishes:      wishes{p.flow, &p.drawn, p.changed},
		updated:     p.updated,
		installable: p.installable,
	}
	return v.page()
}

func (v *view) page() app.UI {
	return app.Div().Class("page").Body(
		v.header(),
		app.Main().Class("column").ID("main").Body(
			v.notices(),
			v.body(),
			v.footer(),
		),
		v.dialog(),
		v.question(),
	)
}

func (v *view) body() app.UI {
	switch v.state.Phase {
	case flow.Starting:
		// Both are in the page; the stylesheet shows the one that the last visit
		// hints at.
		return app.Div().Class("undecided").Body(
			app.Div().Class("if-signed-out").Body(v.welcome()),
			app.Div().Class("if-signed-in").Body(v.skeleton()),
		)
	case flow.Finishing, flow.Loading:
		return v.skeleton()
	case flow.Ready:
		return v.profile()
	case flow.Unavailable:
		return app.Div()
	}
	return v.welcome()
}

// dialog is the lock that can be opened now: the one that signs in, or the one that
// links.
func (v *view) dialog() app.UI {
	if v.state.SignedIn() {
		return v.parts.locks.link.Dialog()
	}
	return v.parts.locks.login.Dialog()
}
