package session

import (
	"context"
	"time"

	"twinlock/app/oidc"
	"twinlock/app/platform"
)

// tenantClock is the tenant's time as this page knows it. It never runs slower than the page
// does: if somebody puts the device's clock back, nothing becomes fresh again.
type tenantClock struct {
	// shown is what the last exchange has shown, of this page or of the one that stored the
	// session.
	shown oidc.Clock
	// began is when the page began, by the tenant's clock, or later.
	began time.Time
}

// Learn is told the tenant's clock by a login of this page that does not become the
// session, and stores it with the session.
func (k *Keeper) Learn(ctx context.Context, c oidc.Clock) {
	k.learn(c, false)
	subject := k.Subject()
	// Where it cannot be stored it is known to this page all the same.
	_ = k.exclusive(ctx, func(ctx context.Context) error {
		r, err := k.sync(ctx, subject)
		if err == nil {
			k.learn(c, true) // in place of what was stored
			err = k.commit(ctx, subject, r)
		}
		return err
	})
}

// learn replaces what was known by what an exchange shows now. What was stored cannot make
// the tenant's time earlier than it is.
func (k *Keeper) learn(c oidc.Clock, stored bool) {
	if !c.Known() {
		return
	}
	began := k.deviceTime().Add(c.Offset - k.options.Uptime())
	k.mu.Lock()
	if stored && k.clock.shown.Known() {
		began = k.clock.began
	}
	k.clock = tenantClock{c, began}
	k.mu.Unlock()
}

// Ahead returns how far the tenant's clock is ahead of this device's, 0 if that is not known.
func (k *Keeper) Ahead() time.Duration { return k.shown().Offset }

func (k *Keeper) shown() oidc.Clock {
	k.mu.Lock()
	c := k.clock.shown
	k.mu.Unlock()
	return c
}

// tenantTime returns the tenant's time, zero if it is not known. The caller has locked mu.
func (k *Keeper) tenantTime() time.Time {
	if !k.clock.shown.Known() {
		return time.Time{}
	}
	now, least := k.deviceTime().Add(k.clock.shown.Offset), k.clock.began.Add(k.options.Uptime())
	if now.Before(least) {
		return least
	}
	return now
}

// deviceTime is the time that the device shows. UTC takes Go's reading of the other clock away,
// which stands still while the device sleeps.
func (k *Keeper) deviceTime() time.Time { return k.options.Now().UTC() }

// Fresh tells whether the person proved who they are at most max ago, by the tenant's
// clock. It is false if that is not known, if the tenant did not say when it was, or if it
// gave a time in the future.
func (a Account) Fresh(max time.Duration) bool {
	age := a.Now.Sub(a.Claims.AuthTime)
	return !a.Now.IsZero() && -platform.ClockSkew-a.Tolerance <= age && age <= max+a.Tolerance
}
