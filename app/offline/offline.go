// Package offline stores what was seen last on the device, sealed: a [Keeper] keeps one
// [Copy] of the profile, to be looked at without a network, and one [View] of the page, for
// its first frame.
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

// The names in the vault, for those who wipe everything else.
const (
	// Name is the copy's.
	Name = "offline"
	// ViewName is the view's.
	ViewName = "view"
)

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

// View is the page as it was when a profile had been read. The boot script reads it, and
// shows it in the first frame of a later visit, under the rules of a copy: see
// web/boot/last.js. web/CONTRACT.md has the names.
type View struct {
	// Subject is whose profile it is.
	Subject string `json:"subject"`
	// Ends is when its session ends, whatever is renewed; zero for no such end.
	Ends time.Time `json:"ends,omitzero"`
	// AsOf is the sentence that says as of when it is.
	AsOf string `json:"asOf"`
	// Online is the sentence that the person must be online to change something.
	Online string `json:"online"`
	// Again is what the button says that reads the profile again.
	Again string `json:"again"`
	// Page is what the boot script has made of the page.
	Page string `json:"page"`
	// Read is the request that has read the profile; the zero value if it is not known.
	Read Read `json:"read,omitzero"`
}

// Read is a request that has read a profile, and its answer.
type Read struct {
	// URL is where it was sent to.
	URL string `json:"url"`
	// Sum is the SHA-256 of the answer's body, in Base64.
	Sum string `json:"sum"`
}

// Keeper keeps the copy and the view in a vault.
type Keeper struct {
	record, view sealed.Record
	now          func() time.Time
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
		record: sealed.Record{Vault: vault, Name: Name, Version: 2, Life: Life, ClockSkew: clockSkew, Now: now},
		// The boot script knows the version, the life and the skew, too.
		view: sealed.Record{Vault: vault, Name: ViewName, Version: 1, Life: Life, ClockSkew: clockSkew, Now: now},
		now:  now,
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

// KeepView stores what is seen of a profile, in place of the view.
//
// Errors: those of [platform.Vault].
func (k *Keeper) KeepView(ctx context.Context, v View) error { return k.view.Put(ctx, "", v) }

// Last returns the copy if it is the subject's. With "", where nobody is signed in, it
// returns anybody's. A copy of somebody else, one that is too old, one whose session has ended
// and one that cannot be read are removed, and the view with it.
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

// Forget removes the copy and the view.
//
// Errors: those of [platform.Vault], except that where nothing can be stored there is
// nothing to remove.
func (k *Keeper) Forget(ctx context.Context) error {
	for _, record := range []*sealed.Record{&k.view, &k.record} {
		if err := record.Delete(ctx); err != nil && !errors.Is(err, platform.ErrNoVault) {
			return fmt.Errorf("forget what was seen last (%s): %w", record.Name, err)
		}
	}
	return nil
}
