package session

import (
	"context"
	"slices"

	"twinlock/app/oidc"
)

// Renew takes over the tokens of a sign-in in which the person has proved anew
// who they are. It must be the account that is signed in: with another the
// answer is [ErrOtherSubject], with nobody signed in [ErrSignedOut], and
// nothing has changed.
//
// Errors of the vault mean that the tokens are held but will not outlast a
// reload.
func (k *Keeper) Renew(ctx context.Context, tokens oidc.Tokens, claims oidc.Claims) error {
	return k.alone(ctx, func(ctx context.Context) error {
		latest, err := k.latest(ctx, claims.Subject)
		if err != nil {
			return err
		}
		r := recordOf(tokens, claims)
		if r.Refresh == "" {
			r.Refresh = latest.Refresh
		}
		return k.settle(ctx, claims.Subject, r)
	})
}

// Replace moves the session to another account, as the person has asked for
// when they swapped which account is the primary one. It must be from's: if it
// is not any more, here or in another tab, the answer is [ErrOtherSubject] or
// [ErrSignedOut], and it stays as it is.
//
// What is kept is wiped as by [Keeper.SignOut], since it is of the account that
// was; the history stays, for [History.Move]. The other tabs let go of that
// account. Errors of the vault mean that the session is held but will not
// outlast a reload.
func (k *Keeper) Replace(ctx context.Context, from string, tokens oidc.Tokens, claims oidc.Claims) error {
	err := k.alone(ctx, func(ctx context.Context) error {
		if _, err := k.latest(ctx, from); err != nil {
			return err
		}
		k.forgetLogins()
		_ = k.vault.Wipe(ctx, slices.Concat(k.options.Keep, []string{HistoryName})...)
		return k.settle(ctx, from, recordOf(tokens, claims))
	})
	if k.Subject() == claims.Subject {
		k.tell(Replaced)
	}
	return err
}
