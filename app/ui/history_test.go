package ui

import (
	"fmt"
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
