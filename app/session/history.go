package session

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"twinlock/app/browser"
	"twinlock/app/inert"
	"twinlock/app/platform"
)

// HistoryName is the history's name in the vault, for [Options.Keep].
const HistoryName = "history"

const (
	// maxEntries is how many entries are kept; the oldest go first.
	maxEntries = 200
	// maxEntryText bounds each text of an entry, in characters.
	maxEntryText = 200
)

// EntryKind is what happened.
type EntryKind string

// The kinds of entries.
const (
	Linked   EntryKind = "linked"
	Unlinked EntryKind = "unlinked"
	Refused  EntryKind = "refused"
	// LinkedInPart: linked, while data was not taken over; the person saved it.
	LinkedInPart EntryKind = "linked-in-part"
)

// Entry is one thing that happened on this device.
type Entry struct {
	Time time.Time `json:"time"`
	Kind EntryKind `json:"kind"`
	// Account is what the person knows the other account by.
	Account    string `json:"account"`
	Connection string `json:"connection,omitempty"`
	// Reason is why it was refused, or what was not taken over.
	Reason string `json:"reason,omitempty"`
}

// History is what was linked, unlinked and refused on this device, sealed. It
// is one account's: nobody else sees it, and the first entry of another account
// takes its place.
type History struct {
	scope browser.Scope
	vault platform.Vault
	now   func() time.Time
}

// NewHistory returns the history of a scope's vault. A nil now means the system's
// clock.
func NewHistory(scope browser.Scope, vault platform.Vault, now func() time.Time) *History {
	if now == nil {
		now = time.Now
	}
	return &History{scope, vault, now}
}

// Add enters what happened to the subject's account. A zero time becomes now.
func (h *History) Add(ctx context.Context, subject string, e Entry) error {
	if e.Time.IsZero() {
		e.Time = h.now()
	}
	e.Time = e.Time.UTC().Truncate(time.Second)
	for _, text := range []*string{&e.Account, &e.Connection, &e.Reason} {
		*text = inert.Text(*text, maxEntryText)
	}
	return h.change(ctx, func() error {
		entries, err := h.read(ctx, subject)
		if err != nil {
			return err
		}
		entries = append(entries, e)
		return h.write(ctx, subject, entries[max(0, len(entries)-maxEntries):])
	})
}

// List returns the subject's entries, the newest first.
func (h *History) List(ctx context.Context, subject string) ([]Entry, error) {
	entries, err := h.read(ctx, subject)
	slices.Reverse(entries)
	return entries, err
}

// Export returns the subject's entries as a JSON document to be saved.
func (h *History) Export(ctx context.Context, subject string) ([]byte, error) {
	entries, err := h.List(ctx, subject)
	if err != nil {
		return nil, err
	}
	return json.MarshalIndent(struct {
		Account  string    `json:"account"`
		Exported time.Time `json:"exported"`
		Entries  []Entry   `json:"entries"`
	}{subject, h.now().UTC().Truncate(time.Second), append([]Entry{}, entries...)}, "", "  ")
}

// Move hands the history of one account on to another, for when the person has
// swapped which of the two is the primary one.
func (h *History) Move(ctx context.Context, from, to string) error {
	return h.change(ctx, func() error {
		entries, err := h.read(ctx, from)
		if err != nil || len(entries) == 0 {
			return err
		}
		return h.write(ctx, to, entries)
	})
}

// change keeps tabs from overwriting each other's entries.
func (h *History) change(ctx context.Context, f func() error) error {
	return h.scope.Exclusive(ctx, HistoryName, f)
}

// read returns the entries, the oldest first. Those of another account, or
// sealed with a key that is gone, count as none.
func (h *History) read(ctx context.Context, subject string) ([]Entry, error) {
	data, err := h.vault.Get(ctx, HistoryName, subject)
	switch {
	case errors.Is(err, platform.ErrNoEntry), errors.Is(err, platform.ErrSealBroken):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("read the history: %w", err)
	}
	var entries []Entry
	if json.Unmarshal(data, &entries) != nil {
		return nil, nil
	}
	return entries, nil
}

func (h *History) write(ctx context.Context, subject string, entries []Entry) error {
	data, err := json.Marshal(entries)
	if err != nil {
		return fmt.Errorf("keep the history: %w", err)
	}
	return h.vault.Put(ctx, HistoryName, subject, data)
}
