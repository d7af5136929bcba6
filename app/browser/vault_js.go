//go:build js

package browser

import (
	"context"
	"crypto/rand"
	"fmt"
	"syscall/js"

	"twinlock/app/platform"
)

const (
	vaultStore = "vault"
	ivSize     = 12 // bytes; NIST SP 800-38D, section 8.2
)

// sealKey is a CryptoKey, which cannot be compared with another, and a name
// that can.
type sealKey struct {
	id        string
	cryptoKey js.Value
}

// box is what was sealed, and the IV for it, as IndexedDB keeps them.
type box struct{ js.Value }

func newKey(ctx context.Context) (sealKey, error) {
	made, err := await(ctx, subtle().Call("generateKey",
		map[string]any{"name": "AES-GCM", "length": 256}, false, []any{"encrypt", "decrypt"}))
	if err != nil {
		return sealKey{}, fmt.Errorf("make key: %w", err)
	}
	return sealKey{rand.Text(), made}, nil
}

func (k sealKey) seal(ctx context.Context, bound, plain []byte) (box, error) {
	iv := js.Global().Get("crypto").Call("getRandomValues", js.Global().Get("Uint8Array").New(ivSize))
	sealed, err := await(ctx, subtle().Call("encrypt", sealParams(iv, bound), k.cryptoKey, arrayOf(plain)))
	if err != nil {
		return box{}, err
	}
	return box{js.ValueOf(map[string]any{"iv": iv, "box": sealed})}, nil
}

func (k sealKey) open(ctx context.Context, bound []byte, sealed box) (plain []byte, err error) {
	var opening js.Value
	if err := try(func() {
		opening = subtle().Call("decrypt", sealParams(sealed.Get("iv"), bound), k.cryptoKey, sealed.Get("box"))
	}); err != nil {
		return nil, err
	}
	opened, err := await(ctx, opening)
	if err != nil {
		return nil, err
	}
	return bytesOf(opened), nil
}

func subtle() js.Value { return js.Global().Get("crypto").Get("subtle") }

func sealParams(iv js.Value, bound []byte) map[string]any {
	return map[string]any{"name": "AES-GCM", "iv": iv, "additionalData": arrayOf(bound)}
}

// chest is a database by its name.
type chest string

func chestOf(name string) chest { return chest(name) }

// dropUnscoped has the database of a version that knew no scopes deleted. Nobody
// waits for it: a page of that version may still be open.
func dropUnscoped() {
	_ = try(func() { js.Global().Get("indexedDB").Call("deleteDatabase", "twinlock") })
}

// look lets f read, all at one moment.
func (c chest) look(ctx context.Context, f func(contents) error) error {
	_, err := c.transact(ctx, "readonly", f)
	return err
}

// change lets f read and write: all that it does happens at one moment or, where
// something fails, not at all. It returns when it is there to stay.
func (c chest) change(ctx context.Context, f func(contents) error) error {
	transaction, err := c.transact(ctx, "readwrite", f)
	if err != nil {
		_ = try(func() { transaction.Call("abort") })
		return err
	}
	// A request succeeds before that.
	_, err = wait(ctx, func(done, fail js.Func) {
		transaction.Set("oncomplete", done)
		transaction.Set("onabort", fail)
	}, first)
	return err
}

// transact runs f in a transaction. That ends by itself when an answer has come
// and brings no other request: whatever is run by an event runs to where it
// waits before the browser goes on, so f may wait for the chest's answers, and
// must not for anything else.
func (c chest) transact(ctx context.Context, mode string, f func(contents) error) (transaction js.Value, err error) {
	db, err := c.open(ctx)
	if err != nil {
		return js.Undefined(), err
	}
	defer db.Call("close") // after the transaction
	// A database may be damaged, or be taken away, and some browsers keep no keys.
	if thrown := try(func() {
		transaction = db.Call("transaction", vaultStore, mode, map[string]any{"durability": "strict"})
		err = f(contents{ctx, transaction.Call("objectStore", vaultStore)})
	}); thrown != nil {
		err = fmt.Errorf("%w: %v", platform.ErrNoVault, thrown)
	}
	return transaction, err
}

func (c chest) open(ctx context.Context) (js.Value, error) {
	var opening js.Value
	if err := try(func() { opening = js.Global().Get("indexedDB").Call("open", string(c), 1) }); err != nil {
		return js.Undefined(), fmt.Errorf("%w: %v", platform.ErrNoVault, err)
	}
	upgrade := js.FuncOf(func(js.Value, []js.Value) any {
		opening.Get("result").Call("createObjectStore", vaultStore)
		return nil
	})
	defer upgrade.Release()
	opening.Set("onupgradeneeded", upgrade)
	db, err := request(ctx, opening)
	if err != nil {
		return js.Undefined(), fmt.Errorf("%w: %v", platform.ErrNoVault, err)
	}
	return db, nil
}

// contents is what is in a chest, during a transaction.
type contents struct {
	ctx   context.Context
	store js.Value
}

func (c contents) names() (list []string, err error) {
	keys, err := request(c.ctx, c.store.Call("getAllKeys"))
	if err != nil {
		return nil, err
	}
	for i := range keys.Length() {
		list = append(list, keys.Index(i).String())
	}
	return list, nil
}

func (c contents) get(name string) (value js.Value, found bool, err error) {
	value, err = request(c.ctx, c.store.Call("get", name))
	return value, err == nil && value.Type() == js.TypeObject, err
}

func (c contents) key(name string) (sealKey, bool, error) {
	kept, found, err := c.get(name)
	if !found {
		return sealKey{}, false, err
	}
	return sealKey{kept.Get("id").String(), kept.Get("key")}, true, nil
}

func (c contents) box(name string) (box, bool, error) {
	kept, found, err := c.get(name)
	return box{kept}, found, err
}

func (c contents) putKey(name string, key sealKey) {
	c.store.Call("put", map[string]any{"id": key.id, "key": key.cryptoKey}, name)
}

func (c contents) putBox(name string, sealed box) { c.store.Call("put", sealed.Value, name) }

func (c contents) delete(name string) { c.store.Call("delete", name) }
