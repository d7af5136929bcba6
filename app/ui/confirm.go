package ui

import (
	"errors"
	"strconv"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"twinlock/app/browser"
	"twinlock/app/inert"
	"twinlock/app/linking"
	"twinlock/app/management"
	"twinlock/app/words"
)

const confirmID = "confirm"

// ask puts a question to the person: about a link, or about an unlink.
func (h *Home) ask(linking *pendingLink, parting *management.Identity) {
	h.linking, h.parting = linking, parting
	h.asked++
}

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
	title, lead := say.ConfirmLinkTitle, say.ConfirmLinkBody
	if h.linking.turned != nil {
		title, lead = say.TurnedTitle, h.whyTurned(first)+" "+words.Fill(say.TurnedOffer, "first", first, "second", second)
	}
	stays, moves := say.CardStays, say.CardMoves
	if h.linking.swapped() {
		stays, moves = say.CardOtherStays, say.CardYoursMoves
	}
	return &confirm{
		Key:   h.asked,
		Title: title,
		Lead:  lead,
		Body: app.Div().Class("plan").Body(
			app.Div().Class("pair").Body(
				h.accountCard(stays, p.Primary, true),
				app.Span().Class("pair-arrow").Attr("aria-hidden", "true"),
				h.accountCard(moves, p.Secondary, false),
			),
			app.If(canSwap(p), func() app.UI {
				return app.Button().Type("button").ID("btn-swap").Class("quiet-button").
					Body(words.Of(words.Fill(say.KeepOther, "second", second))).OnClick(h.swap)
			}),
			h.warnings(p, first, second),
			h.fields(p, second),
		),
		Consequences: h.consequences(p, first, second),
		Confirm:      h.confirmLabel(first, second),
		Cancel:       say.Cancel,
		Grave:        h.linking.turned != nil,
		OnConfirm:    h.linkConfirmed,
		OnCancel:     h.cancelled,
	}
}

func (h *Home) confirmLabel(first, second string) string {
	return words.Fill(h.parts.say.ConfirmLink, "first", first, "second", second)
}

// linkMeaning is what the question about a link says now.
func (h *Home) linkMeaning(p linking.Plan) string {
	first, second := pairLabels(h.parts, p)
	return meaning(h.confirmLabel(first, second), h.consequences(p, first, second))
}

// whyTurned says why the second account cannot become a part of this profile. first
// is whose profile it then is that stays.
func (h *Home) whyTurned(first string) string {
	say, p := h.parts.say, h.linking.plan
	account, belongs := h.linking.chosen, h.linking.chosen != accountLabel(p.Primary)
	switch {
	case !belongs:
		account = first
	case strings.EqualFold(account, accountLabel(p.Secondary)): // one address at two providers
		account += " (" + h.parts.connection(h.linking.second.Transaction.Connection, "").Label + ")"
	}
	switch {
	case errors.Is(h.linking.turned, linking.ErrEnterprise):
		return words.Fill(say.TurnedEnterprise, "account", account)
	case belongs:
		return words.Fill(say.TurnedBelongs, "account", account, "owner", first)
	}
	return words.Fill(say.TurnedHasLinked, "account", account)
}

func canSwap(p linking.Plan) bool {
	_, err := p.Swap()
	return err == nil
}

// consequences says in words what the link will do.
func (h *Home) consequences(p linking.Plan, first, second string) []string {
	say, lost := h.parts.say, p.Lost()
	keeps, signsIn := say.LinkKeeps, say.LinkSignsIn
	if h.linking.swapped() {
		keeps, signsIn = say.LinkKeepsOther, say.LinkSignsInOther
	}
	list := []string{
		words.Fill(keeps, "first", first),
		words.Fill(signsIn, "first", first, "second", second),
		words.Fill(say.LinkLoses, "second", second),
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
			list = append(list, words.Fill(loss.sentence, "first", first, "second", second, "keys", keyList(loss.keys)))
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

func (h *Home) warnings(p linking.Plan, first, second string) app.UI {
	say := h.parts.say
	sentences := map[linking.Warning]string{
		linking.WarnPrimaryUnverified:   words.Fill(say.UnverifiedWarning, "account", first),
		linking.WarnSecondaryUnverified: words.Fill(say.UnverifiedWarning, "account", second),
		linking.WarnUnread:              words.Fill(say.UnreadWarning, "account", second),
	}
	return app.Ul().Class("warnings").Body(
		app.Range(p.Warnings).Slice(func(i int) app.UI {
			sentence, known := sentences[p.Warnings[i]]
			if !known {
				sentence = string(p.Warnings[i])
			}
			return app.Li().Body(words.Of(sentence))
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
		app.H3().Body(words.Of(words.Fill(say.FieldsTitle, "second", second))),
		app.P().Class("quiet").Body(words.Of(say.FieldsBody)),
		app.Range(p.Fields).Slice(func(i int) app.UI { return h.field(p.Fields[i]) }),
	)
}

func (h *Home) field(f linking.Field) app.UI {
	say := h.parts.say
	option := func(c linking.Choice, sentence string, value any) app.UI {
		return app.Label().Class("option").Body(
			app.Input().Type("radio").Name("field-"+f.Key).Value(string(c)).Checked(f.Choice == c).
				OnChange(func(app.Context, app.Event) { h.choose(f.Key, c) }, app.EventScope(f.Key, c)),
			app.Span().Body(words.Of(words.Fill(sentence, "value", asJSON(value, 48)))),
		)
	}
	options := []app.UI{option(linking.KeepSecondary, say.FieldAdd, f.Secondary), option(linking.KeepPrimary, say.FieldLeave, nil)}
	if f.Conflict() {
		options = []app.UI{option(linking.KeepPrimary, say.FieldKeep, f.Primary), option(linking.KeepSecondary, say.FieldTake, f.Secondary)}
	}
	if f.Both {
		options = append(options, option(linking.KeepBoth, say.FieldBoth, []any{f.Primary, f.Secondary}))
	}
	return &field{Key: f.Key, Body: app.FieldSet().Class("field").Body(
		append([]app.UI{app.Legend().Body(words.Data(shorten(f.Key)))}, options...)...,
	)}
}

// field is one key of the settings. Each is an element of its own: a browser
// unchecks what is checked under a name when another choice takes that name on.
type field struct {
	app.Compo
	Key  string
	Body app.UI
}

// CompoID tells one key from another.
func (f *field) CompoID() string { return f.Key }

// Render draws the field.
func (f *field) Render() app.UI { return f.Body }

func (h *Home) confirmUnlink() app.UI {
	say := h.parts.say
	connection := h.parts.connection(h.parting.Connection, h.parting.Provider)
	label := identityLabel(say, *h.parting)
	return &confirm{
		Key:   h.asked,
		Title: words.Fill(say.ConfirmUnlinkTitle, "account", label),
		Lead:  words.Fill(say.ConfirmUnlinkBody, "account", label, "connection", connection.Label),
		Body: app.Button().Type("button").ID("btn-save-copy").Class("quiet-button").
			Body(words.Of(say.SaveCopy)).OnClick(h.saveCopy),
		Consequences: []string{say.UnlinkSeparate, say.UnlinkNoData, say.UnlinkNoSignIn},
		Confirm:      words.Fill(say.ConfirmUnlink, "account", label),
		Cancel:       say.Cancel,
		Grave:        true,
		OnConfirm:    h.unlinkConfirmed,
		OnCancel:     h.cancelled,
	}
}

// pairLabels names the two accounts of a plan. Where both would read the same,
// as one e-mail address at two providers does, the connections tell them apart, or
// their ids.
func pairLabels(p *Parts, plan linking.Plan) (first, second string) {
	first, second = accountLabel(plan.Primary), accountLabel(plan.Secondary)
	if !strings.EqualFold(first, second) {
		return first, second
	}
	one, other := p.connection(plan.Primary.Connection, "").Label, p.connection(plan.Secondary.Connection, "").Label
	if one == other { // names of one provider, say, with no address
		one, other = shorten(plan.Primary.Subject), shorten(plan.Secondary.Subject)
	}
	return first + " (" + one + ")", second + " (" + other + ")"
}

// confirm is a question before something that lasts: what will happen in plain
// words, and two buttons, of which one says exactly what it does.
type confirm struct {
	app.Compo
	Key             int // tells one question from another
	Title, Lead     string
	Body            app.UI
	Consequences    []string
	Confirm, Cancel string
	// Grave marks what takes something away.
	Grave bool
	// OnConfirm is told what was agreed to: the meaning as it was drawn.
	OnConfirm func(meaning string)
	OnCancel  app.EventHandler

	drawn string
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
	c.drawn = meaning(c.Confirm, c.Consequences)
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

func (c *confirm) onConfirm(app.Context, app.Event) {
	if c.hears {
		c.OnConfirm(c.drawn)
	}
}

// meaning is all that a question says will happen.
func meaning(confirm string, consequences []string) string {
	return confirm + "\n" + strings.Join(consequences, "\n")
}

func (c *confirm) onKeyDown(_ app.Context, e app.Event) {
	if e.Get("key").String() == "Tab" && browser.WrapFocus(confirmID, e.Get("shiftKey").Bool()) {
		e.PreventDefault()
	}
}
