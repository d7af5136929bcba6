package ui

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"twinlock/app/browser"
	"twinlock/app/text"
	"twinlock/app/words"
)

// Broken is the page that is shown if the program cannot start.
type Broken struct {
	app.Compo
	say              *text.Catalogue
	sentence, detail string
}

// NewBroken makes the page for an error, which is the reason, in the catalogue's language. One
// without a sentence of its own is a configuration that is wrong.
func NewBroken(err error, say *text.Catalogue) *Broken {
	b := &Broken{say: say, sentence: say.Of(text.Configuration), detail: err.Error()}
	if key := failureKey(err, false); key != text.Unknown {
		b.sentence = say.Of(key)
	}
	return b
}

// OnMount tells the boot script that the page is there.
func (b *Broken) OnMount(app.Context) { browser.Ready() }

// Render draws the page.
func (b *Broken) Render() app.UI {
	say := b.say
	return app.Div().Class("page").ID("twinlock").Body(
		app.Main().Class("column").ID("main").Body(
			app.Div().Class("notice notice-bad").Body(
				app.P().Attr("role", "alert").Body(words.Of(b.sentence)),
				app.Div().Class("notice-actions").Body(
					app.Button().Type("button").Class("button").Body(words.Of(say.Of(text.TryAgain))).
						OnClick(func(app.Context, app.Event) { browser.Update() }), // a new version may be able to start
				),
				&details{Say: say, Detail: b.detail},
			),
		),
	)
}
