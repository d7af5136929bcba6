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

// sealKey is a key. Two of them cannot be compared; their ids can.
type sealKey struct {
	id   string
	aead cipher.AEAD
}

// ciphertext is what was sealed, after its nonce.
type ciphertext []byte

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

func (k sealKey) seal(_ context.Context, bound, plain []byte) (ciphertext, error) {
	return k.aead.Seal(nil, nil, plain, bound), nil
}

func (k sealKey) open(_ context.Context, bound []byte, sealed ciphertext) ([]byte, error) {
	return k.aead.Open(nil, nil, sealed, bound)
}

// databases are all databases of the program, by name.
var databases struct {
	mu     sync.Mutex
	byName map[string]records
}

// database is the name of one.
type database string

func dropUnscoped() {
	databases.mu.Lock()
	defer databases.mu.Unlock()
	delete(databases.byName, "twinlock")
}

// view runs f on the contents of the database.
func (d database) view(ctx context.Context, f func(records) error) error {
	databases.mu.Lock()
	defer databases.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	return f(maps.Clone(databases.byName[string(d)]))
}

// update runs f on a copy of the contents, which replaces them unless f fails.
func (d database) update(ctx context.Context, f func(records) error) error {
	databases.mu.Lock()
	defer databases.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	changed := make(records)
	maps.Copy(changed, databases.byName[string(d)])
	if err := f(changed); err != nil {
		return err
	}
	if databases.byName == nil {
		databases.byName = make(map[string]records)
	}
	databases.byName[string(d)] = changed
	return nil
}

// records are the contents of a database: keys and ciphertexts.
type records map[string]any

func (r records) names() ([]string, error) { return slices.Collect(maps.Keys(r)), nil }

func (r records) key(name string) (key sealKey, found bool, err error) {
	key, found = r[name].(sealKey)
	return key, found, nil
}

func (r records) ciphertext(name string) (sealed ciphertext, found bool, err error) {
	sealed, found = r[name].(ciphertext)
	return sealed, found, nil
}

func (r records) text(name string) (text string, found bool, err error) {
	text, found = r[name].(string)
	return text, found, nil
}

func (r records) putText(name, text string) { r[name] = text }

func (r records) putKey(name string, key sealKey) { r[name] = key }

func (r records) putCiphertext(name string, sealed ciphertext) { r[name] = sealed }

func (r records) delete(name string) { delete(r, name) }
