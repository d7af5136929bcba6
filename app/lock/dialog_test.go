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
		c := Connection{Name: fmt.Sprint("corp-", i), Label: fmt.Sprint("Corp ", i)}
		o.AllowedConnections = append(o.AllowedConnections, c)
	}
	l := New(clientID, issuer, o)
	t.Cleanup(l.Close)
	return l
}

// TestKeysDrawNothing presses a key in a dialog: nothing is drawn again, however many
// connections there are.
func TestKeysDrawNothing(t *testing.T) {
	engine, c := app.NewTestEngine(), &canvas{dialog: &dialog{Lock: many(t, 50)}}
	if err := engine.Load(c); err != nil {
		t.Fatal(err)
	}
	engine.ConsumeAll()
	if c.pressed != 1 || c.drawn != 1 {
		t.Errorf("after %d keys it has been drawn %d times", c.pressed, c.drawn)
	}
}

// canvas draws a dialog, and presses a key in it.
type canvas struct {
	app.Compo
	dialog         *dialog
	pressed, drawn int
}

func (c *canvas) Render() app.UI {
	c.drawn++
	return c.dialog.Render()
}

// OnPreRender is called natively where a browser would call OnMount.
func (c *canvas) OnPreRender(ctx app.Context) {
	c.pressed++
	c.dialog.onKeyDown(ctx, app.Event{Value: app.Null()})
}

// TestFilter: many connections come with a field to find one, which has a label and a live
// region, and the sentences for the boot script. All connections are there all the same.
func TestFilter(t *testing.T) {
	for _, count := range []int{filterFrom - 1, filterFrom, 200} {
		drawn := app.HTMLString((&dialog{Lock: many(t, count)}).Render())
		if n := strings.Count(drawn, "data-connection="); n != count {
			t.Errorf("%d of %d connections are drawn", n, count)
		}
		for _, part := range []string{
			`for="lock-login-filter"`, `id="lock-login-filter"`, `role="status"`,
			`data-found="{count} of {total}"`, `data-none=`,
		} {
			if got, want := strings.Contains(drawn, part), count >= filterFrom; got != want {
				t.Errorf("%d connections: %s is there: %t, want %t", count, part, got, want)
			}
		}
	}
}
