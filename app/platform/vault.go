package platform

import (
	"context"
	"errors"
)

// Errors of a [Vault].
var (
	// ErrNoEntry is returned when nothing is stored under the name.
	//
	//sentence:none whoever asks goes on without
	ErrNoEntry = errors.New("no such entry")
	// ErrSealBroken is returned when an entry cannot be opened: it was altered, it is
	// bound to something else, or its key is gone.
	ErrSealBroken = errors.New("entry cannot be opened")
	// ErrNoVault is returned when the browser stores nothing: site data is blocked, or
	// the window is a private one.
	ErrNoVault = errors.New("the browser does not allow data to be kept")
)

// Vault stores small secrets, sealed. In a browser the key is a non-extractable AES-GCM
// CryptoKey in IndexedDB: a script that runs on this origin can use it but cannot read
// it, and no token is on disk in the clear. A deleted entry is gone for every script.
// Somebody who can read the browser's folder on disk may still find it and its key there
// until the browser overwrites them.
//
// Every entry is bound to a name, to a second string that the caller chooses, for
// instance a subject, and to the vault's scope (see browser.Scope): an entry that was
// moved under another name or is opened for another subject fails with [ErrSealBroken].
//
// The key exists as long as there is an entry. Every method returns [ErrNoVault] where
// the browser stores nothing, and the context's error when that has ended.
type Vault interface {
	// Put seals a secret and stores it under a name, in the place of an earlier entry.
	Put(ctx context.Context, name, bound string, plain []byte) error
	// Get returns the secret that is stored under a name. It returns [ErrNoEntry] when
	// there is none, [ErrSealBroken] when it cannot be opened with this bound string.
	Get(ctx context.Context, name, bound string) (plain []byte, err error)
	// Delete removes an entry; a missing one is no error.
	Delete(ctx context.Context, name string) error
	// Wipe removes every entry except those named.
	Wipe(ctx context.Context, except ...string) error
}
