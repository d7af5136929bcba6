//go:build js

package browser

import (
	"context"
	"crypto/rand"
	"fmt"
	"syscall/js"
	"time"

	"twinlock/app/platform"
)

const (
	vaultStore = "vault"
	ivSize     = 12 // bytes; NIST SP 800-38D, section 8.2
	// openTimeout is how long the browser may take to open a database. Some never answer,
	// for instance while another page has it deleted.
	openTimeout = 5 * time.Second
)

// unanswered is true once the browser has not answered in time. It is not asked again: the
// page would wait as long each time.
var unanswered bool

// sealKey is a CryptoKey. Two of them cannot be compared; their ids can.
type sealKey struct {
	id        string
	cryptoKey js.Value
}

// ciphertext is what was sealed, and its IV, as an object that IndexedDB can store.
type ciphertext struct{ js.Value }

func newKey(ctx context.Context) (sealKey, error) {
	made, err := awaitCall(ctx, subtle(), "generateKey",
		map[string]any{"name": "AES-GCM", "length": 256}, false, []any{"encrypt", "decrypt"})
	if err != nil {
		return sealKey{}, fmt.Errorf("make key: %w", unsealed(err))
	}
	return sealKey{rand.Text(), made}, nil
}

func (k sealKey) seal(ctx context.Context, bound, plain []byte) (ciphertext, error) {
	iv := make([]byte, ivSize)
	_, _ = rand.Read(iv) // never fails
	box := arrayOf(iv)
	sealed, err := awaitCall(ctx, subtle(), "encrypt", sealParams(box, bound), k.cryptoKey, arrayOf(plain))
	if err != nil {
		return ciphertext{}, unsealed(err)
	}
	return ciphertext{js.ValueOf(map[string]any{"iv": box, "box": sealed})}, nil
}

func (k sealKey) open(ctx context.Context, bound []byte, sealed ciphertext) (plain []byte, err error) {
	params := sealParams(get(sealed.Value, "iv"), bound)
	opened, err := awaitCall(ctx, subtle(), "decrypt", params, k.cryptoKey, get(sealed.Value, "box"))
	if err != nil {
		return nil, unsealed(err)
	}
	return bytesOf(opened), nil
}

// unsealed returns ErrNoVault where the browser seals nothing, and the error elsewhere.
func unsealed(err error) error {
	if canVerify() != nil {
		return fmt.Errorf("%w: %v", platform.ErrNoVault, err)
	}
	return err
}

// subtle is WebCrypto, which browsers have on secure pages only.
func subtle() js.Value { return global("crypto", "subtle") }

func sealParams(iv js.Value, bound []byte) map[string]any {
	return map[string]any{"name": "AES-GCM", "iv": iv, "additionalData": arrayOf(bound)}
}

// database is the name of an IndexedDB database.
type database string

// dropUnscoped deletes the database of a version that had no scopes. It does not wait:
// a page of that version may still be open.
func dropUnscoped() {
	_, _ = tryCall(global("indexedDB"), "deleteDatabase", "twinlock")
}

// view runs f in a read-only transaction: it sees one state of the database.
func (d database) view(ctx context.Context, f func(records) error) error {
	_, err := d.transact(ctx, "readonly", f)
	return err
}

// update runs f in a transaction that is committed as a whole or, when f fails, not at
// all. It returns when that is done.
func (d database) update(ctx context.Context, f func(records) error) error {
	transaction, err := d.transact(ctx, "readwrite", f)
	if err != nil {
		_, _ = tryCall(transaction, "abort")
		return err
	}
	// The requests of f succeed before the transaction is committed.
	_, err = wait(ctx, func(done, fail js.Func) {
		transaction.Set("oncomplete", done)
		transaction.Set("onabort", fail)
	}, first)
	return err
}

// transact runs f in a transaction. f may wait for requests to the database and must
// wait for nothing else: a transaction commits itself as soon as all its requests are
// answered and the handler of the last answer has made no other.
func (d database) transact(ctx context.Context, mode string, f func(records) error) (transaction js.Value, err error) {
	db, err := d.open(ctx)
	if err != nil {
		return js.Undefined(), err
	}
	defer tryCall(db, "close") // after the transaction
	// A database may be damaged or deleted, and some browsers cannot store a CryptoKey.
	if thrown := try(func() {
		transaction = db.Call("transaction", vaultStore, mode, map[string]any{"durability": "strict"})
		err = f(records{ctx, transaction.Call("objectStore", vaultStore)})
	}); thrown != nil {
		err = fmt.Errorf("%w: %v", platform.ErrNoVault, thrown)
	}
	return transaction, err
}

func (d database) open(ctx context.Context) (js.Value, error) {
	if unanswered {
		return js.Undefined(), platform.ErrNoVault
	}
	limited, cancel := context.WithTimeout(ctx, openTimeout)
	defer cancel()
	var opening, db js.Value
	upgrade := handler(func(js.Value) any { return get(opening, "result").Call("createObjectStore", vaultStore) })
	err := try(func() {
		opening = global("indexedDB").Call("open", string(d), 1)
		opening.Set("onupgradeneeded", upgrade)
	})
	if err == nil {
		db, err = request(limited, opening)
		unanswered = limited.Err() != nil && ctx.Err() == nil
	}
	if limited.Err() == nil { // else it may still be called, and a database without it is of no use
		upgrade.Release()
	}
	if err != nil {
		return js.Undefined(), fmt.Errorf("%w: %v", platform.ErrNoVault, err)
	}
	return db, nil
}

// records are the contents of a database, within a transaction. What the methods throw ends
// that: transact tries them.
type records struct {
	ctx   context.Context
	store js.Value
}

func (r records) names() (list []string, err error) {
	keys, err := request(r.ctx, r.store.Call("getAllKeys"))
	if err != nil {
		return nil, err
	}
	for i := range keys.Length() {
		list = append(list, keys.Index(i).String())
	}
	return list, nil
}

func (r records) get(name string, kind js.Type) (value js.Value, found bool, err error) {
	value, err = request(r.ctx, r.store.Call("get", name))
	return value, err == nil && value.Type() == kind, err
}

func (r records) key(name string) (sealKey, bool, error) {
	kept, found, err := r.get(name, js.TypeObject)
	if !found {
		return sealKey{}, false, err
	}
	return sealKey{textOf(get(kept, "id")), get(kept, "key")}, true, nil
}

func (r records) ciphertext(name string) (ciphertext, bool, error) {
	kept, found, err := r.get(name, js.TypeObject)
	return ciphertext{kept}, found, err
}

// text returns a text that is stored as it is.
func (r records) text(name string) (string, bool, error) {
	value, found, err := r.get(name, js.TypeString)
	return textOf(value), found, err
}

func (r records) putText(name, text string) { r.store.Call("put", text, name) }

func (r records) putKey(name string, key sealKey) {
	r.store.Call("put", map[string]any{"id": key.id, "key": key.cryptoKey}, name)
}

func (r records) putCiphertext(name string, sealed ciphertext) {
	r.store.Call("put", sealed.Value, name)
}

func (r records) delete(name string) { r.store.Call("delete", name) }
