package oidc

import (
	"errors"
	"strings"
	"testing"
	"time"

	"twinlock/app/browser"
	"twinlock/app/platform"
)

// Two tabs sign in, and this one is the later. Attack case 4: only the account that is
// signed in by now may answer.
func TestFinishSignedInMeanwhile(t *testing.T) {
	for subject, want := range map[string]error{ada: nil, "auth0|mallory": ErrOtherSubject} {
		p := newIDP(t)
		c, _, _ := newClient(p)
		tx := begin(t, c, Request{})
		p.answer(sign(p.claims(tx.Nonce))) // ada's
		got, err := c.Finish(t.Context(), Callback{State: tx.State, Code: "c"}, subject)
		if !errors.Is(err, want) || (got != nil) != (want == nil) {
			t.Errorf("while %s is signed in: Finish = %v, %v", subject, got, err)
		}
	}
}

// An answer to what this tab has finished is told apart from one that nobody here has
// asked for, for as long as a sign-in may take.
func TestFinishedBefore(t *testing.T) {
	p := newIDP(t)
	c, store, clock := newClient(p)
	finished := &platform.Memory{}
	c.deps.Finished = finished
	tx := begin(t, c, Request{})
	p.answer(sign(p.claims(tx.Nonce)))
	again := func(c *Client, state string) error {
		t.Helper()
		asked := p.asked("POST /oauth/token")
		_, err := c.Finish(t.Context(), Callback{State: state, Code: "c"}, ada)
		if !errors.Is(err, ErrNoTransaction) || p.asked("POST /oauth/token") != asked {
			t.Errorf("Finish = %v", err)
		}
		return err
	}
	if _, err := c.Finish(t.Context(), Callback{State: tx.State, Code: "c"}, ""); err != nil {
		t.Fatal(err)
	}
	if err := again(c, tx.State); !errors.Is(err, ErrFinished) {
		t.Errorf("a second answer: %v", err)
	}
	for _, key := range finished.Keys() {
		if value, _ := finished.Get(key); strings.Contains(key+value, tx.State) || strings.Contains(key+value, tx.Purpose+".") {
			t.Errorf("the state is stored: %q: %q", key, value)
		}
	}
	reloaded := New(c.settings, Deps{
		Fetch: browser.Fetch, Verify: browser.VerifyRS256, Store: store, Finished: finished, Now: clock.now,
	})
	if err := again(reloaded, tx.State); !errors.Is(err, ErrFinished) {
		t.Errorf("after a reload: %v", err)
	}
	other := New(c.settings, Deps{Fetch: browser.Fetch, Verify: browser.VerifyRS256, Store: store, Now: clock.now})
	if err := again(other, tx.State); errors.Is(err, ErrFinished) {
		t.Error("another tab has finished nothing")
	}
	if err := again(c, "login.AAAAAAAAAAAAAAAAAAAAAA"); errors.Is(err, ErrFinished) {
		t.Error("nobody has finished that state")
	}
	clock.add(defaultTransactionAge + time.Second)
	if err := again(c, tx.State); errors.Is(err, ErrFinished) {
		t.Error("it is remembered for too long")
	}
	next := begin(t, c, Request{})
	claims := p.claims(next.Nonce)
	p.answer(sign(claims))
	if _, err := c.Finish(t.Context(), Callback{State: next.State, Code: "c"}, ""); err != nil {
		t.Fatal(err)
	}
	if n := len(finished.Keys()); n != 1 {
		t.Errorf("%d states are remembered, want the last one", n)
	}
}

// What has failed or was cancelled is not finished.
func TestFailedIsNotFinished(t *testing.T) {
	p := newIDP(t)
	c, _, _ := newClient(p)
	denied, cancelled := begin(t, c, Request{}), begin(t, c, Request{})
	if _, err := c.Finish(t.Context(), Callback{State: denied.State, Error: "access_denied"}, ""); !errors.Is(err, ErrAccessDenied) {
		t.Fatal(err)
	}
	c.Cancel(cancelled.State)
	for _, tx := range []Transaction{denied, cancelled} {
		_, err := c.Finish(t.Context(), Callback{State: tx.State, Code: "c"}, ada)
		if !errors.Is(err, ErrNoTransaction) || errors.Is(err, ErrFinished) {
			t.Errorf("Finish = %v", err)
		}
	}
}
