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
//
//sentence:none whoever asks goes on as if there were no entry
var ErrAge = errors.New("entry too old")

// Record is an entry of a vault that holds a value of one type as JSON, with its version
// and the time when it was stored. Vault, Name and Version are required.
//
// The type is not a parameter: that would put this code into the program once for each.
type Record struct {
	// Vault is where the entry is stored.
	Vault platform.Vault
	// Name is the entry's name in the vault.
	Name string
	// Version is the version of the value's JSON form. A change that an older or newer
	// program would misread needs another one. Never 0.
	Version int
	// Life is how long the entry may be read after it was stored; 0 means for ever.
	Life time.Duration
	// ClockSkew is how far the device's clock may have been set back since the entry was
	// stored. It counts only where there is a Life.
	ClockSkew time.Duration
	// Bare also accepts a value that stands alone, without version and time, as programs
	// wrote it before there were records. Such an entry has no age, so a Record with Bare
	// has no Life.
	Bare bool
	// Now is the clock; nil means the system's.
	Now func() time.Time
}

// envelope is the stored form.
type envelope struct {
	Version int             `json:"v"`
	Stored  time.Time       `json:"at"`
	Value   json.RawMessage `json:"value"`
}

// Put stores a value, in place of the one that was stored. bound is a string that Get
// must repeat, for instance the subject that the value is about; "" binds it to nothing.
//
// Errors: those of [platform.Vault].
func (r *Record) Put(ctx context.Context, bound string, value any) error {
	data, err := json.Marshal(value)
	if err == nil {
		data, err = json.Marshal(envelope{r.Version, r.now().UTC(), data})
	}
	if err != nil {
		return fmt.Errorf("seal %s: %w", r.Name, err)
	}
	return r.Vault.Put(ctx, r.Name, bound, data)
}

// Get reads what is stored into the value that a pointer points to, and returns the time
// when it was stored, zero for a bare one. After an error the value may be read in part: do
// not use it. The package's documentation says what the errors mean.
func (r *Record) Get(ctx context.Context, bound string, value any) (stored time.Time, err error) {
	data, err := r.Vault.Get(ctx, r.Name, bound)
	if err != nil {
		return time.Time{}, err
	}
	sealed, ok := r.open(data)
	if !ok || Decode(sealed.Value, value) != nil {
		// The decoder's own words may quote what is a secret.
		return time.Time{}, fmt.Errorf("%w: %s is not what version %d writes", platform.ErrSealBroken, r.Name, r.Version)
	}
	if age := r.now().Sub(sealed.Stored); r.Life != 0 && (age > r.Life || age < -r.ClockSkew) {
		return time.Time{}, fmt.Errorf("%w: %s", ErrAge, r.Name)
	}
	return sealed.Stored, nil
}

// open reads the envelope of this version.
func (r *Record) open(data []byte) (sealed envelope, ok bool) {
	if err := Decode(data, &sealed); err != nil {
		return envelope{Value: data}, r.Bare
	}
	return sealed, sealed.Version == r.Version
}

// Delete removes what is stored. It returns nil if that is nothing.
func (r *Record) Delete(ctx context.Context) error { return r.Vault.Delete(ctx, r.Name) }

func (r *Record) now() time.Time {
	if r.Now == nil {
		return time.Now()
	}
	return r.Now()
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
