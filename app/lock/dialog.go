package lock

import (
	"cmp"
	"strings"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"twinlock/app/browser"
	"twinlock/app/inert"
	"twinlock/app/provider"
	"twinlock/app/words"
)

// Dialog returns the lock's dialog. Put it on the page once. It shows nothing until
// [Lock.Show], and its element has the id "lock-" and the purpose. One that was to be opened
// before it was on the page opens when it is.
func (l *Lock) Dialog() app.UI { return &dialog{Lock: l} }

// AskDialog returns the dialog of a lock that is opened by [Lock.Ask] alone: nothing is in it
// until then.
func (l *Lock) AskDialog() app.UI { return &dialog{Lock: l, AskOnly: true} }

type dialog struct {
	app.Compo
	// Lock is exported so that go-app hands it over on updates.
	Lock *Lock
	// AskOnly is true for [Lock.AskDialog].
	AskOnly bool
}

// CompoID keeps go-app from making one lock's dialog into another's.
func (d *dialog) CompoID() string { return d.Lock.id() }

func (d *dialog) OnMount(ctx app.Context) {
	d.Lock.mu.Lock()
	defer d.Lock.mu.Unlock()
	d.Lock.drawn = true
	d.Lock.redraw = func(then func()) {
		ctx.Dispatch(func(ctx app.Context) { ctx.Defer(func(app.Context) { then() }) })
	}
	if d.Lock.late {
		go d.Lock.open(d.Lock.asked)
	}
	browser.WatchPresses()
}

func (d *dialog) OnDismount() {
	d.Lock.mu.Lock()
	defer d.Lock.mu.Unlock()
	d.Lock.drawn = false
	d.Lock.redraw = func(then func()) { then() }
}

func (d *dialog) Render() app.UI {
	l := d.Lock
	l.mu.Lock()
	stage, chosen, failure, deaf, login := l.stage, l.chosen, l.failure, l.deaf, l.asked
	l.mu.Unlock()

	say := l.options.LanguageDictionary
	instructions, class := say.Instructions, "lock"
	if login != nil {
		instructions = login.reason
	}
	if deaf {
		class = "lock deaf"
	}
	box := app.UI(app.Div().Hidden(true))
	if login != nil || !d.AskOnly {
		box = d.box(instructions, login, stage, chosen, failure, deaf)
	}
	return app.Dialog().ID(l.id()).Class(class).
		Attr("role", "dialog").
		Attr("aria-modal", "true").
		Attr("aria-labelledby", l.id()+"-title").
		DataSets(l.params()).
		On("close", d.onClose).
		OnKeyDown(d.onKeyDown).
		OnClick(d.onClick).
		Body(box)
}

// box draws what is in the dialog.
func (d *dialog) box(
	instructions string, login *asked, stage stage, chosen Connection, failure error, deaf bool,
) app.UI {
	l := d.Lock
	say := l.options.LanguageDictionary
	return app.Div().Class("dialog-box").Body(
		app.Header().Class("dialog-head").Body(
			app.H2().ID(l.id()+"-title").Body(words.Of(say.Title)),
			app.Button().Type("button").Class("icon-button").Title(say.Close).
				Attr("aria-label", say.Close).OnClick(d.close).
				Body(app.Span().Attr("aria-hidden", "true").Body(words.Of("×"))),
		),
		app.If(instructions != "", func() app.UI {
			return app.P().Class("quiet").ID(l.id() + "-reason").Body(words.Of(instructions))
		}),
		d.failure(failure),
		app.If(login == nil && len(l.options.AllowedConnections) >= filterFrom, d.filter),
		d.choices(login, stage, chosen, deaf),
		app.Div().Class("lock-progress").Attr("aria-live", "polite").Body(
			d.progress(stage, chosen, deaf),
		),
	)
}

// choices draws the connections, or the login that is asked for. The part has the focus while
// the dialog ignores presses: so it is not at the button that closes the dialog.
func (d *dialog) choices(login *asked, stage stage, chosen Connection, deaf bool) app.UI {
	l := d.Lock
	if login != nil {
		return app.Div().ID(l.choicesID()).Class("dialog-actions").TabIndex(-1).Attr("role", "group").
			Attr("aria-labelledby", l.id()+"-title").Attr("aria-describedby", l.id()+"-reason").
			Body(d.steps(stage, deaf)...)
	}
	return app.Div().ID(l.choicesID()).Class("connections").TabIndex(-1).Attr("role", "group").
		Attr("aria-labelledby", l.id()+"-title").
		Body(app.Range(l.options.AllowedConnections).Slice(func(i int) app.UI {
			return d.button(l.options.AllowedConnections[i], stage, chosen, deaf)
		}))
}

// steps draws the two buttons of the login that is asked for. While it goes on in a window
// others are in their place.
func (d *dialog) steps(stage stage, deaf bool) []app.UI {
	say := d.Lock.options.LanguageDictionary
	if stage == waiting || stage == unseen {
		return nil
	}
	proceed := app.Button().ID("btn-confirm").Type("button").Class("button").
		Disabled(deaf || stage == opening).Body(words.Of(say.Continue)).OnClick(d.proceed)
	if stage == opening {
		proceed = proceed.Attr("aria-busy", "true")
	}
	return []app.UI{
		app.Button().ID("btn-cancel").Type("button").Class("quiet-button").
			Body(words.Of(say.Cancel)).OnClick(d.close),
		proceed,
	}
}

// proceed begins the login that is asked for.
func (d *dialog) proceed(app.Context, app.Event) {
	l := d.Lock
	l.mu.Lock()
	login := l.asked
	l.mu.Unlock()
	if login != nil && l.mayBegin() {
		l.begin(l.connection(login.connection), login.hint, login.subject)
	}
}

// failure draws what the dialog says of an error. Something stands in its place where there
// is none, so that what comes after it stays the same elements.
func (d *dialog) failure(err error) app.UI {
	if err == nil {
		return app.P().Hidden(true)
	}
	return app.P().Class("notice notice-bad").Attr("role", "alert").Body(words.Of(d.Lock.options.OnFailure(err)))
}

// filterFrom is from how many connections on the dialog has a field to find one.
const filterFrom = 10

// filter draws that field, and a live region that says how many connections it has left.
// boot.js makes it work, here as before the program is there.
func (d *dialog) filter() app.UI {
	say, id := d.Lock.options.LanguageDictionary, d.Lock.id()+"-filter"
	return app.Div().Class("lock-filter").DataSet("found", say.Found).DataSet("none", say.NotFound).Body(
		app.Label().Attr("for", id).Body(words.Of(say.Filter)),
		app.Input().Attr("id", id).Attr("type", "text").
			Attr("autocomplete", "off").Attr("spellcheck", "false"),
		app.P().Class("quiet").Attr("role", "status"),
	)
}

// params returns the data attributes of the dialog. The boot script begins a login with
// them before the program is there.
func (l *Lock) params() map[string]any {
	p := l.options.Params
	params := map[string]any{"purpose": p.Purpose, "opening": l.options.LanguageDictionary.Opening}
	if p.Prompt != "" {
		params["prompt"] = p.Prompt
	}
	if p.MaxAge != nil {
		params["max-age"] = int(*p.MaxAge / time.Second)
	}
	if p.UILocales != "" {
		params["ui-locales"] = p.UILocales
	}
	return params
}

func (d *dialog) button(c Connection, stage stage, chosen Connection, deaf bool) app.UI {
	why := d.Lock.options.Unavailable(c.Name)
	b := app.Button().Type("button").Class("connection").
		DataSet("connection", c.Name).
		DataSet("label", c.Label).
		OnClick(func(app.Context, app.Event) { d.press(c) }, app.EventScope(d.Lock.Purpose(), c.Name)).
		Body(
			Mark(c),
			app.Span().Body(fill(d.Lock.options.LanguageDictionary.Button, c)),
			app.If(d.Lock.options.LastUsed() == c.Name, func() app.UI {
				return app.Span().Class("badge").Body(words.Of(d.Lock.options.LanguageDictionary.LastUsed))
			}),
			app.If(why != "", func() app.UI { return app.Span().Class("quiet why").Body(words.Of(why)) }),
		)
	if stage == opening || deaf || why != "" {
		b = b.Disabled(true)
	}
	if stage == opening && c.Name == chosen.Name {
		b = b.Attr("aria-busy", "true")
	}
	return b
}

func (d *dialog) press(c Connection) {
	if d.Lock.mayBegin() {
		d.Lock.begin(c, "", "")
	}
}

func (d *dialog) progress(stage stage, chosen Connection, deaf bool) app.UI {
	say := d.Lock.options.LanguageDictionary
	switch stage {
	case opening:
		return app.P().Class("quiet").Attr("role", "status").Body(fill(say.Opening, chosen))
	case waiting:
		return d.waiting(say.Waiting, app.Div().Hidden(true), deaf)
	case unseen:
		return d.waiting(say.Unseen, app.Button().Type("button").Class("button").Disabled(deaf).
			Body(words.Of(say.TryAgain)).OnClick(d.tryAgain), deaf)
	}
	return app.P().Class("quiet").Hidden(true)
}

// waiting draws what is shown while a login goes on in a window: a sentence, and what can
// be done here. It can have the focus, so that a change is noticed before a button can be
// pressed by mistake.
func (d *dialog) waiting(sentence string, more app.UI, deaf bool) app.UI {
	return app.Div().Class("waiting").ID(d.Lock.waitingID()).TabIndex(-1).Attr("role", "group").
		Attr("aria-labelledby", d.Lock.waitingID()+"-sentence").Body(
		app.P().Class("quiet").ID(d.Lock.waitingID()+"-sentence").Attr("role", "status").Body(words.Of(sentence)),
		more,
		app.Button().Type("button").Class("quiet-button").Disabled(deaf).
			Body(words.Of(d.Lock.options.LanguageDictionary.Cancel)).OnClick(d.cancel),
	)
}

func (d *dialog) tryAgain(app.Context, app.Event) { d.Lock.tryAgain() }

func (d *dialog) cancel(app.Context, app.Event) {
	if d.Lock.acceptsPress() {
		d.Lock.giveUp()
		d.Lock.focus(d.Lock.choicesID())
	}
}

func (d *dialog) close(app.Context, app.Event) { d.Lock.Hide() }

// onClose runs in whatever way the dialog was closed: by its button, by Escape, by a click
// beside it or by the program.
func (d *dialog) onClose(_ app.Context, e app.Event) {
	d.Lock.giveUp()
	if !e.Get("target").Get("open").Truthy() { // it may have been opened again
		d.Lock.set(func() { d.Lock.asked = nil })
	}
	go d.Lock.emit(Notice{Event: Hide, Purpose: d.Lock.Purpose()})
}

func (d *dialog) onClick(_ app.Context, e app.Event) {
	if onBackdrop(e) && d.Lock.acceptsPress() {
		d.Lock.Hide()
	}
}

// onKeyDown changes nothing that is drawn. Otherwise go-app would draw the dialog and the
// whole page again at each key.
func (d *dialog) onKeyDown(ctx app.Context, e app.Event) {
	ctx.PreventUpdate()
	if e.Get("key").String() == "Tab" && browser.WrapFocus(d.Lock.id(), e.Get("shiftKey").Truthy()) {
		e.PreventDefault()
	}
}

// onBackdrop reports whether a click was beside the dialog's box. Its target is then the
// dialog itself.
func onBackdrop(e app.Event) bool {
	return e.Get("target").Get("tagName").String() == "DIALOG"
}

// fill puts a connection's label into a text of the [Dictionary].
func fill(text string, c Connection) app.UI { return words.Of(words.Fill(text, "connection", c.Label)) }

// Mark returns the mark of a connection: the first letter of the label on the provider's
// colour, or on grey if [provider.Lookup] does not know the strategy. The colours are in
// [provider.Style]. An icon covers them: boot.js hides one that does not load. Screen readers
// do not read a mark, so put the label beside it.
func Mark(c Connection) app.UI {
	letter := cmp.Or(strings.ToUpper(inert.Initial(c.Label)), "?")
	p, _ := provider.Lookup(c.Strategy)
	return app.Span().Class(p.Class()).Attr("aria-hidden", "true").Body(
		words.Data(letter),
		app.If(c.Icon != "", func() app.UI { return app.Img().Src(c.Icon).Attr("loading", "lazy") }),
	)
}
