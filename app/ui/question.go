package ui

import (
	"errors"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"twinlock/app/browser"
	"twinlock/app/flow"
	"twinlock/app/inert"
	"twinlock/app/linking"
	"twinlock/app/text"
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
	title, lead := say.Of(text.ConfirmLinkTitle), say.Of(text.ConfirmLinkBody)
	if link.Reversed != nil {
		offer := words.Fill(say.Of(text.ReversedOffer), "first", first, "second", second)
		title, lead = say.Of(text.ReversedTitle), v.whyReversed(link, first)+" "+offer
	}
	if link.Swapped() && link.Reversed == nil && p.OnlyPrimaryVerified() {
		lead += " " + words.Fill(say.Of(text.VerifiedStays), "first", first)
	}
	return &confirm{
		Key:          q.Number,
		Version:      q.Version,
		Title:        title,
		Lead:         lead,
		Body:         app.Div().Class("plan").Body(v.pair(link), v.warnings(p, first, second)),
		Consequences: v.consequences(link),
		Below:        app.Div().Class("folds").Body(v.fields(p), v.about(link)),
		Confirm:      say.Of(text.ConfirmLink),
		Means:        words.Fill(say.Of(text.ConfirmLinkMeans), "first", first, "second", second),
		Cancel:       say.Of(text.Cancel),
		Grave:        link.Reversed != nil,
		Blocked:      p.Excess() > 0,
		OnConfirm:    v.wishes.confirm,
		OnCancel:     v.wishes.cancel,
	}
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
		return words.Fill(say.Of(text.ReversedEnterprise), "account", account)
	case errors.Is(link.Reversed, linking.ErrPrimaryOnly):
		return v.parts.ruled(text.PrimaryOnly, link.Plan.Primary.Connection)
	case belongs:
		return words.Fill(say.Of(text.ReversedBelongs), "account", account, "owner", first)
	}
	return words.Fill(say.Of(text.ReversedHasLinked), "account", account)
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

// consequences returns the sentences for what the link will do. The two accounts have their
// names above: a sentence calls one what the card there does.
func (v *view) consequences(link *flow.LinkQuestion) []string {
	say := v.say
	keeps := say.Of(text.LinkKeeps)
	if link.Swapped() {
		keeps = say.Of(text.LinkKeepsOther)
	}
	moves := &link.Plan.Secondary
	list := append([]string{keeps, say.Of(text.LinkSignsIn)}, v.untouched(moves.Connection, moves.Provider)...)
	list = append(append(list, say.Of(text.LinkLoses)), v.losses(link.Plan.Lost())...)
	return append(list, v.storedElsewhere(), say.Of(text.LinkLasts))
}

// storedElsewhere returns the sentence about what other applications have stored under the
// account that moves, or the operator's own.
func (v *view) storedElsewhere() string {
	for _, own := range v.parts.config.StoredElsewhere {
		if own.Language == "" || own.Language == v.say.Language {
			return words.Plain(own.Words)
		}
	}
	return v.say.Of(text.LinkStoredElsewhere)
}

// losses returns the sentences for what a link deletes, each with the keys.
func (v *view) losses(losses linking.Loss) (list []string) {
	for _, loss := range []struct {
		sentence string
		keys     []string
	}{
		{v.say.Of(text.LinkLosesMetadata), losses.Metadata},
		{v.say.Of(text.LinkReplaces), losses.Replaced},
		{v.say.Of(text.LinkLosesAppMetadata), losses.AppMetadata},
	} {
		if len(loss.keys) > 0 {
			list = append(list, v.listKeys(loss.sentence, loss.keys))
		}
	}
	return list
}

// warnings draws the warnings of a plan.
func (v *view) warnings(p linking.Plan, first, second string) app.UI {
	var list []app.UI
	if p.Excess() > 0 {
		number := func(n int) string { return browser.FormatNumber(n, v.say.Language) }
		list = append(list, app.Li().Attr("role", "alert").Body(words.Of(words.Fill(v.say.Of(text.DoesNotFit),
			"size", number(p.Size()>>10+1), "limit", number(v.parts.config.ProfileLimit)))))
	}
	for _, warning := range p.Warnings {
		sentence := v.say.Of(warningSentences[warning])
		list = append(list, app.Li().Body(words.Of(words.Fill(sentence, "first", first, "second", second))))
	}
	return app.Ul().Class("warnings").Body(list...)
}

// confirmUnlink draws the question before an unlink.
func (v *view) confirmUnlink(q flow.Question) app.UI {
	say, identity := v.say, *q.Unlink
	connection := v.parts.connections.find(identity.Connection, identity.Provider)
	label := v.names().identityLabel(q.Unlink, v.own())
	return &confirm{
		Key:     q.Number,
		Version: q.Version,
		Title:   words.Fill(say.Of(text.ConfirmUnlinkTitle), "account", label),
		Lead:    words.Fill(say.Of(text.ConfirmUnlinkBody), "connection", connection.Label),
		Consequences: append([]string{say.Of(text.UnlinkSeparate), say.Of(text.UnlinkNoData), say.Of(text.UnlinkNoSignIn)},
			v.goesOn(identity.Connection, identity.Provider)...),
		Below: app.Button().Type("button").ID("btn-save-copy").Class("quiet-button").
			Body(words.Of(say.Of(text.SaveCopy))).OnClick(v.wishes.saveCopy),
		Confirm:   say.Of(text.Unlink),
		Means:     words.Fill(say.Of(text.ConfirmUnlink), "account", label),
		Cancel:    say.Of(text.Cancel),
		Grave:     true,
		OnConfirm: v.wishes.confirm,
		OnCancel:  v.wishes.cancel,
	}
}
