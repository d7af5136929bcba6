package linking

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"twinlock/app/management"
	"twinlock/app/platform"
)

// Journal keeps at most one entry for each primary, from before the first write
// of a link until after the last. What Save has returned nil for must outlast
// the page. An entry that cannot be read is an error of Load, never "none".
type Journal interface {
	Save(ctx context.Context, e Entry) error
	// Load returns the entry of the subject as the primary, or else one of which it
	// is the secondary.
	Load(ctx context.Context, subject string) (e Entry, found bool, err error)
	Remove(ctx context.Context, primary string) error
}

// Entry is a link under way: what is to be taken over, and from whom. It holds
// no token.
type Entry struct {
	Version int `json:"v"`
	// Created is when the link was begun, by this device's clock.
	Created time.Time `json:"created,omitzero"`
	// Looks is how often the link has been looked for since and not been seen,
	// counted up to when the person is told so; Looked is when that was last.
	Looks      int       `json:"looks,omitempty"`
	Looked     time.Time `json:"looked,omitzero"`
	Primary    string    `json:"primary"`   // subject
	Secondary  string    `json:"secondary"` // subject
	Connection string    `json:"connection,omitempty"`
	Provider   string    `json:"provider,omitempty"` // the secondary's own identity, as its list gave it
	UserID     string    `json:"user_id,omitempty"`
	Name       string    `json:"name,omitempty"`  // the secondary's, to tell of it
	Email      string    `json:"email,omitempty"` // the same
	// Merge is what is to become of the primary's user_metadata.
	Merge map[string]Change `json:"merge"`
}

// Change is what becomes of one key of user_metadata.
type Change struct {
	// Before is the value that the change was planned over, nil for none. If
	// the primary has another by now somebody has changed it, and it stays.
	Before any `json:"before"`
	After  any `json:"after"`
}

// entryVersion is what is written. The first version had neither times nor looks,
// and something to take over always.
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

// dated makes an entry one that begins now if its age is not known: one of the
// first version, or from before the clock was put back.
func (e Entry) dated(now time.Time) Entry {
	if e.Version < entryVersion || e.Created.After(now) {
		e.Version, e.Created = entryVersion, now
	}
	return e
}

// in tells whether the secondary is an identity of a user.
func (e Entry) in(u management.User) bool {
	secondary := Account{Subject: e.Secondary, Provider: e.Provider, UserID: e.UserID}
	return slices.ContainsFunc(u.Identities, secondary.is)
}

// compare tells what is still to be written to a user_metadata, and what must
// not be since somebody else has changed it meanwhile.
func (e Entry) compare(metadata map[string]any) (left, skipped map[string]any) {
	left, skipped = make(map[string]any), make(map[string]any)
	for key, c := range e.Merge {
		switch current := metadata[key]; {
		case equal(current, c.After):
		case equal(current, c.Before):
			left[key] = c.After
		default:
			skipped[key] = c.After
		}
	}
	return left, skipped
}

// ParseEntry reads what json.Marshal made of an entry.
func ParseEntry(data []byte) (Entry, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	dec.UseNumber()
	var e Entry
	if err := dec.Decode(&e); err != nil {
		return Entry{}, fmt.Errorf("journal entry: %w", err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return Entry{}, errors.New("journal entry: more follows")
	}
	if err := e.validate(); err != nil {
		return Entry{}, fmt.Errorf("journal entry: %w", err)
	}
	return e, nil
}

func (e Entry) validate() error {
	first := e.Version == 1
	switch {
	case !first && e.Version != entryVersion:
		return fmt.Errorf("version %d is not known", e.Version)
	case first != e.Created.IsZero() || first && e.Looks != 0 || e.Looks < 0 || e.Looks > told || (e.Looks == 0) != e.Looked.IsZero():
		return errors.New("not of this time")
	case e.Primary == "" || e.Secondary == "" || e.Primary == e.Secondary:
		return errors.New("not of two accounts")
	case first && len(e.Merge) == 0:
		return errors.New("nothing to take over")
	}
	for key, c := range e.Merge {
		// No link removes a key or writes what cannot be written.
		if c.After == nil || hostile(key, c.After) {
			return fmt.Errorf("%.40q cannot be written", key)
		}
	}
	return nil
}

// JournalName is the journal's name in a vault. What signs out must not wipe it.
const JournalName = "journal"

// JournalAge is how long an entry is kept. An older one counts as none: whoever
// has not come back by then will decide anew.
const JournalAge = 30 * 24 * time.Hour

// NewJournal returns a journal in a vault: the entries of all primaries under
// one name, sealed together. If they cannot be opened any more, which Load
// answers with [platform.ErrSealBroken], Remove removes them all.
func NewJournal(vault platform.Vault) Journal { return vaultJournal{vault, time.Now} }

// ExpireJournal removes from a vault what is older than [JournalAge], whoever's
// it is. No link may be under way in another tab.
func ExpireJournal(ctx context.Context, vault platform.Vault) error {
	return vaultJournal{vault, time.Now}.expire(ctx)
}

type vaultJournal struct {
	vault platform.Vault
	now   func() time.Time
}

// sealedEntry is an entry as it is sealed, whatever is in it.
type sealedEntry struct {
	Saved time.Time       `json:"saved"`
	Entry json.RawMessage `json:"entry"`
}

func (j vaultJournal) Save(ctx context.Context, e Entry) error {
	entries, _, err := j.open(ctx)
	if err != nil {
		return err
	}
	data, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("journal entry: %w", err)
	}
	entries[e.Primary] = sealedEntry{j.now().UTC(), data}
	return j.seal(ctx, entries)
}

func (j vaultJournal) Load(ctx context.Context, subject string) (Entry, bool, error) {
	entries, _, err := j.open(ctx)
	switch {
	case errors.Is(err, platform.ErrNoVault):
		return Entry{}, false, nil
	case err != nil:
		return Entry{}, false, err
	}
	kept, found := entries[subject]
	if !found {
		e, found := secondaryIn(entries, subject)
		return e, found, nil
	}
	e, err := ParseEntry(kept.Entry)
	if err == nil && e.Primary != subject {
		err = errors.New("journal entry: of another primary")
	}
	return e, err == nil, err
}

// secondaryIn finds the first entry of which the subject is the secondary. One that
// cannot be read is its primary's to deal with.
func secondaryIn(entries map[string]sealedEntry, subject string) (Entry, bool) {
	for _, primary := range slices.Sorted(maps.Keys(entries)) {
		if e, err := ParseEntry(entries[primary].Entry); err == nil && e.Primary == primary && e.Secondary == subject {
			return e, true
		}
	}
	return Entry{}, false
}

func (j vaultJournal) Remove(ctx context.Context, primary string) error {
	entries, _, err := j.open(ctx)
	if err != nil && !errors.Is(err, platform.ErrSealBroken) {
		return err
	}
	delete(entries, primary)
	return j.seal(ctx, entries)
}

func (j vaultJournal) expire(ctx context.Context) error {
	entries, old, err := j.open(ctx)
	if err != nil || old == 0 {
		return err
	}
	return j.seal(ctx, entries)
}

// open returns the entries by their primaries, without those that are too old:
// so many are kept besides.
func (j vaultJournal) open(ctx context.Context) (entries map[string]sealedEntry, old int, err error) {
	entries = make(map[string]sealedEntry)
	data, err := j.vault.Get(ctx, JournalName, "")
	switch {
	case errors.Is(err, platform.ErrNoEntry):
		return entries, 0, nil
	case err != nil:
		return nil, 0, err
	}
	if err := json.Unmarshal(data, &entries); err != nil || entries == nil {
		return nil, 0, fmt.Errorf("%w: the journal is damaged", platform.ErrSealBroken)
	}
	all := len(entries)
	maps.DeleteFunc(entries, func(_ string, d sealedEntry) bool { return j.now().Sub(d.Saved) > JournalAge })
	return entries, all - len(entries), nil
}

func (j vaultJournal) seal(ctx context.Context, entries map[string]sealedEntry) error {
	if len(entries) == 0 {
		return j.vault.Delete(ctx, JournalName)
	}
	data, err := json.Marshal(entries)
	if err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	return j.vault.Put(ctx, JournalName, "", data)
}
