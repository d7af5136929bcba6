package e2e

import (
	"context"
	"testing"

	"twinlock/app/text"
)

const (
	adaPath = "/api/v2/users/" + adaID
	// adaLinked is what the tenant holds between the two writes of a link.
	adaLinked = adaID + ` + ` + lovelaceID + ` {"phone":"+1","theme":"dark"}`
	// adaMerged is what the tenant holds once a link has taken over what it
	// takes over unless told otherwise.
	adaMerged = adaID + ` + ` + lovelaceID + ` {"newsletter":true,"phone":"+1","theme":"dark"}`
)

// linkedOnce checks that exactly one link has taken effect.
func (s *stage) linkedOnce() {
	s.t.Helper()
	n := 0
	for _, w := range s.writes() {
		if w == "POST "+adaPath+"/identities 201" {
			n++
		}
	}
	if n != 1 {
		s.t.Errorf("%d links took effect: %q", n, s.writes())
	}
}

// Attack case 31: a link whose second half fails says so, loses nothing, and is
// finished at the next visit or on demand.
func TestMergeFails(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		fault fault
		retry bool // by the button instead of a visit
	}{
		{"dropped", fault{Drop: true, Times: -1}, false},
		{"server error", fault{Status: 500, Times: -1}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s, p := confirming(t)
			tt.fault.Method, tt.fault.Path = "PATCH", "/api/v2/users/*"
			s.fault(tt.fault)
			p.click("#btn-confirm")
			p.alert(say.Of(text.Merge))
			s.wantHeld(map[string]string{adaID: adaLinked, lovelaceID: ""})

			// As long as it fails it is said at each visit.
			if !tt.retry {
				p.reload()
				p.alert(say.Of(text.Merge))
				p.linked(lovelace)
			}
			s.control("DELETE", "faults", nil)
			if tt.retry {
				p.click(".notice-bad .button")
			} else {
				p.reload()
			}
			p.see("[role=status]", say.Of(text.ResumeDone))
			p.linked(lovelace)
			p.vanish("[role=alert]")
			s.wantHeld(map[string]string{adaID: adaMerged, lovelaceID: ""})
			s.linkedOnce()

			// It is finished once.
			writes := len(s.writes())
			p.reload()
			p.profileOf(ada)
			p.linked(lovelace)
			if more := s.writes()[writes:]; len(more) > 0 {
				t.Errorf("a finished link asked for %q", more)
			}
		})
	}
}

// untilGone is how long the tenant keeps a page waiting that leaves, in milliseconds.
const untilGone = 10_000

// Attack case 31: the page is gone between the two writes of a link.
func TestPageGoneWhileMerging(t *testing.T) {
	t.Parallel()
	s, p := confirming(t)
	s.fault(fault{Method: "PATCH", Path: "/api/v2/users/*", Drop: true, DelayMS: untilGone, Times: -1})
	p.click("#btn-confirm")
	p.until("the accounts are linked", func(context.Context) (bool, error) {
		return s.asked("POST", adaPath+"/identities", 201) == 1, nil
	})
	p.visit("about:blank")
	s.wantHeld(map[string]string{adaID: adaLinked, lovelaceID: ""})
	s.control("DELETE", "faults", nil)

	p.visit(s.site + "/")
	p.started()
	p.see("[role=status]", say.Of(text.ResumeDone))
	p.linked(lovelace)
	s.wantHeld(map[string]string{adaID: adaMerged, lovelaceID: ""})
	s.linkedOnce()
	p.activity(text.Fill(say.Of(text.HistoryLinked), "account", lovelace))
}

// The link takes effect long after the page has gone. A visit before then does not
// know yet; one after it finishes the link.
func TestLinkIsLate(t *testing.T) {
	t.Parallel()
	s, p := confirming(t)
	same := s.same()
	s.fault(fault{Method: "POST", Path: identities, Drop: true, LateMS: 20_000, Times: -1})
	p.click("#btn-confirm")
	p.until("the link is asked for", func(context.Context) (bool, error) {
		return s.asked("POST", adaPath+"/identities", 0) > 0, nil
	})
	p.visit("about:blank")
	s.control("DELETE", "faults", nil)
	p.visit(s.site + "/")
	p.started()
	p.alert(say.Of(text.Unsettled))
	p.linked()
	same()

	p.until("the accounts are linked", func(context.Context) (bool, error) {
		return s.account(lovelaceID) == nil, nil
	})
	p.pressButton(say.Of(text.TryAgain))
	p.see("[role=status]", say.Of(text.ResumeDone))
	p.vanish("[role=alert]")
	p.linked(lovelace)
	s.wantHeld(map[string]string{adaID: adaMerged, lovelaceID: ""})
}
