//go:build js

package browser

import (
	"context"
	"fmt"
	"slices"
	"syscall/js"
)

const (
	vaultDB    = "twinlock"
	vaultStore = "vault"
	vaultKey   = "key"
	ivSize     = 12 // bytes; NIST SP 800-38D, section 8.2
)

// OpenVault returns the origin's vault. Nothing is opened before it is used.
func OpenVault() Vault { return indexedVault{} }

type indexedVault struct{}

func (v indexedVault) Put(ctx context.Context, name, bound string, plain []byte) error {
	db, err := openDB(ctx)
	if err != nil {
		return err
	}
	defer db.Call("close")
	key, err := vaultKeyOf(ctx, db, true)
	if err != nil {
		return err
	}
	iv := js.Global().Get("crypto").Call("getRandomValues", js.Global().Get("Uint8Array").New(ivSize))
	box, err := await(ctx, subtle().Call("encrypt", sealParams(iv, name, bound), key, arrayOf(plain)))
	if err != nil {
		return fmt.Errorf("seal %s: %w", name, err)
	}
	entries := store(db, "readwrite")
	entries.Call("put", map[string]any{"iv": iv, "box": box}, entryKey(name))
	if err := completion(ctx, entries.Get("transaction")); err != nil {
		return fmt.Errorf("keep %s: %w", name, err)
	}
	return nil
}

func (v indexedVault) Get(ctx context.Context, name, bound string) ([]byte, error) {
	db, err := openDB(ctx)
	if err != nil {
		return nil, err
	}
	defer db.Call("close")
	kept, err := request(ctx, store(db, "readonly").Call("get", entryKey(name)))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if kept.Type() != js.TypeObject {
		return nil, ErrNoEntry
	}
	key, err := vaultKeyOf(ctx, db, false)
	if err != nil {
		return nil, err
	}
	var opening js.Value
	if err := try(func() {
		opening = subtle().Call("decrypt", sealParams(kept.Get("iv"), name, bound), key, kept.Get("box"))
	}); err != nil {
		return nil, fmt.Errorf("%w: %s", ErrSealBroken, name)
	}
	plain, err := await(ctx, opening)
	if err != nil {
		return nil, fmt.Errorf("%w: %s", ErrSealBroken, name)
	}
	return bytesOf(plain), nil
}

func (v indexedVault) Delete(ctx context.Context, name string) error {
	db, err := openDB(ctx)
	if err != nil {
		return err
	}
	defer db.Call("close")
	_, err = request(ctx, store(db, "readwrite").Call("delete", entryKey(name)))
	return err
}

func (v indexedVault) Wipe(ctx context.Context, keep ...string) error {
	db, err := openDB(ctx)
	if err != nil {
		return err
	}
	defer db.Call("close")
	entries := store(db, "readwrite")
	if len(keep) == 0 {
		_, err = request(ctx, entries.Call("clear"))
		return err
	}
	// All at once: one that fails takes back the others, and so the last tells
	// for all.
	var last js.Value
	for _, between := range gaps(keep) {
		last = entries.Call("delete", between)
	}
	_, err = request(ctx, last)
	return err
}

// gaps are the ranges of keys before, between and after the vault's key and the
// named entries. IndexedDB orders strings by their code units, as Go does those
// of ASCII.
func gaps(names []string) []js.Value {
	keys := []string{vaultKey}
	for _, name := range names {
		keys = append(keys, entryKey(name))
	}
	slices.Sort(keys)
	keys = slices.Compact(keys)
	ranges := js.Global().Get("IDBKeyRange")
	list := []js.Value{ranges.Call("upperBound", keys[0], true)}
	for i, key := range keys[1:] {
		list = append(list, ranges.Call("bound", keys[i], key, true, true))
	}
	return append(list, ranges.Call("lowerBound", keys[len(keys)-1], true))
}

func entryKey(name string) string { return "entry:" + name }

func subtle() js.Value { return js.Global().Get("crypto").Get("subtle") }

// completion waits until what a transaction wrote is there to stay: a request
// succeeds before that.
func completion(ctx context.Context, transaction js.Value) error {
	_, err := wait(ctx, func(done, fail js.Func) {
		transaction.Set("oncomplete", done)
		transaction.Set("onabort", fail)
	}, first)
	return err
}

func store(db js.Value, mode string) js.Value {
	return db.Call("transaction", vaultStore, mode, map[string]any{"durability": "strict"}).Call("objectStore", vaultStore)
}

func sealParams(iv js.Value, name, bound string) map[string]any {
	return map[string]any{"name": "AES-GCM", "iv": iv, "additionalData": arrayOf([]byte(name + "\x00" + bound))}
}

func openDB(ctx context.Context) (js.Value, error) {
	var opening js.Value
	if err := try(func() { opening = js.Global().Get("indexedDB").Call("open", vaultDB, 1) }); err != nil {
		return js.Undefined(), fmt.Errorf("%w: %v", ErrNoVault, err)
	}
	upgrade := js.FuncOf(func(js.Value, []js.Value) any {
		opening.Get("result").Call("createObjectStore", vaultStore)
		return nil
	})
	defer upgrade.Release()
	opening.Set("onupgradeneeded", upgrade)
	db, err := request(ctx, opening)
	if err != nil {
		return js.Undefined(), fmt.Errorf("%w: %v", ErrNoVault, err)
	}
	return db, nil
}

// vaultKeyOf returns the key, made at the first use. Two tabs may make one at
// the same time: "add" lets the first win, and the loser reads the winner's.
func vaultKeyOf(ctx context.Context, db js.Value, create bool) (js.Value, error) {
	key, err := request(ctx, store(db, "readonly").Call("get", vaultKey))
	if err != nil {
		return js.Undefined(), fmt.Errorf("read key: %w", err)
	}
	if key.Truthy() {
		return key, nil
	}
	if !create {
		return js.Undefined(), fmt.Errorf("%w: the key is gone", ErrSealBroken)
	}
	made, err := await(ctx, subtle().Call("generateKey",
		map[string]any{"name": "AES-GCM", "length": 256}, false, []any{"encrypt", "decrypt"}))
	if err != nil {
		return js.Undefined(), fmt.Errorf("make key: %w", err)
	}
	if _, err := request(ctx, store(db, "readwrite").Call("add", made, vaultKey)); err != nil {
		return vaultKeyOf(ctx, db, false)
	}
	return made, nil
}
