package ui

import (
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"twinlock/app/browser"
	"twinlock/app/inert"
	"twinlock/app/linking"
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
	return &confirm{
		Key:   "link",
		Title: say.ConfirmLinkTitle,
		Lead:  say.ConfirmLinkBody,
		Body: app.Div().Class("plan").Body(
			app.Div().Class("pair").Body(
				h.accountCard(say.CardStays, p.Primary, true),
				app.Span().Class("pair-arrow").Attr("aria-hidden", "true"),
				h.accountCard(say.CardMoves, p.Secondary, false),
			),
			app.If(canSwap(p), func() app.UI {
				return app.Button().Type("button").ID("btn-swap").Class("quiet-button").
					Text(text.Fill(say.KeepOther, "second", second)).OnClick(h.swap)
			}),
			h.warnings(p),
			h.fields(p, second),
		),
		Consequences: h.consequences(p, first, second),
		Confirm:      text.Fill(say.ConfirmLink, "first", first, "second", second),
		Cancel:       say.Cancel,
		OnConfirm:    h.linkConfirmed,
		OnCancel:     h.cancelled,
	}
}

func canSwap(p linking.Plan) bool {
	_, err := p.Swap()
	return err == nil
}

// consequences says in words what the link will do.
func (h *Home) consequences(p linking.Plan, first, second string) []string {
	say, lost := h.parts.say, p.Lost()
	list := []string{
		text.Fill(say.LinkKeeps, "first", first),
		text.Fill(say.LinkSignsIn, "second", second),
		text.Fill(say.LinkLoses, "second", second),
	}
	for _, loss := range []struct {
		sentence string
		keys     []string
	}{
		{say.LinkLosesMetadata, lost.Metadata},
		{say.LinkReplaces, lost.Replaced},
		{say.LinkLosesAppMetadata, lost.AppMetadata},
	} {
		if len(loss.keys) > 0 {
			list = append(list, text.Fill(loss.sentence, "first", first, "second", second, "keys", keyList(loss.keys)))
		}
	}
	return append(list, say.LinkLasts)
}

// keyList names settings. Each is kept short, so that none hides the others.
func keyList(keys []string) string {
	short := make([]string, len(keys))
	for i, key := range keys {
		short[i] = inert.Text(key, 40)
	}
	return strings.Join(short, ", ")
}

func (h *Home) warnings(p linking.Plan) app.UI {
	say := h.parts.say
	sentences := map[linking.Warning]string{
		linking.WarnPrimaryUnverified:   text.Fill(say.UnverifiedWarning, "account", accountLabel(p.Primary)),
		linking.WarnSecondaryUnverified: text.Fill(say.UnverifiedWarning, "account", accountLabel(p.Secondary)),
		linking.WarnUnread:              text.Fill(say.UnreadWarning, "account", accountLabel(p.Secondary)),
	}
	return app.Ul().Class("warnings").Body(
		app.Range(p.Warnings).Slice(func(i int) app.UI {
			sentence, known := sentences[p.Warnings[i]]
			if !known {
				sentence = string(p.Warnings[i])
			}
			return app.Li().Text(sentence)
		}),
	)
}

// fields asks, key by key, what becomes of the second account's settings.
func (h *Home) fields(p linking.Plan, second string) app.UI {
	if len(p.Fields) == 0 {
		return app.Div().Hidden(true)
	}
	say := h.parts.say
	return app.Section().Class("fields").Body(
		app.H3().Text(text.Fill(say.FieldsTitle, "second", second)),
		app.P().Class("quiet").Text(say.FieldsBody),
		app.Range(p.Fields).Slice(func(i int) app.UI { return h.field(p.Fields[i]) }),
	)
}

func (h *Home) field(f linking.Field) app.UI {
	say := h.parts.say
	option := func(c linking.Choice, sentence string, value any) app.UI {
		return app.Label().Class("option").Body(
			app.Input().Type("radio").Name("field-"+f.Key).Value(string(c)).Checked(f.Choice == c).
				OnChange(func(app.Context, app.Event) { h.choose(f.Key, c) }, app.EventScope(f.Key, c)),
			app.Span().Text(text.Fill(sentence, "value", asJSON(value, 48))),
		)
	}
	options := []app.UI{option(linking.KeepSecondary, say.FieldAdd, f.Secondary), option(linking.KeepPrimary, say.FieldLeave, nil)}
	if f.Conflict() {
		options = []app.UI{option(linking.KeepPrimary, say.FieldKeep, f.Primary), option(linking.KeepSecondary, say.FieldTake, f.Secondary)}
	}
	if f.Both {
		options = append(options, option(linking.KeepBoth, say.FieldBoth, []any{f.Primary, f.Secondary}))
	}
	return app.FieldSet().Class("field").Body(
		append([]app.UI{app.Legend().Text(shorten(f.Key))}, options...)...,
	)
}

func (h *Home) confirmUnlink() app.UI {
	say := h.parts.say
	connection := h.parts.connection(h.parting.Connection, h.parting.Provider)
	label := identityLabel(say, *h.parting)
	return &confirm{
		Key:   "unlink " + h.parting.Provider + "\n" + h.parting.UserID,
		Title: text.Fill(say.ConfirmUnlinkTitle, "account", label),
		Lead:  text.Fill(say.ConfirmUnlinkBody, "account", label, "connection", connection.Label),
		Body: app.Button().Type("button").ID("btn-save-copy").Class("quiet-button").
			Text(say.SaveCopy).OnClick(h.saveCopy),
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
	// Key tells one question from another.
	Key             string
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
func (c *confirm) CompoID() string { return c.Key }

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
