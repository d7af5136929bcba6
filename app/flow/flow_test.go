package flow

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"twinlock/app/history"
	"twinlock/app/linking"
	"twinlock/app/management"
	"twinlock/app/oidc"
	"twinlock/app/platform"
	"twinlock/app/session"
)

// signedIn is a world in which an account is signed in, and a tab of it.
func signedIn(t *testing.T, subject string) (*world, *tab) {
	t.Helper()
	w := newWorld(t, 1)
	w.device.session = &held{subject, w.now}
	return w, w.open()
}

// press presses a button and lets everything come to rest.
func (t *tab) press(name string) {
	t.world.t.Helper()
	t.draw()
	list := buttons(t.drawn)
	at := slices.IndexFunc(list, func(b button) bool { return b.name == name })
	if at < 0 {
		t.world.t.Fatalf("there is no button %q in %s", name, sketch(t.drawn))
	}
	if name == "confirm" {
		t.world.agreed[meaning(t.drawn)] = true
	}
	list[at].press(t.flow)
	t.world.rest()
	t.draw()
}

// login ends the login that is waited for, in a window or after the page has left.
func (t *tab) login(subject string, err error) {
	t.world.t.Helper()
	if t.wants == nil && t.dialog != "" {
		t.choose(true)
	}
	if t.wants == nil {
		t.world.t.Fatalf("no login is waited for in %s", sketch(t.flow.State()))
	}
	t.answer(subject, err)
	t.world.rest()
	t.draw()
}

// link goes as far as the question about the link of an account.
func (t *tab) link(subject string) {
	t.world.t.Helper()
	t.press("link")
	t.login(subject, nil)
	if t.drawn.Question.Link == nil {
		t.world.t.Fatalf("nothing is asked in %s", sketch(t.drawn))
	}
}

// told checks what the person is told, and what they are offered.
func (t *tab) told(kind NoticeKind, err error, next NextKind) {
	t.world.t.Helper()
	n := t.drawn.Notice
	if n.Kind != kind || !errors.Is(n.Err, err) && err != nil || n.Next.Kind != next {
		t.world.t.Errorf("told %d, %v, with %d next; want %d, %v, %d", n.Kind, n.Err, n.Next.Kind, kind, err, next)
	}
}

// holds checks which identities the tenant's users have.
func (w *world) holds(subject string, identities ...string) {
	w.t.Helper()
	if got := w.users[subject]; !slices.Equal(got, identities) {
		w.t.Errorf("%s has %v, want %v", subject, got, identities)
	}
	for _, wrong := range w.wrong {
		w.t.Error(wrong)
	}
}

// sent counts the requests of a kind.
func (w *world) sent(what string) (n int) {
	for _, asked := range w.asked {
		if asked == what || strings.HasPrefix(asked, what+" ") {
			n++
		}
	}
	return n
}

func TestLink(t *testing.T) {
	w, tab := signedIn(t, ada)
	other := w.open()
	tab.link(lovelace)
	q := tab.drawn.Question.Link
	if q.Swapped() || !q.Chosen.Own || q.Reversed != nil || q.Plan.Secondary.Subject != lovelace {
		t.Errorf("asked %+v", q)
	}
	tab.press("confirm")
	tab.told(Linked, nil, NoNext)
	w.holds(ada, ada, lovelace)
	if got := w.meta[ada]; got["theme"] != "dark" || got["newsletter"] != true {
		t.Errorf("settings %v", got)
	}
	if len(w.device.journal) > 0 || len(tab.drawn.History) != 1 {
		t.Errorf("journal %v, history %v", w.device.journal, tab.drawn.History)
	}
	other.draw()
	other.told(UpdatedElsewhere, nil, NoNext)
	if len(other.drawn.User.Identities) != 2 {
		t.Error("the other tab shows the old profile")
	}
}

func TestSwap(t *testing.T) {
	w, tab := signedIn(t, ada)
	other := w.open()
	tab.link(lovelace)
	for range 3 { // there, back and there
		tab.press("swap")
	}
	tab.press("confirm")
	tab.told(Linked, nil, NoNext)
	w.holds(lovelace, lovelace, ada)
	for _, tab := range w.tabs {
		if s := tab.flow.State(); s.User.ID != lovelace || tab.subject() != lovelace {
			t.Errorf("%s: signed in as %s", sketch(s), tab.subject())
		}
	}
	if n := len(w.device.history[lovelace]); n != 1 {
		t.Errorf("%d entries have moved", n)
	}
	other.draw()
}

// If only a reversed link is possible, the question is about that one.
func TestReversedLink(t *testing.T) {
	w, tab := signedIn(t, ada)
	w.users[mary] = []string{mary, facebook}
	delete(w.users, facebook)
	tab.link(facebook) // the tenant says that it is mary's
	q := tab.drawn.Question.Link
	if !errors.Is(q.Reversed, linking.ErrHasLinked) || !q.Swapped() || q.Plan.Primary.Subject != mary ||
		q.Chosen.Linked == nil || q.Chosen.Linked.ID() != facebook {
		t.Errorf("asked %+v", q)
	}
	tab.press("confirm")
	w.holds(mary, mary, facebook, ada)
	w.users[lovelace], w.users[facebook] = []string{lovelace, "google-oauth2|other"}, []string{facebook}
	tab.press("link")
	tab.login(lovelace, nil)
	tab.told(Failed, linking.ErrHasLinked, LinkAnother)
	tab.press("follow")
	if tab.dialog != Second {
		t.Error("no other account can be chosen")
	}
}

// An identity without an id hides neither the profile nor what can be done with the others.
func TestUnusableIdentityBeside(t *testing.T) {
	w, _ := signedIn(t, ada)
	w.users[ada] = []string{"google-oauth2|", ada, facebook}
	delete(w.users, facebook)
	tab := w.open()
	if got := tab.drawn.User.Linked(); len(got) != 2 || got[0].Unusable != management.NoID {
		t.Fatalf("linked are %+v", got)
	}
	tab.link(lovelace)
	tab.press("confirm")
	tab.told(Linked, nil, NoNext)
	w.holds(ada, "google-oauth2|", ada, facebook, lovelace)
}

// Where it is the profile's own, the person is told before the second login that nothing
// can be linked.
func TestUnusablePrimary(t *testing.T) {
	w, _ := signedIn(t, ada)
	w.users[ada] = []string{"auth0|", facebook}
	delete(w.users, facebook)
	tab := w.open()
	if tab.drawn.Phase != Ready || len(tab.drawn.User.Linked()) != 1 {
		t.Fatalf("it shows %+v", tab.drawn)
	}
	tab.press("link")
	tab.told(Failed, linking.ErrUnusable, NoNext)
	w.holds(ada, "auth0|", facebook)
}

func TestChosenOf(t *testing.T) {
	profile := linking.Account{Subject: mary, Connection: "db", Linked: []management.Identity{
		identityOf(facebook),
		{Provider: "oidc", UserID: "1", Connection: "two"},
		{Provider: "oidc", UserID: "2", Connection: "two"},
		{Provider: "oidc", Connection: "nameless", Unusable: management.NoID},
	}}
	for _, tt := range []struct {
		connection string
		own        bool
		linked     string
	}{
		{"db", true, ""}, {"", true, ""}, {"elsewhere", true, ""}, {"facebook", false, facebook}, {"two", false, ""}, {"nameless", false, ""},
	} {
		got := ChosenOf(profile, tt.connection)
		if got.Own != tt.own || (got.Linked != nil) != (tt.linked != "") || got.Linked != nil && got.Linked.ID() != tt.linked {
			t.Errorf("%q: %+v", tt.connection, got)
		}
	}
}

// The tenant's answer to a link decides what the person is told and can do next.
func TestLinkFails(t *testing.T) {
	for _, tt := range []struct {
		name   string
		fault  error
		told   error // nil: linked
		next   NextKind
		linked bool
	}{
		{"server error", management.ErrServer, linking.ErrUnsettled, FinishLink, false},
		{"server error after the work", lost{management.ErrServer}, nil, NoNext, true},
		{"dropped", platform.ErrNetwork, linking.ErrUnsettled, FinishLink, false},
		{"dropped after the work", lost{platform.ErrNetwork}, nil, NoNext, true},
		{"nonsense after the work", management.ErrAnswer, nil, NoNext, true},
		{"rate limit for ever", management.ErrRateLimited, management.ErrRateLimited, FinishLink, false},
		{"no scope", management.ErrScope, management.ErrScope, FinishLink, false},
		{"not our user", management.ErrForeignUser, management.ErrForeignUser, FinishLink, false},
		{"token refused", management.ErrLinkToken, management.ErrLinkToken, FinishLink, false},
		{"linked elsewhere", management.ErrAlreadyLinked, management.ErrAlreadyLinked, SignInTo, false},
		{"signed out", management.ErrUnauthorized, management.ErrUnauthorized, SignInAgain, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w, tab := signedIn(t, ada)
			tab.link(lovelace)
			w.failed["link"] = tt.fault
			tab.press("confirm")
			if tt.linked {
				tab.told(Linked, nil, NoNext)
				w.holds(ada, ada, lovelace)
				return
			}
			tab.told(Failed, tt.told, tt.next)
			w.holds(ada, ada)
			delete(w.failed, "link")
			if tt.next != FinishLink {
				return
			}
			// Trying again ends well: if it was left open whether the link was made, the
			// page looks once more, and then asks again.
			for range 3 {
				if tab.drawn.Question.Link == nil && tab.drawn.Notice.Next.Kind != NoNext {
					tab.press("follow")
				}
				if tab.wants != nil {
					tab.login(lovelace, nil)
				}
			}
			tab.press("confirm")
			w.holds(ada, ada, lovelace)
		})
	}
}

// Settings that could not be taken over are taken over later, or saved.
func TestMergeFails(t *testing.T) {
	for _, fault := range []error{management.ErrServer, management.ErrRateLimited, platform.ErrNetwork} {
		w, tab := signedIn(t, ada)
		tab.link(lovelace)
		w.failed["patch"] = fault
		tab.press("confirm")
		tab.told(Failed, linking.ErrMerge, FinishLink)
		w.holds(ada, ada, lovelace)
		if tab.drawn.Notice.Leftover == nil {
			t.Fatal("nothing can be saved")
		}
		delete(w.failed, "patch")
		tab.press("follow")
		tab.told(LinkFinished, nil, NoNext)
		if w.meta[ada]["newsletter"] != true || len(w.device.journal) > 0 {
			t.Errorf("settings %v, journal %v", w.meta[ada], w.device.journal)
		}
		writes := w.sent("patch")
		tab.load("", false)
		w.rest()
		if w.sent("patch") != writes || w.sent("link") != 1 {
			t.Error("it is written once more")
		}
	}
}

func TestMergeSavedAsFile(t *testing.T) {
	w, tab := signedIn(t, ada)
	tab.link(lovelace)
	w.failed["patch"] = management.ErrServer
	tab.press("confirm")
	tab.press("save leftover")
	tab.named(address(lovelace))
	if got := tab.saved["settings.json"]; !strings.Contains(got, "newsletter") || strings.Contains(got, "theme") {
		t.Errorf("saved %s", got)
	}
	if len(w.device.journal) > 0 || tab.drawn.Notice.Kind != NoNotice {
		t.Errorf("journal %v, told %v", w.device.journal, tab.drawn.Notice)
	}
	if e := w.device.history[ada]; len(e) != 1 || e[0].Kind != history.LinkedInPart || e[0].Reason != "newsletter" {
		t.Errorf("history %+v", e)
	}
	writes := w.sent("patch")
	tab.load("", false)
	w.rest()
	if w.sent("patch") != writes {
		t.Error("it is tried once more")
	}
}

// Where the browser saves no files, that is told with what the file would contain, and
// nothing is given up for it.
func TestFilesAreNotSaved(t *testing.T) {
	unsaved := func(t *testing.T, err error, content string) {
		t.Helper()
		if !errors.Is(err, ErrNotSaved) || !errors.Is(err, errNoFiles) || !strings.Contains(err.Error(), content) {
			t.Errorf("told %v", err)
		}
	}
	t.Run("leftover", func(t *testing.T) {
		w, tab := signedIn(t, ada)
		w.device.noFiles = true
		tab.link(lovelace)
		w.failed["patch"] = management.ErrServer
		tab.press("confirm")
		tab.press("save leftover")
		tab.told(Failed, ErrNotSaved, FinishLink)
		unsaved(t, tab.drawn.Notice.Err, "newsletter")
		if len(w.device.journal) != 1 || tab.drawn.Notice.Leftover == nil || len(w.device.history[ada]) != 0 {
			t.Errorf("journal %v, history %v", w.device.journal, w.device.history)
		}
		delete(w.failed, "patch")
		tab.press("follow")
		tab.told(LinkFinished, nil, NoNext)
	})
	t.Run("history", func(t *testing.T) {
		w, tab := signedIn(t, ada)
		w.device.noFiles = true
		tab.press("save history")
		tab.told(Failed, ErrNotSaved, NoNext)
		unsaved(t, tab.drawn.Notice.Err, "0 of "+ada)
	})
	t.Run("copy", func(t *testing.T) {
		w := newWorld(t, 1)
		w.users[ada] = []string{ada, lovelace}
		delete(w.users, lovelace)
		w.device.session = &held{ada, w.now}
		w.device.noFiles = true
		tab := w.open()
		tab.press("unlink")
		tab.press("save copy")
		tab.told(Failed, ErrNotSaved, UnlinkAgain)
		unsaved(t, tab.drawn.Notice.Err, address(lovelace))
		if tab.drawn.Question.Open() {
			t.Error("the question hides it")
		}
		tab.press("follow")
		w.device.noFiles = false
		tab.press("save copy")
		if tab.saved["account.json"] == "" {
			t.Error("nothing is saved")
		}
		w.holds(ada, ada, lovelace)
		tab.press("confirm")
		w.holds(ada, ada)
	})
}

// A swapped link that has settings left is finished as the account that stays.
func TestSwapMergeFails(t *testing.T) {
	w, tab := signedIn(t, ada)
	w.meta[ada]["phone"] = "+1"
	tab.link(lovelace)
	tab.press("swap")
	w.failed["patch"] = management.ErrServer
	tab.press("confirm")
	tab.told(Failed, linking.ErrMerge, FinishLink)
	if tab.drawn.User.ID != lovelace || tab.subject() != lovelace {
		t.Errorf("%s is signed in, %s is shown", tab.subject(), tab.drawn.User.ID)
	}
	delete(w.failed, "patch")
	tab.load("", false)
	w.rest()
	tab.draw()
	tab.told(LinkFinished, nil, NoNext)
	if w.meta[lovelace]["phone"] != "+1" {
		t.Errorf("settings %v", w.meta[lovelace])
	}
}

// Settings that somebody changes meanwhile are left alone, and named.
func TestSkippedSettings(t *testing.T) {
	w, tab := signedIn(t, ada)
	tab.link(lovelace)
	w.failed["patch"] = management.ErrServer
	tab.press("confirm")
	delete(w.failed, "patch")
	w.meta[ada]["newsletter"] = "weekly"
	tab.press("follow")
	tab.told(LinkedSkipped, nil, NoNext)
	if n := tab.drawn.Notice; !slices.Equal(n.Keys, []string{"newsletter"}) || n.Account != address(lovelace) {
		t.Errorf("told %+v", n)
	}
}

// A link whose page was closed is finished at the next visit. If it was not made, it is
// offered again, with the same account.
func TestPageGoneWhileLinking(t *testing.T) {
	for name, after := range map[string]bool{"before": false, "after": true} {
		t.Run(name, func(t *testing.T) {
			w, tab := signedIn(t, ada)
			tab.link(lovelace)
			tab.world.agreed[meaning(tab.drawn)] = true
			tab.flow.Confirm(tab.drawn.Question.Version)
			for len(w.device.journal) == 0 || after && len(w.users[ada]) < 2 {
				w.advance(w.tasks[0], true)
			}
			for range 3 {
				tab.load("", false)
				w.rest()
				tab.draw()
				w.now = w.now.Add(time.Minute)
				if tab.drawn.Notice.Kind != Failed {
					break
				}
				tab.told(Failed, linking.ErrUnsettled, ReadAgain)
			}
			if after {
				tab.told(LinkFinished, nil, NoNext)
				w.holds(ada, ada, lovelace)
				return
			}
			tab.told(LinkNotMade, nil, LinkAgain)
			w.holds(ada, ada)
			tab.press("follow")
			if tab.wants == nil || tab.wants.expected != lovelace {
				t.Errorf("a login is asked for %+v", tab.wants)
			}
			tab.login(lovelace, nil)
			tab.press("confirm")
			w.holds(ada, ada, lovelace)
		})
	}
}

// Attack cases 12 and 13: trying again asks for the account that was chosen before, and
// refuses another one.
func TestLinkAgainWantsTheSameAccount(t *testing.T) {
	w, tab := signedIn(t, ada)
	tab.link(lovelace)
	w.failed["link"] = management.ErrLinkToken
	tab.press("confirm")
	delete(w.failed, "link")
	tab.press("follow")
	tab.login(mary, nil)
	tab.told(Failed, linking.ErrWrongAccount, LinkAgain)
	if got := tab.drawn.Notice.Next.Wanted; got.Subject != lovelace || got.Email != address(lovelace) {
		t.Errorf("wanted %+v", got)
	}
	w.holds(ada, ada)
	tab.press("follow")
	tab.login(lovelace, nil)
	tab.press("cancel")
	tab.told(NothingChanged, nil, NoNext)
	tab.press("link")
	tab.choose(true)
	if tab.wants.expected != "" {
		t.Errorf("a new link wants %q", tab.wants.expected)
	}
	tab.login(mary, nil)
	tab.press("confirm")
	w.holds(ada, ada, mary)
}

// A failure of the second account is told as such, and signs nobody out.
func TestSecondAccountFails(t *testing.T) {
	for _, tt := range []struct {
		name, request string
		swap          bool
		fault         error
	}{
		{"gone", "read as " + lovelace, false, management.ErrNoUser},
		{"token not taken", "read as " + lovelace, false, management.ErrUnauthorized},
		{"token not taken for the link", "link as " + lovelace, true, management.ErrUnauthorized},
		{"gone before the link", "link as " + lovelace, true, management.ErrNoUser},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w, tab := signedIn(t, ada)
			if tt.swap {
				tab.link(lovelace)
				tab.press("swap")
				w.failed[tt.request] = tt.fault
				tab.press("confirm")
			} else {
				w.failed[tt.request] = tt.fault
				tab.press("link")
				tab.login(lovelace, nil)
			}
			tab.told(Failed, ErrSecond, LinkAgain)
			if tab.subject() != ada || tab.drawn.Notice.Next.Wanted.Subject != lovelace {
				t.Errorf("%q is signed in, %+v is wanted", tab.subject(), tab.drawn.Notice.Next.Wanted)
			}
			w.holds(ada, ada)
		})
	}
}

// If the tenant does not let the second account be read, the ID token says what is known.
func TestSecondAccountUnread(t *testing.T) {
	w, tab := signedIn(t, ada)
	w.failed["read as "+lovelace] = management.ErrScope
	tab.link(lovelace)
	if a := tab.drawn.Question.Link.Plan.Secondary; !a.Unread || a.Email != address(lovelace) {
		t.Errorf("asked about %+v", a)
	}
}

// The account to be linked is part of another profile: the person can sign in there, and
// link from there.
func TestLinkedElsewhereMeanwhile(t *testing.T) {
	w, tab := signedIn(t, ada)
	tab.link(lovelace)
	w.users[mary] = []string{mary, lovelace}
	delete(w.users, lovelace)
	tab.press("confirm")
	tab.told(Failed, management.ErrSecondaryGone, SignInTo)
	tab.press("follow")
	if s := tab.drawn; s.Phase != SignedOut || tab.dialog != Move || tab.subject() != "" {
		t.Fatalf("%s, %q", sketch(s), tab.dialog)
	}
	tab.login(lovelace, nil)
	if tab.subject() != mary || tab.dialog != Second {
		t.Errorf("%q is signed in, and the dialog %q open", tab.subject(), tab.dialog)
	}
}

// Links that are refused before anything is asked or sent.
func TestLinkRefused(t *testing.T) {
	w, tab := signedIn(t, ada)
	tab.press("link")
	tab.login(ada, nil)
	tab.told(Failed, linking.ErrSameAccount, LinkAnother)
	if w.sent("link") != 0 || len(tab.drawn.History) != 1 || tab.drawn.History[0].Kind != history.Refused {
		t.Errorf("sent %v, history %v", w.asked, tab.drawn.History)
	}
	tab.named(address(ada))
	tab.press("dismiss")
	tab.told(NoNotice, nil, NoNext)
}

// named checks which account the last entry of the history names, beside those of its
// profile.
func (t *tab) named(account string) {
	t.world.t.Helper()
	if h := t.drawn.History; len(h) == 0 || h[0].Account != account {
		t.world.t.Errorf("the history is %v, want one of %s", h, account)
	}
}

func TestUnlink(t *testing.T) {
	for _, tt := range []struct {
		name  string
		fault error
		told  error // nil: unlinked
		next  NextKind
		left  []string
	}{
		{"done", nil, nil, SignOutToo, []string{ada}},
		{"answer lost", lost{platform.ErrNetwork}, nil, SignOutToo, []string{ada}},
		{"server error", management.ErrServer, linking.ErrUnsettled, ReadAgain, []string{ada, lovelace}},
		{"no scope", management.ErrScope, management.ErrScope, UnlinkAgain, []string{ada, lovelace}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, 1)
			w.users[ada] = []string{ada, lovelace}
			delete(w.users, lovelace)
			w.device.session = &held{ada, w.now}
			tab := w.open()
			tab.press("unlink")
			tab.press("save copy")
			if got := tab.saved["account.json"]; !strings.Contains(got, address(lovelace)) || strings.Contains(got, "access ") {
				t.Errorf("saved %s", got)
			}
			if tt.fault != nil {
				w.failed["unlink"] = tt.fault
			}
			tab.press("confirm")
			w.holds(ada, tt.left...)
			if tt.told == nil {
				tab.told(Unlinked, nil, SignOutToo)
				if n := tab.drawn.Notice; n.Account != address(lovelace) {
					t.Errorf("the notice names %q", n.Account)
				}
				tab.named(address(lovelace))
				tab.press("follow")
				tab.told(SigningOutThere, nil, NoNext)
				return
			}
			tab.told(Failed, tt.told, tt.next)
			delete(w.failed, "unlink")
			if tab.press("follow"); tt.next == UnlinkAgain {
				tab.press("confirm")
				tab.told(Unlinked, nil, SignOutToo)
			}
		})
	}
}

// Attack cases 8, 12 and 28: without a fresh proof the person proves first who they are.
// The action then goes on once, and only for the same account.
func TestProof(t *testing.T) {
	begin := func(t *testing.T) (*world, *tab) {
		w := newWorld(t, 1)
		w.users[ada] = []string{ada, lovelace}
		delete(w.users, lovelace)
		w.device.session = &held{ada, w.now.Add(-time.Hour)}
		tab := w.open()
		tab.press("unlink")
		tab.press("confirm")
		if s := tab.drawn; s.Busy() || tab.dialog != Proof || w.sent("unlink") != 0 {
			t.Fatalf("%s, sent %v", sketch(s), w.asked)
		}
		return w, tab
	}
	agreed := func(w *world) { w.agreed["unlink "+lovelace+" from "+ada] = true }
	t.Run("goes on", func(t *testing.T) {
		w, tab := begin(t)
		agreed(w)
		tab.login(ada, nil)
		tab.told(Unlinked, nil, SignOutToo)
		w.holds(ada, ada)
		tab.load("", false)
		w.rest()
		if w.sent("unlink") != 1 || w.device.action != nil {
			t.Errorf("sent %v, %v waits", w.asked, w.device.action)
		}
	})
	t.Run("somebody else", func(t *testing.T) {
		w, tab := begin(t)
		tab.login(mary, nil)
		tab.told(Failed, ErrOtherPerson, ProveAgain)
		if w.sent("unlink") != 0 || tab.subject() != ada || w.device.action != nil {
			t.Errorf("sent %v, %s is signed in, %v waits", w.asked, tab.subject(), w.device.action)
		}
		tab.press("follow")
		agreed(w)
		tab.login(ada, nil)
		w.holds(ada, ada)
	})
	t.Run("denied", func(t *testing.T) {
		w, tab := begin(t)
		tab.login(ada, oidc.ErrAccessDenied)
		tab.told(Failed, oidc.ErrAccessDenied, ProveAgain)
		if w.device.action != nil || w.sent("unlink") != 0 {
			t.Errorf("%v waits, sent %v", w.device.action, w.asked)
		}
		tab.press("follow")
		agreed(w)
		tab.login(ada, nil)
		tab.told(Unlinked, nil, SignOutToo)
	})
	t.Run("blocked", func(t *testing.T) {
		w, tab := begin(t)
		tab.login(ada, oidc.ErrBlocked)
		tab.told(Failed, oidc.ErrBlocked, NoNext)
		if w.device.action != nil || w.sent("unlink") != 0 {
			t.Errorf("%v waits, sent %v", w.device.action, w.asked)
		}
	})
	t.Run("nothing can be stored", func(t *testing.T) {
		w := newWorld(t, 1)
		w.users[ada] = []string{ada, lovelace}
		delete(w.users, lovelace)
		w.device.session = &held{ada, w.now.Add(-time.Hour)}
		tab := w.open()
		w.device.noVault = true
		tab.press("unlink")
		tab.press("confirm")
		agreed(w)
		tab.login(ada, nil) // in a window
		tab.told(Unlinked, nil, SignOutToo)
		tab.press("link") // it does not wait for the next proof
		tab.login(ada, nil)
		if w.sent("unlink") != 1 {
			t.Errorf("sent %v", w.asked)
		}
	})
	t.Run("not fresh", func(t *testing.T) {
		w, tab := begin(t)
		w.stale = time.Hour
		tab.login(ada, nil)
		tab.told(Failed, oidc.ErrAuthTime, NoNext)
		if w.sent("unlink") != 0 || tab.wants != nil {
			t.Errorf("sent %v, asked for %+v", w.asked, tab.wants)
		}
	})
	t.Run("gone meanwhile", func(t *testing.T) {
		w, tab := begin(t)
		w.users[ada] = []string{ada}
		tab.login(ada, nil)
		tab.told(Failed, linking.ErrNotHere, NoNext)
		if w.sent("unlink") != 0 {
			t.Errorf("sent %v", w.asked)
		}
	})
	t.Run("the page stays", func(t *testing.T) {
		w, tab := begin(t)
		tab.wants, tab.leaving = nil, false
		w.spawn(tab, func() { tab.flow.LoginEnded(Login{Purpose: Proof, Err: platform.ErrNetwork}) })
		w.rest()
		tab.draw()
		tab.told(Failed, platform.ErrNetwork, ProveAgain)
		tab.press("unlink")
	})
	t.Run("before a link", func(t *testing.T) {
		w, tab := signedIn(t, ada)
		w.now = w.now.Add(time.Hour)
		tab.press("link")
		tab.login(ada, nil)
		tab.told(NoNotice, nil, NoNext)
		if tab.dialog != Second {
			t.Errorf("the dialog %q is open", tab.dialog)
		}
	})
	t.Run("nothing kept", func(t *testing.T) {
		w, tab := begin(t)
		w.device.action = nil
		tab.login(ada, nil)
		if tab.drawn.Phase != Ready || w.sent("unlink") != 0 {
			t.Errorf("%s, sent %v", sketch(tab.drawn), w.asked)
		}
	})
}

// A question cannot be answered after too long a time.
func TestLateConfirm(t *testing.T) {
	w, tab := signedIn(t, ada)
	tab.link(lovelace)
	w.now = w.now.Add(time.Hour)
	tab.press("confirm")
	tab.told(Failed, oidc.ErrAuthTime, LinkAgain)
	w.holds(ada, ada)
}

func TestProfileUnreadable(t *testing.T) {
	for _, fault := range []error{
		management.ErrServer, management.ErrAnswer, management.ErrForeignUser, management.ErrUnauthorized,
		platform.ErrNetwork,
	} {
		w := newWorld(t, 1)
		w.device.session = &held{ada, w.now}
		w.failed["read"] = fault
		tab := w.open()
		if errors.Is(fault, management.ErrUnauthorized) {
			tab.told(Failed, fault, SignInAgain)
			if tab.drawn.Phase != SignedOut || tab.subject() != "" {
				t.Errorf("%v: %s", fault, sketch(tab.drawn))
			}
			tab.press("follow")
			if tab.dialog != SignIn {
				t.Error("nobody can sign in")
			}
			continue
		}
		tab.told(Failed, fault, ReadAgain)
		if tab.drawn.Phase != Unavailable {
			t.Errorf("%v: %s", fault, sketch(tab.drawn))
		}
		delete(w.failed, "read")
		tab.press("follow")
		if tab.drawn.Phase != Ready || tab.drawn.Notice.Kind != NoNotice {
			t.Errorf("%v: %s", fault, sketch(tab.drawn))
		}
	}
}

// Attack case 42: without a network the copy of the profile is shown, and nothing is sent,
// neither then nor later.
func TestOffline(t *testing.T) {
	w, tab := signedIn(t, ada)
	tab.link(lovelace)
	w.online = false
	tab.press("confirm")
	tab.told(Failed, platform.ErrNetwork, LinkAgain)
	tab.load("", false)
	w.rest()
	tab.draw()
	if s := tab.drawn; s.Phase != Ready || s.AsOf.IsZero() || s.User.ID != ada {
		t.Fatal(sketch(s))
	}
	tab.told(NoNotice, nil, NoNext) // it is no alarm
	tab.press("refresh")
	tab.told(RefusedOffline, platform.ErrNetwork, ReadAgain)
	tab.press("link")
	tab.told(RefusedOffline, platform.ErrNetwork, ReadAgain)
	w.online = true
	tab.flow.Connected()
	w.rest()
	tab.draw()
	if s := tab.drawn; !s.AsOf.IsZero() || s.Offline || w.sent("link") != 0 {
		t.Errorf("%s, sent %v", sketch(s), w.asked)
	}
}

// Attack case 42: nor is an unlink sent.
func TestUnlinkOffline(t *testing.T) {
	w := newWorld(t, 1)
	w.users[ada] = []string{ada, lovelace}
	delete(w.users, lovelace)
	w.device.session = &held{ada, w.now}
	tab := w.open()
	tab.press("unlink")
	w.online = false
	tab.press("confirm")
	tab.told(Failed, platform.ErrNetwork, NoNext)
	w.online = true
	tab.flow.Connected()
	w.rest()
	tab.draw()
	if got := w.users[ada]; w.sent("unlink") != 0 || len(got) != 2 {
		t.Errorf("%s has %v, sent %v", ada, got, w.asked)
	}
}

// A copy is shown after the access token has ended, until there is a network to find that
// out; and without a network once more after that.
func TestCopyOfAnExpiredSession(t *testing.T) {
	w, tab := signedIn(t, ada)
	w.now, w.online = w.now.Add(48*time.Hour), false
	tab.load("", false)
	w.rest()
	tab.draw()
	if s := tab.drawn; s.Phase != Ready || s.AsOf.IsZero() {
		t.Fatal(sketch(s))
	}
	w.online = true
	tab.flow.Connected()
	w.rest()
	tab.draw()
	tab.told(Failed, session.ErrExpired, SignInAgain)
	w.online = false
	tab.load("", false)
	w.rest()
	tab.draw()
	if s := tab.drawn; s.Phase != Ready || s.AsOf.IsZero() || tab.subject() != "" {
		t.Fatal(sketch(s))
	}
	w.online = true
	tab.flow.Connected()
	w.rest()
	tab.draw()
	tab.told(Failed, session.ErrExpired, SignInAgain)
}

func TestExpiredSession(t *testing.T) {
	w, tab := signedIn(t, ada)
	w.now = w.now.Add(48 * time.Hour)
	tab.load("", false)
	w.rest()
	tab.draw()
	tab.told(Failed, session.ErrExpired, SignInAgain)
}

// Attack case 4: what another tab does to the session counts here, too, whatever is under way.
func TestTabs(t *testing.T) {
	t.Run("signed out while a question waits", func(t *testing.T) {
		w, tab := signedIn(t, ada)
		other := w.open()
		tab.link(lovelace)
		other.press("sign out")
		tab.draw()
		tab.told(SignedOutElsewhere, nil, NoNext)
		if s := tab.drawn; s.Question.Open() || s.Phase != SignedOut || s.User.ID != "" {
			t.Error(sketch(s))
		}
		w.holds(ada, ada)
	})
	t.Run("signed out while it loads", func(t *testing.T) {
		w, tab := signedIn(t, ada)
		tab.flow.ChangedElsewhere(session.Updated)
		for w.deliver() {
		}
		tab.session = nil
		tab.flow.ChangedElsewhere(session.SignedOut)
		w.rest()
		tab.draw()
		if s := tab.drawn; s.Phase != SignedOut || s.User.ID != "" {
			t.Error(sketch(s))
		}
	})
	t.Run("signed in as another", func(t *testing.T) { // and nobody has told this tab
		w, tab := signedIn(t, ada)
		tab.session = &held{mary, w.now}
		w.device.session = tab.session
		tab.flow.LoginEnded(Login{Purpose: Second, Err: oidc.ErrAccessDenied})
		w.rest()
		tab.draw()
		if tab.drawn.User.ID != mary {
			t.Error(sketch(tab.drawn))
		}
	})
	t.Run("signed in", func(t *testing.T) {
		w := newWorld(t, 1)
		tab, other := w.open(), w.open()
		other.press("sign in")
		other.login(ada, nil)
		tab.draw()
		if tab.drawn.User.ID != ada || other.drawn.User.ID != ada {
			t.Errorf("%s, %s", sketch(tab.drawn), sketch(other.drawn))
		}
	})
	t.Run("changed while a question waits", func(t *testing.T) {
		w, tab := signedIn(t, ada)
		tab.link(lovelace)
		tab.flow.ChangedElsewhere(session.Updated)
		w.rest()
		tab.press("cancel")
		tab.told(UpdatedElsewhere, nil, NoNext)
	})
	t.Run("changed while a link fails", func(t *testing.T) {
		w, tab := signedIn(t, ada)
		tab.link(lovelace)
		w.failed["link"] = &management.Error{Kind: management.ErrScope, Status: 403}
		tab.flow.Confirm(tab.drawn.Question.Version)
		w.users[ada] = []string{ada, facebook}
		tab.flow.ChangedElsewhere(session.Updated)
		w.rest()
		tab.draw()
		tab.told(Failed, management.ErrScope, FinishLink)
		if len(tab.drawn.User.Identities) != 2 {
			t.Error("the old profile is shown")
		}
	})
	t.Run("changed after it was read, and before it is shown", func(t *testing.T) {
		w, tab := signedIn(t, ada)
		tab.flow.ChangedElsewhere(session.Updated)
		w.deliver()
		w.untilPosted(tab, w.tasks[0])
		w.users[ada] = []string{ada, facebook}
		tab.flow.ChangedElsewhere(session.Updated)
		w.rest()
		tab.draw()
		tab.told(UpdatedElsewhere, nil, NoNext)
		if len(tab.drawn.User.Identities) != 2 {
			t.Error("the old profile is shown")
		}
	})
	t.Run("reused", func(t *testing.T) {
		w, tab := signedIn(t, ada)
		tab.session = nil
		tab.flow.ChangedElsewhere(session.Reused)
		w.rest()
		tab.draw()
		tab.told(Failed, session.ErrReused, SignInAgain)
	})
	t.Run("expired", func(t *testing.T) {
		w, tab := signedIn(t, ada)
		tab.session = nil
		tab.flow.ChangedElsewhere(session.Expired)
		w.rest()
		tab.draw()
		tab.told(Failed, session.ErrExpired, SignInAgain)
		if tab.drawn.Phase != SignedOut || tab.drawn.User.ID != "" {
			t.Errorf("the page shows %+v", tab.drawn)
		}
	})
}

func TestSignOut(t *testing.T) {
	w, tab := signedIn(t, ada)
	tab.press("sign out")
	tab.told(SigningOutThere, nil, NoNext)
	if tab.left == "" || w.device.session != nil || w.device.copy.User.ID != "" {
		t.Errorf("gone to %q, kept %+v", tab.left, w.device)
	}
	w, tab = signedIn(t, ada)
	w.online = false
	tab.press("sign out")
	tab.told(SignedOutHere, nil, NoNext)
	if tab.left != "" || w.device.session != nil {
		t.Errorf("gone to %q, kept %+v", tab.left, w.device)
	}
}

// The page that comes back from the tenant's logout says so, once, and in that tab only.
func TestBackFromSigningOut(t *testing.T) {
	reload := func(tab *tab, callback string, called bool) {
		tab.load(callback, called)
		tab.world.rest()
		tab.draw()
	}
	w, tab := signedIn(t, ada)
	tab.press("sign out")
	w.open().told(NoNotice, nil, NoNext)
	reload(tab, "", false)
	tab.told(SignedOutThere, nil, NoNext)
	reload(tab, "", false)
	tab.told(NoNotice, nil, NoNext)

	t.Run("while somebody signs in elsewhere", func(t *testing.T) {
		w, tab := signedIn(t, ada)
		tab.press("sign out")
		other := w.open()
		other.press("sign in")
		other.login(lovelace, nil)
		reload(tab, "", false)
		tab.told(NoNotice, nil, NoNext)
		if tab.drawn.Phase != Ready {
			t.Errorf("phase %d", tab.drawn.Phase)
		}
	})
	t.Run("with something else to tell", func(t *testing.T) {
		_, tab := signedIn(t, ada)
		tab.press("sign out")
		reload(tab, "?success=true&code=success", true)
		tab.told(MailLinkWorked, nil, NoNext)
	})
	t.Run("offline", func(t *testing.T) {
		w, tab := signedIn(t, ada)
		w.online = false
		tab.press("sign out")
		reload(tab, "", false)
		tab.told(NoNotice, nil, NoNext)
	})
}

// A login that fails is told with its reason, and changes nothing. A second try is offered
// where it may go well.
func TestLoginFails(t *testing.T) {
	others := []error{ // where another account may be let in
		oidc.ErrAccessDenied, oidc.ErrCancelled, oidc.ErrUnauthorized, oidc.ErrBlocked, oidc.ErrAttempts, oidc.ErrConnection,
	}
	for err, again := range map[error]bool{
		oidc.ErrNoTransaction: false, oidc.ErrCallback: false, oidc.ErrPurpose: false, oidc.ErrResponseIssuer: false,
		oidc.ErrOtherSubject: false, oidc.ErrIDToken: false, oidc.ErrTime: false, oidc.ErrAlgorithm: false,
		oidc.ErrNoAuthTime: false, oidc.ErrSetup: false, oidc.ErrAPI: false, oidc.ErrConnection: false,
		oidc.ErrBlocked: false, oidc.ErrAttempts: false,
		oidc.ErrAccessDenied: true, oidc.ErrCancelled: true, oidc.ErrUnauthorized: true, oidc.ErrAuthorization: true,
		oidc.ErrLoginRequired: true, oidc.ErrInteraction: true, oidc.ErrExchange: true, oidc.ErrAuthTime: true,
		oidc.ErrDiscovery: true, platform.ErrNetwork: true,

		&oidc.TokenError{Status: 401, Code: "access_denied"}:      false,
		&oidc.TokenError{Status: 429, Code: "too_many_attempts"}:  false,
		&oidc.TokenError{Status: 403, Code: "blocked_user"}:       false,
		&oidc.TokenError{Status: 403, Code: "mfa_required"}:       true,
		&oidc.TokenError{Status: 429}:                             true,
		&oidc.TokenError{Status: 503}:                             true,
		&oidc.AuthorizationError{Code: "temporarily_unavailable"}: true,
	} {
		for _, purpose := range []Purpose{SignIn, Second, Move, ""} {
			w, tab := signedIn(t, ada)
			w.spawn(tab, func() { tab.flow.LoginEnded(Login{Purpose: purpose, Err: err}) })
			w.rest()
			tab.draw()
			switch {
			case purpose == Second && isAny(err, others...):
				tab.told(Failed, err, LinkAnother)
			case purpose == Second && again:
				tab.told(Failed, err, LinkAgain)
			default:
				tab.told(Failed, err, NoNext)
			}
			if s := tab.drawn; s.Phase != Ready || tab.subject() != ada {
				t.Errorf("%v: %s", err, sketch(s))
			}
		}
		for _, purpose := range []Purpose{SignIn, Move, Second, Proof, ""} {
			tab := newWorld(t, 1).open()
			tab.wants = &login{purpose: purpose, failure: err}
			tab.load(ada, true)
			tab.world.rest()
			tab.draw()
			if again && (purpose == SignIn || purpose == Move) {
				tab.told(Failed, err, SignInAgain)
			} else {
				tab.told(Failed, err, NoNext)
			}
			if s := tab.drawn; s.Phase != SignedOut {
				t.Errorf("%v: %s", err, sketch(s))
			}
		}
	}
}

// A login of another account than the one that is signed in is refused.
func TestOtherAccountSignsIn(t *testing.T) {
	w, tab := signedIn(t, ada)
	result := &oidc.Result{Claims: oidc.Claims{Subject: mary}}
	w.spawn(tab, func() { tab.flow.LoginEnded(Login{Purpose: SignIn, Result: result}) })
	w.rest()
	tab.draw()
	tab.told(Failed, session.ErrOtherSubject, NoNext)
	if tab.subject() != ada {
		t.Errorf("%q is signed in", tab.subject())
	}
}

func TestSessionThatCannotBeKept(t *testing.T) {
	w := newWorld(t, 1)
	w.device.noVault = true
	tab := w.open()
	tab.press("sign in")
	tab.login(ada, nil)
	tab.told(OnlyThisPage, nil, NoNext)
	if tab.drawn.User.ID != ada {
		t.Error(sketch(tab.drawn))
	}
}

// A wait for the rate limit is shown and can be stopped.
func TestStop(t *testing.T) {
	w, tab := signedIn(t, ada)
	tab.link(lovelace)
	w.failed["link"] = errRateLimited
	w.agreed[meaning(tab.drawn)] = true
	tab.flow.Confirm(tab.drawn.Question.Version)
	for tab.flow.State().Work.Wait.Kind == NoWait {
		if !w.deliver() {
			w.advance(w.tasks[0], true)
		}
	}
	if wait := tab.flow.State().Work.Wait; wait != (Wait{RateLimit, 4}) {
		t.Errorf("waits %+v", wait)
	}
	tab.press("stop")
	tab.told(Failed, context.Canceled, FinishLink)
	w.holds(ada, ada)
}

// A journal entry that can never be read does not block links for ever.
func TestBrokenJournal(t *testing.T) {
	w := newWorld(t, 1)
	w.device.session = &held{ada, w.now}
	w.device.journal[ada] = linking.Entry{}
	tab := w.open()
	tab.told(Failed, platform.ErrSealBroken, ReadAgain)
	if tab.drawn.Phase != Ready || len(w.device.journal) > 0 {
		t.Errorf("%s, journal %v", sketch(tab.drawn), w.device.journal)
	}
}

// An unfinished link blocks another one, for both accounts.
func TestPendingLink(t *testing.T) {
	for name, e := range map[string]linking.Entry{
		"of the first":  {Version: 2, Created: morning, Primary: ada, Secondary: facebook},
		"of the second": {Version: 2, Created: morning, Primary: lovelace, Secondary: facebook},
	} {
		t.Run(name, func(t *testing.T) {
			w, tab := signedIn(t, ada)
			w.device.journal[e.Primary] = e
			tab.press("link")
			tab.login(lovelace, nil)
			tab.told(Failed, linking.ErrPending, ReviewAgain)
			w.now = w.now.Add(time.Minute)
			tab.press("follow")
			if tab.drawn.Question.Link == nil {
				t.Error(sketch(tab.drawn))
			}
		})
	}
}

// A token of the second account that is refused signs nobody out; one of the first account
// does.
func TestNeedsSignIn(t *testing.T) {
	second := Wanted{Subject: lovelace}
	for _, tt := range []struct {
		err  error
		next NextKind
	}{
		{ofSecond(management.ErrExpiredToken, second), LinkAgain},
		{ofSecond(management.ErrServer, second), ReadAgain},
		{ofSecond(session.ErrExpired, second), SignInAgain},
		{management.ErrUnauthorized, SignInAgain},
		{management.ErrNoUser, SignInAgain},
		{errors.Join(linking.ErrUnsettled, management.ErrUnauthorized), ReadAgain},
		{errors.Join(linking.ErrUnsettled, session.ErrSignedOut), SignInAgain},
		{errors.Join(platform.ErrNetwork, management.ErrUnauthorized), ReadAgain},
		{ErrOtherPerson, ReadAgain},
	} {
		next := failure(tt.err, Next{Kind: ReadAgain}).Next.Kind
		if needsSignIn(tt.err) {
			next = SignInAgain
		}
		if next != tt.next {
			t.Errorf("%v leads to %d, want %d", tt.err, next, tt.next)
		}
	}
	if ofSecond(nil, second) != nil {
		t.Error("no error has become one")
	}
}

// The person goes back to the tenant's page and signs in once more. That this tab has
// finished the login is no failure, as long as somebody is signed in.
func TestFinishedBefore(t *testing.T) {
	for _, purpose := range []Purpose{SignIn, Second, Proof, Move} {
		w, tab := signedIn(t, ada)
		again := func() {
			w.spawn(tab, func() { tab.flow.LoginEnded(Login{Purpose: purpose, Err: oidc.ErrFinished}) })
			w.rest()
			tab.draw()
		}
		again()
		tab.told(FinishedBefore, nil, NoNext)
		if s := tab.drawn; s.Phase != Ready || s.Notice.Bad() || tab.subject() != ada {
			t.Errorf("%s: %s", purpose, sketch(s))
		}
		tab.press("sign out")
		again()
		tab.told(Failed, oidc.ErrNoTransaction, NoNext)
		w.holds(ada, ada)
	}
}

// Two tabs sign in at once. The later one's answer is welcome if it is of the same person.
func TestTwoTabsSignIn(t *testing.T) {
	for second, want := range map[string]NoticeKind{ada: NoNotice, mary: Failed} {
		w := newWorld(t, 1)
		first, other := w.open(), w.open()
		for _, begun := range []*tab{first, other} {
			begun.press("sign in")
			begun.choose(false)
		}
		first.login(ada, nil)
		other.login(second, nil)
		if n := other.drawn.Notice; n.Kind != want {
			t.Errorf("%s: told %d, %v", second, n.Kind, n.Err)
		}
		if first.subject() != ada || other.subject() != ada || other.drawn.User.ID != ada {
			t.Errorf("%s: %s, %s", second, sketch(first.drawn), sketch(other.drawn))
		}
	}
}

// Attack case 4: another tab has signed in, and this one, where a login goes on in a window, has
// not heard of it. The page shows who is signed in, and says why that is not who came.
func TestSignedInElsewhereUnheard(t *testing.T) {
	w := newWorld(t, 1)
	tab := w.open()
	tab.press("sign in")
	tab.choose(true)
	w.device.session = &held{ada, w.now}
	tab.login(mary, nil)
	tab.told(Failed, session.ErrOtherSubject, NoNext)
	if s := tab.drawn; tab.subject() != ada || s.Phase != Ready || s.User.ID != ada || w.device.session.subject != ada {
		t.Errorf("%s", sketch(s))
	}
}

// A link from an e-mail of the tenant's is told for what it says, and does nothing.
func TestMailLink(t *testing.T) {
	for callback, want := range map[string]NoticeKind{
		"?success=true&code=success": MailLinkWorked, "?success=false&message=Call%200800": MailLinkFailed,
	} {
		w, tab := signedIn(t, ada)
		for _, subject := range []string{ada, ""} {
			if subject == "" {
				tab.press("sign out")
			}
			tab.wants = &login{purpose: SignIn, under: subject} // it is not this that is answered
			tab.load(callback, true)
			w.rest()
			tab.draw()
			tab.told(want, nil, NoNext)
			if s := tab.drawn; s.SignedIn() != (subject != "") || s.Busy() || s.Phase == Finishing || tab.wants == nil {
				t.Errorf("%q, %q: %s", subject, callback, sketch(s))
			}
		}
	}
}
