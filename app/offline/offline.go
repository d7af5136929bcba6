// Package offline keeps a copy of the profile on the device, sealed, to be
// looked at without a network. There is one copy: the last profile read.
package offline

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"twinlock/app/management"
	"twinlock/app/platform"
)

// Name is the copy's name in the vault.
const Name = "offline"

// Life is how long a copy may be looked at.
const Life = 30 * 24 * time.Hour

// leeway is how far the device's clock may have been set back since.
const leeway = time.Hour

// ErrNone: there is no copy that may be shown.
//
//sentence:none the page then waits for the network
var ErrNone = errors.New("no copy of the profile on this device")

// Copy is a profile as it was.
type Copy struct {
	User management.User
	Read time.Time
}

// Keeper keeps the copy in a vault.
type Keeper struct {
	vault platform.Vault
	now   func() time.Time
}

// New returns a keeper over a vault. now is the clock; nil means the system's.
func New(vault platform.Vault, now func() time.Time) *Keeper {
	if now == nil {
		now = time.Now
	}
	return &Keeper{vault: vault, now: now}
}

const version = 1

// stored is what is sealed.
type stored struct {
	Version int             `json:"v"`
	User    management.User `json:"user"`
	Read    time.Time       `json:"read"`
}

// Keep replaces the copy by a profile that was read just now. What the page does
// not show, the metadata, stays out of it.
func (k *Keeper) Keep(ctx context.Context, u management.User) error {
	u.Metadata, u.AppMetadata = nil, nil
	data, err := json.Marshal(stored{version, u, k.now().UTC()})
	if err != nil {
		return fmt.Errorf("keep a copy of the profile: %w", err)
	}
	return k.vault.Put(ctx, Name, "", data)
}

// Last returns the copy if it is the subject's; with "", where nobody is signed
// in, whoever's it is. A copy of anybody else, one that is too old and one that
// cannot be read are removed. [ErrNone] tells of all these.
func (k *Keeper) Last(ctx context.Context, subject string) (Copy, error) {
	data, err := k.vault.Get(ctx, Name, "")
	if errors.Is(err, platform.ErrNoEntry) || errors.Is(err, platform.ErrNoVault) {
		return Copy{}, ErrNone
	}
	if err == nil {
		c, ok := read(data)
		age := k.now().Sub(c.Read)
		if ok && (subject == "" || c.User.ID == subject) && age <= Life && age >= -leeway {
			return c, nil
		}
	}
	if err := k.Forget(ctx); err != nil {
		return Copy{}, err
	}
	return Copy{}, ErrNone
}

func read(data []byte) (Copy, bool) {
	var s stored
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&s); err != nil || s.Version != version || s.User.ID == "" || len(s.User.Identities) == 0 {
		return Copy{}, false
	}
	return Copy{s.User, s.Read}, true
}

// Forget removes the copy.
func (k *Keeper) Forget(ctx context.Context) error {
	if err := k.vault.Delete(ctx, Name); err != nil && !errors.Is(err, platform.ErrNoVault) {
		return fmt.Errorf("forget the copy of the profile: %w", err)
	}
	return nil
}
