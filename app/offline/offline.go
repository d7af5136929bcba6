// Package offline stores a copy of the profile on the device, sealed, to be looked at
// without a network: a [Keeper] keeps one [Copy], of the profile that was read last.
package offline

import (
	"context"
	"errors"
	"fmt"
	"time"

	"twinlock/app/management"
	"twinlock/app/platform"
	"twinlock/app/sealed"
)

// Name is the copy's name in the vault, for those who wipe everything else.
const Name = "offline"

// Life is how long a copy may be looked at, unless its session ends before.
const Life = 30 * 24 * time.Hour

// clockSkew is how far the device's clock may have been put back since, as when it was a day
// ahead and is put right. It is more than [platform.ClockSkew]: an old profile does no harm.
const clockSkew = 24 * time.Hour

// ErrNone is returned when there is no copy that may be shown.
//
//sentence:none the page then waits for the network
var ErrNone = errors.New("no copy of the profile on this device")

// Copy is a profile as it was.
type Copy struct {
	// User is the profile, without its metadata.
	User management.User
	// Read is when it was read from the tenant, by this device's clock.
	Read time.Time
}

// Keeper keeps the copy in a vault.
type Keeper struct {
	record sealed.Record
	now    func() time.Time
}

// stored is the stored form of a copy.
type stored struct {
	management.User
	// Ends is when the session ends that the profile was read in; zero for no such end.
	Ends time.Time `json:",omitzero"`
}

// New returns a keeper of the copy in a vault. now is the clock; nil means the system's.
func New(vault platform.Vault, now func() time.Time) *Keeper {
	if now == nil {
		now = time.Now
	}
	return &Keeper{
		record: sealed.Record{
			Vault:     vault,
			Name:      Name,
			Version:   2,
			Life:      Life,
			ClockSkew: clockSkew,
			Now:       now,
		},
		now: now,
	}
}

// Keep stores a profile that was read just now, in place of the copy. What the page does
// not show, the metadata, is left out. ends is when the session ends that it was read in, by
// this device's clock: the copy ends then, too. Zero means that it has no such end.
//
// Errors: those of [platform.Vault].
func (k *Keeper) Keep(ctx context.Context, u management.User, ends time.Time) error {
	u.Metadata, u.AppMetadata = nil, nil
	return k.record.Put(ctx, "", stored{u, ends})
}

// Last returns the copy if it is the subject's. With "", where nobody is signed in, it
// returns anybody's. A copy of somebody else, one that is too old, one whose session has ended
// and one that cannot be read are removed.
//
// Errors: [ErrNone]; those of [platform.Vault], if a copy could not be removed.
func (k *Keeper) Last(ctx context.Context, subject string) (Copy, error) {
	var user stored
	read, err := k.record.Get(ctx, "", &user)
	switch {
	case errors.Is(err, platform.ErrNoEntry), errors.Is(err, platform.ErrNoVault):
		return Copy{}, ErrNone
	case err != nil, !user.Ends.IsZero() && !k.now().Before(user.Ends):
	case (subject == "" || user.ID == subject) && user.ID != "" && len(user.Identities) > 0:
		return Copy{user.User, read}, nil
	}
	if err := k.Forget(ctx); err != nil {
		return Copy{}, err
	}
	return Copy{}, ErrNone
}

// Forget removes the copy.
//
// Errors: those of [platform.Vault], except that where nothing can be stored there is
// nothing to remove.
func (k *Keeper) Forget(ctx context.Context) error {
	if err := k.record.Delete(ctx); err != nil && !errors.Is(err, platform.ErrNoVault) {
		return fmt.Errorf("forget the copy of the profile: %w", err)
	}
	return nil
}
