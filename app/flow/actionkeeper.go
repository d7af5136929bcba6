package flow

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"twinlock/app/platform"
)

const (
	actionName = "pending" // in the vault
	// actionAge is how long an action may wait.
	actionAge = 10 * time.Minute
	// clockSkew is how far the device's clock may have been set back meanwhile.
	clockSkew = time.Minute
)

// ActionKeeper keeps one action, sealed. It is bound to the account that began it,
// waits for ten minutes at most and is taken once.
type ActionKeeper struct {
	site  Site
	vault platform.Vault
	now   func() time.Time
}

type keptAction struct {
	Action
	Begun time.Time `json:"begun"`
}

// NewActionKeeper returns a keeper over a vault. A nil now means the system's clock.
func NewActionKeeper(site Site, vault platform.Vault, now func() time.Time) *ActionKeeper {
	if now == nil {
		now = time.Now
	}
	return &ActionKeeper{site, vault, now}
}

// Put keeps an action of the subject's. One that waited is forgotten.
func (k *ActionKeeper) Put(ctx context.Context, subject string, a Action) error {
	data, err := json.Marshal(keptAction{a, k.now()})
	if err != nil {
		return fmt.Errorf("keep the action: %w", err)
	}
	return k.vault.Put(ctx, actionName, subject, data)
}

// Pop removes the action that waits and returns it, if it is the subject's and young
// enough. Otherwise it is gone just the same: the answer is [ErrNoAction]. Of several
// tabs that ask, one gets it. What cannot be removed is not returned.
func (k *ActionKeeper) Pop(ctx context.Context, subject string) (Action, error) {
	var kept keptAction
	err := k.site.Exclusive(ctx, actionName, func() error {
		data, missing := k.vault.Get(ctx, actionName, subject)
		err := k.vault.Delete(ctx, actionName)
		switch {
		case missing != nil:
			return fmt.Errorf("%w: %w", ErrNoAction, missing)
		case err != nil:
			return fmt.Errorf("take the action: %w", err)
		}
		if json.Unmarshal(data, &kept) != nil || !k.young(kept.Begun) {
			return ErrNoAction
		}
		return nil
	})
	if err != nil {
		return Action{}, err
	}
	return kept.Action, nil
}

// young bounds the age, and how far the clock may have been set back since.
func (k *ActionKeeper) young(begun time.Time) bool {
	age := k.now().Sub(begun)
	return -clockSkew <= age && age <= actionAge
}

// Drop forgets the action that waits, if any.
func (k *ActionKeeper) Drop(ctx context.Context) error { return k.vault.Delete(ctx, actionName) }
