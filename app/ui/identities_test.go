package ui

import (
	"slices"
	"testing"
	"time"

	"twinlock/app/flow"
	"twinlock/app/history"
	"twinlock/app/management"
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
