package ui

import (
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"twinlock/app/inert"
	"twinlock/app/linking"
	"twinlock/app/text"
	"twinlock/app/words"
)

// asOfID is the id of what says that the profile may be old.
const asOfID = "as-of"

// verified reports whether an account's address counts as verified.
func (v *view) verified(a *linking.Account) bool {
	policy := v.parts.policy()
	return policy.Email(a) == linking.Verified
}

// noEmail says that no address is seen: there is none, or nobody knows.
func noEmail(say *text.Catalogue, a *linking.Account) string {
	if a.NoEmail {
		return say.Of(text.NoEmail)
	}
	return say.Of(text.EmailNotKnown)
}

// verifiedMark draws whether an e-mail address is verified.
func verifiedMark(say *text.Catalogue, verified bool) app.UI {
	if verified {
		return app.Span().Class("badge badge-good").Body(words.Of(say.Of(text.Verified)))
	}
	return app.Span().Class("badge badge-warn").Body(words.Of(say.Of(text.NotVerified)))
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
