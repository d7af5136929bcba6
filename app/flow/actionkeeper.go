package flow

import (
	"context"
	"fmt"
	"time"

	"twinlock/app/platform"
	"twinlock/app/sealed"
)

// The names of actions in the vault, and how long they may wait there.
const (
	actionName = "pending" // for a proof
	actionLife = 10 * time.Minute

	unfinishedName = "unfinished" // since its question has gone without an answer
	unfinishedLife = 24 * time.Hour
)

// ActionKeeper stores one action, sealed. The action belongs to the account that asked for
// it, waits for a limited time, and is returned once.
type ActionKeeper struct {
	site   platform.Mutex
	record sealed.Record // of an Action
}

// NewActionKeeper returns a keeper of the action that waits for a proof, for at most ten
// minutes. It stores in a vault. The site's mutex is what lets only one tab have an action.
// now is the clock; nil means the system's.
func NewActionKeeper(site platform.Mutex, vault platform.Vault, now func() time.Time) *ActionKeeper {
	return newActionKeeper(site, vault, now, actionName, actionLife)
}

// NewUnfinishedKeeper returns a keeper of the link whose question is open, likewise, for at
// most a day.
func NewUnfinishedKeeper(site platform.Mutex, vault platform.Vault, now func() time.Time) *ActionKeeper {
	return newActionKeeper(site, vault, now, unfinishedName, unfinishedLife)
}

func newActionKeeper(
	site platform.Mutex, vault platform.Vault, now func() time.Time, name string, life time.Duration,
) *ActionKeeper {
	return &ActionKeeper{site, sealed.Record{
		Vault:     vault,
		Name:      name,
		Version:   1,
		Life:      life,
		ClockSkew: platform.ClockSkew,
		Now:       now,
	}}
}

// Put stores an action of the subject's, in place of the one that waited.
//
// Errors: those of [platform.Vault].
func (k *ActionKeeper) Put(ctx context.Context, subject string, a Action) error {
	return k.record.Put(ctx, subject, a)
}

// Pop removes the action that waits and returns it, if it is the subject's and young
// enough. Of several tabs that ask, one gets it.
//
// Errors: [ErrNoAction], and then what waited is removed, too; those of [platform.Vault]
// if it cannot be removed, and then no action is returned; the context's if it ends
// before other tabs are done.
func (k *ActionKeeper) Pop(ctx context.Context, subject string) (a Action, err error) {
	err = k.site.Exclusive(ctx, k.record.Name, func() error {
		var waiting Action
		_, missing := k.record.Get(ctx, subject, &waiting)
		err := k.record.Delete(ctx)
		switch {
		case missing != nil:
			return fmt.Errorf("%w: %w", ErrNoAction, missing)
		case err != nil:
			return fmt.Errorf("pop the action: %w", err)
		}
		a = waiting
		return nil
	})
	return a, err
}

// Drop removes the action that waits, if there is one.
//
// Errors: those of [platform.Vault].
func (k *ActionKeeper) Drop(ctx context.Context) error { return k.record.Delete(ctx) }
