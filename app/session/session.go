// Package session knows who is signed in: it holds the tokens, renews them,
// keeps them sealed over a reload, and tells the other tabs of what happens to
// them. Beside them it keeps what a person's ceremonies leave on the device: an
// action that waits for a redirect, and the history.
package session

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"twinlock/app/browser"
	"twinlock/app/oidc"
	"twinlock/app/platform"
)

// Errors of a [Keeper].
var (
	// ErrSignedOut: nobody is signed in.
	ErrSignedOut = errors.New("nobody is signed in")
	// ErrReused: the tenant no longer accepts the refresh token, because it was
	// used twice, taken back or left unused for too long. The session has ended
	// in every tab. It also is [ErrSignedOut]: ask for ErrReused first.
	ErrReused = fmt.Errorf("%w: the refresh token is no longer accepted", ErrSignedOut)
	// ErrExpired: the access token has run out and cannot be renewed.
	ErrExpired = errors.New("the sign-in has expired")
	// ErrOtherSubject: a sign-in of one account came where another's was held.
	// Where the session has ended by it, it also is [ErrSignedOut].
	ErrOtherSubject = errors.New("another account is signed in")
)

// errMoved: the session has ended here because another account took its place.
var errMoved = fmt.Errorf("%w: %w", ErrSignedOut, ErrOtherSubject)

// entryName is the session's name in the vault.
const entryName = "session"

const (
	// spare is how long before its end an access token is no longer used: a
	// request takes time to arrive.
	spare = 30 * time.Second
	// leeway is how far the clocks of device and tenant may be apart.
	leeway = time.Minute
)

// The kept session is changed by one tab at a time, under the lock of this name.
const (
	turn = "session"
	// patience is how long a tab waits for its turn: a renewal is three requests
	// at most, of 20 seconds each.
	patience = time.Minute
	// signOutPatience is how long signing out waits for it. It goes on without.
	signOutPatience = 3 * time.Second
)

// Account is who is signed in.
type Account struct {
	Claims  oidc.Claims
	Expires time.Time // of the access token
}

// Subject is the account's id at the tenant.
func (a Account) Subject() string { return a.Claims.Subject }

// Fresh tells whether the person proved at most max ago who they are. It is
// false where the tenant did not say when, or where it says that it has not
// been yet.
func (a Account) Fresh(now time.Time, max time.Duration) bool {
	age := now.Sub(a.Claims.AuthTime)
	return -leeway <= age && age <= max
}

// Options are what a [Keeper] stands on.
type Options struct {
	// Renewer renews access tokens. With nil, a session ends with its first.
	Renewer Renewer
	// Keep names the entries of the vault that outlast signing out.
	Keep []string
	// KeepExpired names those that also outlast a session that has run out.
	KeepExpired []string
	// Now is the clock; nil means the system's.
	Now func() time.Time
}

// Keeper holds the session. Its methods may be called from any goroutine.
type Keeper struct {
	scope   browser.Scope
	vault   platform.Vault
	options Options

	mu     sync.Mutex
	held   *record
	kept   bool // whether what is held is in the vault
	lost   error
	flight *flight
	listen func(Change)
	post   func(platform.Message)
}

// record is the session as it is sealed. The tokens are in it, so it never
// leaves this package but into the vault.
type record struct {
	ID      string      `json:"id"`
	Access  string      `json:"access"`
	Refresh string      `json:"refresh,omitempty"`
	Scope   []string    `json:"scope"`
	Expires time.Time   `json:"expires"`
	Claims  oidc.Claims `json:"claims"`
}

func recordOf(tokens oidc.Tokens, claims oidc.Claims) record {
	return record{
		ID:      tokens.ID.Reveal(),
		Access:  tokens.Access.Reveal(),
		Refresh: tokens.Refresh.Reveal(),
		Scope:   tokens.Scope,
		Expires: tokens.Expires,
		Claims:  claims,
	}
}

// New returns a keeper over a scope's vault.
func New(scope browser.Scope, vault platform.Vault, o Options) *Keeper {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Keeper{
		scope:   scope,
		vault:   vault,
		options: o,
		listen:  func(Change) {},
		post:    func(platform.Message) {},
	}
}

// Adopt makes the account that a sign-in yielded the session. Where another
// account is signed in nothing changes: the answer is [ErrOtherSubject]. Where
// the same one is, it is [Keeper.Renew].
//
// Any other error but [ErrSignedOut] means that the session is held but will
// not outlast a reload.
func (k *Keeper) Adopt(ctx context.Context, tokens oidc.Tokens, claims oidc.Claims) error {
	r := recordOf(tokens, claims)
	k.mu.Lock()
	if k.held != nil {
		k.mu.Unlock()
		return k.Renew(ctx, tokens, claims)
	}
	k.held, k.kept, k.lost = &r, false, nil
	k.mu.Unlock()
	err := k.alone(ctx, func(ctx context.Context) error {
		return k.settle(ctx, claims.Subject, r)
	})
	if _, gone := k.of(claims.Subject); gone != nil {
		return gone
	}
	k.scope.Hint(true)
	k.tell(SignedIn)
	return err
}

// Restore takes up the session that an earlier page or another tab left.
// [ErrSignedOut] means that there is none, [ErrExpired] that it has run out and
// cannot be renewed, [ErrOtherSubject] that it is not the one that is held
// here; a session that cannot be opened is removed and counts as none.
func (k *Keeper) Restore(ctx context.Context) error {
	r, err := k.open(ctx)
	switch {
	case errors.Is(err, platform.ErrSealBroken):
		_ = k.forget(ctx, nil)
		return fmt.Errorf("%w: %w", ErrSignedOut, err)
	case err != nil:
		k.scope.Hint(false)
		return fmt.Errorf("%w: %w", ErrSignedOut, err)
	case k.expired(r) && !k.renewable(r):
		_ = k.expire(ctx)
		return ErrExpired
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.held != nil && k.held.Claims.Subject != r.Claims.Subject {
		return ErrOtherSubject
	}
	k.held, k.kept, k.lost = &r, true, nil
	return nil
}

// Account returns who is signed in, and false where nobody is.
func (k *Keeper) Account() (Account, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.held == nil {
		return Account{}, false
	}
	return Account{Claims: k.held.Claims, Expires: k.held.Expires}, true
}

// Subject is the id of the account that is signed in, "" where nobody is.
func (k *Keeper) Subject() string {
	account, _ := k.Account()
	return account.Subject()
}

// IDToken is the ID token of the session, "" where nobody is signed in. It is
// there for one purpose: to link this account to another that the person wants
// to be the primary. It proves who they are to the tenant, so it goes nowhere
// else, and whoever needs it fresh asks [Account.Fresh] first.
func (k *Keeper) IDToken() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.held == nil {
		return ""
	}
	return k.held.ID
}

// SignOut ends the session here and in every other tab, wipes all that was kept
// but what the options name, and has the tenant take back the refresh token, if
// it can be reached within seconds. Where nobody is signed in here it forgets
// no more than logins: what else is kept may then be another tab's.
//
// The context's end does not stop it.
func (k *Keeper) SignOut(ctx context.Context) error {
	last, err := k.of(k.Subject())
	if err != nil || !k.drop(nil) {
		k.forgetLogins() // of a session that has run out
		return nil
	}
	k.tell(SignedOut)
	// A renewal under way would seal its tokens after the wipe.
	ctx = context.WithoutCancel(ctx)
	wait, cancel := context.WithTimeout(ctx, signOutPatience)
	defer cancel()
	done := false
	end := func() error {
		done = true
		// Another tab may have renewed it.
		if kept, err := k.open(ctx); err == nil && kept.Claims.Subject == last.Claims.Subject {
			last = kept
		}
		return k.forget(ctx, nil)
	}
	if err = k.scope.Exclusive(wait, turn, end); !done {
		err = end()
	}
	k.revoke(ctx, last)
	return err
}

func (k *Keeper) revoke(ctx context.Context, r record) {
	if !k.renewable(r) {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, signOutPatience)
	defer cancel()
	// Where it fails the token ends by not being used: it is kept nowhere.
	_ = k.options.Renewer.Revoke(ctx, oidc.Secret(r.Refresh))
}

// alone runs f while no other tab changes the kept session. Once it runs, the
// context's end does not stop it: a token that the tenant has just given must
// not be lost on its way into the vault.
func (k *Keeper) alone(ctx context.Context, f func(context.Context) error) error {
	wait, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return k.scope.Exclusive(wait, turn, func() error { return f(context.WithoutCancel(ctx)) })
}

// settle seals r and then makes it the session, if that is still the subject's.
// What cannot be sealed is the session all the same, and the error says why.
func (k *Keeper) settle(ctx context.Context, subject string, r record) error {
	if _, err := k.of(subject); err != nil {
		return err
	}
	err := k.seal(ctx, r)
	if err != nil {
		// What is kept is older, its refresh token perhaps used up: who takes it
		// up would be taken for a thief.
		_ = k.vault.Delete(ctx, entryName)
	}
	if gone := k.hold(subject, r, err == nil); gone != nil {
		_ = k.vault.Delete(ctx, entryName)
		return gone
	}
	return err
}

// hold makes r the session if that is still the subject's.
func (k *Keeper) hold(subject string, r record, kept bool) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if err := k.heldBy(subject); err != nil {
		return err
	}
	k.held, k.kept = &r, kept
	return nil
}

func (k *Keeper) seal(ctx context.Context, r record) error {
	data, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("seal the session: %w", err)
	}
	return k.vault.Put(ctx, entryName, "", data)
}

// open reads the kept session. What is no session counts as a broken seal.
func (k *Keeper) open(ctx context.Context) (record, error) {
	data, err := k.vault.Get(ctx, entryName, "")
	if err != nil {
		return record{}, err
	}
	var r record
	if err := json.Unmarshal(data, &r); err != nil || r.Claims.Subject == "" || r.Access == "" {
		return record{}, fmt.Errorf("%w: the kept session is damaged", platform.ErrSealBroken)
	}
	return r, nil
}

// of returns the session if it is the subject's.
func (k *Keeper) of(subject string) (record, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if err := k.heldBy(subject); err != nil {
		return record{}, err
	}
	return *k.held, nil
}

// heldBy says why the session is not the subject's; nil if it is.
func (k *Keeper) heldBy(subject string) error {
	switch {
	case k.held == nil && k.lost != nil:
		return k.lost
	case k.held == nil:
		return ErrSignedOut
	case k.held.Claims.Subject != subject:
		return ErrOtherSubject
	}
	return nil
}

func (k *Keeper) expired(r record) bool { return !k.options.Now().Add(spare).Before(r.Expires) }

// drop lets go of the session, and tells whether there was one. why is what
// those who ask for it afterwards are told; nil is [ErrSignedOut].
func (k *Keeper) drop(why error) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	held := k.held != nil
	k.held, k.kept = nil, false
	if held {
		k.lost = why
		k.forgetLogins()
	}
	return held
}

// forgetLogins forgets the logins of all tabs that were begun under an account:
// none can be finished without it, and none is to tell of it.
func (k *Keeper) forgetLogins() {
	for _, tab := range k.scope.Tabs() {
		oidc.ForgetAccounts(tab)
	}
}

// forget ends the session and wipes what is kept of it.
func (k *Keeper) forget(ctx context.Context, why error) error {
	k.drop(why)
	k.scope.Hint(false)
	return k.vault.Wipe(ctx, k.options.Keep...)
}

// expire is forget for a session that has run out.
func (k *Keeper) expire(ctx context.Context) error {
	k.drop(nil)
	k.scope.Hint(false)
	return k.vault.Wipe(ctx, slices.Concat(k.options.Keep, k.options.KeepExpired)...)
}

// While runs f if the session is still the subject's, here and in the vault, and
// keeps it so until f returns: what f keeps of the account is wiped by a
// sign-out, however close that comes.
func (k *Keeper) While(ctx context.Context, subject string, f func(context.Context) error) error {
	return k.alone(ctx, func(ctx context.Context) error {
		if _, err := k.latest(ctx, subject); err != nil {
			return err
		}
		return f(ctx)
	})
}
