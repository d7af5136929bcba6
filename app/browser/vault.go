package browser

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"twinlock/app/platform"
)

// Vault returns the scope's vault. Nothing is opened before it is used. Natively
// it lasts as long as the program.
func (s Scope) Vault() platform.Vault { return s.vault() }

func (s Scope) vault() vault { return vault{s, chestOf(strings.TrimSuffix(s.base, " "))} }

// vault keeps entries and their key in the chest of the site, which is a
// database. Each platform has its own chest, with its own kinds of keys and
// boxes.
type vault struct {
	scope Scope
	chest chest
}

func (v vault) key() string              { return v.scope.name("key") }
func (v vault) entry(name string) string { return v.scope.name("entry " + name) }

// binding is what a box is bound to.
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
		if kept, err := v.keep(ctx, name, key, sealed); kept || err != nil {
			return err
		}
	}
}

// currentKey returns the key that is kept, or a new one that is not yet.
func (v vault) currentKey(ctx context.Context) (key sealKey, err error) {
	found := false
	err = v.chest.look(ctx, func(c contents) (err error) {
		key, found, err = c.key(v.key())
		return err
	})
	if err != nil || found {
		return key, err
	}
	return newKey(ctx)
}

// keep keeps what was sealed, and the key with it if there is none. Another tab
// may have taken away the key meanwhile, with the last entry, and have made
// another: what that does not open is not kept.
func (v vault) keep(ctx context.Context, name string, key sealKey, sealed box) (kept bool, err error) {
	err = v.chest.change(ctx, func(c contents) error {
		current, found, err := c.key(v.key())
		if err != nil || found && current.id != key.id {
			return err
		}
		kept = true
		c.putKey(v.key(), key)
		c.putBox(v.entry(name), sealed)
		return nil
	})
	if err != nil {
		return false, fmt.Errorf("keep %s: %w", name, err)
	}
	return kept, nil
}

func (v vault) Get(ctx context.Context, name, bound string) ([]byte, error) {
	var key sealKey
	var sealed box
	err := v.chest.look(ctx, func(c contents) (err error) {
		found := false
		if sealed, found, err = c.box(v.entry(name)); err == nil && !found {
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
	if err != nil {
		return nil, fmt.Errorf("%w: %s", platform.ErrSealBroken, name)
	}
	return plain, nil
}

func (v vault) Delete(ctx context.Context, name string) error {
	return v.remove(ctx, func(entry string) bool { return entry == v.entry(name) })
}

func (v vault) Wipe(ctx context.Context, keep ...string) error {
	return v.remove(ctx, func(entry string) bool {
		return !slices.ContainsFunc(keep, func(name string) bool { return entry == v.entry(name) })
	})
}

// remove takes out the entries that are to go, and with the last one the key.
func (v vault) remove(ctx context.Context, goes func(entry string) bool) error {
	return v.chest.change(ctx, func(c contents) error {
		names, err := c.names()
		if err != nil {
			return err
		}
		last := true
		for _, name := range names {
			switch {
			case !strings.HasPrefix(name, v.entry("")):
			case goes(name):
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

// sweep takes out whatever is not the scope's.
func (v vault) sweep(ctx context.Context) error {
	return v.chest.change(ctx, func(c contents) error {
		names, err := c.names()
		for _, name := range names {
			if !v.scope.has(name) {
				c.delete(name)
			}
		}
		return err
	})
}
