package ui

import (
	"context"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"twinlock/app/browser"
	"twinlock/app/flow"
)

// Page is the one page of the program, also at the callback path. Signed out it offers to
// sign in; signed in it shows the profile and its identities. It draws the state of its
// flow and passes wishes on. It decides nothing.
type Page struct {
	app.Compo

	parts *Parts
	flow  *flow.Flow
	ctx   app.Context
	stops []func() // end what OnMount has begun to watch
	// The fields below are used on the UI goroutine only.
	drawn       flow.State // when it was drawn last
	seen        flow.State // when it changed last
	shortcut    string     // id of the element to focus once the profile is shown
	updated     bool       // a new version of the page is there
	installable bool       // the browser offers to install the page
	filter      string     // what the person looks for among the linked accounts
	kept        string     // the view that is stored, or is being stored
}

// NewPage makes the page. At the callback path it is drawn as one that finishes a sign-in.
func NewPage(p *Parts, atCallback bool) *Page {
	page := &Page{parts: p}
	page.flow = p.newFlow(page.post, atCallback)
	if browser.ShowsLastView() {
		// Nothing else is drawn in between. It takes a few milliseconds, in which nothing else is
		// to be done.
		page.flow.Recall(context.Background())
	}
	return page
}

// OnMount begins to watch the locks, the other tabs and the network, and starts the flow.
func (p *Page) OnMount(ctx app.Context) {
	p.ctx = ctx
	p.stops = append(p.parts.locks.watch(p.flow.LoginEnded), p.parts.session.Listen(p.flow.ChangedElsewhere))
	ctx.Page().SetTitle(p.parts.config.Brand.Name)
	ctx.Page().SetLang(p.parts.say.Language)
	p.installable = ctx.IsAppInstallable()
	callback, called := browser.PopCallback()
	browser.OnConnection(p.flow.Connected)
	if browser.PopShortcut() == "link" {
		// Any link to the page can ask for this, so it only shows the button.
		p.shortcut = "btn-link-account"
	}
	browser.Mounted()
	if referred, is := p.parts.referred(); is {
		p.flow.Refer(referred)
	}
	p.seen = p.flow.State()
	p.flow.Start(callback, called)
}

// OnDismount ends what OnMount has begun to watch.
func (p *Page) OnDismount() {
	for _, stop := range p.stops {
		stop()
	}
}

// OnAppUpdate is called when a new version of the page is there.
func (p *Page) OnAppUpdate(app.Context) { p.updated = true }

// OnAppInstallChange is called when the page can be installed, or no longer can.
func (p *Page) OnAppInstallChange(ctx app.Context) { p.installable = ctx.IsAppInstallable() }

// post is the flow's [flow.Deps].Post: it makes a change on the UI goroutine.
func (p *Page) post(change func()) {
	p.ctx.Dispatch(func(ctx app.Context) {
		change()
		p.changed(ctx)
	})
}

// changed does what a change of the state asks for besides drawing: it closes a dialog,
// moves the focus, and says that the page is ready.
func (p *Page) changed(ctx app.Context) {
	before, now := p.seen, p.flow.State()
	p.seen = now
	if before.Question.Open() && (before.Question.Number != now.Question.Number || !now.Question.Open()) {
		// Before it is removed from the page, so that the focus returns to where it was.
		browser.CloseDialog(confirmID)
		// Who came to the question from the tenant was nowhere.
		p.ctx.Defer(func(app.Context) { browser.FocusFirst("main", "#"+accountsHeading) })
	}
	if focus := p.focus(before, now); focus != "" {
		p.moveFocus(focus)
	}
	if before.Referral != now.Referral {
		p.parts.keepReferral(now.Referral)
	}
	ctx.Defer(p.keepView)
	if now.Started && !before.Started {
		// Once that is drawn: a click on an element that is about to be replaced does nothing.
		ctx.Defer(func(app.Context) { browser.Ready() })
	}
}

// keepView stores what the page shows of a profile that has just been read, for the first frame of
// the next visit. What nobody has asked for waits until nothing else is to be done.
func (p *Page) keepView(app.Context) {
	s := p.flow.State()
	if s.Phase != flow.Ready || !s.AsOf.IsZero() || s.Offline || s.Engaged() || p.filter != "" {
		return
	}
	view, subject := browser.View(), s.User.ID
	if view == "" || view == p.kept {
		return
	}
	p.kept = view
	go p.parts.keepView(subject, view)
}

// moveFocus moves the focus once the page is drawn. The page asks for that itself: of a button
// that has gone by then go-app would not hear.
func (p *Page) moveFocus(id string) { p.ctx.Defer(func(app.Context) { browser.Focus(id) }) }

// focus returns the id of the element that the focus moves to after a change, "" for none.
// What is said of what the person has begun is then in sight, also on a phone, and the focus
// is never at what has gone.
func (p *Page) focus(before, now flow.State) string {
	told := now.Notice.Number != before.Notice.Number
	switch {
	case told && now.Notice.Kind == flow.RefusedOffline:
		return asOfID
	case told && now.Notice.Bad() && before.Busy():
		return failureID
	case told && changes(before) && now.Notice.Kind != flow.NoNotice, changes(now) && !changes(before):
		return statusID
	}
	if !now.Started || now.Busy() {
		return ""
	}
	shortcut := p.shortcut // once, when the page has come to rest
	p.shortcut = ""
	if now.Phase == flow.Ready && now.AsOf.IsZero() {
		return shortcut
	}
	return ""
}

// changes reports whether a link or an unlink is under way.
func changes(s flow.State) bool { return s.Work.Kind == flow.Linking || s.Work.Kind == flow.Unlinking }

// Render draws the page.
func (p *Page) Render() app.UI {
	p.drawn = p.flow.State()
	p.parts.shown = p.drawn.User.Identities
	v := view{
		parts:       p.parts,
		say:         p.parts.say,
		state:       p.drawn,
		wishes:      wishes{p.flow, &p.drawn, p.changed, p.moveFocus},
		updated:     p.updated,
		installable: p.installable,
		filter:      p.filter,
		find:        p.find,
	}
	return v.page()
}

// find shows the linked accounts that the person looks for.
func (p *Page) find(ctx app.Context, _ app.Event) { p.filter = ctx.JSSrc().Get("value").String() }

// page draws all of it.
func (v *view) page() app.UI {
	return app.Div().Class("page").ID("twinlock").Body(
		v.header(),
		app.Main().Class("column", v.height()).ID("main").Body(
			v.back(),
			v.notices(),
			v.referral(),
			v.body(),
			v.footer(),
		),
		v.ownLinks(),
		v.dialog(),
		v.step(),
		v.question(),
	)
}

// height returns the class of the main part that keeps the links below it out of sight until
// the person scrolls, while somebody is signed in: what is being loaded would move them.
func (v *view) height() string {
	switch v.state.Phase {
	case flow.Starting:
		return "tall-if-signed-in"
	case flow.SignedOut:
		return ""
	}
	return "tall"
}

// body draws what the phase asks for.
func (v *view) body() app.UI {
	switch v.state.Phase {
	case flow.Starting:
		// The page has both. The stylesheet shows one: the boot script says whether the
		// person was signed in at their last visit.
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

// step draws the dialog of a login that something else may need first: to prove who the
// person is, or to sign in to another account.
func (v *view) step() app.UI {
	switch {
	case v.state.SignedIn():
		return v.parts.locks.proof.AskDialog()
	case v.state.Started:
		return v.parts.locks.move.AskDialog()
	}
	return app.Div().Hidden(true)
}

// dialog draws the dialog that can be opened now: the one that signs in, or the one that
// links.
func (v *view) dialog() app.UI {
	if v.state.SignedIn() {
		return v.parts.locks.link.Dialog()
	}
	return v.parts.locks.login.Dialog()
}
