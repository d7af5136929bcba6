package session

import (
	"context"
	"errors"
	"fmt"

	"twinlock/app/oidc"
)

// Renewer renews tokens, as [oidc.Client] does.
type Renewer interface {
	// Refresh returns new tokens for a refresh token of the subject's, and the claims of
	// their ID token. [oidc.ErrReuse] means that the token is not accepted any more,
	// [oidc.ErrOtherSubject] that the new tokens are another account's.
	Refresh(ctx context.Context, refresh oidc.Secret, subject string) (oidc.Tokens, oidc.Claims, error)
	// Revoke has the tenant refuse a refresh token from now on. It returns an error if
	// the tenant has not said that it does.
	Revoke(ctx context.Context, refresh oidc.Secret) error
}

// AccessToken returns the token that the Management API is called with. An expired one is
// renewed where the tenant has given a refresh token: once for all callers, in this tab
// and the others. Where it has not, the token is returned until [Keeper.Refused]. The end
// of the context ends the wait but not the renewal.
//
// Errors that end the session: [ErrExpired] if it is over, if a refused token that has ended
// cannot be renewed, or none without the person ([oidc.ErrSecondFactor]); [ErrReused], in
// every tab, if the tenant does not accept the refresh token any more; [ErrOtherSubject]
// if another tab has put another account in its place or, in every tab, if the renewal
// yields another account's tokens. [ErrSignedOut] means that there is no session. Any
// other error, such as the network's, leaves it as it is.
func (k *Keeper) AccessToken(ctx context.Context) (oidc.Secret, error) {
	under, access, err := k.tokenOrRenewal(ctx)
	if under == nil {
		return access, err
	}
	select {
	case <-under.done:
		return under.access, under.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// Refused is told that the tenant does not accept an access token, whatever its end is here:
// clocks differ, and tokens are revoked. [Keeper.AccessToken] then renews it, where it can,
// or ends the session as expired if it has ended here, too. Any other token stays: the
// caller knows why it is refused.
func (k *Keeper) Refused(access oidc.Secret) {
	k.mu.Lock()
	if k.current != nil && (k.renewable(*k.current) || k.expired(*k.current)) {
		k.refused = access
	}
	k.mu.Unlock()
}

// due tells whether a session needs another access token in place of a refused one or of
// one that has ended.
func (k *Keeper) due(r record, refused oidc.Secret) bool {
	return r.Access == refused || k.renewable(r) && k.expired(r)
}

// renewal is one that is under way. All who need it wait for the same one.
type renewal struct {
	subject string
	refused oidc.Secret   // has to be renewed whatever its end is
	done    chan struct{} // closed when access and err are set
	access  oidc.Secret
	err     error
}

// tokenOrRenewal returns the current access token or, if that has expired, the renewal to
// wait for: the one that is under way, or else a new one.
func (k *Keeper) tokenOrRenewal(ctx context.Context) (*renewal, oidc.Secret, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.current == nil {
		return nil, "", k.checkSubject("")
	}
	if !k.over(k.current) && !k.due(*k.current, k.refused) {
		return nil, k.current.Access, nil
	}
	subject := k.current.Claims.Subject
	if k.renewal == nil || k.renewal.subject != subject {
		k.renewal = &renewal{subject: subject, refused: k.refused, done: make(chan struct{})}
		go k.run(context.WithoutCancel(ctx), k.renewal)
	}
	return k.renewal, "", nil
}

// run carries a renewal out.
func (k *Keeper) run(ctx context.Context, r *renewal) {
	renewed, err := k.renew(ctx, r)
	r.access, r.err = renewed.Access, err
	k.mu.Lock()
	if k.renewal == r {
		k.renewal = nil
	}
	k.mu.Unlock()
	close(r.done)
}

func (k *Keeper) renew(ctx context.Context, r *renewal) (renewed record, err error) {
	err = k.exclusive(ctx, func(ctx context.Context) error {
		current, err := k.sync(ctx, r.subject)
		if err != nil {
			return err
		}
		renewed = current // also if another tab has renewed it
		if k.overNow(&current) || k.due(current, r.refused) {
			renewed, err = k.renewRecord(ctx, current)
		}
		return err
	})
	return renewed, err
}

// renewRecord returns a session with another access token. Call it in exclusive.
func (k *Keeper) renewRecord(ctx context.Context, r record) (record, error) {
	subject := r.Claims.Subject
	if k.overNow(&r) {
		return record{}, k.endOver(ctx, &r)
	}
	if !k.renewable(r) {
		_ = k.endStored(ctx, nil, k.options.KeepExpired...)
		return record{}, ErrExpired
	}
	tokens, claims, err := k.options.Renewer.Refresh(ctx, r.Refresh, subject)
	switch {
	case errors.Is(err, oidc.ErrReuse):
		_ = k.endStored(ctx, ErrReused)
		k.tell(Reused)
		return record{}, fmt.Errorf("%w: %w", ErrReused, err)
	case errors.Is(err, oidc.ErrOtherSubject), err == nil && claims.Subject != subject:
		// The refresh token was another account's, or nobody can tell whose: no tab may
		// use it any more.
		_ = k.endStored(ctx, errMoved)
		k.tell(SignedOut)
		return record{}, fmt.Errorf("renew the session: %w", errMoved)
	case errors.Is(err, oidc.ErrSecondFactor): // only the person can go on
		_ = k.endStored(ctx, nil, k.options.KeepExpired...)
		return record{}, fmt.Errorf("%w: %w", ErrExpired, err)
	case err != nil:
		return record{}, fmt.Errorf("renew the session: %w", err)
	}
	// Renewing proves nothing about the person.
	claims.AuthTime = r.Claims.AuthTime
	if end := r.Claims.SessionEnds; claims.SessionEnds == 0 || end != 0 && end < claims.SessionEnds {
		claims.SessionEnds = end
	}
	k.learn(tokens.Clock, false)
	next := record{tokens, claims}
	if k.overNow(&next) { // which the device's clock did not show, or an earlier end than before
		return record{}, k.endOver(ctx, &next)
	}
	// What cannot be stored is the current session all the same.
	_ = k.commit(ctx, subject, next)
	return k.currentOf(subject)
}
