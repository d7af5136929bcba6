package flow

import (
	"testing"
	"time"

	"twinlock/app/linking"
	"twinlock/app/management"
	"twinlock/app/referral"
)

// referred is a world in which an application has sent ada here.
func referred(t *testing.T, r referral.Referral) (*world, *tab) {
	t.Helper()
	w := newWorld(t, 1)
	w.users[ada] = []string{ada, facebook}
	delete(w.users, facebook)
	w.device.session = &held{ada, w.now}
	r.Outcome = referral.Cancelled
	w.refers = &r
	return w, w.open()
}

// became checks what has become of a referral.
func (t *tab) became(want referral.Outcome) {
	t.world.t.Helper()
	if r := t.drawn.Referral; r == nil || r.Outcome != want {
		t.world.t.Errorf("the referral is %+v, want %s", r, want)
	}
}

// What an application asks for begins with a press, as if the person had asked for it
// themselves (attack case 5).
func TestReferral(t *testing.T) {
	google := referral.Referral{Link: "google-oauth2", LoginHint: "lovelace@example.com"}
	t.Run("nothing begins", func(t *testing.T) {
		w, tab := referred(t, google)
		if tab.wants != nil || tab.dialog != "" || tab.drawn.Question.Open() {
			t.Errorf("%+v %q", tab.wants, tab.dialog)
		}
		tab.became(referral.Cancelled)
		w.holds(ada, ada, facebook)
	})
	t.Run("link", func(t *testing.T) {
		w, tab := referred(t, google)
		tab.press("referral")
		if tab.wants == nil || tab.wants.connection != "google-oauth2" || tab.wants.expected != "" {
			t.Fatalf("the login is %+v", tab.wants)
		}
		tab.login(lovelace, nil)
		tab.press("cancel")
		tab.became(referral.Cancelled)
		tab.press("referral")
		tab.login(lovelace, nil)
		tab.press("confirm")
		tab.became(referral.Linked)
		w.holds(ada, ada, facebook, lovelace)
		tab.flow.FollowReferral() // it has been done
		w.rest()
		if tab.wants != nil {
			t.Errorf("a login begins: %+v", tab.wants)
		}
	})
	t.Run("link after a proof", func(t *testing.T) {
		w, tab := referred(t, google)
		w.now = w.now.Add(time.Hour)
		tab.press("referral")
		if tab.dialog != Proof {
			t.Fatalf("the dialog is %q", tab.dialog)
		}
		tab.login(ada, nil)
		tab.login(lovelace, nil)
		tab.press("confirm")
		tab.became(referral.Linked)
	})
	t.Run("link of an account of another connection", func(t *testing.T) {
		w, tab := referred(t, referral.Referral{Link: "facebook"})
		tab.link(lovelace)
		tab.press("confirm")
		tab.became(referral.Cancelled)
		w.holds(ada, ada, facebook, lovelace)
	})
	t.Run("refused", func(t *testing.T) {
		w, tab := referred(t, google)
		w.odd[lovelace] = func(u *management.User) { u.EmailVerified = false }
		tab.press("referral")
		tab.login(lovelace, nil)
		tab.told(Failed, linking.ErrUnverified, LinkAnother)
		tab.became(referral.Refused)
	})
	t.Run("no such connection", func(t *testing.T) {
		w := newWorld(t, 1)
		w.policy.Connections = []string{"auth0", "facebook"}
		w.device.session, w.refers = &held{ada, w.now}, &referral.Referral{Link: "google-oauth2", Outcome: referral.Cancelled}
		tab := w.open()
		tab.became(referral.Refused)
		tab.flow.FollowReferral()
		w.rest()
		if tab.wants != nil || tab.dialog != "" {
			t.Errorf("%+v %q", tab.wants, tab.dialog)
		}
	})
	t.Run("unlink", func(t *testing.T) {
		w, tab := referred(t, referral.Referral{Unlink: facebook})
		tab.press("referral")
		w.holds(ada, ada, facebook)
		tab.press("confirm")
		tab.became(referral.Unlinked)
		w.holds(ada, ada)
	})
	for _, identity := range []string{ada, mary, "facebook", "facebook|"} {
		t.Run("unlink "+identity, func(t *testing.T) {
			w, tab := referred(t, referral.Referral{Unlink: identity})
			tab.became(referral.Refused)
			tab.flow.FollowReferral()
			w.rest()
			tab.draw()
			if tab.drawn.Question.Open() {
				t.Error("something is asked")
			}
			w.holds(ada, ada, facebook)
		})
	}
	t.Run("signed out", func(t *testing.T) {
		_, tab := referred(t, google)
		tab.press("sign out")
		if tab.drawn.Referral != nil {
			t.Errorf("%+v stays", tab.drawn.Referral)
		}
	})
	t.Run("refused to the one before", func(t *testing.T) {
		w, tab := referred(t, google)
		w.odd[lovelace] = func(u *management.User) { u.EmailVerified = false }
		tab.press("referral")
		tab.login(lovelace, nil)
		tab.became(referral.Refused)
		other := w.open()
		other.press("sign out")
		w.rest()
		tab.draw()
		if tab.drawn.SignedIn() {
			t.Fatal("the session goes on")
		}
		tab.became(referral.Cancelled)
	})
	t.Run("a copy does not tell", func(t *testing.T) {
		w, tab := referred(t, referral.Referral{Unlink: lovelace})
		tab.became(referral.Refused)
		w.online = false
		tab.load("", false)
		w.rest()
		tab.draw()
		tab.became(referral.Cancelled)
	})
}
