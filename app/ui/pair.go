package ui

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"twinlock/app/flow"
	"twinlock/app/linking"
	"twinlock/app/lock"
	"twinlock/app/text"
	"twinlock/app/words"
)

// pair draws the two accounts of a link: a line each, the arrow between them, and the button
// that exchanges them.
func (v *view) pair(link *flow.LinkQuestion) app.UI {
	p := &link.Plan
	stayName, moveName := v.names().pairNames(p)
	stays, moves := v.roles(link)
	return app.Div().Class("pair").Body(
		v.account(stays, stayName, &p.Primary, true),
		app.Span().Class("pair-arrow").Attr("aria-hidden", "true"),
		v.account(moves, moveName, &p.Secondary, false),
		app.If(canSwap(*p), func() app.UI {
			return app.Button().Type("button").ID("btn-swap").Class("quiet-button").
				Body(words.Of(v.say.Of(text.KeepOther))).OnClick(v.wishes.swap)
		}),
	)
}

// canSwap reports whether the person may choose which account stays.
func canSwap(p linking.Plan) bool {
	_, err := p.Swap()
	return err == nil
}

// roles returns what becomes of the two accounts.
func (v *view) roles(link *flow.LinkQuestion) (stays, moves string) {
	if link.Swapped() {
		return v.say.Of(text.CardOtherStays), v.say.Of(text.CardYoursMoves)
	}
	return v.say.Of(text.CardStays), v.say.Of(text.CardMoves)
}

// account draws one of the two: its connection, what becomes of it, and its name.
func (v *view) account(role, name string, a *linking.Account, stays bool) app.UI {
	connection := v.parts.connections.find(a.Connection, a.Provider)
	class := "account account-moves"
	if stays {
		class = "account account-stays"
	}
	return app.Section().Class(class).Attr("aria-label", role).Body(
		lock.Mark(connection),
		app.P().Class("account-role").Body(
			words.Of(role),
			app.Span().Class("account-connection").Body(words.Data(connection.Label)),
		),
		app.P().Class("account-name").Body(
			words.Data(name),
			app.If(shorten(a.Email) != "" && !v.verified(a), func() app.UI { return verifiedMark(v.say, false) }),
		),
	)
}
