package ui

import (
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"twinlock/app/browser"
	"twinlock/app/words"
)

const confirmID = "confirm"

// confirm is a question before something that lasts: what will happen in plain
// words, and two buttons, of which one says exactly what it does.
type confirm struct {
	app.Compo
	Key             int // tells one question from another
	Version         int // grows when the question says something else
	Title, Lead     string
	Body            app.UI
	Consequences    []string
	Confirm, Cancel string
	// Grave marks what takes something away.
	Grave bool
	// OnConfirm is told which version was agreed to: the one that was drawn.
	OnConfirm func(ctx app.Context, version int)
	OnCancel  app.EventHandler

	drawn int // the version
	// asked is what the button has last come to say, times how often it did. hears:
	// it has been in sight long enough to be meant; see [browser.PressDelay].
	asked string
	times int
	hears bool
}

// CompoID tells one question from the next, so that each opens anew: also one that
// follows before the page was drawn without any.
func (c *confirm) CompoID() string { return strconv.Itoa(c.Key) }

// OnMount opens the question. It is read from its title on: on a phone the
// buttons are further down than the screen reaches.
func (c *confirm) OnMount(ctx app.Context) {
	browser.WatchPresses()
	ctx.Defer(func(app.Context) {
		browser.ShowDialog(confirmID)
		browser.Focus(confirmID + "-title")
	})
	c.ask(ctx)
}

// OnUpdate has the button wait anew where it now says something else.
func (c *confirm) OnUpdate(ctx app.Context) {
	if c.asked != c.Confirm {
		c.ask(ctx)
	}
}

func (c *confirm) ask(ctx app.Context) {
	c.asked, c.hears = c.Confirm, false
	c.times++
	times := c.times
	ctx.Defer(func(app.Context) {
		browser.AfterDrawing(browser.PressDelay, func() {
			ctx.Dispatch(func(app.Context) { c.hears = c.hears || c.times == times })
		})
	})
}

// Render draws the question.
func (c *confirm) Render() app.UI {
	c.drawn = c.Version
	class, actions, dialog := "button", "dialog-actions", "confirm"
	if c.Grave {
		class, actions = "button button-grave", "dialog-actions cancel-first"
	}
	if !c.hears {
		dialog = "confirm deaf"
	}
	return app.Dialog().ID(confirmID).Class(dialog).
		Attr("role", "dialog").
		Attr("aria-modal", "true").
		Attr("aria-labelledby", confirmID+"-title").
		Attr("aria-describedby", confirmID+"-lead").
		On("cancel", c.OnCancel).
		OnKeyDown(c.onKeyDown).
		Body(
			app.Div().Class("dialog-box").Body(
				app.H2().ID(confirmID+"-title").TabIndex(-1).Body(words.Of(c.Title)),
				app.P().ID(confirmID+"-lead").Class("quiet").Body(words.Of(c.Lead)),
				c.Body,
				app.Ul().Class("consequences").Body(
					app.Range(c.Consequences).Slice(func(i int) app.UI {
						return app.Li().Body(words.Of(c.Consequences[i]))
					}),
				),
				app.Div().Class(actions).Body(
					app.Button().Type("button").ID("btn-cancel").Class("quiet-button").Body(words.Of(c.Cancel)).OnClick(c.OnCancel),
					app.Button().Type("button").ID("btn-confirm").Class(class).Disabled(!c.hears).Body(words.Of(c.Confirm)).OnClick(c.onConfirm),
				),
			),
		)
}

func (c *confirm) onConfirm(ctx app.Context, _ app.Event) {
	if c.hears {
		c.OnConfirm(ctx, c.drawn)
	}
}

func (c *confirm) onKeyDown(_ app.Context, e app.Event) {
	if e.Get("key").String() == "Tab" && browser.WrapFocus(confirmID, e.Get("shiftKey").Bool()) {
		e.PreventDefault()
	}
}
