package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

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

// The history lists what was done, can be saved, outlasts a sign-out, and is shown to
// nobody else.
func TestHistory(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{history: config.KeepHistory})
	p := s.open("/")
	begun := time.Now().Add(-time.Minute)
	p.signIn(ada)
	p.activity()
	p.see(".history", say.Of(text.HistoryEmpty))

	p.startLink(mallory)
	p.alert("")
	p.link(lovelace)
	p.click(".unlink-account")
	p.click("#btn-confirm")
	p.linked()
	want := []string{
		text.Fill(say.Of(text.HistoryUnlinked), "account", lovelace),
		text.Fill(say.Of(text.HistoryLinked), "account", lovelace),
		text.Fill(say.Of(text.HistoryRefused), "account", mallory,
			"reason", unverified(mallory)),
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
	var exported struct {
		Account string           `json:"account"`
		Entries []map[string]any `json:"entries"`
	}
	if err := json.Unmarshal(p.download("history.json", ".history .quiet-button"), &exported); err != nil {
		t.Fatal(err)
	}
	if exported.Account != adaID || len(exported.Entries) != len(want) || exported.Entries[0]["kind"] != "unlinked" {
		t.Errorf("saved: %+v", exported)
	}

	t.Log("nobody else sees it")
	p.signOut()
	p.keepsOnly("history", "key")
	p.signIn(charles)
	p.activity()
	p.see(".history", say.Of(text.HistoryEmpty))
	p.signOut()
	p.signIn(ada)
	p.activity(want...)
}

// The history shows times as the clock did. Where the clock has another zone by now, the
// zone of then is named.
func TestHistoryNamesItsZone(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{})
	p := s.blank()
	live := func(zone string) {
		t.Helper()
		p.call("live in "+zone, func(ctx context.Context) error {
			_, err := chromedp.Call(ctx, emulation.SetTimezoneOverride, emulation.SetTimezoneOverrideParams{TimezoneID: zone})
			return err
		})
	}
	live("Asia/Kolkata")
	p.visit(s.site + "/")
	p.started()
	p.signIn(ada)
	p.link(lovelace)
	shown := func(zone string) {
		t.Helper()
		p.activity(text.Fill(say.Of(text.HistoryLinked), "account", lovelace))
		at := evaluate[time.Time](p, `document.querySelector("#history time").dateTime`)
		clock := at.In(time.FixedZone("", 5*3600+1800)).Format("3:04")
		got := strings.ReplaceAll(p.text("#history time"), "\u202f", " ")
		named := strings.Contains(got, "UTC")
		if !strings.Contains(got, " "+clock+" ") || named != (zone != "") || !strings.HasSuffix(got, zone) {
			t.Errorf("%s is shown as %q, want %s %s", at, got, clock, zone)
		}
	}
	shown("")
	live("America/Argentina/Buenos_Aires")
	p.reload()
	shown("(UTC+5:30)")
	live("Asia/Kolkata")
	p.reload()
	shown("")
}

// A history that is to be wiped does not outlast a sign-out.
func TestHistoryIsWiped(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{history: config.WipeHistory})
	p := s.open("/")
	p.signIn(ada)
	p.link(lovelace)
	if got := p.vault(); !slices.Contains(got, "history") || !slices.Contains(got, "session") {
		t.Errorf("before, the vault has %v", got)
	}
	p.signOut()
	p.keepsOnly()
	p.signIn(ada)
	p.activity()
	p.see(".history", say.Of(text.HistoryEmpty))
}

// keepsOnly checks what signing out has left sealed on the device.
func (p *page) keepsOnly(want ...string) {
	p.t.Helper()
	if got := p.vault(); !slices.Equal(got, want) {
		p.t.Errorf("the vault has %q, want %q", got, want)
	}
}
