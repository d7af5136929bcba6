package ui

import (
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"twinlock/app/browser"
	"twinlock/app/linking"
	"twinlock/app/lock"
	"twinlock/app/text"
)

const confirmID = "confirm"

// confirmation is the question that waits for the person's word, if any.
func (h *Home) confirmation() app.UI {
	switch {
	case h.linking != nil:
		return h.confirmLink(h.linking.plan)
	case h.parting != nil:
		return h.confirmUnlink()
	}
	return app.Div().Hidden(true)
}

func (h *Home) confirmLink(p linking.Plan) app.UI {
	say := h.parts.say
	first, second := pairLabels(h.parts, p)
	consequences := []string{
		text.Fill(say.LinkKeeps, "first", first),
		text.Fill(say.LinkSignsIn, "second", second),
		text.Fill(say.LinkLoses, "second", second),
	}
	if lost := p.Lost().Metadata; len(lost) > 0 {
		consequences = append(consequences, text.Fill(say.LinkLosesMetadata,
			"second", second, "keys", shorten(strings.Join(lost, ", "))))
	}
	consequences = append(consequences, say.LinkLasts)
	return &confirm{
		Title: say.ConfirmLinkTitle,
		Lead:  say.ConfirmLinkBody,
		Body: app.Div().Class("pair").Body(
			h.accountCard(say.CardStays, p.Primary, true),
			app.Span().Class("pair-arrow").Attr("aria-hidden", "true"),
			h.accountCard(say.CardMoves, p.Secondary, false),
		),
		Consequences: consequences,
		Confirm:      text.Fill(say.ConfirmLink, "first", first, "second", second),
		Cancel:       say.Cancel,
		OnConfirm:    h.linkConfirmed,
		OnCancel:     h.cancelled,
	}
}

func (h *Home) accountCard(role string, a linking.Account, stays bool) app.UI {
	connection := h.parts.connection(a.Connection, "")
	class := "account account-moves"
	if stays {
		class = "account account-stays"
	}
	return app.Section().Class(class).Attr("aria-label", role).Body(
		app.P().Class("account-role").Text(role),
		app.Div().Class("person").Body(
			h.avatar(a.Picture, accountLabel(a)),
			app.Div().Class("person-text").Body(
				app.P().Class("identity-name").Body(app.Bdi().Body(breakable(accountLabel(a))...)),
				app.P().Class("quiet").Body(app.Bdi().Text(shorten(a.Name))),
			),
		),
		app.P().Class("account-connection").Body(
			lock.Mark(connection.Strategy, connection.Label),
			app.Span().Text(connection.Label),
			verifiedMark(h.parts.say, a.EmailVerified),
		),
	)
}

func (h *Home) confirmUnlink() app.UI {
	say := h.parts.say
	connection := h.parts.connection(h.parting.Connection, h.parting.Provider)
	label := identityLabel(say, *h.parting)
	return &confirm{
		Title:        text.Fill(say.ConfirmUnlinkTitle, "account", label),
		Lead:         text.Fill(say.ConfirmUnlinkBody, "account", label, "connection", connection.Label),
		Body:         app.Div().Hidden(true),
		Consequences: []string{say.UnlinkSeparate, say.UnlinkNoData, say.UnlinkNoSignIn},
		Confirm:      text.Fill(say.ConfirmUnlink, "account", label),
		Cancel:       say.Cancel,
		Grave:        true,
		OnConfirm:    h.unlinkConfirmed,
		OnCancel:     h.cancelled,
	}
}

// pairLabels names the two accounts of a plan. Where both would read the same,
// as one e-mail address at two providers does, the connections tell them apart.
func pairLabels(p *Parts, plan linking.Plan) (first, second string) {
	first, second = accountLabel(plan.Primary), accountLabel(plan.Secondary)
	if strings.EqualFold(first, second) {
		first += " (" + p.connection(plan.Primary.Connection, "").Label + ")"
		second += " (" + p.connection(plan.Secondary.Connection, "").Label + ")"
	}
	return first, second
}

// confirm is a question before something that lasts: what will happen in plain
// words, and two buttons, of which one says exactly what it does.
type confirm struct {
	app.Compo
	Title, Lead     string
	Body            app.UI
	Consequences    []string
	Confirm, Cancel string
	// Grave marks what takes something away.
	Grave     bool
	OnConfirm app.EventHandler
	OnCancel  app.EventHandler
}

// CompoID tells one question from the next, so that each opens anew.
func (c *confirm) CompoID() string { return c.Confirm }

// OnMount opens the question. It is read from its title on: on a phone the
// buttons are further down than the screen reaches.
func (c *confirm) OnMount(ctx app.Context) {
	ctx.Defer(func(app.Context) {
		browser.ShowDialog(confirmID)
		browser.Focus(confirmID + "-title")
	})
}

// Render draws the question.
func (c *confirm) Render() app.UI {
	class := "button"
	if c.Grave {
		class = "button button-grave"
	}
	return app.Dialog().ID(confirmID).Class("confirm").
		Attr("role", "dialog").
		Attr("aria-modal", "true").
		Attr("aria-labelledby", confirmID+"-title").
		Attr("aria-describedby", confirmID+"-lead").
		On("cancel", c.OnCancel).
		OnKeyDown(c.onKeyDown).
		Body(
			app.Div().Class("dialog-box").Body(
				app.H2().ID(confirmID+"-title").TabIndex(-1).Text(c.Title),
				app.P().ID(confirmID+"-lead").Class("quiet").Text(c.Lead),
				c.Body,
				app.Ul().Class("consequences").Body(
					app.Range(c.Consequences).Slice(func(i int) app.UI {
						return app.Li().Text(c.Consequences[i])
					}),
				),
				app.Div().Class("dialog-actions").Body(
					app.Button().Type("button").ID("btn-cancel").Class("quiet-button").Text(c.Cancel).OnClick(c.OnCancel),
					app.Button().Type("button").ID("btn-confirm").Class(class).Text(c.Confirm).OnClick(c.OnConfirm),
				),
			),
		)
}

func (c *confirm) onKeyDown(_ app.Context, e app.Event) {
	if e.Get("key").String() == "Tab" && browser.WrapFocus(confirmID, e.Get("shiftKey").Bool()) {
		e.PreventDefault()
	}
}
