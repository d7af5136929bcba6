package ui

import (
	"maps"
	"slices"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"twinlock/app/browser"
	"twinlock/app/flow"
	"twinlock/app/linking"
	"twinlock/app/text"
	"twinlock/app/words"
)

// How much of an account is shown before a click shows all of it.
const (
	fewRows    = 5  // of a list
	shortValue = 60 // characters
	// wholeValue limits what the click shows, in characters. The tenant stores less.
	wholeValue = 20_000
)

// about draws all that is known of the two accounts of a link, folded.
func (v *view) about(link *flow.LinkQuestion) app.UI {
	p := &link.Plan
	stayName, moveName := v.names().pairNames(p)
	stays, moves := v.roles(link)
	return app.Details().Class("fold").Body(
		app.Summary().Body(words.Of(v.say.Of(text.AboutBoth))),
		app.Div().Class("about-both").Body(
			v.aboutAccount(stays, stayName, &p.Primary, "about-stays"),
			v.aboutAccount(moves, moveName, &p.Secondary, "about-moves"),
		),
	)
}

// aboutAccount draws what is known of one of them besides its name.
func (v *view) aboutAccount(role, name string, a *linking.Account, class string) app.UI {
	facts := v.facts(*a)
	called := shortName(a.Name)
	if called == shorten(a.Email) { // as Auth0 calls who has no other name
		called = ""
	}
	return app.Section().Class("about "+class).Attr("aria-label", role).Body(
		app.P().Class("account-role").Body(words.Of(role)),
		app.Div().Class("person").Body(
			v.avatar(a.Picture, name),
			app.Div().Class("person-text").Body(
				app.P().Body(words.Data(called)),
				app.If(shorten(a.Email) != "", func() app.UI { return app.P().Body(verifiedMark(v.say, v.verified(a))) }),
			),
		),
		app.Ul().Class("account-facts quiet").Body(
			app.Range(facts).Slice(func(i int) app.UI { return app.Li().Body(words.Of(facts[i])) }),
		),
		v.linkedOf(*a),
		v.settingsOf(*a),
	)
}

// facts says what else is known of an account: no e-mail address, when it was made, when it
// was last used.
func (v *view) facts(a linking.Account) []string {
	say := v.say
	var facts []string
	if shorten(a.Email) == "" {
		facts = append(facts, noEmail(say, &a))
	}
	if !a.Created.IsZero() {
		facts = append(facts, text.Fill(say.Of(text.CardCreated), "date", browser.FormatDate(a.Created, say.Language)))
	}
	if !a.LastLogin.IsZero() {
		facts = append(facts, text.Fill(say.Of(text.CardLastSeen), "date", browser.FormatDate(a.LastLogin, say.Language)))
	}
	return facts
}

// linkedOf lists the identities that are linked to an account.
func (v *view) linkedOf(a linking.Account) app.UI {
	rows, labels := make([]app.UI, len(a.Linked)), v.names().labels(&a)[1:]
	for i, identity := range a.Linked {
		connection := v.parts.connections.find(identity.Connection, identity.Provider)
		rows[i] = app.Li().Body(words.Data(connection.Label + ": " + labels[i]))
	}
	return foldedList(v.say, text.LinkedAccounts, len(rows), app.Ul().Class("rows").Body(rows...))
}

// settingsOf lists all of an account's user_metadata.
func (v *view) settingsOf(a linking.Account) app.UI {
	rows := make([]app.UI, 0, len(a.Metadata))
	for _, key := range slices.Sorted(maps.Keys(a.Metadata)) {
		rows = append(rows, app.Li().Body(
			// Two texts: the colon stays behind the key if that is written from right to left.
			app.Span().Class("key").Body(words.Data(v.keyLabel(key)), words.Of(": ")),
			v.settingValue(a.Metadata[key]),
		))
	}
	return foldedList(v.say, text.CardSettings, len(rows), app.Ul().Class("rows").Body(rows...))
}

// settingValue draws a value of the settings: a list as a list, and what is cut or summed up
// with the whole of it one click away.
func (v *view) settingValue(value any) app.UI {
	list, ok := value.([]any)
	if !ok || len(list) == 0 {
		return v.cutValue(value)
	}
	rows := make([]app.UI, len(list))
	for i, element := range list {
		rows[i] = app.Li().Body(v.cutValue(element))
	}
	all := app.Ul().Class("values").Body(rows...)
	if len(rows) <= fewRows {
		return all
	}
	return foldedValue(readable(v.say, value, shortValue), all)
}

// cutValue draws a value on one line, cut if it is long.
func (v *view) cutValue(value any) app.UI {
	short, whole := readable(v.say, value, shortValue), readable(v.say, value, wholeValue)
	if _, is := value.(map[string]any); is {
		whole = asJSON(value, wholeValue)
	}
	if short == whole {
		return words.Data(short)
	}
	return foldedValue(short, app.Span().Class("whole").Body(words.Data(whole)))
}

// foldedList draws a list of n rows below its title and their number, unfolded if it is short.
func foldedList(say *text.Catalogue, key text.Key, n int, list app.UI) app.UI {
	if n == 0 {
		return app.Div().Hidden(true)
	}
	return app.Details().Class("fold").Open(n <= fewRows).Body(
		app.Summary().Body(words.Of(say.Of(key)+" ("+browser.FormatNumber(n, say.Language)+")")),
		list,
	)
}

// foldedValue draws a cut value that a click shows whole.
func foldedValue(short string, whole app.UI) app.UI {
	return app.Details().Class("more").Body(app.Summary().Body(words.Data(short)), whole)
}
