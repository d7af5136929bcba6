package session

import (
	"context"
	"errors"
	"time"
)

// lookEvery is how often a page looks whether its session is over, where that has an end. A timer
// that waits for the end itself would be late: it stands still while the device sleeps.
const lookEvery = time.Minute

// ends is [Account].Ends. The caller has locked mu.
func (k *Keeper) ends() time.Time {
	if end := k.current.Claims.SessionEnds; end != 0 {
		return time.Unix(end, 0).Add(-k.clock.shown.Offset)
	}
	return time.Time{}
}

// over tells whether a session has reached the end that its login has set. The caller has
// locked mu.
func (k *Keeper) over(r *record) bool {
	now := k.tenantTime()
	if now.IsZero() {
		now = k.deviceTime()
	}
	return r.Claims.Over(now)
}

// overNow is over, for a caller that has not locked mu.
func (k *Keeper) overNow(r *record) bool {
	k.mu.Lock()
	over := k.over(r)
	k.mu.Unlock()
	return over
}

// endOver ends a session that is over, in every tab, with all that is stored of it, and returns
// [ErrExpired].
func (k *Keeper) endOver(ctx context.Context, r *record) error {
	_ = k.endStored(ctx, ErrExpired)
	k.tell(Expired)
	k.revoke(ctx, *r)
	return ErrExpired
}

// look ends the current session if it is over, and tells the listener.
func (k *Keeper) look() {
	k.mu.Lock()
	k.watched = false
	if k.current == nil {
		k.mu.Unlock()
		return
	}
	over, listen := k.over(k.current), k.listen
	k.hold(k.current, k.inVault) // goes on looking
	k.mu.Unlock()
	if over {
		// Unless another tab has a newer one.
		if _, err := k.AccessToken(context.Background()); errors.Is(err, ErrExpired) {
			listen(Expired)
		}
	}
}
