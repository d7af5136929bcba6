package ui

import (
	"errors"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"twinlock/app/flow"
	"twinlock/app/inert"
	"twinlock/app/linking"
	"twinlock/app/words"
)

// question draws the question, if there is one.
func (v *view) question() app.UI {
	switch q := v.state.Question; {
	case q.Link != nil:
		return v.confirmLink(q)
	case q.Unlink != nil:
		return v.confirmUnlink(q)
	}
	return app.Div().Hidden(true)
}

// confirmLink draws the question before a link.
func (v *view) confirmLink(q flow.Question) app.UI {
	say, link := v.say, q.Link
	p := link.Plan
	first, second := v.names().pairLabels(&p)
	stayName, moveName := v.names().pairNames(&p)
	title, lead := say.ConfirmLinkTitle, say.ConfirmLinkBody
	if link.Reversed != nil {
		offer := words.Fill(say.ReversedOffer, "first", first, "second", second)
		title, lead = say.ReversedTitle, v.whyReversed(link, first)+" "+offer
	}
	stays, moves := say.CardStays, say.CardMoves
	if link.Swapped() {
		stays, moves = say.CardOtherStays, say.CardYoursMoves
		if link.Reversed == nil && p.OnlyPrimaryVerified() {
			lead += " " + words.Fill(say.VerifiedStays, "first", first)
		}
	}
	return &confirm{
		Key:     q.Number,
		Version: q.Version,
		Title:   title,
		Lead:    lead,
		Body: app.Div().Class("plan").Body(
			app.Div().Class("pair").Body(
				v.accountCard(stays, stayName, p.Primary, true),
				app.Span().Class("pair-arrow").Attr("aria-hidden", "true"),
				v.accountCard(moves, moveName, p.Secondary, false),
			),
			app.If(canSwap(p), func() app.UI {
				return app.Button().Type("button").ID("btn-swap").Class("quiet-button").
					Body(words.Of(words.Fill(say.KeepOther, "second", second))).OnClick(v.wishes.swap)
			}),
			v.warnings(p, first, second),
			v.fields(p, second),
		),
		Consequences: v.consequences(link, first, second),
		Confirm:      v.confirmLabel(first, second),
		Cancel:       say.Cancel,
		Grave:        link.Reversed != nil,
		OnConfirm:    v.wishes.confirm,
		OnCancel:     v.wishes.cancel,
	}
}

func (v *view) confirmLabel(first, second string) string {
	return words.Fill(v.say.ConfirmLink, "first", first, "second", second)
}

// whyReversed returns the sentence for why the second account cannot join this profile.
// first names the account that stays instead.
func (v *view) whyReversed(link *flow.LinkQuestion, first string) string {
	say, account := v.say, v.chosen(link)
	belongs := account != accountLabel(&link.Plan.Primary)
	switch {
	case !belongs:
		account = first
	case inert.Skeleton(account) == inert.Skeleton(accountLabel(&link.Plan.Secondary)): // one address at two providers
		account += " (" + v.parts.connections.find(link.Chosen.Connection, "").Label + ")"
	}
	switch {
	case errors.Is(link.Reversed, linking.ErrEnterprise):
		return words.Fill(say.ReversedEnterprise, "account", account)
	case belongs:
		return words.Fill(say.ReversedBelongs, "account", account, "owner", first)
	}
	return words.Fill(say.ReversedHasLinked, "account", account)
}

// chosen returns what the person knows the account by that they have signed in to. In a
// reversed plan it is the account that stays, or an identity of it.
func (v *view) chosen(link *flow.LinkQuestion) string {
	switch c := link.Chosen; {
	case c.Own:
		return accountLabel(&link.Plan.Primary)
	case c.Linked != nil:
		return v.names().identityLabel(c.Linked, &link.Plan.Primary)
	default:
		return v.parts.connections.find(c.Connection, "").Label
	}
}

// canSwap reports whether the person may choose which account stays.
func canSwap(p linking.Plan) bool {
	_, err := p.Swap()
	return err == nil
}

// consequences returns the sentences for what the link will do.
func (v *view) consequences(link *flow.LinkQuestion, first, second string) []string {
	say := v.say
	keeps, signsIn := say.LinkKeeps, say.LinkSignsIn
	if link.Swapped() {
		keeps, signsIn = say.LinkKeepsOther, say.LinkSignsInOther
	}
	list := []string{
		words.Fill(keeps, "first", first),
		words.Fill(signsIn, "first", first, "second", second),
		words.Fill(say.LinkLoses, "second", second),
	}
	list = append(list, lossSentences(say, link.Plan.Lost(), first, second)...)
	return append(list, say.LinkLasts)
}

// warnings draws the warnings of a plan.
func (v *view) warnings(p linking.Plan, first, second string) app.UI {
	return app.Ul().Class("warnings").Body(
		app.Range(p.Warnings).Slice(func(i int) app.UI {
			sentence := v.say.Sentences[warningSentences[p.Warnings[i]]]
			return app.Li().Body(words.Of(words.Fill(sentence, "first", first, "second", second)))
		}),
	)
}

// fields draws the choices about the second account's settings, key by key.
func (v *view) fields(p linking.Plan, second string) app.UI {
	if len(p.Fields) == 0 {
		return app.Div().Hidden(true)
	}
	say := v.say
	return app.Section().Class("fields").Body(
		app.H3().Body(words.Of(words.Fill(say.FieldsTitle, "second", second))),
		app.P().Class("quiet").Body(words.Of(say.FieldsBody)),
		app.Range(p.Fields).Slice(func(i int) app.UI { return v.field(p.Fields[i]) }),
	)
}

// field draws the choice about one key.
func (v *view) field(f linking.Field) app.UI {
	sentences := additionSentences
	if f.Conflict() {
		sentences = choiceSentences
	}
	option := func(c linking.Choice, value any) app.UI {
		return app.Label().Class("option").Body(
			app.Input().Type("radio").Name("field-"+f.Key).Value(string(c)).Checked(f.Choice == c).
				OnChange(func(ctx app.Context, _ app.Event) { v.wishes.choose(ctx, f.Key, c) }, app.EventScope(f.Key, c)),
			app.Span().Body(words.Of(words.Fill(v.say.Sentences[sentences[c]], "value", asJSON(value, 48)))),
		)
	}
	options := []app.UI{option(linking.KeepSecondary, f.Secondary), option(linking.KeepPrimary, nil)}
	if f.Conflict() {
		options = []app.UI{option(linking.KeepPrimary, f.Primary), option(linking.KeepSecondary, f.Secondary)}
	}
	if f.Both {
		options = append(options, option(linking.KeepBoth, []any{f.Primary, f.Secondary}))
	}
	return &field{Key: f.Key, Body: app.FieldSet().Class("field").Body(
		append([]app.UI{app.Legend().Body(words.Data(shorten(f.Key)))}, options...)...,
	)}
}

// field is the element of one key of the settings. Each key has its own: if go-app gave the
// element of one key to another, the browser would uncheck a choice of that name.
type field struct {
	app.Compo
	// Key is the key.
	Key string
	// Body is what is drawn.
	Body app.UI
}

// CompoID tells one key from another.
func (f *field) CompoID() string { return f.Key }

// Render draws the field.
func (f *field) Render() app.UI { return f.Body }

// confirmUnlink draws the question before an unlink.
func (v *view) confirmUnlink(q flow.Question) app.UI {
	say, identity := v.say, *q.Unlink
	connection := v.parts.connections.find(identity.Connection, identity.Provider)
	label := v.names().identityLabel(q.Unlink, v.own())
	return &confirm{
		Key:          q.Number,
		Version:      q.Version,
		Title:        words.Fill(say.ConfirmUnlinkTitle, "account", label),
		Lead:         words.Fill(say.ConfirmUnlinkBody, "account", label, "connection", connection.Label),
		Consequences: []string{say.UnlinkSeparate, say.UnlinkNoData, say.UnlinkNoSignIn},
		Below: app.Button().Type("button").ID("btn-save-copy").Class("quiet-button").
			Body(words.Of(say.SaveCopy)).OnClick(v.wishes.saveCopy),
		Confirm:   words.Fill(say.ConfirmUnlink, "account", label),
		Cancel:    say.Cancel,
		Grave:     true,
		OnConfirm: v.wishes.confirm,
		OnCancel:  v.wishes.cancel,
	}
}
