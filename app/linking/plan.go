package linking

import (
	"maps"
	"slices"
)

// Plan says what a link will do.
type Plan struct {
	// Primary is the account that stays: its id, profile and metadata.
	Primary Account
	// Secondary is the account that becomes an identity of the primary.
	Secondary Account
	// Fields are the keys of the secondary's user_metadata about which there is something
	// to choose, sorted. A key with equal values is not among them, nor one that cannot be
	// taken over.
	Fields []Field
	// Warnings are what the person should know before; may be empty.
	Warnings []Warning

	policy Policy
	stuck  []string          // keys that cannot be taken over, sorted
	chosen map[string]Choice // what With was told, also about keys that are not a field at the moment
}

// Loss is what a link destroys of the secondary account, besides its id, dates and count of
// logins, and what it replaces of the primary.
type Loss struct {
	// Metadata are the keys of the secondary's user_metadata that are not taken over.
	Metadata []string
	// Replaced are the keys of the primary's user_metadata whose values the secondary's
	// replace.
	Replaced []string
	// AppMetadata are all the keys of the secondary's app_metadata: they are rights, and
	// rights do not move.
	AppMetadata []string
}

// NewPlan plans the link of the account that is signed in and a second one, both proven by
// a login. The first is the primary unless the plan is swapped.
//
// Errors: a [RefusedError].
func NewPlan(first, second Account, policy Policy) (Plan, error) {
	if e := policy.Expected; e != "" && second.Subject != e && !second.hasLinked(e) {
		return Plan{}, &RefusedError{Reason: ErrWrongAccount, Account: second}
	}
	return newPlan(first, second, policy, nil)
}

func newPlan(primary, secondary Account, policy Policy, chosen map[string]Choice) (Plan, error) {
	if err := policy.check(&primary, &secondary); err != nil {
		return Plan{}, err
	}
	p := Plan{
		Primary:   primary,
		Secondary: secondary,
		Warnings:  policy.warnings(&primary, &secondary),
		policy:    policy,
		chosen:    chosen,
	}
	for _, key := range slices.Sorted(maps.Keys(secondary.Metadata)) {
		ours, theirs := primary.Metadata[key], secondary.Metadata[key]
		switch {
		case theirs == nil || equal(ours, theirs): // for PATCH a null means no key
		case policy.NoMerge || primary.OddMetadata || inexact(ours) || hostile(key, theirs):
			p.stuck = append(p.stuck, key)
		default:
			p.Fields = append(p.Fields, newField(key, ours, theirs, chosen[key]))
		}
	}
	return p, nil
}

// Size returns about how many bytes the profile has after the link: that of the primary, what
// the identity provider has said about the secondary, and what is taken over.
func (p Plan) Size() int { return p.size(p.merge()) }

// Excess returns how many of them are too many for what is taken over, 0 for none: fewer settings
// can be. Where the profile is too large without any, taking over must not make it larger; whether
// the link itself can be made, the tenant says, and nothing is lost if not.
func (p Plan) Excess() int {
	if p.policy.MaxSize == 0 {
		return 0
	}
	return max(0, p.Size()-max(p.policy.MaxSize, p.size(nil)))
}

func (p Plan) size(merge map[string]Change) int {
	size := p.Primary.Size + p.Secondary.ProfileSize
	for key, change := range merge {
		size += len(canonical(change.After))
		if change.Before == nil {
			size += len(canonical(key)) + len(":,")
		} else {
			size -= len(canonical(change.Before))
		}
	}
	return size
}

// Swap plans the link the other way round. Values that were chosen stay chosen; where
// nothing was, the new primary's stay.
//
// Errors: a [RefusedError].
func (p Plan) Swap() (Plan, error) {
	var chosen map[string]Choice
	if p.chosen != nil {
		chosen = make(map[string]Choice, len(p.chosen))
	}
	for key, c := range p.chosen {
		chosen[key] = c.swapped()
	}
	return newPlan(p.Secondary, p.Primary, p.policy, chosen)
}

// With returns the plan with a choice about a key. A choice that the key does not have
// changes nothing.
func (p Plan) With(key string, c Choice) Plan {
	at, found := slices.BinarySearchFunc(p.Fields, key, Field.compare)
	if !found || !p.Fields[at].may(c) {
		return p
	}
	p.Fields, p.chosen = slices.Clone(p.Fields), maps.Clone(p.chosen)
	if p.chosen == nil {
		p.chosen = make(map[string]Choice, 1)
	}
	p.Fields[at].Choice, p.chosen[key] = c, c
	return p
}

// Patch returns what is written to the primary's user_metadata after the link, nil if that
// is nothing. Do not change the values: they are the accounts' own.
func (p Plan) Patch() map[string]any {
	var patch map[string]any
	for key, change := range p.merge() {
		if patch == nil {
			patch = make(map[string]any)
		}
		patch[key] = change.After
	}
	return patch
}

// merge is the patch with the values that it was planned over.
func (p Plan) merge() map[string]Change {
	merge := make(map[string]Change)
	for _, f := range p.Fields {
		if after := f.after(); !equal(after, f.Primary) {
			merge[f.Key] = Change{Before: f.Primary, After: after}
		}
	}
	return merge
}

// Lost returns what the link destroys. What the identity provider said about the secondary
// stays, as part of its identity.
func (p Plan) Lost() Loss {
	l := Loss{Metadata: slices.Clone(p.stuck), AppMetadata: p.Secondary.AppMetadata}
	for _, f := range p.Fields {
		switch {
		case f.Choice == KeepPrimary:
			l.Metadata = append(l.Metadata, f.Key)
		case f.Choice == KeepSecondary && f.Conflict():
			l.Replaced = append(l.Replaced, f.Key)
		}
	}
	slices.Sort(l.Metadata)
	return l
}
