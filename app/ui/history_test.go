package ui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"twinlock/app/history"
	"twinlock/app/management"
)

// TestLongHistoryCostsNothing draws the page again after a change that is not the
// history's, as a press is, and compares what that allocates: the entries are not drawn
// again, however many there are.
func TestLongHistoryCostsNothing(t *testing.T) {
	p := parts(t)
	cost := func(entries int) float64 {
		v := view{parts: p, say: p.say}
		showing(management.User{ID: "auth0|1"})(&v.state)
		for i := range entries {
			v.state.History = append(v.state.History, history.Entry{
				Time: time.Unix(int64(i), 0), Kind: history.Linked, Account: fmt.Sprintf("%d@example.com", i),
			})
		}
		engine, version := app.NewTestEngine(), 0
		draw := func() {
			version++
			if err := engine.Load(&canvas{View: &v, Version: version}); err != nil {
				t.Fatal(err)
			}
		}
		draw()
		return testing.AllocsPerRun(10, draw)
	}
	if few, many := cost(1), cost(200); few == 0 || many > few*1.1 {
		t.Errorf("the page allocates %.0f times with one entry, and %.0f times with 200", few, many)
	}
}

// canvas is a page without a flow. It is drawn again when its version changes.
type canvas struct {
	app.Compo
	View    *view
	Version int
}

func (c *canvas) Render() app.UI { return c.View.page() }

// TestClockTime: a time is shown as the clock showed it, and the clock's zone is named where
// it is not the one of now, which natively is UTC.
func TestClockTime(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	minutes := func(n int) *int { return &n }
	for _, tt := range []struct {
		ahead *int
		want  string
	}{
		{nil, "2026-01-02 03:04:05"}, // of an earlier program
		{minutes(0), "2026-01-02 03:04:05"},
		{minutes(60), "2026-01-02 04:04:05 (UTC+1)"},
		{minutes(-210), "2026-01-01 23:34:05 (UTC−3:30)"},
	} {
		if got := clockTime(history.Entry{Time: at, Ahead: tt.ahead}, "en"); got != tt.want {
			t.Errorf("got %s, want %s", got, tt.want)
		}
	}
	if got := zone(0); got != "UTC" {
		t.Errorf("zone(0) = %s", got)
	}
}

// A line says which way to sign in it is about.
func TestHistoryNamesTheConnection(t *testing.T) {
	p := parts(t)
	list := &historyList{Say: p.say, Connections: p.connections}
	name := p.connections[0].Name
	for connection, want := range map[string]string{name: p.connections[0].Label, "gone": "gone", "": ""} {
		drawn := app.HTMLString(list.entry(history.Entry{Time: time.Unix(1, 0), Kind: history.Linked, Account: "ada@x", Connection: connection}))
		if !strings.Contains(drawn, want) || want == "" && strings.Count(drawn, "quiet") != 1 {
			t.Errorf("%q: %s", connection, drawn)
		}
	}
}
