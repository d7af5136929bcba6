package session

import (
	"context"
	"strings"
	"testing"
	"time"

	"twinlock/app/oidc"
	"twinlock/app/platform"
)

const limit = 5 * time.Minute

// off is what an exchange shows on a device whose clock is ahead of the tenant's.
func off(ahead time.Duration) oidc.Clock { return oidc.Clock{Offset: -ahead, Tolerance: time.Second} }

func TestFresh(t *testing.T) {
	for _, test := range []struct {
		name string
		auth time.Time
		want bool
	}{
		{"just now", start, true},
		{"at the limit", start.Add(-limit), true},
		{"past the limit, within the tolerance", start.Add(-limit - time.Second), true},
		{"past the limit", start.Add(-limit - 2*time.Second), false},
		{"not told", time.Time{}, false},
		{"ahead, as another machine of the tenant's may be", start.Add(platform.ClockSkew), true},
		{"ten minutes ahead", start.Add(10 * time.Minute), false},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := Account{Claims: oidc.Claims{AuthTime: test.auth}, Now: start, Tolerance: time.Second}
			if got := a.Fresh(limit); got != test.want {
				t.Errorf("Fresh = %v", got)
			}
			if (Account{Claims: a.Claims}).Fresh(limit) {
				t.Error("fresh by a clock that is not known")
			}
		})
	}
}

// device is a device of ada's: its clock, and for how long the page has been running.
type device struct {
	clock
	running time.Duration
	vault   *box
	keeper  *Keeper // the page's
}

// newDevice returns a device whose clock is ahead of the tenant's.
func newDevice(ahead time.Duration) *device {
	d := &device{clock: clock{start.Add(ahead)}, vault: newBox()}
	d.keeper = d.page()
	return d
}

// page returns the keeper of another page.
func (d *device) page() *Keeper {
	return New(scope, d.vault, Options{Now: d.Now, Uptime: func() time.Duration { return d.running }})
}

// passes lets time pass.
func (d *device) passes(by time.Duration) { d.now, d.running = d.now.Add(by), d.running+by }

// puts puts the device's clock forward, or back.
func (d *device) puts(by time.Duration) { d.now = d.now.Add(by) }

// proves makes ada prove who she is now, at that time of the tenant's, on a device whose
// clock is ahead.
func (d *device) proves(t *testing.T, now time.Time, ahead time.Duration) {
	t.Helper()
	tokens := oidc.Tokens{ID: "id", Access: "access", Expires: now.Add(time.Hour), Clock: off(ahead)}
	if err := d.keeper.Adopt(t.Context(), tokens, oidc.Claims{Subject: ada, AuthTime: now}); err != nil {
		t.Fatal(err)
	}
}

// fresh tells whether the proof is fresh to a page.
func fresh(t *testing.T, k *Keeper) bool {
	t.Helper()
	account, ok := k.Account()
	if !ok {
		t.Fatal("nobody is signed in")
	}
	return account.Fresh(limit)
}

// restored returns the keeper of a page that is loaded anew.
func (d *device) restored(t *testing.T) *Keeper {
	t.Helper()
	k := d.page()
	if err := k.Restore(t.Context()); err != nil {
		t.Fatal(err)
	}
	return k
}

// Attack case 44: however far the device's clock is off, a proof is fresh for as long as on
// one that is right, in its page and in one that is loaded anew.
func TestTheTenantsClock(t *testing.T) {
	for _, ahead := range []time.Duration{
		-20 * time.Hour, -10 * time.Minute, -2 * time.Minute, 0, 2 * time.Minute, 10 * time.Minute, 20 * time.Hour,
	} {
		d := newDevice(ahead)
		d.proves(t, start, ahead)
		d.passes(4 * time.Minute)
		if !fresh(t, d.keeper) || !fresh(t, d.restored(t)) {
			t.Errorf("%v ahead: not fresh after four minutes", ahead)
		}
		if got := d.restored(t).Ahead(); got != -ahead {
			t.Errorf("%v ahead: the tenant is %v ahead", ahead, got)
		}
		if token, err := d.restored(t).AccessToken(t.Context()); err != nil {
			t.Errorf("%v ahead: access token %q: %v", ahead, token.Reveal(), err)
		}
		d.passes(2 * time.Minute)
		if fresh(t, d.keeper) || fresh(t, d.restored(t)) {
			t.Errorf("%v ahead: fresh after six minutes", ahead)
		}
	}
}

// Attack case 44: somebody puts the clock of an open page back, and nothing is fresh again.
// The page goes on reading what is stored, and that does not help them either.
func TestTheClockIsPutBack(t *testing.T) {
	for _, by := range []time.Duration{time.Second, 2 * time.Minute, time.Hour, 20 * time.Hour} {
		d := newDevice(0)
		d.proves(t, start, 0)
		d.passes(limit + time.Minute)
		d.puts(-by)
		if fresh(t, d.keeper) {
			t.Errorf("put back by %v: fresh again", by)
		}
		if err := d.keeper.While(t.Context(), ada, nothing); err != nil {
			t.Fatal(err)
		}
		if fresh(t, d.keeper) {
			t.Errorf("put back by %v: fresh again after reading the vault", by)
		}
	}
}

// The device sleeps, and the page's own clock stands still.
func TestTheDeviceSleeps(t *testing.T) {
	d := newDevice(0)
	d.proves(t, start, 0)
	d.puts(time.Hour)
	if fresh(t, d.keeper) {
		t.Error("fresh after an hour's sleep")
	}
	k := New(scope, d.vault, Options{}) // by the system's clock
	k.learn(off(0), false)
	if now := k.tenantTime().String(); strings.Contains(now, " m=") {
		t.Errorf("%s is also by a clock that stands still", now)
	}
}

// Attack case 44: a clock that is put right while the page is open. Where it was behind, the
// person is asked once more, and then all is well; where it was ahead nothing changes.
func TestTheClockIsPutRight(t *testing.T) {
	for _, ahead := range []time.Duration{-20 * time.Hour, -10 * time.Minute, 10 * time.Minute, 20 * time.Hour} {
		d := newDevice(ahead)
		d.proves(t, start, ahead)
		d.passes(time.Minute)
		d.puts(-ahead)
		if got := fresh(t, d.keeper); got != (ahead > 0) {
			t.Errorf("%v ahead: fresh is %v", ahead, got)
		}
		d.passes(time.Minute)
		d.proves(t, start.Add(2*time.Minute), 0)
		d.passes(4 * time.Minute)
		if !fresh(t, d.keeper) || !fresh(t, d.restored(t)) {
			t.Errorf("%v ahead: a new proof does not count", ahead)
		}
		d.passes(2 * time.Minute)
		if fresh(t, d.keeper) || fresh(t, d.restored(t)) {
			t.Errorf("%v ahead: a new proof counts for ever", ahead)
		}
	}
}

// A login to the second account teaches the page the tenant's clock, and the pages after it.
func TestLearn(t *testing.T) {
	const ahead = -10 * time.Minute
	d := newDevice(ahead)
	d.proves(t, start, ahead)
	d.passes(time.Minute)
	d.puts(-ahead) // while she signs in to the other account
	d.keeper = d.restored(t)
	d.keeper.Learn(t.Context(), oidc.Clock{})
	if fresh(t, d.keeper) {
		t.Error("it was learnt from nothing")
	}
	d.keeper.Learn(t.Context(), off(0))
	if err := d.keeper.While(t.Context(), ada, nothing); err != nil {
		t.Fatal(err)
	}
	if d.keeper.Learn(t.Context(), oidc.Clock{}); !fresh(t, d.keeper) || !fresh(t, d.restored(t)) {
		t.Error("it was not learnt")
	}
	d.passes(limit)
	if fresh(t, d.keeper) || fresh(t, d.restored(t)) {
		t.Error("it is fresh for ever")
	}
	if _, err := d.restored(t).AccessToken(t.Context()); err != nil {
		t.Error(err)
	}
	d.vault.putErr = platform.ErrNoVault
	d.keeper.Learn(t.Context(), off(time.Minute))
	if d.keeper.clock.shown != off(time.Minute) || d.keeper.Subject() != ada {
		t.Errorf("where nothing is stored, %+v is known", d.keeper.clock.shown)
	}
}

// The second account becomes the session minutes after its login: what that has shown is
// known by then, and somebody may have put the clock back.
func TestReplaceLearnsNothing(t *testing.T) {
	d := newDevice(0)
	d.proves(t, start, 0)
	d.passes(limit + time.Minute)
	d.puts(-limit)
	tokens := oidc.Tokens{Access: "access", Expires: start.Add(time.Hour), Clock: off(0)}
	if err := d.keeper.Replace(t.Context(), ada, tokens, oidc.Claims{Subject: mary, AuthTime: start}); err != nil {
		t.Fatal(err)
	}
	if fresh(t, d.keeper) {
		t.Error("fresh again")
	}
}

// What an earlier program has stored says nothing of the tenant's clock, and neither does an
// ID token that is stored: the person is asked once.
func TestTheClockIsNotKnown(t *testing.T) {
	d := newDevice(0)
	d.keeper.clock = tenantClock{}
	tokens := oidc.Tokens{ID: "id", Access: "access", Expires: start.Add(time.Hour)}
	claims := oidc.Claims{Subject: ada, AuthTime: start, IssuedAt: start}
	if err := d.keeper.Adopt(t.Context(), tokens, claims); err != nil {
		t.Fatal(err)
	}
	if stored := string(d.vault.entries[entryName]); strings.Contains(stored, "clock") {
		t.Errorf("stored %s", stored)
	}
	k := d.restored(t)
	if fresh(t, k) {
		t.Error("fresh by a clock that nobody has told")
	}
	if _, err := k.AccessToken(t.Context()); err != nil {
		t.Error(err)
	}
	d.keeper = k
	d.proves(t, start, 0)
	if !fresh(t, k) || !fresh(t, d.restored(t)) {
		t.Error("a proof does not count")
	}
}

// Attack case 44: the end of a token is a hint. Where the clock is put forward it is renewed
// early, where it is put back too late: then the tenant has refused it, and it is renewed
// once.
func TestTheClockIsPut(t *testing.T) {
	for _, test := range []struct {
		name string
		by   time.Duration
		want oidc.Secret
	}{
		{"right", 0, "access-1"},
		{"ten minutes forward", 10 * time.Minute, "access-2"},
		{"ten minutes back", -10 * time.Minute, "access-1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newTabs(t)
			s.clock.now = start.Add(55*time.Minute + test.by)
			if token, err := s.there.AccessToken(t.Context()); token != test.want || err != nil {
				t.Fatalf("got %q, %v, want %q", token.Reveal(), err, test.want.Reveal())
			}
			s.here.Refused("somebody else's")
			s.here.Refused("access-1")
			for _, k := range []*Keeper{s.here, s.here, s.there} {
				if token, err := k.AccessToken(t.Context()); token != "access-2" && k == s.here || err != nil {
					t.Errorf("after the tenant has refused it: %q, %v", token.Reveal(), err)
				}
			}
			if s.issuer.requests != 1 {
				t.Errorf("%d renewals", s.issuer.requests)
			}
		})
	}
}

// Attack case 44: however far the device's clock is off, a token that the tenant takes is not
// renewed, in its page and in one that is loaded anew, and one that has ended is.
func TestATokenEndsByTheTenantsClock(t *testing.T) {
	for _, ahead := range []time.Duration{-20 * time.Hour, -10 * time.Minute, 10 * time.Minute, 20 * time.Hour} {
		d := newDevice(ahead)
		renewer := newIssuer(&d.clock)
		page := func() *Keeper {
			return New(scope, d.vault, Options{
				Renewer: renewer, Now: d.Now, Uptime: func() time.Duration { return d.running },
			})
		}
		k := page()
		tokens := oidc.Tokens{
			ID: "id", Access: "access", Refresh: "refresh-1", Expires: start.Add(time.Hour), Clock: off(ahead),
		}
		if err := k.Adopt(t.Context(), tokens, oidc.Claims{Subject: ada, AuthTime: start}); err != nil {
			t.Fatal(err)
		}
		for _, want := range []int{0, 1} {
			d.passes(55 * time.Minute)
			again := page()
			if err := again.Restore(t.Context()); err != nil {
				t.Fatal(err)
			}
			for _, k := range []*Keeper{again, k} {
				if _, err := k.AccessToken(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			if renewer.requests != want {
				t.Errorf("%v ahead: %d renewals, want %d", ahead, renewer.requests, want)
			}
		}
	}
}

// A page takes over the clock that another tab has learnt, with the session.
func TestTheClockOfAnotherTab(t *testing.T) {
	const ahead = -10 * time.Minute
	d := newDevice(ahead)
	d.proves(t, start, ahead)
	other := d.restored(t)
	d.puts(-ahead)
	d.proves(t, start, 0)
	if err := other.While(t.Context(), ada, nothing); err != nil {
		t.Fatal(err)
	}
	if !fresh(t, other) {
		t.Error("a proof in another tab does not count")
	}
}

// A renewal shows the tenant's clock, too. Where it does not, the end of its token is by the
// device's, and is found to be so.
func TestARenewalShowsTheClock(t *testing.T) {
	for _, test := range []struct{ shown, want oidc.Clock }{
		{off(time.Minute), off(time.Minute)},
		{oidc.Clock{}, off(-20 * time.Hour)},
	} {
		s := newTabs(t)
		s.here.Learn(t.Context(), off(-20*time.Hour))
		s.issuer.shown = test.shown
		s.here.Refused("access-1")
		for range 2 {
			if token, err := s.here.AccessToken(t.Context()); token != "access-2" || err != nil {
				t.Errorf("got %q, %v", token.Reveal(), err)
			}
		}
		if got := s.here.clock.shown; got != test.want {
			t.Errorf("learnt %+v, want %+v", got, test.want)
		}
	}
}

// Without a refresh token there is nothing to renew: the session ends when the tenant's
// refusal is told, and not by itself.
func TestRefusedWithoutARefreshToken(t *testing.T) {
	d := newDevice(0)
	d.proves(t, start, 0)
	d.keeper.Refused("access")
	if token, err := d.keeper.AccessToken(t.Context()); token != "access" || err != nil {
		t.Errorf("got %q, %v", token.Reveal(), err)
	}
}

func nothing(context.Context) error { return nil }
