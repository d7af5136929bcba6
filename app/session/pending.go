package session

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"twinlock/app/platform"
	"twinlock/app/sealed"
)

// ErrNothingPending is returned when no action waits, or none that may go on.
var ErrNothingPending = errors.New("no action is waiting")

const (
	pendingName = "pending"
	// pendingLife is how long an action may wait.
	pendingLife = 10 * time.Minute
)

// Action is something that the person has asked for and that goes on after a redirect.
type Action struct {
	// Kind is what they asked for.
	Kind string `json:"kind"`
	// Data is what the kind needs to know, as JSON; nil for nothing.
	Data json.RawMessage `json:"data,omitempty"`
}

// Pending stores one action, sealed, while the person is away to prove who they are. It
// is bound to the account that asked for it, waits for ten minutes at most, and is
// returned once.
type Pending struct {
	site   platform.Mutex
	record sealed.Record
}

// NewPending returns the action that waits in a vault. The site keeps tabs from taking it
// twice. now is the clock; nil means the system's.
func NewPending(site platform.Mutex, vault platform.Vault, now func() time.Time) *Pending {
	return &Pending{site, sealed.Record{
		Vault:     vault,
		Name:      pendingName,
		Version:   1,
		Life:      pendingLife,
		ClockSkew: platform.ClockSkew,
		Now:       now,
	}}
}

// Put stores an action of the subject's, in place of the one that waited.
//
// Errors: those of [platform.Vault].
func (p *Pending) Put(ctx context.Context, subject string, a Action) error {
	return p.record.Put(ctx, subject, a)
}

// Take removes the action that waits and returns it, if it is the subject's and young
// enough. Of several tabs that ask, one gets it.
//
// Errors: [ErrNothingPending], and whatever waited is removed; those of
// [platform.Vault] if it cannot be removed.
func (p *Pending) Take(ctx context.Context, subject string) (a Action, err error) {
	err = p.site.Exclusive(ctx, pendingName, func() error {
		var waiting Action
		_, missing := p.record.Get(ctx, subject, &waiting)
		if err := p.record.Delete(ctx); err != nil && missing == nil {
			return fmt.Errorf("take the action: %w", err)
		}
		if missing != nil {
			return fmt.Errorf("%w: %w", ErrNothingPending, missing)
		}
		a = waiting
		return nil
	})
	return a, err
}

// Drop removes the action that waits, if there is one.
//
// Errors: those of [platform.Vault].
func (p *Pending) Drop(ctx context.Context) error { return p.record.Delete(ctx) }
