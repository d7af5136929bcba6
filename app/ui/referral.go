package ui

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"twinlock/app/flow"
	"twinlock/app/referral"
	"twinlock/app/text"
	"twinlock/app/words"
)

// referral draws what an application has sent the person here for, and the way back to it.
func (v *view) referral() app.UI {
	r := v.state.Referral
	if r == nil || !v.state.Started {
		return app.Div().Hidden(true)
	}
	return app.Div().ID("referral").Class("card referral").Attr("role", "group").Attr("aria-labelledby", "referral-text").Body(
		app.P().ID("referral-text").Attr("role", "status").Body(words.Of(v.referralSentence())),
		app.If(!v.state.SignedIn() && r.Outcome == referral.Cancelled, func() app.UI {
			return app.P().Class("quiet").Body(words.Of(v.say.Of(text.ReferralSignIn)))
		}),
		app.Div().Class("notice-actions").Body(v.referralButton(), v.referralBack()),
	)
}

// referralSentence says who asks for what, or what has become of it.
func (v *view) referralSentence() string {
	say, r := v.say, v.state.Referral
	sentence, account := say.Of(text.ReferralUnlinkAny), ""
	referred := v.state.Referred()
	switch {
	case r.Outcome == referral.Refused && r.Unlink != "" && referred == nil:
		return say.Of(text.ReferralNotHere)
	case r.Outcome == referral.Refused:
		return say.Of(text.ReferralRefused)
	case r.Outcome != referral.Cancelled:
		return say.Of(text.ReferralDone)
	case r.Link != "":
		sentence, account = say.Of(text.ReferralLink), v.parts.connections.find(r.Link, "").Label
	case referred != nil:
		sentence, account = say.Of(text.ReferralUnlink), v.names().identityLabel(referred, v.own())
	}
	application := r.Application
	if application == "" {
		application = say.Of(text.ReferralUnknown)
	}
	return words.Fill(sentence, "application", application, "account", account)
}

// referralButton draws the button that begins what is asked for.
func (v *view) referralButton() app.UI {
	r := v.state.Referral
	if v.state.Phase != flow.Ready || r.Outcome != referral.Cancelled || r.Unlink != "" && v.state.Referred() == nil {
		return app.Span().Hidden(true)
	}
	label := v.say.Of(text.LinkAccount)
	if r.Unlink != "" {
		label = v.say.Of(text.Unlink)
	}
	return v.unavailable(app.Button().Type("button").ID("btn-referral").Class("button")).
		Attr("aria-describedby", "referral-text").Disabled(v.state.Busy()).Body(words.Of(label)).OnClick(v.wishes.followReferral)
}

// referralBack draws the way back to the application; where there is none, a button that
// removes the card.
func (v *view) referralBack() app.UI {
	r := v.state.Referral
	if back := r.Back(); back != "" {
		return elsewhere(back, words.Of(words.Fill(v.say.Of(text.BackTo), "name", r.Application))).
			Class("quiet-button").OnClick(v.leaveReferral)
	}
	return app.Button().Type("button").ID("referral-dismiss").Class("quiet-button").
		Body(words.Of(v.say.Of(text.Dismiss))).OnClick(v.wishes.dropReferral)
}

// keepReferral stores what has become of the referral, nil for none any more.
func (p *Parts) keepReferral(r *referral.Referral) {
	outcome := ""
	if r != nil {
		outcome = string(r.Outcome)
	}
	p.scope.SetReferralOutcome(outcome)
}

// leaveReferral forgets it for the pages of this tab to come: the person goes back.
func (v *view) leaveReferral(app.Context, app.Event) { v.parts.keepReferral(nil) }

// referred reads the referral of this page's address, or of an earlier page of this tab.
func (p *Parts) referred() (referral.Referral, bool) {
	query, outcome := p.scope.Referral()
	known := make([]referral.Application, len(p.config.ReturnURLs))
	for i, link := range p.config.ReturnURLs {
		known[i] = referral.Application(link)
	}
	r, ok := referral.Parse(query, known, p.say.Language)
	switch o := referral.Outcome(outcome); o {
	case referral.Linked, referral.Unlinked: // a refusal may have been somebody else's
		r.Outcome = o
	}
	return r, ok
}
