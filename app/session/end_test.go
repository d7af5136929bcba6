package session

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"twinlock/app/oidc"
	"twinlock/app/platform"
)

// unix is a time as an ID token has it, 0 for none.
func unix(at time.Time) int64 {
	if at.IsZero() {
		return 0
	}
	return at.Unix()
}

// limited signs ada in with tokens that last for a day, in a session that ends at a time.
func limited(t *testing.T, k *Keeper, ends time.Time) {
	t.Helper()
	tokens := hour("refresh-1")
	tokens.Expires = start.Add(24 * time.Hour)
	if err := k.Adopt(t.Context(), tokens, oidc.Claims{Subject: ada, AuthTime: start, SessionEnds: unix(ends)}); err != nil {
		t.Fatal(err)
	}
}

// newLimited are two tabs in which ada's session ends in two hours; an access token lasts for one.
func newLimited(t *testing.T) (s *tabs, ends time.Time) {
	t.Helper()
	s, ends = newTabs(t), start.Add(2*time.Hour)
	s.keepSomething(t)
	if err := s.vault.Put(t.Context(), "offline", "", []byte("a copy")); err != nil {
		t.Fatal(err)
	}
	s.clock.now = start
	r := oidc.Claims{Subject: ada, AuthTime: start, SessionEnds: unix(ends)}
	if err := s.here.Renew(t.Context(), hour("refresh-1"), r); err != nil {
		t.Fatal(err)
	}
	return s, ends
}

// wantOver demands that the session is over, everywhere, and that nothing of it is left.
func wantOver(t *testing.T, s *tabs) {
	t.Helper()
	if change := <-s.heard; change != Expired {
		t.Errorf("the other tab heard %v", change)
	}
	for name, k := range map[string]*Keeper{"here": s.here, "there": s.there} {
		if token, err := k.AccessToken(t.Context()); !errors.Is(err, ErrExpired) && !errors.Is(err, ErrSignedOut) {
			t.Errorf("%s: access token %q, %v", name, token.Reveal(), err)
		}
		if _, in := k.Account(); in || k.IDToken() != "" {
			t.Errorf("%s: somebody is signed in", name)
		}
	}
	if got := s.vault.names(); !slices.Equal(got, []string{keptName}) {
		t.Errorf("kept %v", got)
	}
}

// The session, its access token and its renewal end at session_expiry, whatever they would last.
func TestASessionEnds(t *testing.T) {
	s, ends := newLimited(t)
	s.clock.now = ends.Add(-time.Second)
	if token, err := s.here.AccessToken(t.Context()); err != nil || token != "access-2" {
		t.Fatalf("before its end: %q, %v", token.Reveal(), err)
	}
	if account, _ := s.here.Account(); !account.Ends.Equal(ends) {
		t.Errorf("it ends at %v, want %v", account.Ends, ends)
	}
	s.clock.now = ends
	if _, err := s.here.AccessToken(t.Context()); !errors.Is(err, ErrExpired) {
		t.Fatalf("at its end: %v", err)
	}
	if s.issuer.requests != 1 || !slices.Equal(s.issuer.revoked, []string{"refresh-2"}) {
		t.Errorf("%d renewals, revoked %v", s.issuer.requests, s.issuer.revoked)
	}
	wantOver(t, s)
}

// Without a word to the tenant, a token that has not ended is given no more, nor the ID token.
func TestNoTokenAfterTheEnd(t *testing.T) {
	c := &clock{start}
	k := New(scope, newBox(), Options{Now: c.Now})
	limited(t, k, start.Add(time.Hour))
	c.now = start.Add(time.Hour)
	if id := k.IDToken(); id != "" {
		t.Errorf("ID token %q", id.Reveal())
	}
	if _, err := k.AccessToken(t.Context()); !errors.Is(err, ErrExpired) {
		t.Errorf("AccessToken: %v", err)
	}
}

// A session that has no such end goes on.
func TestASessionWithoutAnEnd(t *testing.T) {
	c := &clock{start}
	k := New(scope, newBox(), Options{Now: c.Now})
	limited(t, k, time.Time{})
	c.now = start.Add(23 * time.Hour)
	if _, err := k.AccessToken(t.Context()); err != nil {
		t.Error(err)
	}
	if account, in := k.Account(); !in || !account.Ends.IsZero() || k.watched {
		t.Errorf("account %+v, %v; watched: %v", account, in, k.watched)
	}
}

// A renewal moves the end to an earlier time and never to a later one: Auth0 sets it at the login.
func TestARenewalDoesNotMoveTheEnd(t *testing.T) {
	ends := start.Add(2 * time.Hour)
	for name, test := range map[string]struct {
		before, renewed, want time.Time
	}{
		"not said again":     {ends, time.Time{}, ends},
		"later":              {ends, ends.Add(time.Hour), ends},
		"the same":           {ends, ends, ends},
		"earlier":            {ends, ends.Add(-time.Minute), ends.Add(-time.Minute)},
		"said only now":      {time.Time{}, ends, ends},
		"never":              {},
		"over when it comes": {ends, start.Add(time.Hour), time.Time{}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newTabs(t)
			s.keepSomething(t)
			s.clock.now = start
			claims := oidc.Claims{Subject: ada, AuthTime: start, SessionEnds: unix(test.before)}
			if err := s.here.Replace(t.Context(), ada, hour("refresh-1"), claims); err != nil {
				t.Fatal(err)
			}
			<-s.heard
			if err := s.there.Restore(t.Context()); err != nil {
				t.Fatal(err)
			}
			s.issuer.claims = &oidc.Claims{Subject: ada, SessionEnds: unix(test.renewed)}
			s.clock.now = start.Add(time.Hour)
			_, err := s.here.AccessToken(t.Context())
			if test.want.IsZero() && !test.renewed.IsZero() {
				if err == nil {
					t.Fatal("it goes on")
				}
				wantOver(t, s)
				return
			}
			if err != nil || s.sealed(t).Claims.SessionEnds != unix(test.want) {
				t.Errorf("ends %v, %v; want %v", s.sealed(t).Claims.SessionEnds, err, unix(test.want))
			}
		})
	}
}

// A proof sets a new end. One that says nothing of it leaves the earlier one.
func TestAProofSetsTheEnd(t *testing.T) {
	for _, later := range []time.Duration{time.Hour, 0} {
		c := &clock{start}
		k := New(scope, newBox(), Options{Now: c.Now})
		limited(t, k, start.Add(time.Hour))
		claims, want := oidc.Claims{Subject: ada, AuthTime: start}, start.Add(time.Hour+later)
		if later > 0 {
			claims.SessionEnds = want.Unix()
		}
		if err := k.Renew(t.Context(), hour(""), claims); err != nil {
			t.Fatal(err)
		}
		if account, _ := k.Account(); !account.Ends.Equal(want) {
			t.Errorf("a proof that says %v: ends %v, want %v", later, account.Ends, want)
		}
	}
}

// What a page finds that is loaded after the end is wiped, with the copy of the profile.
func TestRestoreAfterTheEnd(t *testing.T) {
	s, ends := newLimited(t)
	s.clock.now = ends
	page := New(scope, s.vault, Options{Now: s.clock.Now, Keep: []string{keptName}, KeepExpired: []string{"offline"}})
	t.Cleanup(page.Listen(func(Change) {}))
	if err := page.Restore(t.Context()); !errors.Is(err, ErrSignedOut) || page.Subject() != "" {
		t.Fatalf("Restore: %v, %q is signed in", err, page.Subject())
	}
	wantOver(t, s)
}

// The tenant's clock counts, not the device's; nor does it help to put that back.
func TestTheEndIsByTheTenantsClock(t *testing.T) {
	for _, ahead := range []time.Duration{-3 * time.Hour, 0, 3 * time.Hour} {
		d := newDevice(ahead)
		tokens := oidc.Tokens{ID: "id", Access: "access", Expires: start.Add(24 * time.Hour), Clock: off(ahead)}
		claims := oidc.Claims{Subject: ada, AuthTime: start, SessionEnds: start.Add(time.Hour).Unix()}
		if err := d.keeper.Adopt(t.Context(), tokens, claims); err != nil {
			t.Fatal(err)
		}
		d.passes(time.Hour - time.Second)
		for _, k := range []*Keeper{d.keeper, d.restored(t)} {
			account, _ := k.Account()
			if _, err := k.AccessToken(t.Context()); err != nil || !account.Ends.Equal(start.Add(time.Hour+ahead)) {
				t.Errorf("%v ahead, before the end: %v, ends %v", ahead, err, account.Ends)
			}
		}
		d.passes(time.Second)
		d.puts(-30 * time.Minute)
		if _, err := d.keeper.AccessToken(t.Context()); !errors.Is(err, ErrExpired) {
			t.Errorf("%v ahead, put back: %v", ahead, err)
		}
	}
}

// alone is a site that is open in one tab.
type alone struct{}

func (alone) Exclusive(_ context.Context, _ string, f func() error) error  { return f() }
func (alone) OpenChannel(func(platform.Message)) (nobody platform.Channel) { return silent{} }
func (alone) Tabs() []platform.Storage                                     { return nil }
func (alone) Hint(bool)                                                    {}

// silent is a channel to nobody.
type silent struct{}

func (silent) Post(platform.Message) {}
func (silent) Close()                {}

// A page that nobody touches ends the session by itself, also after the device has slept.
func TestThePageEndsTheSession(t *testing.T) {
	for name, asleep := range map[string]time.Duration{"awake": 0, "asleep": 5 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				slept := time.Duration(0)
				k := New(alone{}, newBox(), Options{
					Now:    func() time.Time { return time.Now().Add(slept) },
					Uptime: func() time.Duration { return time.Since(began) },
				})
				heard := make(chan Change, 1)
				defer k.Listen(func(c Change) { heard <- c })()
				tokens := oidc.Tokens{Access: "a", Expires: began.Add(24 * time.Hour), Clock: agreeing}
				claims := oidc.Claims{Subject: ada, SessionEnds: began.Add(6 * time.Hour).Unix()}
				if err := k.Adopt(t.Context(), tokens, claims); err != nil {
					t.Fatal(err)
				}
				slept = asleep
				time.Sleep(6*time.Hour - asleep - time.Second)
				synctest.Wait()
				if k.Subject() != ada {
					t.Fatal("it has ended too early")
				}
				time.Sleep(lookEvery)
				if got := <-heard; got != Expired || k.Subject() != "" {
					t.Errorf("heard %v, %q is signed in", got, k.Subject())
				}
			})
		})
	}
}

// A tab whose session is over takes the newer one that another tab has stored.
func TestANewerSessionOfAnotherTab(t *testing.T) {
	s, ends := newLimited(t)
	later := oidc.Claims{Subject: ada, AuthTime: start, SessionEnds: ends.Add(time.Hour).Unix()}
	if err := s.here.Renew(t.Context(), oidc.Tokens{Access: "newer", Expires: ends.Add(time.Hour), Clock: agreeing}, later); err != nil {
		t.Fatal(err)
	}
	s.clock.now = ends
	s.there.look()
	if token, err := s.there.AccessToken(t.Context()); err != nil || token != "newer" {
		t.Errorf("AccessToken: %q, %v", token.Reveal(), err)
	}
}

// Where what is stored cannot be read, the session gives no token, and is looked at once more.
func TestAnEndThatCannotBeStored(t *testing.T) {
	s, ends := newLimited(t)
	s.clock.now, s.vault.getErr = ends, context.DeadlineExceeded
	s.here.look()
	if token, err := s.here.AccessToken(t.Context()); err == nil {
		t.Errorf("access token %q", token.Reveal())
	}
	s.vault.getErr = nil
	s.here.look()
	wantOver(t, s)
}
