package ui

import (
	"strings"
	"unicode/utf8"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"twinlock/app/browser"
	"twinlock/app/inert"
	"twinlock/app/linking"
	"twinlock/app/lock"
	"twinlock/app/management"
	"twinlock/app/text"
	"twinlock/app/words"
)

// accountsHeading is the id of the heading that the focus goes to when the list
// under it has changed.
const accountsHeading = "accounts-heading"

func (h *Home) header() app.UI {
	brand := h.parts.config.Brand
	return app.Header().Class("topbar").Body(
		app.Div().Class("topbar-inner").Body(
			app.Div().Class("brand").Body(
				app.If(brand.Logo != "", func() app.UI {
					return app.Img().Class("brand-logo").Src(brand.Logo).Alt("")
				}).Else(func() app.UI {
					return app.Span().Class("brand-mark").Attr("aria-hidden", "true")
				}),
				app.Span().Class("brand-name").Body(words.Data(brand.Name)),
			),
			app.If(h.signedInNow(), func() app.UI {
				return app.Button().Type("button").ID("btn-logout").Class("quiet-button").
					Body(words.Of(h.parts.say.SignOut)).OnClick(h.signOut)
			}),
		),
	)
}

func (h *Home) signedInNow() bool {
	return h.phase == loading || h.phase == ready || h.phase == unavailable
}

func (h *Home) welcome() app.UI {
	say := h.parts.say
	return app.Section().Class("welcome").Body(
		app.Div().Class("twins").Attr("aria-hidden", "true").Body(
			app.Span().Class("twin twin-a"),
			app.Span().Class("twin twin-b"),
		),
		app.H1().Body(words.Of(say.Welcome)),
		app.P().Class("lead").Body(words.Of(say.WelcomeBody)),
		app.Button().Type("button").ID("btn-login").Class("button button-wide").
			Body(words.Of(say.SignIn)).OnClick(h.onSignIn),
	)
}

// skeleton has the shape of the profile, so that nothing jumps when it comes.
func (h *Home) skeleton() app.UI {
	label := h.parts.say.LoadingProfile
	if h.phase == finishing {
		label = h.parts.say.FinishingSignIn
	}
	return app.Div().Class("skeleton").Body(
		app.If(h.status == "", func() app.UI {
			return app.P().Class("visually-hidden").Attr("role", "status").Body(words.Of(label))
		}),
		app.Section().Class("card person").Attr("aria-hidden", "true").Body(
			app.Span().Class("avatar bone"),
			app.Div().Class("person-text").Body(
				app.Span().Class("bone bone-wide"),
				app.Span().Class("bone"),
			),
		),
		app.Section().Class("card").Attr("aria-hidden", "true").Body(
			app.Div().Class("identity").Body(app.Span().Class("mark bone"), app.Span().Class("bone bone-wide")),
			app.Div().Class("identity").Body(app.Span().Class("mark bone"), app.Span().Class("bone bone-wide")),
		),
	)
}

func (h *Home) profile() app.UI {
	say := h.parts.say
	return app.Div().Class("profile").Body(
		h.asItWas(),
		h.person(),
		app.Section().Class("card").Attr("aria-labelledby", accountsHeading).Body(
			app.H2().ID(accountsHeading).TabIndex(-1).Body(words.Of(say.Accounts)),
			app.P().Class("quiet").Body(words.Of(say.AccountsBody)),
			h.primaryIdentity(),
			app.H3().ID("linked-heading").Class("list-heading").Body(words.Of(say.LinkedAccounts)),
			app.Ul().ID("linked-accounts-list").Class("identities").
				Attr("aria-labelledby", "linked-heading").
				Body(h.linkedIdentities()...),
			app.If(len(h.user.Linked()) == 0, func() app.UI {
				return app.P().Class("empty").Body(words.Of(say.NoLinked))
			}),
			app.Button().Type("button").ID("btn-link-account").Class("button").
				Disabled(h.busy).Body(words.Of(say.LinkAccount)).OnClick(h.onLink),
		),
		h.activity(),
	)
}

func (h *Home) onLink(app.Context, app.Event) {
	if !h.engaged() && !h.refuseOffline() {
		h.startLinking()
	}
}

func (h *Home) person() app.UI {
	say, u := h.parts.say, h.user
	return app.Section().Class("card person").Attr("aria-label", say.Profile).Body(
		h.avatar(u.Picture, userLabel(u)),
		app.Div().Class("person-text").Body(
			app.H1().Class("person-name").Body(words.Data(shorten(firstOf(u.Name, u.Nickname, u.Email, u.ID)))),
			app.P().Class("person-email").Body(
				app.If(u.Email == "", func() app.UI { return words.Of(say.NoEmail) }).ElseSlice(func() []app.UI {
					return []app.UI{words.Address(shorten(u.Email)), verifiedMark(say, u.EmailVerified)}
				}),
			),
			app.If(!u.Created.IsZero(), func() app.UI {
				return app.P().Class("quiet").Body(words.Of(text.Fill(say.AccountSince, "date", browser.FormatDate(u.Created, say.Language))))
			}),
		),
	)
}

func verifiedMark(say text.Messages, verified bool) app.UI {
	if verified {
		return app.Span().Class("badge badge-good").Body(words.Of(say.Verified))
	}
	return app.Span().Class("badge badge-warn").Body(words.Of(say.NotVerified))
}

// avatar shows a picture, or the first letter where there is none that may be
// shown. The letter stands behind the picture, so that one that does not load
// leaves no hole.
func (h *Home) avatar(picture, label string) app.UI {
	first, _ := utf8.DecodeRuneInString(label)
	return app.Span().Class("avatar").Attr("aria-hidden", "true").Body(
		app.Span().Body(words.Data(strings.ToUpper(string(first)))),
		app.If(h.parts.mayShow(picture), func() app.UI {
			return app.Img().Src(picture).Alt("").Attr("referrerpolicy", "no-referrer").Attr("loading", "lazy")
		}),
	)
}

func (h *Home) primaryIdentity() app.UI {
	primary, ok := h.user.Primary()
	if !ok {
		return app.Div()
	}
	say := h.parts.say
	connection := h.parts.connection(primary.Connection, primary.Provider)
	return app.Div().Class("identity identity-primary").Body(
		lock.Mark(connection.Strategy, connection.Label),
		app.Div().Class("identity-text").Body(
			app.P().Class("identity-name").Body(
				words.Address(shorten(userLabel(h.user))),
				app.Span().Class("badge").Title(say.PrimaryHint).Body(words.Of(say.Primary)),
			),
			app.P().Class("quiet").Body(words.Of(connection.Label)),
		),
	)
}

func (h *Home) linkedIdentities() []app.UI {
	var rows []app.UI
	for _, identity := range h.user.Linked() {
		rows = append(rows, h.identity(identity))
	}
	return rows
}

func (h *Home) identity(i management.Identity) app.UI {
	say := h.parts.say
	connection := h.parts.connection(i.Connection, i.Provider)
	label := identityLabel(say, i)
	second := connection.Label
	if name := i.Profile.Name; name != "" && name != label {
		second += " · " + shorten(name)
	}
	return app.Li().Class("identity").Body(
		lock.Mark(connection.Strategy, connection.Label),
		app.Div().Class("identity-text").Body(
			app.P().Class("identity-name").Body(
				words.Address(label),
				app.If(i.Profile.Email != "", func() app.UI { return verifiedMark(say, i.Profile.EmailVerified) }),
			),
			app.P().Class("quiet").Body(words.Data(second)),
		),
		app.Button().Type("button").Class("unlink-account quiet-button").
			Attr("aria-label", text.Fill(say.UnlinkLabel, "connection", connection.Label, "account", label)).
			Disabled(h.busy).Body(words.Of(say.Unlink)).
			OnClick(func(app.Context, app.Event) { h.askUnlink(i) }, app.EventScope(i.Provider, i.UserID)),
	)
}

func (h *Home) askUnlink(i management.Identity) {
	if !h.engaged() && !h.refuseOffline() {
		h.failed, h.status = nil, ""
		h.ask(nil, &i)
	}
}

// identityLabel is what a person knows an identity by.
func identityLabel(say text.Messages, i management.Identity) string {
	known := firstOf(i.Profile.Email, i.Profile.Name, i.Profile.Username, i.Profile.Nickname)
	if known == "" {
		known = text.Fill(say.UnknownAccount, "id", i.UserID)
	}
	return shorten(known)
}

func userLabel(u management.User) string {
	return firstOf(u.Email, u.Name, u.Nickname, u.ID)
}

func accountLabel(a linking.Account) string {
	return shorten(firstOf(a.Email, a.Name, a.Subject))
}

func firstOf(candidates ...string) string {
	for _, c := range candidates {
		if strings.TrimSpace(c) != "" {
			return c
		}
	}
	return ""
}

// longest is how many letters of a name from outside are shown.
const longest = 80

// shorten makes a name from outside fit to be shown.
func shorten(s string) string { return inert.Text(s, longest) }
