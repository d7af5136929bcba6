// Package session knows who is signed in: a [Keeper] holds the tokens, renews them,
// stores them sealed for the next page, and tells the other tabs of what happens to them.
package session

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"twinlock/app/oidc"
	"twinlock/app/platform"
	"twinlock/app/sealed"
)

// Errors of a [Keeper].
var (
	// ErrSignedOut is returned when nobody is signed in.
	ErrSignedOut = errors.New("nobody is signed in")
	// ErrReused is returned when the tenant no longer accepts the refresh token, because
	// it was used twice, revoked or left unused for too long. The session has ended in
	// every tab. It also is an [ErrSignedOut]: ask for ErrReused first.
	ErrReused = fmt.Errorf("%w: the refresh token is no longer accepted", ErrSignedOut)
	// ErrExpired is returned when the access token has ended, which the tenant has confirmed
	// where it was asked, and cannot be renewed; and when the session has reached the end that
	// its login has set ([oidc.Claims].SessionEnds).
	ErrExpired = errors.New("the sign-in has expired")
	// ErrOtherSubject is returned when the session is another account's than the one that
	// is asked about or signs in. If the session has ended because of it, the error also
	// is an [ErrSignedOut].
	ErrOtherSubject = errors.New("another account is signed in")
)

// errMoved is why a session has ended here when another account took its place.
var errMoved = fmt.Errorf("%w: %w", ErrSignedOut, ErrOtherSubject)

const (
	// entryName is the session's name in the vault, and that of the lock under which
	// tabs change it.
	entryName = "session"
	// expiryMargin is how long before its end an access token is no longer used: a
	// request takes time to arrive.
	expiryMargin = 30 * time.Second
	// lockTimeout limits the wait for other tabs. A renewal is three requests at most, of
	// 20 seconds each.
	lockTimeout = time.Minute
	// signOutTimeout limits each wait of a sign-out: for other tabs, then for the tenant.
	// It goes on without them.
	signOutTimeout = 3 * time.Second
)

// Account is who is signed in.
type Account struct {
	// Claims are those of the last verified ID token.
	Claims oidc.Claims
	// Expires is when the access token ends, by the tenant's clock where that is known.
	Expires time.Time
	// Ends is when the session ends, whatever is renewed, by this device's clock; zero if its
	// login has not said.
	Ends time.Time
	// Now is the tenant's time, zero if it is not known.
	Now time.Time
	// Tolerance is how far Now may be wrong.
	Tolerance time.Duration
}

// Subject returns the account's id at the tenant.
func (a Account) Subject() string { return a.Claims.Subject }

// Options are settings of a [Keeper]. The zero value works.
type Options struct {
	// Renewer renews access tokens. With nil a session ends with its first one.
	Renewer Renewer
	// Keep names the entries of the vault that are not wiped when the session ends.
	Keep []string
	// KeepExpired names those that, besides Keep, are not wiped when it ends because its access
	// token has and cannot be renewed.
	KeepExpired []string
	// KeepReplaced names those that, besides Keep, are not wiped by [Keeper.Replace].
	KeepReplaced []string
	// Now is the clock; nil means the system's.
	Now func() time.Time
	// Uptime is the clock that nobody can set; nil means [platform.Uptime].
	Uptime func() time.Duration
}

// Keeper keeps one account's session. Its methods may be called from any goroutine.
//
// The current session is the one that this tab uses. The stored session is the one in
// the vault, for all tabs and for the next page. Their states:
//
//	               current  inVault  endedBy  entered by
//	signed out     nil      false    nil      New, SignOut, expiry, another tab's sign-out
//	ended          nil      false    why      ErrReused, another account in its place
//	signed in      record   true     nil      Restore, commit
//	only here      record   false    nil      commit where the vault refuses; Adopt, for a moment
//
// What is done with them: sync compares the current session with the stored one, commit
// stores a session and makes it current, end lets go of the current one, endStored wipes
// what is stored, too. The stored session is changed by one tab at a time, in exclusive.
type Keeper struct {
	site    Site
	vault   platform.Vault
	stored  sealed.Record // of a storedRecord
	options Options

	mu      sync.Mutex
	current *record // nil: nobody is signed in
	inVault bool    // the vault has the current session, or a newer one of another tab
	endedBy error   // why there is no current session; nil means ErrSignedOut
	endings int     // how often the session was to end, here or in another tab
	clock   tenantClock
	watched bool        // something looks whether the current session is over
	refused oidc.Secret // the access token that the tenant did not accept
	renewal *renewal
	listen  func(Change)
	post    func(platform.Message)
}

// record is a session: the tokens and whose they are.
type record struct {
	oidc.Tokens
	Claims oidc.Claims
}

// storedRecord is a record as JSON. The tokens are readable in it: it goes into the
// vault and nowhere else.
type storedRecord struct {
	ID      string      `json:"id"`
	Access  string      `json:"access"`
	Refresh string      `json:"refresh,omitempty"`
	Scope   []string    `json:"scope"`
	Expires time.Time   `json:"expires"`
	Claims  oidc.Claims `json:"claims"`
	Clock   oidc.Clock  `json:"clock,omitzero"`
}

func (r record) stored() storedRecord {
	return storedRecord{
		ID:      r.ID.Reveal(),
		Access:  r.Access.Reveal(),
		Refresh: r.Refresh.Reveal(),
		Scope:   r.Scope,
		Expires: r.Expires,
		Claims:  r.Claims,
		Clock:   r.Clock,
	}
}

func (s storedRecord) record() record {
	return record{
		Tokens: oidc.Tokens{
			ID:      oidc.Secret(s.ID),
			Access:  oidc.Secret(s.Access),
			Refresh: oidc.Secret(s.Refresh),
			Scope:   s.Scope,
			Expires: s.Expires,
			Clock:   s.Clock,
		},
		Claims: s.Claims,
	}
}

// New returns a keeper in which nobody is signed in yet; see [Keeper.Restore].
func New(site Site, vault platform.Vault, o Options) *Keeper {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Uptime == nil {
		o.Uptime = platform.Uptime
	}
	return &Keeper{
		site:    site,
		vault:   vault,
		stored:  sealed.Record{Vault: vault, Name: entryName, Version: 1, Bare: true, Now: o.Now},
		options: o,
		listen:  func(Change) {},
		post:    func(platform.Message) {},
	}
}

// Adopt makes the account of a sign-in the session. Where the same account is signed in
// already, here or in another tab, it is [Keeper.Renew]. Where another one is, nothing
// changes, and that one is current.
//
// Errors: [ErrOtherSubject]; [ErrSignedOut] if the session ended meanwhile. Any other
// error means that the session is current but will not outlast this page.
func (k *Keeper) Adopt(ctx context.Context, tokens oidc.Tokens, claims oidc.Claims) error {
	r := record{tokens, claims}
	k.mu.Lock()
	unheard := k.current == nil && k.endings == 0 // after a sign-out it may be what is still to be wiped
	k.mu.Unlock()
	if unheard { // another tab may have been faster
		_ = k.Restore(ctx)
	}
	k.learn(tokens.Clock, false)
	k.mu.Lock()
	if k.current != nil {
		k.mu.Unlock()
		return k.Renew(ctx, tokens, claims)
	}
	k.hold(&r, false)
	k.mu.Unlock()
	err := k.exclusive(ctx, func(ctx context.Context) error {
		return k.commit(ctx, claims.Subject, r)
	})
	if _, ended := k.currentOf(claims.Subject); ended != nil {
		return ended
	}
	k.site.Hint(true)
	k.tell(SignedIn)
	return err
}

// Restore makes the stored session current, which an earlier page or another tab has
// left. One that cannot be opened is removed and counts as none. If it was made current before and
// is no longer stored, it has ended.
//
// Its access token may have ended: only the tenant knows.
//
// Errors: [ErrSignedOut] if there is none, or if it ends meanwhile; [ErrOtherSubject] if
// another account's session is current.
func (k *Keeper) Restore(ctx context.Context) error {
	k.mu.Lock()
	endings := k.endings
	k.mu.Unlock()
	r, err := k.read(ctx)
	switch {
	case errors.Is(err, platform.ErrSealBroken):
		_ = k.endStored(ctx, nil)
		return fmt.Errorf("%w: %w", ErrSignedOut, err)
	case err != nil:
		k.mu.Lock()
		gone := k.inVault && errors.Is(err, platform.ErrNoEntry)
		k.mu.Unlock()
		if gone { // another tab has ended it, unheard
			k.end(nil)
		}
		k.site.Hint(false)
		return fmt.Errorf("%w: %w", ErrSignedOut, err)
	}
	k.learn(r.Clock, true)
	if k.overNow(&r) {
		_ = k.endOver(ctx, &r)
		return ErrSignedOut
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	switch {
	case k.endings != endings: // the vault has still had what another tab was about to wipe
		return ErrSignedOut
	case k.current != nil && k.current.Claims.Subject != r.Claims.Subject:
		return ErrOtherSubject
	}
	k.hold(&r, true)
	return nil
}

// hold makes r the current session. The caller has locked mu.
func (k *Keeper) hold(r *record, inVault bool) {
	k.current, k.inVault, k.endedBy = r, inVault, nil
	if !k.watched && r.Claims.SessionEnds != 0 {
		k.watched = true
		time.AfterFunc(lookEvery, k.look)
	}
}

// Account returns who is signed in, and false if nobody is.
func (k *Keeper) Account() (Account, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.current == nil {
		return Account{}, false
	}
	return Account{
		Claims:    k.current.Claims,
		Expires:   k.current.Expires,
		Ends:      k.ends(),
		Now:       k.tenantTime(),
		Tolerance: k.clock.shown.Tolerance,
	}, true
}

// Subject returns the id of the account that is signed in, "" if nobody is.
func (k *Keeper) Subject() string {
	account, _ := k.Account()
	return account.Subject()
}

// IDToken returns the session's ID token, "" if nobody is signed in or the session is over. It has one use: to
// link this account to another that the person wants to be the primary. It proves to the
// tenant who they are, so it is sent nowhere else. Who needs a fresh one asks
// [Account.Fresh] first.
func (k *Keeper) IDToken() oidc.Secret {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.current == nil || k.over(k.current) {
		return ""
	}
	return k.current.ID
}

// SignOut ends the session here and in every other tab, wipes the vault except what the
// options name, and revokes the refresh token if the tenant answers within seconds. If
// nobody is signed in here it only forgets logins that have begun: what is stored may be
// another tab's. The end of the context does not stop it.
//
// Errors: those of [platform.Vault], if something may not have been wiped.
func (k *Keeper) SignOut(ctx context.Context) error {
	last, err := k.currentOf(k.Subject())
	if err != nil || !k.end(nil) {
		k.forgetLogins() // of a session that has expired
		return nil
	}
	k.tell(SignedOut)
	// A renewal in another tab would store its tokens after the wipe.
	ctx = context.WithoutCancel(ctx)
	wait, cancel := context.WithTimeout(ctx, signOutTimeout)
	defer cancel()
	wiped := false
	wipe := func() error {
		wiped = true
		// Another tab may have renewed it.
		if r, err := k.read(ctx); err == nil && r.Claims.Subject == last.Claims.Subject {
			last = r
		}
		return k.endStored(ctx, nil)
	}
	if err = k.site.Exclusive(wait, entryName, wipe); !wiped {
		err = wipe()
	}
	k.revoke(ctx, last)
	return err
}

func (k *Keeper) revoke(ctx context.Context, r record) {
	if !k.renewable(r) {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, signOutTimeout)
	defer cancel()
	// If it fails the token ends by not being used: nothing stores it any more.
	_ = k.options.Renewer.Revoke(ctx, r.Refresh)
}

// Outlasts reports whether the session is the subject's and will still be when the person
// comes back from another site: whether it can be read from where it is stored.
func (k *Keeper) Outlasts(ctx context.Context, subject string) bool {
	r, err := k.read(ctx)
	return err == nil && r.Claims.Subject == subject
}

// While runs f if the session is still the subject's, here and in the vault. A sign-out
// in any tab waits for f to return, so it also wipes what f stores of the account.
//
// Errors: f's; [ErrSignedOut] and [ErrOtherSubject], and f has not run; those of
// [platform.Vault] and of the context, likewise.
func (k *Keeper) While(ctx context.Context, subject string, f func(context.Context) error) error {
	return k.exclusive(ctx, func(ctx context.Context) error {
		if _, err := k.sync(ctx, subject); err != nil {
			return err
		}
		return f(ctx)
	})
}

// exclusive runs f while no other tab changes the stored session. When f has begun, the
// end of the context does not stop it: a token that the tenant has just given must not be
// lost on its way into the vault.
func (k *Keeper) exclusive(ctx context.Context, f func(context.Context) error) error {
	wait, cancel := context.WithTimeout(ctx, lockTimeout)
	defer cancel()
	return k.site.Exclusive(wait, entryName, func() error { return f(context.WithoutCancel(ctx)) })
}

// sync returns the subject's session after it has looked at the stored one: another tab
// may have renewed it. If another tab has ended it or put another account in its place it
// ends here, too, and what is stored stays as it is. Call it in exclusive.
func (k *Keeper) sync(ctx context.Context, subject string) (record, error) {
	current, err := k.currentOf(subject)
	if err != nil {
		return record{}, err
	}
	k.mu.Lock()
	inVault := k.inVault
	k.mu.Unlock()
	stored, err := k.read(ctx)
	switch {
	case err == nil && stored.Claims.Subject != subject:
		k.end(errMoved)
		return record{}, errMoved
	case err == nil && (inVault || !k.expired(stored)):
		k.learn(stored.Clock, true)
		return stored, k.setCurrent(subject, stored, true)
	case !inVault: // only this tab has it
		return current, nil
	case errors.Is(err, platform.ErrNoEntry), errors.Is(err, platform.ErrSealBroken):
		k.end(nil)
		return record{}, fmt.Errorf("%w: %w", ErrSignedOut, err)
	}
	return record{}, fmt.Errorf("read the session: %w", err)
}

// commit stores r and makes it the current session, if that is still the subject's. Where
// it cannot be stored it becomes the current session all the same, and the error says
// why. Call it in exclusive.
func (k *Keeper) commit(ctx context.Context, subject string, r record) error {
	if _, err := k.currentOf(subject); err != nil {
		return err
	}
	clock := k.shown()
	if !r.Clock.Known() { // then its end is by this device's clock
		r.Expires = r.Expires.Add(clock.Offset)
	}
	r.Clock = clock
	err := k.stored.Put(ctx, "", r.stored())
	if err != nil {
		// What is stored is older, its refresh token perhaps used up: a tab that used it
		// again would be taken for a thief.
		_ = k.stored.Delete(ctx)
	}
	if ended := k.setCurrent(subject, r, err == nil); ended != nil {
		_ = k.stored.Delete(ctx)
		return ended
	}
	return err
}

// setCurrent makes r the current session if that is still the subject's.
func (k *Keeper) setCurrent(subject string, r record, inVault bool) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if err := k.checkSubject(subject); err != nil {
		return err
	}
	k.hold(&r, inVault)
	return nil
}

// currentOf returns the current session if it is the subject's.
func (k *Keeper) currentOf(subject string) (record, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if err := k.checkSubject(subject); err != nil {
		return record{}, err
	}
	return *k.current, nil
}

// checkSubject returns why the current session is not the subject's, nil if it is. The
// caller has locked mu.
func (k *Keeper) checkSubject(subject string) error {
	switch {
	case k.current == nil && k.endedBy != nil:
		return k.endedBy
	case k.current == nil:
		return ErrSignedOut
	case k.current.Claims.Subject != subject:
		return ErrOtherSubject
	}
	return nil
}

// read returns the stored session. A record without a subject or an access token counts
// as a broken seal.
func (k *Keeper) read(ctx context.Context) (record, error) {
	var s storedRecord
	_, err := k.stored.Get(ctx, "", &s)
	if err == nil && (s.Claims.Subject == "" || s.Access == "") {
		err = fmt.Errorf("%w: the stored session is damaged", platform.ErrSealBroken)
	}
	if err != nil {
		return record{}, err
	}
	return s.record(), nil
}

// expired tells whether an access token has ended, as far as the clocks tell. That is a
// hint: it may call for a renewal, but ends no session by itself.
func (k *Keeper) expired(r record) bool {
	return !k.options.Now().Add(r.Clock.Offset + expiryMargin).Before(r.Expires)
}

func (k *Keeper) renewable(r record) bool { return r.Refresh != "" && k.options.Renewer != nil }

// end lets go of the current session, and tells whether there was one. The reason is what
// later callers get as an error; nil means [ErrSignedOut].
func (k *Keeper) end(reason error) bool {
	k.mu.Lock()
	k.endings++
	ended := k.current != nil
	if ended {
		k.current, k.inVault, k.endedBy = nil, false, reason
	}
	k.mu.Unlock()
	if ended {
		k.forgetLogins() // which may wait for the browser
	}
	return ended
}

// endStored ends the current session and wipes what is stored of the account. except
// names what is not wiped, besides Options.Keep.
func (k *Keeper) endStored(ctx context.Context, reason error, except ...string) error {
	k.end(reason)
	k.site.Hint(false)
	return k.vault.Wipe(ctx, slices.Concat(k.options.Keep, except)...)
}

// forgetLogins forgets, for all tabs, the logins that were begun under an account. None
// can be finished without it, and none is to tell of it.
func (k *Keeper) forgetLogins() {
	for _, tab := range k.site.Tabs() {
		oidc.ForgetAccounts(tab)
	}
}
