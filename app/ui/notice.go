package ui

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"twinlock/app/browser"
	"twinlock/app/flow"
	"twinlock/app/linking"
	"twinlock/app/oidc"
	"twinlock/app/text"
	"twinlock/app/words"
)

// The ids of what the focus moves to: what is said of the work that the person has begun.
const (
	statusID  = "status"
	failureID = "failure"
)

// notices draws what the page says: what is under way or has happened, and that there is a
// new version.
func (v *view) notices() app.UI {
	return app.Div().Class("notices").Body(
		v.earlyNotice(),
		app.Div().ID(statusID).TabIndex(-1).Attr("role", "group").Attr("aria-labelledby", statusID+"-text").
			Attr("aria-live", "polite").Body(v.statusNotice()),
		v.failureNotice(),
		v.updateNotice(),
	)
}

// earlyNotice draws what the page says before the program does. The stylesheet shows it if
// the boot script finds that the person has just signed out.
func (v *view) earlyNotice() app.UI {
	if v.state.Phase != flow.Starting || v.state.Notice.Kind != flow.NoNotice {
		return app.Div().Hidden(true)
	}
	return app.Div().Class("notice notice-good if-just-signed-out").
		Body(app.P().Body(words.Of(v.say.Of(text.SignedOutThere))))
}

// statusNotice draws the sentence for what is under way or has gone well. It stands in a
// live region that is always there, so that screen readers read it.
func (v *view) statusNotice() app.UI {
	sentence, class := v.workSentence(), "notice-busy"
	switch v.state.Work.Kind {
	case flow.Linking:
		class = "notice-working"
	case flow.Unlinking:
		class = "notice-working notice-tall"
	}
	if !v.state.Busy() {
		sentence, class = v.noticeSentence(), "notice-good"
		if slices.Contains(neutral, v.state.Notice.Kind) {
			class = "notice-quiet"
		}
		if v.state.Notice.Kind == flow.NothingChanged { // the focus goes back to where the person was
			class = "notice-quiet notice-below"
		}
	}
	if sentence == "" {
		return app.Div().Class("notice").Hidden(true)
	}
	spoken, seen := "", app.UI(app.P().Hidden(true))
	if wait := v.state.Work.Wait; wait.Kind == flow.RateLimit { // said once, and counted down in sight
		spoken, seen = "visually-hidden", &countdown{Say: v.say, From: wait.Seconds}
	}
	return app.Div().Class("notice", class).Body(
		app.P().ID(statusID+"-text").Class(spoken).Attr("role", "status").Body(words.Of(sentence)),
		seen,
		v.statusNext(),
		app.If(!v.state.Busy() && v.state.MayDismiss(), func() app.UI {
			if v.state.Notice.Kind == flow.Suggested {
				return app.Button().Type("button").Class("quiet-button").
					Body(words.Of(v.say.Of(text.NotMine))).OnClick(v.wishes.dismiss)
			}
			return app.Button().Type("button").Class("icon-button dismiss").Title(v.say.Of(text.Dismiss)).
				Attr("aria-label", v.say.Of(text.Dismiss)).OnClick(v.wishes.dismiss).
				Body(app.Span().Attr("aria-hidden", "true").Body(words.Of("×")))
		}),
	)
}

// neutral are the notices of what is neither good nor bad.
var neutral = []flow.NoticeKind{
	flow.NothingChanged, flow.UnfinishedLink, flow.LinkNotMade, flow.SignedOutElsewhere, flow.FinishedBefore, flow.MailLinkFailed,
	flow.Suggested,
}

// statusNext draws the next step beside the status.
func (v *view) statusNext() app.UI {
	say, n := v.say, v.state.Notice
	switch {
	case v.state.Work.Wait.Kind != flow.NoWait:
		return app.Button().Type("button").Class("quiet-button").Body(words.Of(say.Of(text.Stop))).OnClick(v.wishes.stop)
	case v.state.Busy():
	case n.Next.Kind == flow.LinkAgain, n.Next.Kind == flow.LinkSuggested:
		return app.Button().Type("button").Class("quiet-button").
			Body(words.Of(v.nextSentence(statusNextSentences, n.Next))).OnClick(v.wishes.follow)
	case n.Next.Kind == flow.SignOutToo:
		return app.Div().Class("notice-more").Body(
			app.Details().Class("fold").Body(
				app.Summary().Body(words.Of(say.Of(text.SignOutMore))),
				app.P().Class("quiet").Body(words.Of(say.Of(text.SignOutReach))),
				app.P().Class("quiet").Body(words.Of(v.leftAt(n.Connection))),
			),
			v.atProvider(n.Connection),
			app.Button().Type("button").Class("quiet-button").
				Body(words.Of(v.nextSentence(statusNextSentences, n.Next))).OnClick(v.wishes.follow),
		)
	}
	return app.Div().Hidden(true)
}

// workSentence returns the sentence for what is under way. It is "" if nothing is, or if
// the page already shows it.
func (v *view) workSentence() string {
	w := v.state.Work
	if key, waits := waitSentences[w.Wait.Kind]; waits {
		return plural(v.say, key, "seconds", w.Wait.Seconds)
	}
	return words.Fill(v.say.Of(workSentences[w.Kind]), "first", w.First, "second", w.Second, "account", w.Second)
}

// noticeSentence returns the sentence for what has gone well; "" if there is no notice or
// one of a failure.
func (v *view) noticeSentence() string {
	n := v.state.Notice
	sentence := v.say.Of(noticeSentences[n.Kind])
	return v.listKeys(sentence, n.Keys, "account", n.Account, "second", n.Account)
}

// failureNotice draws what went wrong, the next step, and, folded, the technical text.
func (v *view) failureNotice() app.UI {
	n := v.state.Notice
	if !n.Bad() || n.Kind == flow.RefusedOffline { // which the banner says
		return app.Div().Hidden(true)
	}
	class := "notice notice-bad"
	if errors.Is(n.Err, context.Canceled) && !flow.Undecided(n.Err) { // the person has stopped it
		class = "notice notice-quiet"
	}
	return app.Div().ID(failureID).TabIndex(-1).Attr("role", "group").Attr("aria-labelledby", failureID+"-text").Class(class).Body(
		app.P().ID(failureID+"-text").Attr("role", "alert").Body(
			v.failureSentence(n),
			v.serviceWords(oidc.WordsOf(n.Err)),
		),
		app.Div().Class("notice-actions").Body(
			v.failureNext(n.Next),
			app.If(v.verifiable(n.Err), func() app.UI {
				return app.A().Class("quiet-button").Href(ofOrigin(v.parts.config.VerifyEmailURL)).
					Target("_blank").Rel("noopener noreferrer").Body(words.Of(v.say.Of(text.VerifyEmail)))
			}),
			app.If(v.helpable(n.Err, n.Offline), v.getHelp),
			app.If(n.Leftover != nil, func() app.UI {
				return app.Button().Type("button").Class("quiet-button").
					Body(words.Of(v.say.Of(text.SaveLeftover))).OnClick(v.wishes.saveLeftover)
			}),
			app.If(v.state.MayDismiss(), func() app.UI {
				return app.Button().Type("button").Class("quiet-button").Body(words.Of(v.say.Of(text.Dismiss))).OnClick(v.wishes.dismiss)
			}),
		),
		&details{Say: v.say, Detail: detailOf(n.Err)},
	)
}

// failureSentence draws what went wrong. The word for the operator's support is a link, if
// there is one.
func (v *view) failureSentence(n flow.Notice) app.UI {
	var refused *linking.RefusedError
	switch key := failureKey(n.Err, n.Offline); key {
	case text.NoLink, text.PrimaryOnly, text.SameConnection:
		if errors.As(n.Err, &refused) {
			return words.Of(v.parts.ruled(key, refused.Account.Connection))
		}
	}
	before, after, sendsThere := strings.Cut(v.say.Of(failureKey(n.Err, n.Offline)), "{support}")
	if !sendsThere || v.parts.config.SupportURL == "" {
		return words.Of(sentenceBeside(v.names(), n.Err, n.Offline, v.own()) + v.emailStep(n.Err))
	}
	support := elsewhere(v.parts.config.SupportURL, words.Of(v.say.Of(text.Support))).Target("_blank")
	return app.Span().Body(words.Of(before), support, words.Of(after))
}

// verifiable reports whether the person can have an address verified after a failure.
func (v *view) verifiable(err error) bool {
	return v.parts.config.VerifyEmailURL != "" && errors.Is(err, linking.ErrUnverified)
}

// emailStep returns what to do about an address for which an account cannot be linked; ""
// after any other failure.
func (v *view) emailStep(err error) string {
	if v.verifiable(err) {
		return " " + v.say.Of(text.VerifyFirst)
	}
	switch failureKey(err, false) {
	case text.Unverified, text.Unvouched, text.NeedsEmail:
		return " " + v.say.Of(text.AskOperator)
	}
	return ""
}

// getHelp draws the way to the operator's help beside a failure. It opens a tab of its own:
// what has failed stays in sight.
func (v *view) getHelp() app.UI {
	url, label := v.parts.config.SupportURL, v.say.Of(text.GetHelpTab)
	if strings.HasPrefix(url, "mailto:") {
		label = v.say.Of(text.GetHelp)
	}
	return elsewhere(url, words.Of(label)).Class("quiet-button").Target("_blank")
}

// helpable reports whether the sentence for a failure sends the person to the operator, and
// there is a link that leads to them.
func (v *view) helpable(err error, offline bool) bool {
	if v.parts.config.SupportURL == "" {
		return false
	}
	switch failureKey(err, offline) {
	case text.NoLink, text.NoUnlink, text.PrimaryOnly, text.TooLarge, text.Unknown, text.Configuration, text.OtherTenant, text.Blocked, text.NoAccess, text.Algorithm,
		text.NoAuthTime, text.Scope, text.Insecure:
		return true
	}
	return strings.HasSuffix(v.emailStep(err), v.say.Of(text.AskOperator))
}

// serviceWords draws what the tenant itself says about a failure, as its words and not the
// page's.
func (v *view) serviceWords(said string) app.UI {
	if said == "" {
		return app.Span().Hidden(true)
	}
	return app.Span().Class("said").Body(words.Of(v.say.Of(text.ServiceSays)+" "), words.Quote(said))
}

// failureNext draws the button for the next step after a failure. It is disabled as long as
// the step cannot be taken.
func (v *view) failureNext(next flow.Next) app.UI {
	if next.Kind == flow.NoNext {
		return app.Span().Hidden(true)
	}
	return app.Button().Type("button").Class("button").Disabled(!v.state.MayFollow()).
		Body(words.Of(v.nextSentence(failureNextSentences, next))).OnClick(v.wishes.follow)
}

// nextSentence returns what the button for a next step says.
func (v *view) nextSentence(sentences map[flow.NextKind]text.Key, next flow.Next) string {
	return words.Fill(v.say.Of(sentences[next.Kind]), "account", wantedLabel(next.Wanted))
}

// updateNotice offers the new version of the page, if there is nothing that a reload would
// break off.
func (v *view) updateNotice() app.UI {
	if !v.updated || v.state.Engaged() {
		return app.Div().Hidden(true)
	}
	return app.Div().ID("update").Class("notice notice-quiet").Body(
		app.P().Attr("role", "status").Body(words.Of(v.say.Of(text.NewVersion))),
		app.Button().Type("button").Class("quiet-button").Body(words.Of(v.say.Of(text.UseNewVersion))).
			OnClick(func(app.Context, app.Event) { browser.Update() }),
	)
}
