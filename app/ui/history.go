package ui

import (
	"context"
	"strings"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"twinlock/app/browser"
	"twinlock/app/history"
	"twinlock/app/text"
	"twinlock/app/words"
)

// note enters into the history what has happened. That it cannot be kept is no
// reason to stop.
func (h *Home) note(ctx context.Context, subject string, kind history.Kind, account, connection string, reason error) {
	e := history.Entry{Kind: kind, Account: account, Connection: connection}
	if reason != nil {
		e.Reason = words.Plain(explain(h.parts.say, reason).sentence)
	}
	h.enter(ctx, subject, e)
}

func (h *Home) enter(ctx context.Context, subject string, e history.Entry) {
	ctx = context.WithoutCancel(ctx)
	_ = h.parts.history.Add(ctx, subject, e)
	entries, _ := h.parts.history.List(ctx, subject)
	h.update(func() { h.history = entries })
}

// activity lists what was linked, unlinked and refused on this device.
func (h *Home) activity() app.UI {
	say := h.parts.say
	return app.Details().Class("card history").Body(
		app.Summary().Body(app.H2().Body(words.Of(say.History))),
		app.P().Class("quiet").Body(words.Of(say.HistoryBody)),
		app.If(len(h.history) == 0, func() app.UI {
			return app.P().Class("empty").Body(words.Of(say.HistoryEmpty))
		}).Else(func() app.UI {
			return app.Div().Body(
				app.Ol().ID("history").Body(
					app.Range(h.history).Slice(func(i int) app.UI { return h.historyEntry(h.history[i]) }),
				),
				app.Button().Type("button").Class("quiet-button").Body(words.Of(say.HistorySave)).OnClick(h.saveHistory),
			)
		}),
	)
}

func (h *Home) historyEntry(e history.Entry) app.UI {
	say := h.parts.say
	sentence := map[history.Kind]string{
		history.Linked:       say.HistoryLinked,
		history.LinkedInPart: say.HistoryInPart,
		history.Unlinked:     say.HistoryUnlinked,
		history.Refused:      say.HistoryRefused,
	}[e.Kind]
	account := shorten(e.Account)
	reason := e.Reason
	if account != "" { // a refusal names it, too
		reason = strings.ReplaceAll(reason, account, "{account}")
	}
	return app.Li().Body(
		app.Time().DateTime(e.Time.UTC().Format(time.RFC3339)).Class("quiet").Body(words.Of(browser.FormatTime(e.Time, say.Language))),
		app.Span().Body(words.Of(words.Fill(text.Fill(sentence, "reason", reason), "account", account))),
	)
}

func (h *Home) saveHistory(ctx app.Context, _ app.Event) {
	ctx.Async(func() {
		if data, err := h.parts.history.Export(ctx, h.parts.session.Subject()); err == nil {
			browser.Download("history.json", "application/json", data)
		}
	})
}
