package ui

import (
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"twinlock/app/browser"
	"twinlock/app/flow"
	"twinlock/app/text"
	"twinlock/app/words"
)

// asItWas draws the sentence for a profile that may have changed since it was read. As long as it
// is being read afresh, that is a mark which moves nothing when it goes. The boot script draws
// both, too: see web/boot/last.js.
func (v *view) asItWas() app.UI {
	say, old := v.say, !v.state.AsOf.IsZero()
	sentence := say.Of(text.NotConnected)
	if old {
		sentence = text.Fill(say.Of(text.AsOf), "time", browser.FormatTime(v.state.AsOf, say.Language))
	}
	refused := v.state.Notice.Kind == flow.RefusedOffline
	switch {
	case v.state.Offline && v.state.Refreshing():
	case old && v.state.Refreshing():
		return app.P().ID(asOfID).Class("as-of").Body(words.Of(sentence))
	case v.state.Busy() || !old && !v.state.Offline && !refused:
		return app.Div().Hidden(true)
	}
	if old {
		sentence += " " + say.Of(text.OnlineToLink)
	}
	return app.Div().ID(asOfID).TabIndex(-1).Attr("role", "group").Attr("aria-labelledby", asOfID+"-text").
		Class("notice notice-quiet").Body(
		app.P().ID(asOfID+"-text").Body(words.Of(sentence)),
		app.If(!v.state.AsOf.IsZero(), func() app.UI {
			return app.Button().Type("button").Class("quiet-button").
				Body(words.Of(say.Of(text.TryAgain))).OnClick(v.wishes.refresh)
		}),
		app.If(refused, func() app.UI {
			return app.P().Class("notice-more").Attr("role", "alert").Body(words.Of(say.Of(text.Offline)))
		}),
	)
}

// profile draws the page of somebody who is signed in.
func (v *view) profile() app.UI {
	say := v.say
	profile := app.Div().Class("profile")
	if v.state.Refreshing() {
		profile = profile.Class("refreshing") // for those who wait until it is done
	}
	return profile.Body(
		v.asItWas(),
		v.person(),
		app.Section().Class("card").Attr("aria-labelledby", accountsHeading).Body(
			app.H2().ID(accountsHeading).TabIndex(-1).Body(words.Of(say.Of(text.Accounts))),
			app.P().Class("quiet").Body(words.Of(say.Of(text.AccountsBody))),
			v.primaryIdentity(),
			v.linked(),
		),
		v.activity(),
	)
}

// person draws the card with picture, name and e-mail address.
func (v *view) person() app.UI {
	say, u := v.say, v.state.User
	name := firstOf(shortName(u.Name), shortName(u.Nickname), shorten(u.Email), shorten(u.ID))
	return app.Section().Class("card person").Attr("aria-label", say.Of(text.Profile)).Body(
		v.avatar(u.Picture, accountLabel(v.own())),
		app.Div().Class("person-text").Body(
			app.H1().Class("person-name").Body(words.Data(name)),
			app.P().Class("person-email").Body(
				app.If(shorten(u.Email) == "", func() app.UI { return words.Of(noEmail(say, v.own())) }).ElseSlice(func() []app.UI {
					mark := verifiedMark(say, v.verified(v.own()))
					if shorten(u.Email) == name {
						return []app.UI{mark}
					}
					return []app.UI{words.Data(shorten(u.Email)), mark}
				}),
			),
			v.times(),
		),
	)
}

// times draws since when the profile exists, and when it was last signed in to.
func (v *view) times() app.UI {
	say, u := v.say, v.state.User
	var list []string
	if !u.Created.IsZero() {
		list = append(list, text.Fill(say.Of(text.AccountSince), "date", browser.FormatDate(u.Created, say.Language)))
	}
	if !u.LastLogin.IsZero() {
		list = append(list, text.Fill(say.Of(text.LastSignIn), "date", browser.FormatDate(u.LastLogin, say.Language)))
	}
	if len(list) == 0 {
		return app.P().Hidden(true)
	}
	return app.P().Class("quiet").Body(words.Of(strings.Join(list, " · ")))
}
