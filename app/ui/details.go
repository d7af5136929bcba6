package ui

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"twinlock/app/browser"
	"twinlock/app/text"
	"twinlock/app/words"
)

// details draws the technical text of a failure, folded, with a button that copies it.
type details struct {
	app.Compo
	// Say has the words. It is exported, as Detail is, so that go-app updates it.
	Say *text.Catalogue
	// Detail is the technical text.
	Detail string

	tried string // the text that was last to be copied
	told  string // what came of it
}

// Render draws the details, folded.
func (d *details) Render() app.UI {
	return app.Details().Class("details").Body(
		app.Summary().Body(words.Of(d.Say.Of(text.Details))),
		app.Pre().Attr("lang", "en").Body(words.Data(d.Detail)),
		app.Button().Type("button").Class("quiet-button").Body(words.Of(d.Say.Of(text.CopyDetails))).OnClick(d.copy),
		app.Div().Attr("aria-live", "polite").Body(
			app.If(d.told != "" && d.tried == d.Detail, func() app.UI {
				return app.P().Attr("role", "status").Body(words.Of(d.told))
			}),
		),
	)
}

func (d *details) copy(ctx app.Context, _ app.Event) {
	detail := d.Detail
	ctx.Async(func() {
		told := d.Say.Of(text.Copied)
		if browser.WriteClipboard(ctx, detail) != nil {
			told = d.Say.Of(text.CopyRefused)
		}
		ctx.Dispatch(func(app.Context) { d.tried, d.told = detail, told })
	})
}
