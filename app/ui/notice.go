package ui

import (
	"context"
	"errors"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"twinlock/app/browser"
	"twinlock/app/platform"
	"twinlock/app/text"
	"twinlock/app/words"
)

// statusNotice says what is going on or has gone well. It stands in a live
// region that is always there, so that it is read out.
func (h *Home) statusNotice() app.UI {
	if h.status == "" {
		return app.Div().Class("notice").Hidden(true)
	}
	class := "notice-good"
	if h.busy {
		class = "notice-busy"
	}
	return app.Div().Class("notice", class).Body(
		app.P().Attr("role", "status").Body(words.Of(h.status)),
		app.If(h.stop != nil, func() app.UI {
			return app.Button().Type("button").Class("quiet-button").Body(words.Of(h.parts.say.Stop)).OnClick(h.stopWaiting)
		}).ElseIf(h.again != nil, func() app.UI {
			return app.Button().Type("button").Class("quiet-button").
				Body(words.Of(words.Fill(h.parts.say.LinkAgain, "account", h.again.label()))).OnClick(h.onLinkAgain)
		}).ElseIf(h.parted, func() app.UI {
			// Whoever unlinks an account may want its sign-ins to end. The API ends those
			// of other devices for administrators only.
			return app.Div().Class("notice-more").Body(
				app.P().Class("quiet").Body(words.Of(h.parts.say.SignOutReach)),
				app.Button().Type("button").Class("quiet-button").Body(words.Of(h.parts.say.SignOutHere)).OnClick(h.signOut),
			)
		}),
	)
}

func (h *Home) stopWaiting(app.Context, app.Event) {
	if h.stop != nil {
		h.stop()
	}
}

// updateNotice offers the new version of the page once nothing is under way that
// a reload would break off.
func (h *Home) updateNotice() app.UI {
	if !h.updated || h.engaged() {
		return app.Div().Hidden(true)
	}
	say := h.parts.say
	return app.Div().ID("update").Class("notice notice-quiet").Body(
		app.P().Attr("role", "status").Body(words.Of(say.NewVersion)),
		app.Button().Type("button").Class("quiet-button").Body(words.Of(say.Reload)).
			OnClick(func(app.Context, app.Event) { browser.Update() }),
	)
}

// footer offers to install the page. Where a browser can install it but offers
// nothing, it says how.
func (h *Home) footer() app.UI {
	say := h.parts.say
	switch {
	case h.phase == starting || h.phase == finishing || h.phase == loading:
		return app.Footer().Hidden(true)
	case h.installable:
		return app.Footer().Class("footer").Body(
			app.Button().ID("btn-install").Type("button").Class("quiet-button").Body(words.Of(say.Install)).
				OnClick(func(ctx app.Context, _ app.Event) { ctx.ShowAppInstallPrompt() }),
		)
	case browser.HomeScreen():
		return app.Footer().Class("footer").Body(app.P().Class("quiet").Body(words.Of(say.InstallByHand)))
	}
	return app.Footer().Hidden(true)
}

// failureNotice says what went wrong, what to do next, and, on demand, the
// technical detail.
func (h *Home) failureNotice() app.UI {
	if h.failed == nil {
		return app.Div().Hidden(true)
	}
	say, f := h.parts.say, h.failed
	return app.Div().Class("notice notice-bad").Body(
		app.P().Attr("role", "alert").Body(words.Of(f.sentence)),
		app.Div().Class("notice-actions").Body(
			app.If(f.signIn, func() app.UI {
				return app.Button().Type("button").Class("button").Body(words.Of(say.SignInAgain)).OnClick(h.onSignIn)
			}).ElseIf(f.elsewhere != nil, func() app.UI {
				return app.Button().Type("button").Class("button").
					Body(words.Of(words.Fill(say.SignInTo, "account", f.elsewhere.label()))).OnClick(h.onSignInTo)
			}).ElseIf(f.retry != nil, func() app.UI {
				return app.Button().Type("button").Class("button").Body(words.Of(say.TryAgain)).OnClick(h.onRetry)
			}),
			app.If(f.left != nil, func() app.UI {
				return app.Button().Type("button").Class("quiet-button").Body(words.Of(say.SaveLeftover)).OnClick(h.saveLeftover)
			}),
			app.Button().Type("button").Class("quiet-button").Body(words.Of(say.Dismiss)).OnClick(h.dismiss),
		),
		&details{Say: &h.parts.say, Detail: f.detail},
	)
}

func (h *Home) onSignIn(app.Context, app.Event) { h.startLogin() }

func (h *Home) onSignInTo(app.Context, app.Event) {
	if h.failed != nil && h.failed.elsewhere != nil && !h.busy {
		h.signInTo(*h.failed.elsewhere)
	}
}

func (h *Home) onLinkAgain(app.Context, app.Event) {
	if h.again != nil && !h.busy {
		h.linkTo(*h.again)
	}
}

func (h *Home) onRetry(app.Context, app.Event) {
	if h.failed != nil && h.failed.retry != nil && !h.busy {
		h.failed.retry()
	}
}

func (h *Home) dismiss(app.Context, app.Event) { h.failed = nil }

// Broken is the page of an app that cannot start.
type Broken struct {
	app.Compo
	sentence, detail string
}

// NewBroken makes the page for the reason why the app cannot start.
func NewBroken(err error) *Broken {
	say := text.For(browser.Language(), text.Languages())
	b := &Broken{sentence: say.Failures.Configuration, detail: err.Error()}
	if errors.Is(err, platform.ErrNetwork) || errors.Is(err, context.DeadlineExceeded) {
		b.sentence = say.Failures.NoAnswer
	}
	return b
}

// OnMount tells the boot script that the page is there.
func (b *Broken) OnMount(app.Context) { browser.Ready() }

// Render draws the page.
func (b *Broken) Render() app.UI {
	say := text.For(browser.Language(), text.Languages())
	return app.Div().Class("page").Body(
		app.Main().Class("column").ID("main").Body(
			app.Div().Class("notice notice-bad").Body(
				app.P().Attr("role", "alert").Body(words.Of(b.sentence)),
				app.Div().Class("notice-actions").Body(
					app.Button().Type("button").Class("button").Body(words.Of(say.TryAgain)).
						OnClick(func(app.Context, app.Event) { browser.Update() }), // a new version may read it
				),
				&details{Say: &say, Detail: b.detail},
			),
		),
	)
}
