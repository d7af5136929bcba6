package e2e

import (
	"flag"
	"net/http"
	"os"
	"strings"
	"testing"

	"twinlock/app/config"
	"twinlock/app/text"
	"twinlock/server/tenant"
)

// axe is axe-core's file.
var axe = flag.String("axe", "", "the axe.min.js that TestAxe looks at the pages with; it is left out without one")

// TestAxe has axe-core look at each page, dialog and state: it finds nothing.
func TestAxe(t *testing.T) {
	if *axe == "" {
		t.Skip("needs -axe: make test-a11y")
	}
	source, err := os.ReadFile(*axe)
	if err != nil {
		t.Fatal(err)
	}
	t.Run("finds what is wrong", func(t *testing.T) {
		p := newStage(t, setup{}).open("/")
		evaluate[bool](p, `document.querySelector("main").append(document.createElement("button")), true`)
		if found := p.findings(string(source)); len(found) != 1 || found[0].Rule != "button-name" {
			t.Errorf("for a button without a name there is %v", found)
		}
	})
	for _, scheme := range []string{"light", "dark"} {
		for _, size := range []screen{narrow, desktop} {
			t.Run(size.name+"-"+scheme, func(t *testing.T) {
				t.Parallel()
				v, w, gap := &versions{}, &wire{}, &gap{path: "/web/app."}
				s := newStage(t, setup{
					front:  func(next http.Handler) http.Handler { return w.carry(gap.front(v.front(next))) },
					around: w.carry, configure: ruled,
				})
				person := func() (*page, func(name string)) {
					p := s.blank()
					p.resize(size)
					p.colours(scheme)
					return p, func(name string) { p.audit(name, string(source)) }
				}
				p, look := person()
				p.visit(s.site + "/")
				p.started()
				p.tour(look)
				p.rest(v, w, look)
				p, look = person()
				p.troubles.expect(failed, "Failed to fetch", "ERR_")
				gap.open.Store(true)
				p.visit(s.site + "/")
				p.alert("could not be loaded")
				look("not started")
			})
		}
	}
}

// ruled has an application that sends people here, a connection that is not linked, and a second
// language.
func ruled(c *config.Config) {
	c.ReturnURLs = []config.Link{{Label: "Acme Shop", URL: "/home"}}
	c.Languages = []string{"en", "de"}
	for i := range c.Connections {
		if one := &c.Connections[i]; one.Name == tenant.Facebook {
			one.Link, one.Reason = config.LinkNo, []config.Sentence{{Words: "Facebook is for the shop alone. Ask eva@acme.example."}}
		}
	}
}

// rest shows the states that the tour does not come by.
func (p *page) rest(v *versions, w *wire, look func(name string)) {
	p.t.Helper()
	s := p.stage
	p.troubles.expect("net::ERR", "status of 404", "Failed to fetch")
	p.click(".history summary")
	p.wait("the history is open", `document.querySelector(".history[open]")`)
	look("history")

	p.kept()
	v.deploy(p.t, s, "next")
	evaluateAsync[bool](p, `(async () => { await (await navigator.serviceWorker.ready).update(); return true; })()`)
	p.appear("#update")
	look("update")

	p.visit(s.site + addressOf("link", connectionOf(lovelace), "return_to", "/home"))
	p.started()
	p.appear("#btn-referral:enabled")
	look("referred by an application")
	p.click("#btn-link-account")
	p.appear("#lock-linking .why")
	look("a connection that cannot be linked")

	p.cutOff(w, true)
	p.visit(s.site + "/")
	p.started()
	p.appear("#as-of")
	look("offline")
	p.click("#btn-link-account")
	p.alert(say.Of(text.Offline))
	look("refused offline")
	p.cutOff(w, false)

	p.visit(s.site + "/no/such/page")
	p.see("h1", "no page")
	look("no such page")
}

// audit reports what axe-core finds in the page as it is.
func (p *page) audit(name, source string) {
	p.t.Helper()
	for _, f := range p.findings(source) {
		p.t.Errorf("%s: %s: %s\n\t%s", name, f.Rule, f.Help, strings.Join(f.Where, "\n\t"))
	}
}

type finding struct {
	Rule, Help string
	Where      []string
}

func (p *page) findings(source string) []finding {
	p.t.Helper()
	evaluate[bool](p, "window.axe ? true : (() => {"+source+"\nreturn true})()")
	return evaluateAsync[[]finding](p, `axe.run(document, {resultTypes: ["violations"]}).then((found) => found.violations.map((v) =>
		({Rule: v.id, Help: v.help, Where: v.nodes.map((n) => n.html + ": " + n.failureSummary)})))`)
}
