package session

import (
	"context"
	"errors"
	"time"
)

// lookEvery is how often a session that has an end is looked at. A timer stands still while the
// device sleeps, so one that waits for the end itself would be late.
const lookEvery = time.Minute

// ends is [Account].Ends. The caller has locked mu.
func (k *Keeper) ends(r *record) time.Time {
	if r.Claims.SessionEnds.IsZero() {
		return time.Time{}
	}
	return r.Claims.SessionEnds.Add(-k.clock.shown.Offset)
}

// over tells whether a session has reached the end that its login has set. The caller has
// locked mu.
func (k *Keeper) over(r *record) bool {
	now := k.tenantTime()
	if now.IsZero() {
		now = k.deviceTime()
	}
	return !r.Claims.SessionEnds.IsZero() && !now.Before(r.Claims.SessionEnds)
}

// overNow is over, for a caller that has not locked mu.
func (k *Keeper) overNow(r record) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.over(&r)
}

// earlier returns the earlier of two ends; the zero time is none.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// endOver ends a session that is over, in every tab, with all that is stored of it, and returns
// [ErrExpired]. Call it in exclusive.
func (k *Keeper) endOver(ctx context.Context, r record) error {
	_ = k.endStored(ctx, ErrExpired)
	k.tell(Expired)
	k.revoke(ctx, r)
	return ErrExpired
}

// watchEnd looks after the end of the current session, where it has one. The caller has locked
// mu.
func (k *Keeper) watchEnd() {
	if k.watch != nil {
		k.watch.Stop()
		k.watch = nil
	}
	if k.current != nil && !k.current.Claims.SessionEnds.IsZero() {
		wait := lookEvery
		if left := k.ends(k.current).Sub(k.deviceTime()); left > 0 {
			wait = min(left, wait)
		}
		k.watch = time.AfterFunc(wait, k.look)
	}
}

// look ends the current session if it is over, and tells the listener.
func (k *Keeper) look() {
	k.mu.Lock()
	over, listen := k.current != nil && k.over(k.current), k.listen
	k.mu.Unlock()
	if over {
		// Unless another tab has a newer one.
		if _, err := k.AccessToken(context.Background()); errors.Is(err, ErrExpired) {
			listen(Expired)
			return
		}
	}
	k.mu.Lock()
	k.watchEnd()
	k.mu.Unlock()
}
