package flow

import (
	"errors"
	"slices"
	"testing"

	"twinlock/app/history"
	"twinlock/app/oidc"
)

// suggesting makes a world whose tenant says that everybody's address has another account.
func suggesting(t *testing.T) (*world, *tab) {
	t.Helper()
	w := newWorld(t, 1)
	w.claims = func(c *oidc.Claims) { c.OtherAccount = true }
	tab := w.open()
	tab.press("sign in")
	return w, tab
}

// Who signs in is told of another account, without a request that was not made otherwise.
func TestSuggestion(t *testing.T) {
	plain := newWorld(t, 1)
	other := plain.open()
	other.press("sign in")
	other.login(ada, nil)
	other.told(NoNotice, nil, NoNext)

	w, tab := suggesting(t)
	tab.login(ada, nil)
	tab.told(Suggested, nil, LinkSuggested)
	if n := tab.drawn.Notice; n.Account != "" || n.Next.Wanted != (Wanted{}) || !slices.Equal(w.asked, plain.asked) {
		t.Errorf("told %+v after %q, without a suggestion after %q", n, w.asked, plain.asked)
	}
	tab.flow.Follow(tab.drawn.Notice.Number)
	w.rest()
	tab.draw()
	if tab.dialog != Second {
		t.Errorf("Link it opens %q: %s", tab.dialog, sketch(tab.drawn))
	}
}

// Only a login that has just ended suggests: no page that is loaded again, no proof, no second
// account. (Attack case 23.)
func TestSuggestionIsOfThisLogin(t *testing.T) {
	w, tab := suggesting(t)
	tab.login(ada, nil)
	again := w.open()
	again.told(NoNotice, nil, NoNext)

	for _, purpose := range []Purpose{Second, Proof, Move} {
		w, tab := signedIn(t, ada)
		w.claims = func(c *oidc.Claims) { c.OtherAccount = true }
		ended := tab.ended(&login{purpose: purpose, under: ada}, ada, nil)
		w.spawn(tab, func() { tab.flow.LoginEnded(ended) })
		w.rest()
		tab.draw()
		if tab.drawn.Notice.Kind == Suggested {
			t.Errorf("%s: %s", purpose, sketch(tab.drawn))
		}
	}
}

// Not mine is remembered for the account, here, and for nobody else. (Attack case 24.)
func TestNotMine(t *testing.T) {
	w, tab := suggesting(t)
	tab.login(ada, nil)
	tab.flow.Dismiss(tab.drawn.Notice.Number)
	w.rest()
	tab.draw()
	tab.told(NoNotice, nil, NoNext)
	if got := w.device.history[ada]; len(got) != 1 || got[0].Kind != history.NotMine || got[0].Account != "" || len(tab.drawn.History) != 1 {
		t.Errorf("history %+v, shown %+v", got, tab.drawn.History)
	}
	for subject, want := range map[string]NoticeKind{ada: NoNotice, mary: Suggested} {
		tab.press("sign out")
		tab = w.open()
		tab.press("sign in")
		tab.login(subject, nil)
		if tab.drawn.Notice.Kind != want {
			t.Errorf("%s: %s", subject, sketch(tab.drawn))
		}
	}
}

// Another notice that is dismissed says nothing of any account.
func TestDismissIsNotMine(t *testing.T) {
	w, tab := signedIn(t, ada)
	tab.flow.tell(Notice{Kind: ProvedYou})
	tab.flow.Dismiss(tab.flow.state.Notice.Number)
	w.rest()
	if got := w.device.history[ada]; len(got) > 0 {
		t.Errorf("history %+v", got)
	}
}

// Where it cannot be known what the person has said, nothing is suggested.
func TestSuggestionWithoutHistory(t *testing.T) {
	w, tab := suggesting(t)
	w.device.history = map[string][]history.Entry{ada: {{Kind: history.NotMine}}}
	w.failed["history"] = errors.New("no vault")
	tab.login(ada, nil)
	tab.told(NoNotice, nil, NoNext)
}
