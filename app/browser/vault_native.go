//go:build !js

package browser

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"maps"
	"slices"
	"sync"
)

// sealKey is a key, and a name to compare it by.
type sealKey struct {
	id   string
	aead cipher.AEAD
}

// box is what was sealed, with its nonce before it.
type box []byte

func newKey(context.Context) (sealKey, error) {
	secret := make([]byte, 32)
	_, _ = rand.Read(secret) // never fails
	block, err := aes.NewCipher(secret)
	if err != nil {
		return sealKey{}, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	return sealKey{rand.Text(), aead}, err
}

func (k sealKey) seal(_ context.Context, bound, plain []byte) (box, error) {
	return k.aead.Seal(nil, nil, plain, bound), nil
}

func (k sealKey) open(_ context.Context, bound []byte, sealed box) ([]byte, error) {
	return k.aead.Open(nil, nil, sealed, bound)
}

// chests are all of the program's, by their names.
var chests struct {
	mu     sync.Mutex
	byName map[string]contents
}

// chest is one of them by its name.
type chest string

func chestOf(name string) chest { return chest(name) }

func dropUnscoped() {
	chests.mu.Lock()
	defer chests.mu.Unlock()
	delete(chests.byName, "twinlock")
}

// look lets f read, all at one moment.
func (c chest) look(ctx context.Context, f func(contents) error) error {
	chests.mu.Lock()
	defer chests.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	return f(maps.Clone(chests.byName[string(c)]))
}

// change lets f read and write: all that it does happens at one moment or, where
// something fails, not at all.
func (c chest) change(ctx context.Context, f func(contents) error) error {
	chests.mu.Lock()
	defer chests.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	changed := make(contents)
	maps.Copy(changed, chests.byName[string(c)])
	if err := f(changed); err != nil {
		return err
	}
	if chests.byName == nil {
		chests.byName = make(map[string]contents)
	}
	chests.byName[string(c)] = changed
	return nil
}

// contents is what is in a chest: keys and boxes.
type contents map[string]any

func (c contents) names() ([]string, error) { return slices.Collect(maps.Keys(c)), nil }

func (c contents) key(name string) (key sealKey, found bool, err error) {
	key, found = c[name].(sealKey)
	return key, found, nil
}

func (c contents) box(name string) (sealed box, found bool, err error) {
	sealed, found = c[name].(box)
	return sealed, found, nil
}

func (c contents) putKey(name string, key sealKey) { c[name] = key }

func (c contents) putBox(name string, sealed box) { c[name] = sealed }

func (c contents) delete(name string) { delete(c, name) }
