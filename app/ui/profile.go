package ui

import (
	"strconv"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"twinlock/app/browser"
	"twinlock/app/flow"
	"twinlock/app/inert"
	"twinlock/app/linking"
	"twinlock/app/lock"
	"twinlock/app/management"
	"twinlock/app/text"
	"twinlock/app/words"
)

const (
	// accountsHeading is the id of the heading that gets the focus when the list below it
	// has changed.
	accountsHeading = "accounts-heading"
	// asOfID is the id of the sentence that says that the profile may be old.
	asOfID = "as-of"
	// noLinkedID is the id of the sentence that says that the list is empty. It describes
	// the list to a screen reader, which does not say that itself.
	noLinkedID = "no-linked"
)

// asItWas draws the sentence for a profile that may have changed since it was read.
func (v *view) asItWas() app.UI {
	if v.state.Busy() || v.state.AsOf.IsZero() && !v.state.Offline {
		return app.Div().Hidden(true)
	}
	say := v.say
	sentence := say.NotConnected
	if !v.state.AsOf.IsZero() {
		sentence = text.Fill(say.AsOf, "time", browser.FormatTime(v.state.AsOf, say.Language))
	}
	return app.P().ID(asOfID).TabIndex(-1).Class("notice notice-quiet").Body(words.Of(sentence))
}

// profile draws the page of somebody who is signed in.
func (v *view) profile() app.UI {
	say := v.say
	list := app.Ul().ID("linked-accounts-list").Class("identities").
		Attr("aria-labelledby", "linked-heading").
		Body(v.linkedIdentities()...)
	if len(v.state.User.Linked()) == 0 {
		list = list.Attr("aria-describedby", noLinkedID)
	}
	return app.Div().Class("profile").Body(
		v.asItWas(),
		v.person(),
		app.Section().Class("card").Attr("aria-labelledby", accountsHeading).Body(
			app.H2().ID(accountsHeading).TabIndex(-1).Body(words.Of(say.Accounts)),
			app.P().Class("quiet").Body(words.Of(say.AccountsBody)),
			v.primaryIdentity(),
			app.H3().ID("linked-heading").Class("list-heading").Body(words.Of(say.LinkedAccounts)),
			list,
			app.If(len(v.state.User.Linked()) == 0, func() app.UI {
				return app.P().ID(noLinkedID).Class("empty").Body(words.Of(say.NoLinked))
			}),
			app.Button().Type("button").ID("btn-link-account").Class("button").
				Disabled(v.state.Busy()).Attr("aria-busy", busy(v.state.Work.Kind == flow.Linking)).
				Body(words.Of(say.LinkAccount)).OnClick(v.wishes.link),
		),
		v.activity(),
	)
}

// person draws the card with picture, name and e-mail address.
func (v *view) person() app.UI {
	say, u := v.say, v.state.User
	name := firstOf(shortName(u.Name), shortName(u.Nickname), shorten(u.Email), shorten(u.ID))
	return app.Section().Class("card person").Attr("aria-label", say.Profile).Body(
		v.avatar(u.Picture, accountLabel(v.own())),
		app.Div().Class("person-text").Body(
			app.H1().Class("person-name").Body(words.Data(name)),
			app.P().Class("person-email").Body(
				app.If(shorten(u.Email) == "", func() app.UI { return words.Of(noEmail(say, v.own())) }).ElseSlice(func() []app.UI {
					mark := verifiedMark(say, v.verified(v.own()))
					if shorten(u.Email) == name {
						return []app.UI{mark}
					}
					return []app.UI{words.Address(shorten(u.Email)), mark}
				}),
			),
			app.If(!u.Created.IsZero(), func() app.UI {
				since := text.Fill(say.AccountSince, "date", browser.FormatDate(u.Created, say.Language))
				return app.P().Class("quiet").Body(words.Of(since))
			}),
		),
	)
}

// verified reports whether an account's address counts as verified.
func (v *view) verified(a *linking.Account) bool {
	policy := v.parts.policy()
	return policy.Email(a) == linking.Verified
}

// noEmail says that no address is seen: there is none, or nobody knows.
func noEmail(say *text.Messages, a *linking.Account) string {
	if a.NoEmail {
		return say.NoEmail
	}
	return say.EmailNotKnown
}

// verifiedMark draws whether an e-mail address is verified.
func verifiedMark(say *text.Messages, verified bool) app.UI {
	if verified {
		return app.Span().Class("badge badge-good").Body(words.Of(say.Verified))
	}
	return app.Span().Class("badge badge-warn").Body(words.Of(say.NotVerified))
}

// avatar draws a picture over the first letter of the label. The letter is what is seen if
// there is no picture, if it may not be shown, or if it does not load.
func (v *view) avatar(picture, label string) app.UI {
	return app.Span().Class("avatar").Attr("aria-hidden", "true").Body(
		app.Span().Body(words.Data(strings.ToUpper(inert.Initial(label)))),
		app.If(v.parts.mayShow(picture), func() app.UI {
			return app.Img().Src(picture).Alt("").Attr("referrerpolicy", "no-referrer").Attr("loading", "lazy")
		}),
	)
}

// primaryIdentity draws the identity that is the account itself.
func (v *view) primaryIdentity() app.UI {
	primary, ok := v.state.User.Primary()
	if !ok {
		return app.Div()
	}
	say := v.say
	connection := v.parts.connections.find(primary.Connection, primary.Provider)
	return app.Div().Class("identity identity-primary").Body(
		lock.Mark(connection),
		app.Div().Class("identity-text").Body(
			app.P().Class("identity-name").Body(
				words.Address(v.names().accountLabel(v.own(), v.own())),
				app.Span().Class("badge").Title(say.PrimaryHint).Body(words.Of(say.Primary)),
			),
			app.P().Class("quiet").Body(words.Of(connection.Label)),
			app.If(primary.Unusable != "", func() app.UI {
				return app.P().Class("quiet unusable").Body(words.Of(say.Sentences[text.Unusable]))
			}),
		),
	)
}

// linkedIdentities draws the identities that are linked, a row for each.
func (v *view) linkedIdentities() []app.UI {
	primary, _ := v.state.User.Primary()
	var rows []app.UI
	own := v.own()
	labels := v.names().labels(own)[1:]
	for i, identity := range own.Linked {
		rows = append(rows, v.identity(identity, labels[i], primary.Unusable == ""))
	}
	return rows
}

// busy is the value of the attribute aria-busy.
func busy(is bool) string { return strconv.FormatBool(is) }

// identity draws a linked identity under its label, with the button that unlinks it or the
// reason why there is none. Where no linked identity can be unlinked, the primary one says why.
func (v *view) identity(i management.Identity, label string, unlinkable bool) app.UI {
	say := v.say
	connection := v.parts.connections.find(i.Connection, i.Provider)
	second := connection.Label
	if name := shortName(i.Profile.Name); name != "" && !strings.HasPrefix(label, name) {
		second += " · " + name
	}
	return app.Li().Class("identity").Body(
		lock.Mark(connection),
		app.Div().Class("identity-text").Body(
			app.P().Class("identity-name").Body(
				words.Address(label),
				app.If(shorten(i.Profile.Email) != "", func() app.UI { return verifiedMark(say, i.Profile.EmailVerified) }),
			),
			app.P().Class("quiet").Body(words.Data(second)),
			app.If(i.Unusable != "", func() app.UI {
				return app.P().Class("quiet unusable").Body(words.Of(say.Sentences[unusableSentences[i.Unusable]]))
			}),
		),
		app.If(i.Unusable == "" && unlinkable, func() app.UI {
			return app.Button().Type("button").Class("unlink-account quiet-button").
				Attr("aria-label", text.Fill(say.UnlinkLabel, "connection", connection.Label, "account", label)).
				Disabled(v.state.Busy()).Attr("aria-busy", busy(v.state.Work.Identity == i.ID())).
				Body(words.Of(say.Unlink)).
				OnClick(func(ctx app.Context, _ app.Event) { v.wishes.unlink(ctx, i) }, app.EventScope(i.Provider, i.UserID))
		}),
	)
}
