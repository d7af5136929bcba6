package ui

import (
	"strconv"
	"strings"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"twinlock/app/browser"
	"twinlock/app/history"
	"twinlock/app/text"
	"twinlock/app/words"
)

// activity draws the history: what was linked, unlinked and refused on this device.
func (v *view) activity() app.UI {
	say := v.say
	return app.Details().Class("card history").Body(
		app.Summary().Body(app.H2().Body(words.Of(say.Of(text.History)))),
		app.P().Class("quiet").Body(words.Of(say.Of(text.HistoryBody))),
		app.If(len(v.state.History) == 0, func() app.UI {
			return app.P().Class("empty").Body(words.Of(say.Of(text.HistoryEmpty)))
		}).Else(func() app.UI {
			return app.Div().Body(
				&historyList{Say: say, Connections: v.parts.connections, Entries: v.state.History},
				app.Button().Type("button").Class("quiet-button").Body(words.Of(say.Of(text.HistorySave))).OnClick(v.wishes.saveHistory),
			)
		}),
	)
}

// historyList draws the entries. It is a component because a component is drawn again only
// when its fields change: the list may be long, and the page is drawn at each press.
type historyList struct {
	app.Compo
	// Say has the words. It is exported, as the others are, so that go-app updates it.
	Say *text.Catalogue
	// Connections have the names of the ways to sign in.
	Connections connections
	// Entries are what was done, the newest first.
	Entries []history.Entry
}

// Render draws the entries.
func (h *historyList) Render() app.UI {
	return app.Ol().ID("history").Body(
		app.Range(h.Entries).Slice(func(i int) app.UI { return h.entry(h.Entries[i]) }),
	)
}

// entry draws what was done, when, and the way to sign in that it is about.
func (h *historyList) entry(e history.Entry) app.UI {
	say := h.Say
	sentence := say.Of(historySentences[e.Kind])
	account := shortName(e.Account)
	reason := e.Reason
	if account != "" { // the reason of a refusal names it, too
		reason = strings.ReplaceAll(reason, account, "{account}")
	}
	return app.Li().Body(
		app.Time().DateTime(e.Time.UTC().Format(time.RFC3339)).Class("quiet").
			Body(words.Of(clockTime(e, say.Language))),
		app.Span().Body(words.Of(words.Fill(text.Fill(sentence, "reason", reason), "account", account))),
		app.If(e.Connection != "", func() app.UI {
			return app.Small().Class("quiet").Body(words.Data(h.Connections.find(e.Connection, "").Label))
		}),
	)
}

// clockTime writes the time of an entry as the device's clock showed it. Where that clock
// is not as far ahead of UTC now, because its zone was changed or summer time has begun or
// ended, it adds how far it was then.
func clockTime(e history.Entry, language string) string {
	ahead := browser.AheadOfUTC(e.Time)
	if e.Ahead != nil {
		ahead = *e.Ahead
	}
	shown := browser.FormatClock(e.Time, ahead, language)
	if ahead == browser.AheadOfUTC(time.Now()) {
		return shown
	}
	return shown + " (" + zone(ahead) + ")"
}

// zone names a time zone by the minutes that it is ahead of UTC: "UTC+5:30".
func zone(ahead int) string {
	if ahead == 0 {
		return "UTC"
	}
	sign := "+"
	if ahead < 0 {
		sign, ahead = "−", -ahead
	}
	name := "UTC" + sign + strconv.Itoa(ahead/60)
	if minutes := ahead % 60; minutes != 0 {
		name += ":" + strconv.Itoa(minutes)
	}
	return name
}
