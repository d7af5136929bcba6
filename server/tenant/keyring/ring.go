// Package keyring has the signing keys of a tenant: a [Ring] of [Key] values, of
// which the newest signs and all verify.
package keyring

import (
	"crypto/rsa"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/golang-jwt/jwt/v5"
	"github.com/zitadel/oidc/v3/pkg/op"

	"twinlock/server/tenant/datadir"
)

// File is the name of the keys' file in a data directory.
const File = "keys.json"

// fileVersion is that of the file's form.
const fileVersion = 1

type fileData struct {
	Version int   `json:"version"`
	Keys    []Key `json:"keys"`
}

// A Ring has at least one key. It may be used by several goroutines at the same
// time.
type Ring struct {
	data *datadir.Dir // nil: in memory

	mu   sync.RWMutex
	keys []Key // the last one signs
}

// Open returns the ring that is saved in the directory, or a new one with one key.
// Without a directory nothing is saved, and the key is the first one given, or a new
// one if that is nil. Errors are those of datadir.
func Open(data *datadir.Dir, first *rsa.PrivateKey) (*Ring, error) {
	r := &Ring{data: data}
	switch {
	case data == nil && first != nil:
		key, err := named(first)
		r.keys = []Key{key}
		return r, err
	case data == nil:
		r.generateInBackground()
		return r, nil
	}
	var saved fileData
	found, err := data.Load(File, &saved)
	if err != nil {
		return nil, err
	}
	if !found {
		_, err := r.Rotate(false) // saves the key before it signs
		return r, err
	}
	if err := saved.check(); err != nil {
		return nil, data.Damaged(File, err)
	}
	r.keys = saved.Keys
	return r, nil
}

func (d fileData) check() error {
	if d.Version != fileVersion {
		return fmt.Errorf("version %d is not known", d.Version)
	}
	if len(d.Keys) == 0 {
		return errors.New("no key")
	}
	return nil
}

// generateInBackground makes the first key, which takes longer than everything else
// that a tenant does to start. The other methods wait for it.
func (r *Ring) generateInBackground() {
	r.mu.Lock()
	go func() {
		defer r.mu.Unlock()
		key, err := generate()
		if err != nil {
			panic(err) // keySize is wrong
		}
		r.keys = []Key{key}
	}()
}

// Current returns the key that signs.
func (r *Ring) Current() Key {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.keys[len(r.keys)-1]
}

// KeySet returns the public halves of all keys, the oldest first.
func (r *Ring) KeySet() []op.Key {
	r.mu.RLock()
	defer r.mu.RUnlock()
	var set []op.Key
	for _, k := range r.keys {
		set = append(set, publicKey{k})
	}
	return set
}

// VerificationKey returns the *rsa.PublicKey that verifies the token, or an error if
// the ring has none of its kid. It is a jwt.Keyfunc.
func (r *Ring) VerificationKey(token *jwt.Token) (any, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	for _, k := range r.keys {
		if k.id == token.Header["kid"] {
			return k.Public(), nil
		}
	}
	return nil, errors.New("unknown kid")
}

// Rotate adds a new key, which signs from now on, and returns it. The old keys still
// verify, unless drop removes them. If the change cannot be saved nothing changes.
func (r *Ring) Rotate(drop bool) (Key, error) {
	next, err := generate()
	if err != nil {
		return Key{}, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	var keys []Key
	if !drop {
		keys = slices.Clone(r.keys)
	}
	keys = append(keys, next)
	if r.data != nil {
		if err := r.data.Save(File, fileData{fileVersion, keys}); err != nil {
			return Key{}, err
		}
	}
	r.keys = keys
	return next, nil
}
