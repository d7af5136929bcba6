package flow

import (
	"testing"
	"time"

	"twinlock/app/oidc"
)

// skews are how far a device's clock can be ahead of the tenant's.
var skews = []time.Duration{
	0, 2 * time.Minute, 10 * time.Minute, 20 * time.Hour, -2 * time.Minute, -10 * time.Minute, -20 * time.Hour,
}

// linkAndUnlink links an account, after a proof if one is asked for, and unlinks it.
func (w *world) linkAndUnlink(tab *tab) (proven bool) {
	w.t.Helper()
	tab.press("link")
	if tab.dialog == Proof {
		proven = true
		tab.login(ada, nil)
	}
	tab.login(lovelace, nil)
	tab.press("confirm")
	tab.told(Linked, nil, NoNext)
	w.holds(ada, ada, lovelace)
	tab.press("unlink")
	tab.press("confirm")
	tab.told(Unlinked, nil, SignOutToo)
	w.holds(ada, ada)
	return proven
}

// Attack case 44: however far the device's clock is off, a person can sign in, link and
// unlink, without proving anything twice.
func TestClockSkew(t *testing.T) {
	for _, ahead := range skews {
		t.Run(ahead.String(), func(t *testing.T) {
			w := newWorld(t, 1)
			w.put(ahead)
			tab := w.open()
			tab.press("sign in")
			tab.login(ada, nil)
			w.now = w.now.Add(proofAge - time.Minute)
			tab.load("", false)
			w.rest()
			if w.linkAndUnlink(tab) {
				t.Error("a proof is asked for that is there")
			}
			w.now = w.now.Add(2 * time.Minute)
			tab.load("", false)
			w.rest()
			tab.press("link")
			if tab.dialog != Proof {
				t.Errorf("no proof is asked for in %s", sketch(tab.drawn))
			}
		})
	}
}

// Attack case 44: the clock is put right while the page is open, or while the person is at
// the tenant. At most they prove once more who they are.
func TestClockIsPutRight(t *testing.T) {
	for _, ahead := range skews {
		t.Run(ahead.String(), func(t *testing.T) {
			begin := func() (*world, *tab) {
				w := newWorld(t, 1)
				w.put(ahead)
				tab := w.open()
				tab.press("sign in")
				tab.login(ada, nil)
				return w, tab
			}
			t.Run("open", func(t *testing.T) {
				w, tab := begin()
				w.put(-ahead)
				w.linkAndUnlink(tab)
			})
			t.Run("loaded anew", func(t *testing.T) {
				w, tab := begin()
				w.put(-ahead)
				tab.load("", false)
				w.rest()
				w.linkAndUnlink(tab)
			})
			t.Run("at the tenant", func(t *testing.T) {
				w, tab := begin()
				tab.press("link")
				tab.choose(false)
				w.put(-ahead)
				tab.login(lovelace, nil)
				tab.press("confirm")
				tab.told(Linked, nil, NoNext)
				w.holds(ada, ada, lovelace)
			})
		})
	}
}

// Attack case 44: somebody walks up to an open page and puts the clock back to when the
// person was there. The proof stays as old as it is.
func TestClockIsPutBack(t *testing.T) {
	const later = time.Hour
	t.Run("before an unlink", func(t *testing.T) {
		w, tab := signedIn(t, ada)
		tab.link(lovelace)
		tab.press("confirm")
		w.now = w.now.Add(later)
		w.put(-later)
		tab.press("unlink")
		tab.press("confirm")
		if tab.dialog != Proof || w.sent("unlink") != 0 {
			t.Errorf("%s, sent %v", sketch(tab.drawn), w.asked)
		}
		w.holds(ada, ada, lovelace)
	})
	t.Run("before a link", func(t *testing.T) {
		w, tab := signedIn(t, ada)
		w.now = w.now.Add(later)
		w.put(-later)
		tab.press("link")
		if tab.dialog != Proof {
			t.Errorf("%s", sketch(tab.drawn))
		}
	})
	t.Run("at the question", func(t *testing.T) {
		w, tab := signedIn(t, ada)
		tab.link(lovelace)
		w.now = w.now.Add(later)
		w.put(-later)
		tab.press("confirm")
		tab.told(Failed, oidc.ErrAuthTime, LinkAgain)
		w.holds(ada, ada)
	})
	// A page that is loaded anew has nothing to compare the clock with, until the second
	// login.
	t.Run("loaded anew, before a link", func(t *testing.T) {
		w, tab := signedIn(t, ada)
		w.now = w.now.Add(later)
		w.put(-later)
		tab.load("", false)
		w.rest()
		tab.link(lovelace)
		tab.press("confirm")
		tab.told(Failed, oidc.ErrAuthTime, LinkAgain)
		w.holds(ada, ada)
	})
}
