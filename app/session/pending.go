package session

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"twinlock/app/browser"
	"twinlock/app/platform"
)

// ErrNothingPending: no action waits, or none that may go on.
var ErrNothingPending = errors.New("no action is waiting")

const (
	pendingName = "pending"
	// pendingAge is how long an action may wait.
	pendingAge = 10 * time.Minute
)

// Action is something that the person has begun and that goes on after a
// redirect: what kind, and what its kind needs to know.
type Action struct {
	Kind string          `json:"kind"`
	Data json.RawMessage `json:"data,omitempty"`
}

// Pending keeps one action, sealed, while the person is away to prove who they
// are. It is bound to the account that began it, waits for ten minutes at most
// and is taken once.
type Pending struct {
	scope browser.Scope
	vault platform.Vault
	now   func() time.Time
}

type pendingAction struct {
	Action
	Begun time.Time `json:"begun"`
}

// NewPending returns the actions of a scope's vault. A nil now means the system's
// clock.
func NewPending(scope browser.Scope, vault platform.Vault, now func() time.Time) *Pending {
	if now == nil {
		now = time.Now
	}
	return &Pending{scope, vault, now}
}

// Put keeps an action of the subject's. One that waited is forgotten.
func (p *Pending) Put(ctx context.Context, subject string, a Action) error {
	data, err := json.Marshal(pendingAction{a, p.now()})
	if err != nil {
		return fmt.Errorf("keep the action: %w", err)
	}
	return p.vault.Put(ctx, pendingName, subject, data)
}

// Take removes the action that waits and returns it, if it is the subject's and
// young enough. Otherwise it is gone just the same: the answer is
// [ErrNothingPending]. Of several tabs that ask, one gets it. What cannot be
// removed is not returned.
func (p *Pending) Take(ctx context.Context, subject string) (Action, error) {
	var taken pendingAction
	err := p.scope.Exclusive(ctx, pendingName, func() error {
		data, missing := p.vault.Get(ctx, pendingName, subject)
		err := p.vault.Delete(ctx, pendingName)
		switch {
		case missing != nil:
			return fmt.Errorf("%w: %w", ErrNothingPending, missing)
		case err != nil:
			return fmt.Errorf("take the action: %w", err)
		}
		if json.Unmarshal(data, &taken) != nil || !p.young(taken.Begun) {
			return ErrNothingPending
		}
		return nil
	})
	if err != nil {
		return Action{}, err
	}
	return taken.Action, nil
}

// young bounds the age, and how far the clock may have been set back since.
func (p *Pending) young(begun time.Time) bool {
	age := p.now().Sub(begun)
	return -leeway <= age && age <= pendingAge
}

// Drop forgets the action that waits, if any.
func (p *Pending) Drop(ctx context.Context) error { return p.vault.Delete(ctx, pendingName) }
