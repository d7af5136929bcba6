// Package session knows who is signed in: it holds the tokens, keeps them
// sealed over a reload, and tells the other tabs of what happens to them.
package session

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"twinlock/app/browser"
	"twinlock/app/oidc"
)

// Errors of a [Keeper].
var (
	// ErrSignedOut: nobody is signed in.
	ErrSignedOut = errors.New("nobody is signed in")
	// ErrExpired: the access token has run out and cannot be renewed.
	ErrExpired = errors.New("the sign-in has expired")
	// ErrOtherSubject: a sign-in of one account came where another's was held.
	ErrOtherSubject = errors.New("another account is signed in")
)

// entryName is the session's name in the vault.
const entryName = "session"

// spare is how long before its end an access token is no longer used: a request
// takes time to arrive.
const spare = 30 * time.Second

// Account is who is signed in.
type Account struct {
	Claims  oidc.Claims
	Expires time.Time
}

// Subject is the account's id at the tenant.
func (a Account) Subject() string { return a.Claims.Subject }

// Change is what happened to the session in another tab.
type Change int

// The changes that tabs tell each other.
const (
	SignedIn Change = iota
	SignedOut
	// Updated: the profile or its identities changed at the tenant.
	Updated
)

var changeNames = map[Change]string{SignedIn: "signed-in", SignedOut: "signed-out", Updated: "updated"}

// Keeper holds the session. Its methods may be called from any goroutine.
type Keeper struct {
	vault browser.Vault
	now   func() time.Time
	post  func(browser.Message)

	mu     sync.Mutex
	held   *record
	listen func(Change)
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

// New returns a keeper over a vault. A nil now means the system's clock.
func New(vault browser.Vault, now func() time.Time) *Keeper {
	if now == nil {
		now = time.Now
	}
	return &Keeper{vault: vault, now: now, post: func(browser.Message) {}}
}

// Listen joins the other tabs: listen hears of their changes until close.
func (k *Keeper) Listen(listen func(Change)) (closeFunc func()) {
	channel := browser.OpenChannel(k.receive)
	k.mu.Lock()
	k.listen, k.post = listen, channel.Post
	k.mu.Unlock()
	return channel.Close
}

func (k *Keeper) receive(m browser.Message) {
	for change, name := range changeNames {
		if m.Kind != name {
			continue
		}
		k.mu.Lock()
		if change == SignedOut {
			k.held = nil
		}
		listen := k.listen
		k.mu.Unlock()
		listen(change)
	}
}

// Adopt makes the account that a sign-in yielded the session. Where another
// account is signed in nothing changes: the answer is [ErrOtherSubject].
// An error that is [browser.ErrNoVault] means that the session is held but will
// not outlast a reload.
func (k *Keeper) Adopt(ctx context.Context, tokens oidc.Tokens, claims oidc.Claims) error {
	r := record{
		ID:      tokens.ID.Reveal(),
		Access:  tokens.Access.Reveal(),
		Refresh: tokens.Refresh.Reveal(),
		Scope:   tokens.Scope,
		Expires: tokens.Expires,
		Claims:  claims,
	}
	k.mu.Lock()
	if k.held != nil && k.held.Claims.Subject != claims.Subject {
		k.mu.Unlock()
		return ErrOtherSubject
	}
	k.held = &r
	post := k.post
	k.mu.Unlock()
	err := k.keep(ctx, r)
	browser.Hint(true)
	post(browser.Message{Kind: changeNames[SignedIn]})
	return err
}

func (k *Keeper) keep(ctx context.Context, r record) error {
	data, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("session: %w", err)
	}
	return k.vault.Put(ctx, entryName, "", data)
}

// Restore takes up the session that an earlier page left. [ErrSignedOut] means
// that there is none, [ErrExpired] that it has run out; a session that cannot
// be opened is removed and counts as none.
func (k *Keeper) Restore(ctx context.Context) error {
	data, err := k.vault.Get(ctx, entryName, "")
	if errors.Is(err, browser.ErrSealBroken) {
		_ = k.vault.Wipe(ctx)
	}
	if err != nil {
		browser.Hint(false)
		return fmt.Errorf("%w: %w", ErrSignedOut, err)
	}
	var r record
	if err := json.Unmarshal(data, &r); err != nil || r.Claims.Subject == "" || r.Access == "" {
		_ = k.forget(ctx)
		return fmt.Errorf("%w: the kept session is damaged", ErrSignedOut)
	}
	if k.expired(r) {
		_ = k.forget(ctx)
		return ErrExpired
	}
	k.mu.Lock()
	k.held = &r
	k.mu.Unlock()
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

// AccessToken returns the token that the Management API is called with. When it
// has run out the session ends, and the answer is [ErrExpired].
func (k *Keeper) AccessToken(ctx context.Context) (string, error) {
	k.mu.Lock()
	held := k.held
	k.mu.Unlock()
	switch {
	case held == nil:
		return "", ErrSignedOut
	case k.expired(*held):
		_ = k.forget(ctx)
		return "", ErrExpired
	}
	return held.Access, nil
}

func (k *Keeper) expired(r record) bool { return !k.now().Add(spare).Before(r.Expires) }

// Updated tells the other tabs that the profile has changed.
func (k *Keeper) Updated() { k.tell(Updated) }

// SignOut ends the session here and in every other tab, and wipes all that was
// kept.
func (k *Keeper) SignOut(ctx context.Context) error {
	err := k.forget(ctx)
	k.tell(SignedOut)
	return err
}

func (k *Keeper) tell(c Change) {
	k.mu.Lock()
	post := k.post
	k.mu.Unlock()
	post(browser.Message{Kind: changeNames[c]})
}

func (k *Keeper) forget(ctx context.Context) error {
	k.mu.Lock()
	k.held = nil
	k.mu.Unlock()
	browser.Hint(false)
	return k.vault.Wipe(ctx)
}
