package session

import (
	"context"
	"errors"
	"fmt"

	"twinlock/app/oidc"
	"twinlock/app/platform"
)

// Renewer renews tokens with a refresh token of the subject's, as
// [oidc.Client.Refresh] does, and takes it back at the end, as
// [oidc.Client.Revoke].
type Renewer interface {
	Refresh(ctx context.Context, refresh oidc.Secret, subject string) (oidc.Tokens, oidc.Claims, error)
	Revoke(ctx context.Context, refresh oidc.Secret) error
}

// AccessToken returns the token that the Management API is called with. One
// that has run out is renewed where the tenant has given a refresh token: once
// for all who ask, in this tab and the others.
//
// The session ends with [ErrExpired] where there is no way to renew, with
// [ErrReused], everywhere, where the tenant no longer accepts the refresh token,
// and with [ErrOtherSubject] where another tab has put another account in its
// place, or, everywhere, where the renewal yields another account's tokens. Any
// other error, such as the network's, leaves it as it is.
// The context's end ends the wait but not the renewal.
func (k *Keeper) AccessToken(ctx context.Context) (string, error) {
	f, access, err := k.access(ctx)
	if f == nil {
		return access, err
	}
	select {
	case <-f.done:
		return f.access, f.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// flight is a renewal that is under way.
type flight struct {
	subject string
	done    chan struct{} // closed when the rest is set
	access  string
	err     error
}

// access returns the token that is held, or the renewal to wait for: a new one
// or that which is under way.
func (k *Keeper) access(ctx context.Context) (*flight, string, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.held == nil {
		return nil, "", k.heldBy("")
	}
	if !k.expired(*k.held) {
		return nil, k.held.Access, nil
	}
	subject := k.held.Claims.Subject
	if k.flight == nil || k.flight.subject != subject {
		k.flight = &flight{subject: subject, done: make(chan struct{})}
		go k.fly(context.WithoutCancel(ctx), k.flight)
	}
	return k.flight, "", nil
}

func (k *Keeper) fly(ctx context.Context, f *flight) {
	renewed, err := k.renew(ctx, f.subject)
	f.access, f.err = renewed.Access, err
	k.mu.Lock()
	if k.flight == f {
		k.flight = nil
	}
	k.mu.Unlock()
	close(f.done)
}

func (k *Keeper) renew(ctx context.Context, subject string) (renewed record, err error) {
	err = k.alone(ctx, func(ctx context.Context) error {
		current, err := k.latest(ctx, subject)
		if err != nil {
			return err
		}
		renewed, err = k.renewAlone(ctx, current)
		return err
	})
	return renewed, err
}

// latest returns what the subject's session is now: another tab may have
// renewed it. Where another tab has ended it or moved it to another account, it
// ends here, too, and what is kept is left alone. It must run alone.
func (k *Keeper) latest(ctx context.Context, subject string) (record, error) {
	held, err := k.of(subject)
	if err != nil {
		return record{}, err
	}
	k.mu.Lock()
	kept := k.kept
	k.mu.Unlock()
	sealed, err := k.open(ctx)
	switch {
	case err == nil && sealed.Claims.Subject != subject:
		k.drop(errMoved)
		return record{}, errMoved
	case err == nil && (kept || !k.expired(sealed)):
		return sealed, k.hold(subject, sealed, true)
	case !kept: // this tab alone has it
		return held, nil
	case errors.Is(err, platform.ErrNoEntry), errors.Is(err, platform.ErrSealBroken):
		k.drop(nil)
		return record{}, fmt.Errorf("%w: %w", ErrSignedOut, err)
	}
	return record{}, fmt.Errorf("read the session: %w", err)
}

func (k *Keeper) renewable(r record) bool { return r.Refresh != "" && k.options.Renewer != nil }

// renewAlone must run alone.
func (k *Keeper) renewAlone(ctx context.Context, r record) (record, error) {
	subject := r.Claims.Subject
	switch {
	case !k.expired(r):
		return r, nil // another tab has renewed it
	case !k.renewable(r):
		_ = k.expire(ctx)
		return record{}, ErrExpired
	}
	tokens, claims, err := k.options.Renewer.Refresh(ctx, oidc.Secret(r.Refresh), subject)
	switch {
	case errors.Is(err, oidc.ErrReuse):
		_ = k.forget(ctx, ErrReused)
		k.tell(Reused)
		return record{}, fmt.Errorf("%w: %w", ErrReused, err)
	case errors.Is(err, oidc.ErrOtherSubject), err == nil && claims.Subject != subject:
		// Also where nothing tells whose the tokens are. The refresh token has
		// turned out to be another's: no tab may go on with it.
		_ = k.forget(ctx, errMoved)
		k.tell(SignedOut)
		return record{}, fmt.Errorf("renew the session: %w", errMoved)
	case err != nil:
		return record{}, fmt.Errorf("renew the session: %w", err)
	}
	// Renewing proves nothing about the person.
	claims.AuthTime = r.Claims.AuthTime
	// What cannot be sealed is held all the same.
	_ = k.settle(ctx, subject, recordOf(tokens, claims))
	return k.of(subject)
}
