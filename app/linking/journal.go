package linking

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"twinlock/app/management"
	"twinlock/app/platform"
	"twinlock/app/sealed"
)

// Journal stores at most one entry for each primary, from before the first write of a
// link until after the last. An entry that cannot be read is an error of Load, never
// "none".
type Journal interface {
	// Save stores an entry, in place of its primary's. When it has returned nil the entry
	// outlasts the page.
	Save(ctx context.Context, e Entry) error
	// Load returns the entry of the subject as the primary, or else one of which it is the
	// secondary, and whether there is one.
	Load(ctx context.Context, subject string) (e Entry, found bool, err error)
	// Remove removes the entry of a primary. It returns nil where there is none.
	Remove(ctx context.Context, primary string) error
}

// Entry is a link that is under way: what is to be taken over, and from whom. There is no
// token in it.
type Entry struct {
	// Version is that of this form.
	Version int `json:"v"`
	// Created is when the link was sent, by this device's clock.
	Created time.Time `json:"created,omitzero"`
	// Looks is how often the link has been looked for since and not been seen. It counts
	// up to when the person is told that there is no link.
	Looks int `json:"looks,omitempty"`
	// Looked is when that was last; zero if Looks is.
	Looked time.Time `json:"looked,omitzero"`
	// Primary and Secondary are the subjects of the two accounts.
	Primary   string `json:"primary"`
	Secondary string `json:"secondary"`
	// Connection is the secondary's.
	Connection string `json:"connection,omitempty"`
	// Provider and UserID are the secondary's own identity, as its list gives it; "" if
	// not known.
	Provider string `json:"provider,omitempty"`
	UserID   string `json:"user_id,omitempty"`
	// Name and Email are the secondary's, for the page to name it.
	Name  string `json:"name,omitempty"`
	Email string `json:"email,omitempty"`
	// Merge is what is to become of the primary's user_metadata, by key; may be empty.
	Merge map[string]Change `json:"merge"`
}

// Change is what becomes of one key of user_metadata. Both are JSON values, numbers as
// json.Number.
type Change struct {
	// Before is the value that the change was planned over, nil for none. If the primary
	// has another one by now somebody has changed it, and it stays.
	Before any `json:"before"`
	// After is the value to be written; never nil.
	After any `json:"after"`
}

// entryVersion is the version that is written and read.
const entryVersion = 2

func (p Plan) entry(now time.Time) Entry {
	return Entry{
		Version:    entryVersion,
		Created:    now,
		Primary:    p.Primary.Subject,
		Secondary:  p.Secondary.Subject,
		Connection: p.Secondary.Connection,
		Provider:   p.Secondary.Provider,
		UserID:     p.Secondary.UserID,
		Name:       p.Secondary.Name,
		Email:      p.Secondary.Email,
		Merge:      p.merge(),
	}
}

// in tells whether the secondary is an identity of a user.
func (e Entry) in(u management.User) bool {
	secondary := Account{Subject: e.Secondary, Provider: e.Provider, UserID: e.UserID}
	return slices.ContainsFunc(u.Identities, secondary.is)
}

// compare returns what is still to be written to a primary's user_metadata, and what must
// not be since somebody else has changed it meanwhile.
func (e Entry) compare(primary management.User) (left, skipped map[string]any) {
	left, skipped = make(map[string]any), make(map[string]any)
	for key, c := range e.Merge {
		switch current := primary.Metadata[key]; {
		case equal(current, c.After):
		case primary.OddMetadata || equal(current, c.Before):
			left[key] = c.After
		default:
			skipped[key] = c.After
		}
	}
	return left, skipped
}

// ParseEntry reads what json.Marshal has written of an entry. Its errors say what is wrong
// in words for a developer.
func ParseEntry(data []byte) (Entry, error) {
	var e Entry
	if err := sealed.Decode(data, &e); err != nil {
		return Entry{}, fmt.Errorf("journal entry: %w", err)
	}
	if err := e.validate(); err != nil {
		return Entry{}, fmt.Errorf("journal entry: %w", err)
	}
	return e, nil
}

func (e Entry) validate() error {
	switch {
	case e.Version != entryVersion:
		return fmt.Errorf("version %d is not known", e.Version)
	case e.Created.IsZero() || e.Looks < 0 || e.Looks > told || (e.Looks == 0) != e.Looked.IsZero():
		return errors.New("its times are not possible")
	case e.Primary == "" || e.Secondary == "" || e.Primary == e.Secondary:
		return errors.New("not of two accounts")
	}
	for key, c := range e.Merge {
		// No link removes a key or writes what cannot be written.
		if c.After == nil || hostile(key, c.After) {
			return fmt.Errorf("%.40q cannot be written", key)
		}
	}
	return nil
}

// JournalName is the journal's name in a vault. A sign-out must not wipe it.
const JournalName = "journal"

// JournalLife is how long an entry is stored. An older one counts as none: a person who
// has not come back by then decides anew.
const JournalLife = 30 * 24 * time.Hour

// NewJournal returns a journal in a vault: the entries of all primaries under one name,
// sealed together. Its errors are those of [platform.Vault]. [platform.ErrSealBroken] says
// that an entry can never be read again, or none can: Remove takes that one, or all, away.
// Where the browser stores nothing, Load finds none and Save fails.
func NewJournal(vault platform.Vault) Journal { return newVaultJournal(vault, time.Now) }

// ExpireJournal removes from a vault the entries that are older than [JournalLife], of any
// account. No link may be under way in another tab meanwhile.
//
// Errors: those of [platform.Vault].
func ExpireJournal(ctx context.Context, vault platform.Vault) error {
	return newVaultJournal(vault, time.Now).expire(ctx)
}

type vaultJournal struct {
	record *sealed.Record // of a storedEntry for each primary
	now    func() time.Time
}

func newVaultJournal(vault platform.Vault, now func() time.Time) vaultJournal {
	return vaultJournal{&sealed.Record{
		Vault:   vault,
		Name:    JournalName,
		Version: 1,
		Bare:    true,
		Now:     now,
	}, now}
}

// storedEntry is an entry as it is stored. It is read only when it is asked for: one that
// cannot be read does not hide the others.
type storedEntry struct {
	Saved time.Time       `json:"saved"`
	Entry json.RawMessage `json:"entry"`
}

func (j vaultJournal) Save(ctx context.Context, e Entry) error {
	entries, _, err := j.read(ctx)
	if err != nil {
		return err
	}
	data, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("journal entry: %w", err)
	}
	entries[e.Primary] = storedEntry{j.now().UTC(), data}
	return j.write(ctx, entries)
}

func (j vaultJournal) Load(ctx context.Context, subject string) (Entry, bool, error) {
	entries, _, err := j.read(ctx)
	switch {
	case errors.Is(err, platform.ErrNoVault):
		return Entry{}, false, nil
	case err != nil:
		return Entry{}, false, err
	}
	stored, found := entries[subject]
	if !found {
		e, found := secondaryIn(entries, subject)
		return e, found, nil
	}
	e, err := ParseEntry(stored.Entry)
	if err == nil && e.Primary != subject {
		err = errors.New("journal entry: of another primary")
	}
	if err != nil {
		return Entry{}, false, fmt.Errorf("%w: %w", platform.ErrSealBroken, err)
	}
	return e, true, nil
}

// secondaryIn finds the first entry of which the subject is the secondary. One that cannot
// be read is left to its primary.
func secondaryIn(entries map[string]storedEntry, subject string) (Entry, bool) {
	for _, primary := range slices.Sorted(maps.Keys(entries)) {
		if e, err := ParseEntry(entries[primary].Entry); err == nil && e.Primary == primary && e.Secondary == subject {
			return e, true
		}
	}
	return Entry{}, false
}

func (j vaultJournal) Remove(ctx context.Context, primary string) error {
	entries, _, err := j.read(ctx)
	if err != nil && !errors.Is(err, platform.ErrSealBroken) {
		return err
	}
	delete(entries, primary)
	return j.write(ctx, entries)
}

func (j vaultJournal) expire(ctx context.Context) error {
	entries, old, err := j.read(ctx)
	if err != nil || old == 0 {
		return err
	}
	return j.write(ctx, entries)
}

// read returns the entries without those that are too old, and the number of these.
func (j vaultJournal) read(ctx context.Context) (entries map[string]storedEntry, old int, err error) {
	_, err = j.record.Get(ctx, "", &entries)
	switch {
	case errors.Is(err, platform.ErrNoEntry):
		return make(map[string]storedEntry), 0, nil
	case err == nil && entries == nil:
		err = fmt.Errorf("%w: the journal is damaged", platform.ErrSealBroken)
	}
	if err != nil {
		return nil, 0, err
	}
	all := len(entries)
	maps.DeleteFunc(entries, func(_ string, e storedEntry) bool { return j.now().Sub(e.Saved) > JournalLife })
	return entries, all - len(entries), nil
}

func (j vaultJournal) write(ctx context.Context, entries map[string]storedEntry) error {
	if len(entries) == 0 {
		return j.record.Delete(ctx)
	}
	return j.record.Put(ctx, "", entries)
}
