package platform

import (
	"context"
	"errors"
)

// Errors of a [Vault].
var (
	// ErrNoEntry is returned when nothing is stored under a name.
	ErrNoEntry = errors.New("no such entry")
	// ErrSealBroken is returned when what is stored cannot be opened, now or later: it
	// was altered, it is bound to something else, or the key is gone.
	ErrSealBroken = errors.New("entry cannot be opened")
	// ErrNoVault is returned when the browser does not store anything: site data is
	// blocked, or a private window allows none.
	ErrNoVault = errors.New("the browser does not allow data to be kept")
)

// Vault stores small secrets, sealed. In a browser the key is a non-extractable AES-GCM
// CryptoKey in IndexedDB: a script may use it while it runs on this origin, but nobody
// can carry it away, and what is on disk is not a token. What is deleted is gone for
// every script. On disk the browser may leave an entry and its key until it writes over
// them, where somebody who can read its folder may find them.
//
// Every entry is bound to its site and tenant, to its name, and to a string that the
// caller chooses, such as a subject: an entry that was moved to another name, or is
// opened for another subject, fails with [ErrSealBroken].
//
// The key exists as long as there is an entry, and no longer.
type Vault interface {
	// Put stores plain under a name, bound to a string, in place of what was there. When
	// it has returned nil the entry outlasts the page.
	Put(ctx context.Context, name, bound string, plain []byte) error
	// Get returns what Put stored under the name, or [ErrNoEntry], or [ErrSealBroken]
	// where it cannot be opened for this string.
	Get(ctx context.Context, name, bound string) ([]byte, error)
	// Delete removes an entry. It returns nil where there is none.
	Delete(ctx context.Context, name string) error
	// Wipe removes every entry except those of these names.
	Wipe(ctx context.Context, except ...string) error
}
