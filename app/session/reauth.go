package session

import (
	"context"
	"slices"

	"twinlock/app/oidc"
)

// Renew gives the session the tokens of a sign-in in which the person has proved anew who
// they are. It must be of the account that is signed in; otherwise nothing changes.
//
// Errors: [ErrOtherSubject]; [ErrSignedOut]. Errors of the vault mean that the tokens are
// the session's but will not outlast this page.
func (k *Keeper) Renew(ctx context.Context, tokens oidc.Tokens, claims oidc.Claims) error {
	return k.exclusive(ctx, func(ctx context.Context) error {
		before, err := k.sync(ctx, claims.Subject)
		if err != nil {
			return err
		}
		if tokens.Refresh == "" {
			tokens.Refresh = before.Refresh
		}
		if claims.SessionEnds == 0 { // what is not said takes no limit away
			claims.SessionEnds = before.Claims.SessionEnds
		}
		k.learn(tokens.Clock, false)
		return k.commit(ctx, claims.Subject, record{tokens, claims})
	})
}

// Replace moves the session to another account, as the person has asked for when they
// swapped which account is the primary. It must be from's until then; if it is not, here
// or in another tab, nothing changes. The vault is wiped as by [Keeper.SignOut], since
// what is in it is the earlier account's, except what the options name. The other tabs let
// go of the earlier account.
//
// Errors: [ErrOtherSubject]; [ErrSignedOut]. Errors of the vault mean that the session is
// the new account's but will not outlast this page.
func (k *Keeper) Replace(ctx context.Context, from string, tokens oidc.Tokens, claims oidc.Claims) error {
	err := k.exclusive(ctx, func(ctx context.Context) error {
		if _, err := k.sync(ctx, from); err != nil {
			return err
		}
		k.forgetLogins()
		_ = k.vault.Wipe(ctx, slices.Concat(k.options.Keep, k.options.KeepReplaced)...)
		return k.commit(ctx, from, record{tokens, claims})
	})
	if k.Subject() == claims.Subject {
		k.tell(Replaced)
	}
	return err
}
