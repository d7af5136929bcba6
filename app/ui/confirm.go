package ui

import (
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"twinlock/app/browser"
	"twinlock/app/words"
)

const confirmID = "confirm"

// confirm is the dialog that asks before a link or an unlink: it says what will happen, and
// has two buttons.
type confirm struct {
	app.Compo
	// Key tells one question from another.
	Key int
	// Version changes when the question says something else.
	Version int
	// Title is the question.
	Title string
	// Lead stands below the title.
	Lead string
	// Body stands between the lead and the consequences.
	Body app.UI
	// Consequences are the sentences that say what will happen.
	Consequences []string
	// Below stands below the consequences.
	Below app.UI
	// Confirm is what the button for yes says, in a few words.
	Confirm string
	// Means is what a press of it does, with the names. Screen readers say it with the button,
	// and when it changes.
	Means string
	// Cancel is what the button for no says.
	Cancel string
	// Blocked is true if the person has to change something before they can say yes.
	Blocked bool
	// Grave is true if the person loses something by it.
	Grave bool
	// OnConfirm is called with the version that was drawn when the person pressed.
	OnConfirm func(ctx app.Context, version int)
	// OnCancel is called when the person presses the button for no, or Escape.
	OnCancel app.EventHandler

	drawn   int    // the version that was drawn last
	meant   string // what a press does now
	changed int    // how often it has come to do something else
	// acceptsPress is true if a press has meant this for [browser.PressDelay]: the person can
	// have read it.
	acceptsPress bool
}

// CompoID gives each question a dialog of its own, also if the next one comes before the
// page was drawn without any.
func (c *confirm) CompoID() string { return strconv.Itoa(c.Key) }

// OnMount opens the dialog. The focus goes to the title, since on a phone the buttons are
// below the screen.
func (c *confirm) OnMount(ctx app.Context) {
	browser.WatchPresses()
	ctx.Defer(func(app.Context) {
		browser.ShowDialog(confirmID)
		browser.Focus(confirmID + "-title")
	})
	c.delayPress(ctx)
}

// OnUpdate makes the button wait again if it now does something else.
func (c *confirm) OnUpdate(ctx app.Context) {
	if c.meant != c.Means {
		c.delayPress(ctx)
	}
}

// delayPress makes the button for yes ignore presses until it has been visible for a while.
func (c *confirm) delayPress(ctx app.Context) {
	c.meant, c.acceptsPress = c.Means, false
	c.changed++
	changed := c.changed
	ctx.Defer(func(app.Context) {
		browser.AfterDrawing(browser.PressDelay, func() {
			ctx.Dispatch(func(app.Context) { c.acceptsPress = c.acceptsPress || c.changed == changed })
		})
	})
}

// Render draws the dialog.
func (c *confirm) Render() app.UI {
	c.drawn = c.Version
	class, actions, dialog := "button", "dialog-actions", "confirm"
	if c.Grave {
		class, actions = "button button-grave", "dialog-actions cancel-first"
	}
	if !c.acceptsPress {
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
				c.Below,
				app.P().ID(confirmID+"-means").Class("visually-hidden").Attr("aria-live", "polite").
					Body(words.Of(c.Means)),
				app.Div().Class(actions).Body(
					app.Button().Type("button").ID("btn-cancel").Class("quiet-button").
						Body(words.Of(c.Cancel)).OnClick(c.OnCancel),
					app.Button().Type("button").ID("btn-confirm").Class(class).Disabled(!c.acceptsPress || c.Blocked).
						Attr("aria-describedby", confirmID+"-means").Body(words.Of(c.Confirm)).OnClick(c.onConfirm),
				),
			),
		)
}

func (c *confirm) onConfirm(ctx app.Context, _ app.Event) {
	if c.acceptsPress && !c.Blocked {
		c.OnConfirm(ctx, c.drawn)
	}
}

// onKeyDown changes nothing that is drawn. Otherwise go-app would draw the dialog and the
// whole page again at each key.
func (c *confirm) onKeyDown(ctx app.Context, e app.Event) {
	ctx.PreventUpdate()
	if e.Get("key").String() == "Tab" && browser.WrapFocus(confirmID, e.Get("shiftKey").Truthy()) {
		e.PreventDefault()
	}
}
