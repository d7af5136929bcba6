package platform

import (
	"context"
	"errors"
)

// Errors of a [Vault].
var (
	// ErrNoEntry: nothing is kept under that name.
	//
	//sentence:none whoever asks goes on without
	ErrNoEntry = errors.New("no such entry")
	// ErrSealBroken: what is kept cannot be opened: it was altered, it is bound
	// to something else, or the key is gone.
	ErrSealBroken = errors.New("entry cannot be opened")
	// ErrNoVault: the browser keeps nothing (site data blocked, private mode).
	ErrNoVault = errors.New("the browser does not allow data to be kept")
)

// Vault keeps small secrets sealed. In a browser the key is a non-extractable
// AES-GCM CryptoKey in IndexedDB: a script may use it while it runs on this
// origin, but nobody can carry it away, and what is on disk is no token. What
// is deleted is gone for every script; on disk the browser may leave an entry
// and its key until it writes over them, for whoever reads its folder.
//
// Every entry is bound to the [Scope], to a name and to a second string of the
// caller's, for instance a subject: an entry moved under another name or opened
// for another subject fails with [ErrSealBroken].
//
// The key is there as long as there is an entry, and no longer.
type Vault interface {
	Put(ctx context.Context, name, bound string, plain []byte) error
	Get(ctx context.Context, name, bound string) ([]byte, error)
	Delete(ctx context.Context, name string) error
	// Wipe removes every entry but those named.
	Wipe(ctx context.Context, keep ...string) error
}
