package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"twinlock/app/text"
)

// watchShifts notes what moves on a page by itself: the entries of the Layout Instability
// API without those that follow a press, which has to change something.
const watchShifts = `{
	window.shifts = [];
	const name = (n) => n?.nodeType === 1 ? n.tagName + "." + n.className + "#" + n.id : n?.nodeName;
	new PerformanceObserver((list) => {
		for (const e of list.getEntries())
			if (!e.hadRecentInput) shifts.push({value: e.value, what: e.sources.map((s) => name(s.node) + " from " + s.previousRect.y + " to " + s.currentRect.y).join(", ")});
	}).observe({type: "layout-shift", buffered: true});
}`

// maxShift is the sum of the shifts that a page may have.
const maxShift = 0.01

// still checks that nothing has moved on the page so far.
func (p *page) still(where string) {
	p.t.Helper()
	type shift struct {
		Value float64
		What  string
	}
	sum, what := 0.0, []string{}
	for _, s := range evaluate[[]shift](p, `window.shifts`) {
		sum += s.Value
		what = append(what, fmt.Sprintf("%.4f %s", s.Value, s.What))
	}
	p.t.Logf("%s: %.4f", where, sum)
	if sum > maxShift {
		p.t.Errorf("%s: shifts of %.4f, at most %.2f is fine:\n%s", where, sum, maxShift, strings.Join(what, "\n"))
	}
}

// Nothing jumps: what is drawn stays where it is while more comes.
func TestNothingJumps(t *testing.T) {
	t.Parallel()
	for _, size := range cases(1, []screen{phone, desktop}) {
		t.Run(size.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, setup{})
			p := s.blank()
			p.needsChromium("layout shifts")
			p.inject(onSite(watchShifts))
			p.resize(size)
			p.visit(s.site + "/")
			p.started()
			p.still("signed out")
			p.signIn(ada)
			p.still("back from signing in")
			p.reload()
			p.profileOf(ada)
			p.still("reloaded")
			p.startLink(lovelace)
			p.appear("#btn-confirm")
			p.still("back from the second login")
			p.click("#btn-confirm")
			p.linked(lovelace)
			p.still("linked")
			p.click(".unlink-account")
			p.hears("#confirm")
			p.click("#btn-confirm")
			p.linked()
			p.see("[role=status]", text.Fill(say.Of(text.Unlinked), "account", lovelace))
			p.still("unlinked")
			slowly := func(method, path string) {
				s.fault(fault{Method: method, Path: "/api/v2/users/" + path, DelayMS: 1500, Times: 1})
			}
			slowly("POST", "*/identities")
			p.startLink(lovelace)
			p.click("#btn-confirm")
			p.linked(lovelace)
			p.see("[role=status]", text.Fill(say.Of(text.Linked), "second", lovelace))
			p.still("linked, slowly")
			slowly("DELETE", "*/identities/*/*")
			p.click(".unlink-account")
			p.click("#btn-confirm")
			p.linked()
			p.see("[role=status]", text.Fill(say.Of(text.Unlinked), "account", lovelace))
			p.still("unlinked, slowly")
			s.fault(fault{Method: "GET", Path: "/api/v2/users/*", DelayMS: int(2 * time.Second / time.Millisecond), Times: 1})
			p.reload()
			p.profileOf(ada)
			p.still("reloaded, slowly")
			p.signOut()
			p.still("signed out again")
		})
	}
}
