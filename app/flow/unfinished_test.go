package flow

import (
	"testing"
	"time"
)

// Whoever reloads the page at the question, or comes back to it, is told that nothing was
// changed, and can go on.
func TestUnfinishedLink(t *testing.T) {
	reloaded := func(w *world, tab *tab) {
		tab.load("", false)
		w.rest()
		tab.draw()
	}
	asked := func(t *testing.T) (*world, *tab) {
		w, tab := signedIn(t, ada)
		tab.link(lovelace)
		return w, tab
	}
	t.Run("reloaded", func(t *testing.T) {
		w, tab := asked(t)
		reloaded(w, tab)
		tab.told(UnfinishedLink, nil, LinkAgain)
		w.holds(ada, ada)
		tab.press("follow")
		tab.login(lovelace, nil)
		tab.press("confirm")
		tab.told(Linked, nil, NoNext)
		reloaded(w, tab)
		tab.told(NoNotice, nil, NoNext)
	})
	t.Run("told once", func(t *testing.T) {
		w, tab := asked(t)
		reloaded(w, tab)
		reloaded(w, tab)
		tab.told(NoNotice, nil, NoNext)
	})
	t.Run("closed, and opened the next hour", func(t *testing.T) {
		w, tab := asked(t)
		w.kill(tab)
		w.tabs = nil
		w.now = w.now.Add(time.Hour)
		w.open().told(UnfinishedLink, nil, LinkAgain)
	})
	t.Run("open in another tab", func(t *testing.T) {
		w, tab := asked(t)
		w.open().told(NoNotice, nil, NoNext)
		reloaded(w, tab)
		tab.told(UnfinishedLink, nil, LinkAgain)
	})
	t.Run("answered with no", func(t *testing.T) {
		w, tab := asked(t)
		tab.press("cancel")
		reloaded(w, tab)
		tab.told(NoNotice, nil, NoNext)
	})
	t.Run("answered with yes", func(t *testing.T) {
		w, tab := asked(t)
		tab.press("confirm")
		reloaded(w, tab)
		tab.told(NoNotice, nil, NoNext)
		w.holds(ada, ada, lovelace)
	})
	t.Run("linked elsewhere meanwhile", func(t *testing.T) {
		w, tab := asked(t)
		w.users[ada] = []string{ada, lovelace}
		delete(w.users, lovelace)
		reloaded(w, tab)
		tab.told(NoNotice, nil, NoNext)
	})
	t.Run("signed out", func(t *testing.T) {
		w, tab := asked(t)
		tab.flow.SignOut()
		w.rest()
		if w.device.unfinished != nil {
			t.Error("it is kept")
		}
	})
	t.Run("answered at once", func(t *testing.T) { // before it is stored
		w, tab := signedIn(t, ada)
		tab.press("link")
		tab.choose(true)
		result := tab.ended(tab.wants, lovelace, nil)
		w.spawn(tab, func() { tab.flow.LoginEnded(result) })
		for !tab.flow.State().Question.Open() {
			w.advance(w.tasks[0], true)
			for len(tab.queue) > 0 && !tab.flow.State().Question.Open() {
				tab.next()
			}
		}
		tab.flow.Cancel(tab.flow.State().Question.Number)
		w.rest()
		if w.device.unfinished != nil {
			t.Error("it is kept")
		}
	})
}
