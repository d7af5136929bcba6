package ui

import (
	"strconv"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"twinlock/app/text"
	"twinlock/app/words"
)

// countdown draws how many seconds are left, which become fewer. Screen readers do not read
// it: they would each second.
type countdown struct {
	app.Compo
	// Say has the words.
	Say *text.Catalogue
	// From is how many seconds there are at first.
	From int

	left  int
	timer *time.Timer
}

// CompoID makes another wait begin anew.
func (c *countdown) CompoID() string { return strconv.Itoa(c.From) }

// OnMount begins to count.
func (c *countdown) OnMount(ctx app.Context) {
	c.left = c.From
	c.count(ctx)
}

// OnDismount ends it.
func (c *countdown) OnDismount() { c.timer.Stop() }

func (c *countdown) count(ctx app.Context) {
	c.timer = time.AfterFunc(time.Second, func() {
		ctx.Dispatch(func(ctx app.Context) {
			if c.left > 1 {
				c.left--
				c.count(ctx)
			}
		})
	})
}

// Render draws the sentence.
func (c *countdown) Render() app.UI {
	left := c.left
	if left == 0 { // before it is mounted
		left = c.From
	}
	return app.P().Attr("aria-hidden", "true").Body(words.Of(plural(c.Say, text.Waiting, "seconds", left)))
}
