// Package history remembers what was linked, unlinked and refused on this device: a
// [Log] of [Entry] values, sealed, for the person to look at and to save.
package history

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"twinlock/app/inert"
	"twinlock/app/platform"
	"twinlock/app/sealed"
)

// Name is the history's name in the vault, for those who wipe everything else.
const Name = "history"

const (
	// maxEntries is how many entries are stored. Beyond it the oldest are removed.
	maxEntries = 200
	// maxText limits each text of an entry, in characters.
	maxText = 200
)

// Kind says what happened.
type Kind string

// The kinds of entries.
const (
	// Linked means that an account was linked and all its data taken over as planned.
	Linked Kind = "linked"
	// Unlinked means that an identity was taken out of the profile.
	Unlinked Kind = "unlinked"
	// Refused means that a link or an unlink did not take place.
	Refused Kind = "refused"
	// LinkedInPart means that an account was linked, and that some of its data could not
	// be taken over and was saved by the person.
	LinkedInPart Kind = "linked-in-part"
	// NotMine means that the person has said of a suggested account that it is not theirs, so
	// that it is not suggested again.
	NotMine Kind = "not-mine"
)

// Entry is one thing that happened on this device.
type Entry struct {
	// Time is when it happened, in whole seconds of UTC.
	Time time.Time `json:"time"`
	// Ahead is how many minutes the device's clock was ahead of UTC then, so that the time
	// can be shown as it was. Entries of earlier programs have nil.
	Ahead *int `json:"utc_offset,omitempty"`
	// Kind is what happened.
	Kind Kind `json:"kind"`
	// Account is what the person knows the other account by, such as its e-mail address.
	Account string `json:"account"`
	// Connection is the other account's connection, "" if not known.
	Connection string `json:"connection,omitempty"`
	// Reason is why it was refused, or which data was not taken over; else "".
	Reason string `json:"reason,omitempty"`
}

// Log is the history of one account at a time: nobody else sees it, and the first entry
// of another account replaces it. Several tabs may add to it at once.
type Log struct {
	site   platform.Mutex
	record sealed.Record
	ahead  func(time.Time) int
}

// New returns the history that a vault holds. The tabs of the site are kept from
// overwriting each other's entries. now is the clock; nil means the system's. ahead tells how
// many minutes it is ahead of UTC at a moment.
func New(site platform.Mutex, vault platform.Vault, now func() time.Time, ahead func(time.Time) int) *Log {
	if now == nil {
		now = time.Now
	}
	return &Log{site, sealed.Record{Vault: vault, Name: Name, Version: 1, Bare: true, Now: now}, ahead}
}

// Add appends an entry to the subject's history. A zero Time becomes now; each text is
// made inert and cut to 200 characters. A history that cannot be read at the moment is
// not overwritten.
//
// Errors: those of [platform.Vault]; the context's, while other tabs write.
func (l *Log) Add(ctx context.Context, subject string, e Entry) error {
	if e.Time.IsZero() {
		e.Time = l.record.Now()
	}
	ahead := l.ahead(e.Time)
	e.Time, e.Ahead = e.Time.UTC().Truncate(time.Second), &ahead
	for _, text := range []*string{&e.Account, &e.Connection, &e.Reason} {
		*text = inert.Name(*text, maxText)
	}
	return l.site.Exclusive(ctx, Name, func() error {
		entries, err := l.read(ctx, subject)
		if err != nil {
			return err
		}
		entries = append(entries, e)
		return l.record.Put(ctx, subject, entries[max(0, len(entries)-maxEntries):])
	})
}

// List returns the subject's entries, the newest first; none if the history is another
// account's, or if it can never be read.
//
// Errors: those of [platform.Vault].
func (l *Log) List(ctx context.Context, subject string) ([]Entry, error) {
	entries, err := l.read(ctx, subject)
	slices.Reverse(entries)
	return entries, err
}

// Export returns the subject's entries, the newest first, as a JSON document for the
// person to save: an object with account, exported (the time) and entries.
//
// Errors: as for [Log.List].
func (l *Log) Export(ctx context.Context, subject string) ([]byte, error) {
	entries, err := l.List(ctx, subject)
	if err != nil {
		return nil, err
	}
	return json.MarshalIndent(struct {
		Account  string    `json:"account"`
		Exported time.Time `json:"exported"`
		Entries  []Entry   `json:"entries"`
	}{subject, l.record.Now().UTC().Truncate(time.Second), append([]Entry{}, entries...)}, "", "  ")
}

// Move gives the history of one account to another, for when the person has swapped
// which of the two is the primary. Where from has no history nothing changes.
//
// Errors: as for [Log.Add].
func (l *Log) Move(ctx context.Context, from, to string) error {
	return l.site.Exclusive(ctx, Name, func() error {
		entries, err := l.read(ctx, from)
		if err != nil || len(entries) == 0 {
			return err
		}
		return l.record.Put(ctx, to, entries)
	})
}

// read returns the entries, the oldest first.
func (l *Log) read(ctx context.Context, subject string) ([]Entry, error) {
	var entries []Entry
	_, err := l.record.Get(ctx, subject, &entries)
	switch {
	case errors.Is(err, platform.ErrNoEntry), errors.Is(err, platform.ErrSealBroken):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("read the history: %w", err)
	}
	return entries, nil
}
