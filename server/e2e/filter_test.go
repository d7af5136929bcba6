package e2e

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"twinlock/app/config"
	"twinlock/app/text"
	"twinlock/server/tenant"
)

// offers waits until the open lock shows so many of its connections, and says so.
func (p *page) offers(count int, sentence string) {
	p.t.Helper()
	p.wait(fmt.Sprintf("%d connections", count), js(visible+`.length === %v`, "[role=dialog] [data-connection]", count))
	p.wait("the status says "+sentence,
		js(`document.querySelector("dialog[open] .lock-filter [role=status]").textContent === %s`, sentence))
}

// A lock with many connections has a field to find one: before the program is there, and
// after, with what was written before. It says how many are left.
func TestManyConnections(t *testing.T) {
	t.Parallel()
	const total = 50
	g := newGate(t, "/web/app.")
	s := newStage(t, setup{front: g.front, configure: func(c *config.Config) {
		google := c.Connections[1]
		c.Connections = []config.Connection{{Name: tenant.Database}}
		for i := range total - 2 {
			c.Connections = append(c.Connections, config.Connection{
				Name: fmt.Sprintf("corp-%d", i), Label: fmt.Sprintf("Société %02d", i), Strategy: "samlp",
			})
		}
		c.Connections = append(c.Connections, google)
	}})
	found := func(count int) string {
		return text.Fill(say.Of(text.Found), "count", strconv.Itoa(count), "total", strconv.Itoa(total))
	}
	p := s.blank()
	p.visit(s.site + "/")
	p.click("#btn-login")
	p.hears("#lock-login")
	p.offers(total, "")
	p.wantThing(thing{"textbox", say.Of(text.Filter)})
	p.write(".lock-filter input", "SOCIETE 1")
	p.offers(10, found(10))

	t.Log("the program takes over")
	g.lift()
	p.started()
	p.appear("[role=dialog]")
	p.offers(10, found(10))
	p.wait("the field still has the focus", `document.activeElement?.matches("dialog[open] .lock-filter input")`)
	p.key("9")
	p.offers(1, found(1))
	p.dialogKeepsFocus("#lock-login")
	p.click(".lock-filter input")
	p.key(kb.End)
	p.key("x")
	p.offers(0, say.Of(text.NotFound))

	t.Log("it is empty when the dialog opens again")
	p.key(kb.Escape)
	p.vanish("[role=dialog]")
	p.click("#btn-login")
	p.hears("#lock-login")
	p.offers(total, "")
	p.write(".lock-filter input", "goo")
	p.offers(1, found(1))
	p.login(lovelace)
	p.profileOf(lovelace)

	t.Log("the other lock has it too")
	p.click("#btn-link-account")
	p.write("[role=dialog] .lock-filter input", "mail")
	p.offers(1, found(1))
	p.login(ada)
	p.click("#btn-confirm")
	p.linked(ada)
}

// A lock with few connections has no field.
func TestFewConnections(t *testing.T) {
	t.Parallel()
	p := newStage(t, setup{}).open("/")
	p.click("#btn-login")
	p.hears("#lock-login")
	if n := p.count(".lock-filter"); n != 0 {
		t.Errorf("there are %d fields", n)
	}
}
