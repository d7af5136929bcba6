// Package sealed stores one JSON value under one name of a vault: a [Record]. It is the
// common ground of everything that this program stores sealed, so that versions, ages
// and damage mean the same everywhere.
//
// What an error of [Record.Get] means, and what a caller may do:
//
//	platform.ErrNoEntry     nothing is stored. Begin with the zero value.
//	platform.ErrNoVault     this browser stores nothing. Go on without.
//	platform.ErrSealBroken  what is stored can never be read: it was altered, its key is
//	                        gone, it is bound to another string, it is not what Put
//	                        writes, or another version has written it. Delete it or
//	                        store something new.
//	ErrAge                  it was stored too long ago, or in the future because somebody
//	                        has set the clock back since. Delete it or store something new.
//	any other               it may be read at the next attempt. Do not overwrite it.
package sealed

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"twinlock/app/platform"
)

// ErrAge is returned when an entry is older than the [Record]'s Life allows, or comes
// from the future.
var ErrAge = errors.New("entry too old")

// Record is an entry of a vault that holds a T as JSON, with its version and the time
// when it was stored. Vault, Name and Version are required.
type Record[T any] struct {
	// Vault is where the entry is stored.
	Vault platform.Vault
	// Name is the entry's name in the vault.
	Name string
	// Version is the version of T's JSON form. A change that an older or newer program
	// would misread needs another one. Never 0.
	Version int
	// Life is how long the entry may be read after it was stored; 0 means for ever.
	Life time.Duration
	// ClockSkew is how far the device's clock may have been set back since the entry was
	// stored. It counts only where there is a Life.
	ClockSkew time.Duration
	// Bare also accepts a T that stands alone, without version and time, as programs
	// wrote it before there were records. Such an entry has no age, so a Record with
	// Bare has no Life.
	Bare bool
	// Now is the clock; nil means the system's.
	Now func() time.Time
}

// Put stores a value, in place of the one that was stored. bound is a string that Get
// must repeat, for instance the subject that the value is about; "" binds it to nothing.
//
// Errors: those of [platform.Vault].
func (r Record[T]) Put(ctx context.Context, bound string, value T) error {
	return entry(r).put(ctx, bound, value)
}

// Get returns the value that is stored and the time when it was, zero for a bare one.
// The package's documentation says what its errors mean.
func (r Record[T]) Get(ctx context.Context, bound string) (value T, stored time.Time, err error) {
	stored, err = entry(r).get(ctx, bound, &value)
	if err != nil {
		var none T // not what was read before the error
		return none, time.Time{}, err
	}
	return value, stored, nil
}

// Delete removes what is stored. Nothing is not an error.
func (r Record[T]) Delete(ctx context.Context) error { return r.Vault.Delete(ctx, r.Name) }

// entry is a Record without its type: whatever T is, this code is in the program once.
type entry struct {
	Vault     platform.Vault
	Name      string
	Version   int
	Life      time.Duration
	ClockSkew time.Duration
	Bare      bool
	Now       func() time.Time
}

// envelope is the stored form.
type envelope struct {
	Version int             `json:"v"`
	Stored  time.Time       `json:"at"`
	Value   json.RawMessage `json:"value"`
}

func (e entry) put(ctx context.Context, bound string, value any) error {
	data, err := json.Marshal(value)
	if err == nil {
		data, err = json.Marshal(envelope{e.Version, e.now().UTC(), data})
	}
	if err != nil {
		return fmt.Errorf("seal %s: %w", e.Name, err)
	}
	return e.Vault.Put(ctx, e.Name, bound, data)
}

func (e entry) get(ctx context.Context, bound string, value any) (time.Time, error) {
	data, err := e.Vault.Get(ctx, e.Name, bound)
	if err != nil {
		return time.Time{}, err
	}
	sealed, ok := e.open(data)
	if !ok || Decode(sealed.Value, value) != nil {
		// The decoder's own words may quote what is a secret.
		return time.Time{}, fmt.Errorf("%w: %s is not what version %d writes", platform.ErrSealBroken, e.Name, e.Version)
	}
	if age := e.now().Sub(sealed.Stored); e.Life != 0 && (age > e.Life || age < -e.ClockSkew) {
		return time.Time{}, fmt.Errorf("%w: %s", ErrAge, e.Name)
	}
	return sealed.Stored, nil
}

// open reads the envelope of this version.
func (e entry) open(data []byte) (sealed envelope, ok bool) {
	if err := Decode(data, &sealed); err != nil {
		return envelope{Value: data}, e.Bare
	}
	return sealed, sealed.Version == e.Version
}

func (e entry) now() time.Time {
	if e.Now == nil {
		return time.Now()
	}
	return e.Now()
}

// Decode reads JSON that [json.Marshal] has written from a value of the same type: it
// refuses members that the type does not have and anything after the value. Numbers
// without a type become a json.Number, so that none is changed by being read.
func Decode(data []byte, value any) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	dec.UseNumber()
	if err := dec.Decode(value); err != nil {
		return err
	}
	if _, err := dec.Token(); err != io.EOF {
		return errors.New("more JSON follows")
	}
	return nil
}
