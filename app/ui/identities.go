package ui

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"twinlock/app/browser"
	"twinlock/app/flow"
	"twinlock/app/history"
	"twinlock/app/inert"
	"twinlock/app/lock"
	"twinlock/app/management"
	"twinlock/app/text"
	"twinlock/app/words"
)

const (
	// noLinkedID is the id of the sentence that says that the list is empty. It describes
	// the list to a screen reader, which does not say that itself.
	noLinkedID = "no-linked"
	// filterFrom is from how many linked accounts on there is a field to find one.
	filterFrom = 8
)

// cuts are how many letters stay at the beginning and at the end of a label that is too long
// for one line of a phone. The second is for what reads alike after the first.
var cuts = [][2]int{{11, 13}, {6, 18}}

// tooLong reports whether a label has more letters than fit on that line.
func tooLong(label string) bool { return inert.Middle(label, 13, 13) != label }

// row is a linked identity as it is drawn.
type row struct {
	identity management.Identity
	// label is what the person knows it by, and short is that on one line.
	label, short string
	// about, since and name stand below the label: the connection, when it was linked on this
	// device, and the name there; each but the first may be "".
	about, since, name string
	// hidden is true if the filter leaves it out.
	hidden bool
}

// linked draws the linked accounts, below the button that links one more.
func (v *view) linked() app.UI {
	say, rows := v.say, v.rows()
	shown := 0
	drawn := make([]app.UI, len(rows))
	primary, _ := v.state.User.Primary()
	for i, r := range rows {
		if !r.hidden {
			shown++
		}
		drawn[i] = v.row(r, primary.Unusable == "")
	}
	list := app.Ul().ID("linked-accounts-list").Class("identities").Attr("aria-labelledby", "linked-heading").Body(drawn...)
	if len(rows) == 0 {
		list = list.Attr("aria-describedby", noLinkedID)
	}
	return app.Div().Class("linked").Body(
		app.H3().ID("linked-heading").Class("list-heading").Body(words.Of(say.Of(text.LinkedAccounts))),
		app.If(len(rows) == 0, func() app.UI {
			return app.P().ID(noLinkedID).Class("empty").Body(words.Of(say.Of(text.NoLinked)))
		}),
		v.unavailable(app.Button().Type("button").ID("btn-link-account").Class("button")).
			Disabled(v.state.Occupied()).Attr("aria-busy", busy(v.state.Work.Kind == flow.Linking || v.state.Wished.Kind == flow.Linking)).
			Body(words.Of(say.Of(text.LinkAccount))).OnClick(v.wishes.link),
		app.If(len(rows) >= filterFrom, func() app.UI { return v.rowFilter(shown, len(rows)) }),
		list,
	)
}

// rowFilter draws the field that finds a linked account, and says how many it has left.
func (v *view) rowFilter(shown, all int) app.UI {
	say, found := v.say, ""
	switch {
	case shown == 0:
		found = say.Of(text.NotFound)
	case shown < all:
		number := func(n int) string { return browser.FormatNumber(n, say.Language) }
		found = text.Fill(say.Form(text.Found, browser.PluralCategory(shown, say.Language)), "count", number(shown), "total", number(all))
	}
	return app.Div().Class("lock-filter row-filter").Body(
		app.Label().Attr("for", "row-filter").Body(words.Of(say.Of(text.FindAccount))),
		app.Input().ID("row-filter").Type("text").Attr("autocomplete", "off").Attr("spellcheck", "false").OnInput(v.find),
		app.P().Class("quiet").Attr("role", "status").Body(words.Of(found)),
	)
}

// rows returns what is drawn of the linked identities.
func (v *view) rows() []row {
	own := v.own()
	labels := v.names().labels(own)[1:]
	short, wanted := cutLabels(labels), inert.Skeleton(v.filter)
	since := linkedSince(v.state.History)
	rows := make([]row, len(own.Linked))
	for i, identity := range own.Linked {
		r := row{identity: identity, label: labels[i], short: short[i]}
		r.about = v.parts.connections.find(identity.Connection, identity.Provider).Label
		if name := shortName(identity.Profile.Name); name != "" && !strings.HasPrefix(r.label, name) {
			r.name = name
		}
		r.hidden = len(labels) >= filterFrom && !strings.Contains(inert.Skeleton(r.label+" "+r.about+" "+r.name), wanted)
		if at := since[history.Entry{Account: r.label, Connection: identity.Connection}]; !at.IsZero() {
			r.since = text.Fill(v.say.Of(text.LinkedOn), "date", browser.FormatDate(at, v.say.Language))
		}
		rows[i] = r
	}
	return rows
}

// cutLabels cuts long labels in their middle. One that would read like another is not cut.
func cutLabels(labels []string) []string {
	short := slices.Clone(labels)
	for _, cut := range cuts {
		times := make(map[string]int)
		tried := make([]string, len(labels))
		for i, label := range labels {
			tried[i] = label
			if tooLong(label) {
				tried[i] = inert.Middle(label, cut[0], cut[1])
			}
			times[inert.Skeleton(tried[i])]++
		}
		for i := range short {
			if short[i] == labels[i] && times[inert.Skeleton(tried[i])] == 1 {
				short[i] = tried[i]
			}
		}
	}
	return short
}

// linkedSince returns when accounts were linked on this device, by their name and connection.
// The history has the newest entry first.
func linkedSince(entries []history.Entry) map[history.Entry]time.Time {
	since := make(map[history.Entry]time.Time)
	for _, e := range slices.Backward(entries) {
		account := history.Entry{Account: e.Account, Connection: e.Connection}
		switch e.Kind {
		case history.Linked:
			since[account] = e.Time
		case history.Unlinked:
			delete(since, account)
		}
	}
	return since
}

// primaryIdentity draws the identity that is the account itself.
func (v *view) primaryIdentity() app.UI {
	primary, ok := v.state.User.Primary()
	if !ok {
		return app.Div()
	}
	say := v.say
	connection := v.parts.connections.find(primary.Connection, primary.Provider)
	return app.Div().Class("identity identity-primary").Body(
		lock.Mark(connection),
		app.Div().Class("identity-text").Body(
			app.P().Class("identity-name").Body(
				words.Data(v.names().accountLabel(v.own(), v.own())),
				app.Span().Class("badge").Body(words.Of(say.Of(text.Primary))),
			),
			app.P().Class("quiet").Body(words.Data(connection.Label)),
			app.P().Class("quiet").Body(words.Of(say.Of(text.PrimaryHint))),
			app.If(primary.Unusable != "", func() app.UI {
				return app.P().Class("quiet unusable").Body(words.Of(say.Of(text.Unusable)))
			}),
		),
	)
}

// row draws a linked identity, with the button that unlinks it or the reason why there is
// none. Where no linked identity can be unlinked, the primary one says why.
func (v *view) row(r row, unlinkable bool) app.UI {
	say, i := v.say, r.identity
	connection := v.parts.connections.find(i.Connection, i.Provider)
	stays := v.parts.rules[i.Connection].NoUnlink
	label := words.Data(r.label)
	if r.short != r.label {
		// A screen reader reads the whole label.
		label = app.Details().Class("more").Body(
			app.Summary().Body(
				app.Span().Class("visually-hidden").Body(words.Data(r.label)),
				app.Span().Attr("aria-hidden", "true").Body(words.Data(r.short)),
			),
			app.Span().Class("whole").Body(words.Data(r.label)),
		)
	}
	return app.Li().Class("identity").Hidden(r.hidden).Body(
		lock.Mark(connection),
		app.Div().Class("identity-text").Body(
			app.Div().Class("identity-name").Body(label),
			app.P().Class("quiet").Body(v.aboutRow(r)...),
			app.If(i.Unusable != "", func() app.UI {
				return app.P().Class("quiet unusable").Body(words.Of(say.Of(unusableSentences[i.Unusable])))
			}),
			app.If(stays, func() app.UI {
				return app.P().Class("quiet").Body(words.Of(v.parts.ruled(text.NoUnlink, i.Connection)))
			}),
		),
		app.If(i.Unusable == "" && unlinkable && !stays, func() app.UI {
			return v.unavailable(app.Button().Type("button").Class("unlink-account quiet-button")).
				Attr("aria-label", text.Fill(say.Of(text.UnlinkLabel), "connection", connection.Label, "account", r.label)).
				Disabled(v.state.Occupied()).Attr("aria-busy", busy(v.state.Work.Identity == i.ID() || v.state.Wished.Identity == i.ID())).
				Body(words.Of(say.Of(text.Unlink))).
				OnClick(func(ctx app.Context, _ app.Event) { v.wishes.unlink(ctx, i) }, app.EventScope(i.Provider, i.UserID))
		}),
	)
}

// aboutRow draws what stands below a label. A phone has two lines for it.
func (v *view) aboutRow(r row) []app.UI {
	var parts []app.UI
	if shorten(r.identity.Profile.Email) != "" {
		parts = append(parts, verifiedMark(v.say, r.identity.Profile.EmailVerified), words.Of(" "))
	}
	parts = append(parts, words.Data(r.about))
	if r.since != "" {
		parts = append(parts, words.Of(" · "), words.Of(r.since))
	}
	if r.name != "" {
		parts = append(parts, words.Of(" · "), words.Data(r.name))
	}
	return parts
}

// unavailable marks a button of what needs a network, as long as there is none. A press says
// so, too.
func (v *view) unavailable(b app.HTMLButton) app.HTMLButton {
	if !v.state.Offline && (v.state.AsOf.IsZero() || v.state.Refreshing()) {
		return b
	}
	return b.Class("unavailable").Attr("aria-disabled", "true").Attr("aria-describedby", asOfID+"-text")
}

// busy is the value of the attribute aria-busy.
func busy(is bool) string { return strconv.FormatBool(is) }
