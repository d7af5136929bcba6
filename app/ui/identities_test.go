package ui

import (
	"slices"
	"strings"
	"testing"
	"time"

	"twinlock/app/config"
	"twinlock/app/flow"
	"twinlock/app/history"
	"twinlock/app/linking"
	"twinlock/app/management"
	"twinlock/app/text"
	"twinlock/app/words"
)

func TestCutLabels(t *testing.T) {
	for _, tt := range []struct{ labels, want []string }{
		{[]string{"ada@example.com"}, []string{"ada@example.com"}},
		{[]string{"ada.lovelace.of.the.society@team.example"}, []string{"ada.lovelac…@team.example"}},
		{[]string{"ééééééééééééééééééééééééééééé"}, []string{"ééééééééééé…ééééééééééééé"}},
		// Cut they would read alike.
		{
			[]string{"ada.lovelace.0.society.of@team.example", "ada.lovelace.1.society.of@team.example"},
			[]string{"ada.lovelace.0.society.of@team.example", "ada.lovelace.1.society.of@team.example"},
		},
		{
			[]string{"ada.lovelace.society.1@team.example", "ada.lovelace.society.11@team.example", "ada.lovelace.society@team.example"},
			[]string{"ada.lo…ety.1@team.example", "ada.lo…ty.11@team.example", "ada.lo…ciety@team.example"},
		},
	} {
		if got := cutLabels(tt.labels); !slices.Equal(got, tt.want) {
			t.Errorf("%q is cut to %q, want %q", tt.labels, got, tt.want)
		}
	}
}

func TestRows(t *testing.T) {
	at := time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC)
	u := management.User{ID: "auth0|9", Email: "ada@x", Identities: []management.Identity{{Provider: "auth0", UserID: "9", Connection: "db"}}}
	for _, id := range []string{"one", "two", "three", "four", "five", "six", "seven"} {
		u.Identities = append(u.Identities, management.Identity{
			Provider: "facebook", UserID: id, Connection: "facebook", Profile: management.Profile{Email: id + "@x"},
		})
	}
	v := view{parts: parts(t), say: say, filter: "One"}
	v.state.User, v.state.Phase = u, flow.Ready
	entry := func(kind history.Kind, account string) history.Entry {
		return history.Entry{Time: at, Kind: kind, Account: account, Connection: "facebook"}
	}
	v.state.History = []history.Entry{ // the newest first
		entry(history.Refused, "three@x"), entry(history.Unlinked, "two@x"), entry(history.Linked, "two@x"), entry(history.Linked, "one@x"),
	}
	for _, r := range v.rows() {
		if (r.since != "") != (r.label == "one@x") {
			t.Errorf("%s says %q", r.label, r.since)
		}
		if r.hidden {
			t.Errorf("%s is left out of a short list", r.label)
		}
	}
	v.state.User.Identities = append(u.Identities, management.Identity{
		Provider: "facebook", UserID: "eight", Connection: "facebook", Profile: management.Profile{Email: "eight@x"},
	})
	for _, r := range v.rows() {
		if r.hidden != (r.label != "one@x") {
			t.Errorf("%s is left out: %t", r.label, r.hidden)
		}
	}
}

// What an operator's rule forbids has its reason in place of the button: the operator's own, in
// the person's language, or the page's.
func TestRulesAreSaid(t *testing.T) {
	p := parts(t)
	p.config.Connections[1].Unlink = config.UnlinkNo
	p.rules = rulesOf(p.config.Connections)
	got := html(t, p, showing(ada()))
	if !strings.Contains(letters(got), letters(say.Of(text.NoUnlink))) || strings.Count(got, "unlink-account") != 1 {
		t.Errorf("%d buttons in %s", strings.Count(got, "unlink-account"), got)
	}
	p.config.Connections[1].Reason = []config.Sentence{{Words: "Fragen Sie Eva.", Language: "de"}, {Words: "Ask Eva."}}
	if got := html(t, p, showing(ada())); !strings.Contains(letters(got), letters("Ask Eva.")) || strings.Contains(letters(got), letters("Fragen")) {
		t.Errorf("the reason is not told in %s", got)
	}
	failed := func(s *flow.State) {
		s.Notice = flow.Notice{Kind: flow.Failed, Err: &linking.RefusedError{
			Reason: linking.ErrNoLink, Account: linking.Account{Connection: p.config.Connections[1].Name}}}
	}
	if got := html(t, p, failed); !strings.Contains(letters(got), letters("Ask Eva.")) {
		t.Errorf("the reason is not told in %s", got)
	}

	// In the dialog that links the button cannot be pressed, in that which signs in it can.
	p.config.Connections[0].Link, p.config.Connections[1].Max = config.LinkNo, 1
	p.rules, p.shown = rulesOf(p.config.Connections), ada().Identities
	for i, want := range []string{say.Of(text.NoLink), "Ask Eva."} {
		name := p.config.Connections[i].Name
		if why := p.unlinkable(string(flow.Second), name); letters(why) != letters(words.Fill(want, "connection", p.config.Connections[i].Label)) {
			t.Errorf("%s: %q, want %q", name, why, want)
		}
		if why := p.unlinkable(string(flow.SignIn), name); why != "" {
			t.Errorf("%s: a sign-in is refused: %s", name, why)
		}
	}
}
