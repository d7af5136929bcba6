package browser

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"twinlock/app/platform"
)

// Vault returns the scope's vault. It opens nothing before it is used. Natively it
// is in memory and lasts as long as the program.
func (s Scope) Vault() platform.Vault { return s.vault() }

func (s Scope) vault() vault { return vault{s, database(strings.TrimSuffix(s.base, " "))} }

// vault stores entries and their key in the database of the site. Each platform has
// its own kind of database, key and ciphertext.
type vault struct {
	scope    Scope
	database database
}

func (v vault) key() string              { return v.scope.name("key") }
func (v vault) entry(name string) string { return v.scope.name("entry " + name) }

// binding is the additional data that a ciphertext is authenticated with.
func (v vault) binding(name, bound string) []byte { return []byte(v.entry(name) + "\x00" + bound) }

func (v vault) Put(ctx context.Context, name, bound string, plain []byte) error {
	for {
		key, err := v.currentKey(ctx)
		if err != nil {
			return err
		}
		sealed, err := key.seal(ctx, v.binding(name, bound), plain)
		if err != nil {
			return fmt.Errorf("seal %s: %w", name, err)
		}
		if stored, err := v.store(ctx, name, key, sealed); stored || err != nil {
			return err
		}
	}
}

// currentKey returns the stored key, or a new one, which is not stored yet.
func (v vault) currentKey(ctx context.Context) (key sealKey, err error) {
	found := false
	err = v.database.view(ctx, func(c records) (err error) {
		key, found, err = c.key(v.key())
		return err
	})
	if err != nil || found {
		return key, err
	}
	return newKey(ctx)
}

// store stores what was sealed, and the key if there is none. Another tab may
// meanwhile have removed the key, with the last entry, and have made another. That
// one could not open what was sealed: store then reports false.
func (v vault) store(ctx context.Context, name string, key sealKey, sealed ciphertext) (stored bool, err error) {
	err = v.database.update(ctx, func(c records) error {
		current, found, err := c.key(v.key())
		if err != nil || found && current.id != key.id {
			return err
		}
		stored = true
		c.putKey(v.key(), key)
		c.putCiphertext(v.entry(name), sealed)
		return nil
	})
	if err != nil {
		return false, fmt.Errorf("keep %s: %w", name, err)
	}
	return stored, nil
}

func (v vault) Get(ctx context.Context, name, bound string) ([]byte, error) {
	var key sealKey
	var sealed ciphertext
	err := v.database.view(ctx, func(c records) (err error) {
		found := false
		if sealed, found, err = c.ciphertext(v.entry(name)); err == nil && !found {
			return platform.ErrNoEntry
		}
		if err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
		if key, found, err = c.key(v.key()); err == nil && !found {
			return fmt.Errorf("%w: the key is gone", platform.ErrSealBroken)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	plain, err := key.open(ctx, v.binding(name, bound), sealed)
	if errors.Is(err, platform.ErrNoVault) {
		return nil, fmt.Errorf("open %s: %w", name, err)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %s", platform.ErrSealBroken, name)
	}
	return plain, nil
}

func (v vault) Delete(ctx context.Context, name string) error {
	return v.remove(ctx, func(entry string) bool { return entry == v.entry(name) })
}

func (v vault) Wipe(ctx context.Context, except ...string) error {
	return v.remove(ctx, func(entry string) bool {
		return !slices.ContainsFunc(except, func(name string) bool { return entry == v.entry(name) })
	})
}

// remove deletes the entries that match, and with the last entry the key.
func (v vault) remove(ctx context.Context, match func(entry string) bool) error {
	return v.database.update(ctx, func(c records) error {
		names, err := c.names()
		if err != nil {
			return err
		}
		last := true
		for _, name := range names {
			switch {
			case !strings.HasPrefix(name, v.entry("")):
			case match(name):
				c.delete(name)
			default:
				last = false
			}
		}
		if last {
			c.delete(v.key())
		}
		return nil
	})
}

// sweep deletes everything that is not the scope's, and what other tabs have left. Of this
// tab's own login the program says that it is too old: somebody may have set the clock
// meanwhile.
func (v vault) sweep(ctx context.Context) error {
	own, named := v.scope.thisTab()
	return v.database.update(ctx, func(c records) error {
		names, err := c.names()
		for _, name := range names {
			others := strings.HasPrefix(name, v.scope.tabs()) && !(named && strings.HasPrefix(name, own))
			if !v.scope.has(name) || others && c.outdated(name) {
				c.delete(name)
			}
		}
		return err
	})
}

const hour = 3600_000 // milliseconds

// outdated reports whether a text is no login, or one of more than an hour ago. The boot
// script sweeps localStorage likewise.
func (r records) outdated(name string) bool {
	var login struct{ Created int64 }
	text, _, _ := r.text(name)
	err := json.Unmarshal([]byte(text), &login)
	age := time.Now().UnixMilli() - login.Created
	return err != nil || age > hour || age < -hour
}
