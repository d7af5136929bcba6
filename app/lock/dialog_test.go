package lock

import (
	"fmt"
	"strings"
	"testing"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// many returns a lock with so many connections.
func many(t *testing.T, count int) *Lock {
	t.Helper()
	var o Options
	for i := range count {
		o.AllowedConnections = append(o.AllowedConnections, Connection{Name: fmt.Sprintf("corp-%d", i), Label: fmt.Sprint("Corp ", i)})
	}
	l := New(clientID, issuer, o)
	t.Cleanup(l.Close)
	return l
}

// TestManyConnectionsCostNothing draws a dialog again after a change that is not the
// connections', as each key in it is, and compares what that allocates: the connections are
// not drawn again, however many there are.
func TestManyConnectionsCostNothing(t *testing.T) {
	cost := func(count int) float64 {
		l, engine, version := many(t, count), app.NewTestEngine(), 0
		draw := func() {
			version++
			if err := engine.Load(&canvas{Lock: l, Version: version}); err != nil {
				t.Fatal(err)
			}
		}
		draw()
		return testing.AllocsPerRun(10, draw)
	}
	if few, most := cost(filterFrom), cost(200); few == 0 || most > few*1.1 {
		t.Errorf("the dialog allocates %.0f times with %d connections, and %.0f times with 200", few, filterFrom, most)
	}
}

// canvas draws a dialog again when its version changes.
type canvas struct {
	app.Compo
	Lock    *Lock
	Version int
}

func (c *canvas) Render() app.UI { return (&dialog{Lock: c.Lock}).Render() }

// TestFilter: many connections come with a field to find one, which has a label and a live
// region, and the sentences for the boot script. All connections are there all the same.
func TestFilter(t *testing.T) {
	for _, count := range []int{filterFrom - 1, filterFrom, 200} {
		drawn := app.HTMLString((&dialog{Lock: many(t, count)}).Render())
		if n := strings.Count(drawn, "data-connection="); n != count {
			t.Errorf("%d of %d connections are drawn", n, count)
		}
		for _, part := range []string{
			`for="lock-login-filter"`, `id="lock-login-filter"`, `role="status"`, `data-found="{count} of {total}"`, `data-none=`,
		} {
			if got, want := strings.Contains(drawn, part), count >= filterFrom; got != want {
				t.Errorf("%d connections: %s is there: %t, want %t", count, part, got, want)
			}
		}
	}
}
