package e2e

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"twinlock/app/config"
	"twinlock/app/text"
)

// activity waits until the history, which it opens, lists these things and no
// others, the newest first.
func (p *page) activity(want ...string) {
	p.t.Helper()
	p.appear(".history")
	p.wait("the history is open", `(document.querySelector(".history").open = true)`)
	p.wait(fmt.Sprintf("the history lists %q", want), js(`((want) => {
		const found = [...document.querySelectorAll("#history > li > span")].map((e) => e.textContent);
		return JSON.stringify(found) === JSON.stringify(want);
	})(%s)`, append([]string{}, want...)))
}

func TestHistory(t *testing.T) {
	for _, tt := range []struct {
		name, setting string
		outlasts      bool
	}{
		{"kept", config.KeepHistory, true},
		{"wiped", config.WipeHistory, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, setup{configure: func(c *config.Config) { c.History = tt.setting }})
			p := s.open("/")
			begun := time.Now().Add(-time.Minute)
			p.signIn(ada)
			p.activity()
			p.see(".history", say.HistoryEmpty)

			p.startLink(mallory)
			p.alert("")
			p.link(lovelace)
			p.click(".unlink-account")
			p.click("#btn-confirm")
			p.linked()
			want := []string{
				text.Fill(say.Sentences[text.HistoryUnlinked], "account", lovelace),
				text.Fill(say.Sentences[text.HistoryLinked], "account", lovelace),
				text.Fill(say.Sentences[text.HistoryRefused], "account", mallory,
					"reason", strings.ReplaceAll(say.Sentences[text.Unverified], "{account}", mallory)),
			}
			p.activity(want...)
			times := evaluate[[]time.Time](p, `[...document.querySelectorAll("#history time")].map((e) => e.dateTime)`)
			if !slices.IsSortedFunc(times, func(a, b time.Time) int { return b.Compare(a) }) ||
				times[len(times)-1].Before(begun) || times[0].After(time.Now()) {
				t.Errorf("the entries are of %v", times)
			}
			p.keepsNoSecret()
			p.reload()
			p.activity(want...)

			t.Log("it can be saved")
			saved := p.downloads()
			p.click(".history .quiet-button")
			var exported struct {
				Account string           `json:"account"`
				Entries []map[string]any `json:"entries"`
			}
			if err := json.Unmarshal([]byte(saved("history.json")), &exported); err != nil {
				t.Fatal(err)
			}
			if exported.Account != adaID || len(exported.Entries) != len(want) || exported.Entries[0]["kind"] != "unlinked" {
				t.Errorf("saved: %+v", exported)
			}

			t.Log("nobody else sees it")
			p.signOut()
			p.signIn(charles)
			p.activity()
			p.see(".history", say.HistoryEmpty)
			p.signOut()
			p.signIn(ada)
			if tt.outlasts {
				p.activity(want...)
				return
			}
			p.activity()
			p.see(".history", say.HistoryEmpty)
		})
	}
}

// The history goes with the person when they swap which account stays.
func TestHistoryAfterSwap(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{})
	p := s.open("/")
	p.signIn(ada)
	p.link(charles)
	p.click(".unlink-account")
	p.click("#btn-confirm")
	p.linked()
	p.startLink(lovelace)
	p.click("#btn-swap")
	p.see("#btn-confirm", text.Fill(say.ConfirmLink, "first", lovelace, "second", ada))
	p.click("#btn-confirm")
	p.profileOf(lovelace)
	want := []string{
		text.Fill(say.Sentences[text.HistoryLinked], "account", ada),
		text.Fill(say.Sentences[text.HistoryUnlinked], "account", charles),
		text.Fill(say.Sentences[text.HistoryLinked], "account", charles),
	}
	p.activity(want...)
	p.reload()
	p.profileOf(lovelace)
	p.activity(want...)
}
