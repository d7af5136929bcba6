package ui

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"twinlock/app/browser"
	"twinlock/app/flow"
	"twinlock/app/text"
	"twinlock/app/words"
)

// header draws the bar at the top: the brand, and the button that signs out.
func (v *view) header() app.UI {
	return app.Header().Class("topbar").Body(
		app.Div().Class("topbar-inner").Body(
			v.brand(),
			app.If(v.state.SignedIn(), func() app.UI {
				return app.Button().Type("button").ID("btn-logout").Class("quiet-button").
					Body(words.Of(v.say.Of(text.SignOut))).OnClick(v.wishes.signOut)
			}),
		),
	)
}

// welcome draws the page of somebody who is not signed in.
func (v *view) welcome() app.UI {
	say := v.say
	return app.Section().Class("welcome").Body(
		app.Div().Class("twins").Attr("aria-hidden", "true").Body(
			app.Span().Class("twin twin-a"),
			app.Span().Class("twin twin-b"),
		),
		app.H1().Body(words.Of(say.Of(text.Welcome))),
		app.P().Class("lead").Body(words.Of(say.Of(text.WelcomeBody))),
		app.Button().Type("button").ID("btn-login").Class("button button-wide").
			Body(words.Of(say.Of(text.SignIn))).OnClick(v.wishes.signIn),
	)
}

// skeleton draws the shape of the profile until it is there, so that nothing jumps then.
func (v *view) skeleton() app.UI {
	label := v.say.Of(text.LoadingProfile)
	if v.state.Phase == flow.Finishing {
		label = v.say.Of(text.FinishingSignIn)
	}
	return app.Div().Class("skeleton").Body(
		// Something stands in its place: what comes after it stays the same elements.
		app.If(v.workSentence() == "" && v.noticeSentence() == "", func() app.UI {
			return app.Div().Class("notice notice-busy later").Body(app.P().Attr("role", "status").Body(words.Of(label)))
		}).Else(func() app.UI { return app.Div().Hidden(true) }),
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

// footer offers to install the page. In a browser that installs pages only by its own menu
// it says how.
func (v *view) footer() app.UI {
	say := v.say
	switch {
	case v.state.Phase == flow.Starting || v.state.Phase == flow.Finishing || v.state.Phase == flow.Loading:
		return app.Footer().Hidden(true)
	case v.installable:
		return app.Footer().Class("footer").Body(
			app.Button().ID("btn-install").Type("button").Class("quiet-button").Body(words.Of(say.Of(text.Install))).
				OnClick(func(ctx app.Context, _ app.Event) { ctx.ShowAppInstallPrompt() }),
		)
	case browser.HomeScreen():
		return app.Footer().Class("footer").Body(app.P().Class("quiet").Body(words.Of(say.Of(text.InstallByHand))))
	}
	return app.Footer().Hidden(true)
}
