package ui

import (
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"twinlock/app/browser"
	"twinlock/app/inert"
	"twinlock/app/linking"
	"twinlock/app/text"
	"twinlock/app/words"
)

// fields draws the choices about the settings of the account that moves, key by key, below
// a line that counts them.
func (v *view) fields(p linking.Plan) app.UI {
	if len(p.Fields) == 0 {
		return app.Div().Hidden(true)
	}
	return app.Details().Class("fold fields").Body(
		app.Summary().Body(words.Of(v.counted(p))),
		app.P().Class("quiet").Body(words.Of(v.say.Of(text.FieldsBody))),
		app.Range(p.Fields).Slice(func(i int) app.UI { return v.field(p.Fields[i]) }),
	)
}

// counted says how many of the settings are kept and how many are lost, of both accounts.
func (v *view) counted(p linking.Plan) string {
	lost := p.Lost()
	kept := 0
	for i := range p.Fields {
		if p.Fields[i].Choice != linking.KeepPrimary {
			kept++
		}
	}
	return text.Fill(v.say.Of(text.FieldsTitle),
		"kept", plural(v.say, text.FieldsKept, "count", kept),
		"lost", plural(v.say, text.FieldsLost, "count", len(lost.Metadata)+len(lost.Replaced)))
}

// field draws the choice about one key.
func (v *view) field(f linking.Field) app.UI {
	sentences := additionSentences
	if f.Conflict() {
		sentences = choiceSentences
	}
	option := func(c linking.Choice, value string) app.UI {
		return app.Label().Class("option").Body(
			app.Input().Type("radio").Name("field-"+f.Key).Value(string(c)).Checked(f.Choice == c).
				OnChange(func(ctx app.Context, _ app.Event) { v.wishes.choose(ctx, f.Key, c) }, app.EventScope(f.Key, c)),
			app.Span().Body(words.Of(words.Fill(v.say.Of(sentences[c]), "value", value))),
		)
	}
	return &field{Key: f.Key, Body: app.FieldSet().Class("field").Body(
		append([]app.UI{app.Legend().Body(words.Data(v.keyLabel(f.Key)))}, v.options(f, option)...)...,
	)}
}

// options draws what can be chosen about a key.
func (v *view) options(f linking.Field, option func(linking.Choice, string) app.UI) []app.UI {
	if !f.Conflict() {
		return []app.UI{
			option(linking.KeepSecondary, readable(v.say, f.Secondary, choiceValue)),
			option(linking.KeepPrimary, ""),
		}
	}
	ours, theirs := readablePair(v.say, f.Primary, f.Secondary)
	options := []app.UI{option(linking.KeepPrimary, ours), option(linking.KeepSecondary, theirs)}
	if f.Both {
		options = append(options, option(linking.KeepBoth, ours+" + "+theirs))
	}
	return options
}

// field is the element of one key of the settings. Each key has its own: if go-app gave the
// element of one key to another, the browser would uncheck a choice of that name.
type field struct {
	app.Compo
	// Key is the key.
	Key string
	// Body is what is drawn.
	Body app.UI
}

// CompoID tells one key from another.
func (f *field) CompoID() string { return f.Key }

// Render draws the field.
func (f *field) Render() app.UI { return f.Body }

// keyLabel returns what the operator calls a key of the settings, or the key, cut.
func (v *view) keyLabel(key string) string {
	for _, l := range v.parts.config.MetadataLabels {
		if l.Key == key && (l.Language == "" || l.Language == v.say.Language) {
			return inert.Name(l.Label, maxName)
		}
	}
	return shorten(key)
}

// listKeys puts a list of keys of settings into the place "{keys}" of a sentence, and fills the
// others as [words.Fill] does. Each key is cut, so that none hides the others, and is data of
// its own: what stands between them is written as the language is.
func (v *view) listKeys(sentence string, keys []string, keysAndValues ...string) string {
	before, after, found := strings.Cut(sentence, "{keys}")
	if !found {
		return words.Fill(sentence, keysAndValues...)
	}
	labels := make([]string, len(keys))
	for i, key := range keys {
		labels[i] = words.Mark(inert.Name(v.keyLabel(key), 40))
	}
	return words.Fill(before, keysAndValues...) + browser.JoinList(labels, v.say.Language) + words.Fill(after, keysAndValues...)
}
