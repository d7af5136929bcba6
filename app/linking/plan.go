package linking

import (
	"maps"
	"slices"
)

// Plan says what a link will do.
type Plan struct {
	// Primary keeps its id, profile and metadata.
	Primary Account
	// Secondary becomes one identity of the primary.
	Secondary Account
	// Fields are the keys of the secondary's user_metadata about which there is
	// something to choose, sorted. What both accounts have alike is not among
	// them, nor what cannot be taken over.
	Fields   []Field
	Warnings []Warning

	policy Policy
	stuck  []string          // keys that cannot be taken over, sorted
	chosen map[string]Choice // what With was told, also about keys that are no field at the moment
}

// Loss is what goes with the secondary account, besides its id, dates and
// count of logins; and what of the primary gives way to it.
type Loss struct {
	// Metadata are the keys of the secondary's user_metadata that are not taken
	// over.
	Metadata []string
	// Replaced are the keys of the primary's user_metadata whose values are
	// given up for the secondary's.
	Replaced []string
	// AppMetadata are all the keys of the secondary's app_metadata: it holds
	// rights, and rights do not move.
	AppMetadata []string
}

// NewPlan plans the link of the account one is signed in with and a second one,
// both proven by a login. The first is the primary unless the plan is swapped.
// The error is a [RefusedError].
func NewPlan(first, second Account, policy Policy) (Plan, error) {
	if e := policy.Expected; e != "" && second.Subject != e && !second.hasLinked(e) {
		return Plan{}, &RefusedError{Reason: ErrWrongAccount, Account: second}
	}
	return newPlan(first, second, policy, nil)
}

func newPlan(primary, secondary Account, policy Policy, chosen map[string]Choice) (Plan, error) {
	if err := policy.check(primary, secondary); err != nil {
		return Plan{}, err
	}
	p := Plan{
		Primary:   primary,
		Secondary: secondary,
		Warnings:  warnings(primary, secondary),
		policy:    policy,
		chosen:    chosen,
	}
	for _, key := range slices.Sorted(maps.Keys(secondary.Metadata)) {
		ours, theirs := primary.Metadata[key], secondary.Metadata[key]
		switch {
		case theirs == nil || equal(ours, theirs): // PATCH takes a null for no key
		case policy.NoMerge || hostile(key, theirs):
			p.stuck = append(p.stuck, key)
		default:
			p.Fields = append(p.Fields, newField(key, ours, theirs, chosen[key]))
		}
	}
	return p, nil
}

// Swap plans the link the other way round. Values that were chosen stay chosen;
// where nothing was, the new primary's stay.
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

// With chooses about a key. A choice that the key does not have changes
// nothing.
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

// Patch is what the merge writes to the primary's user_metadata after the link,
// nil where that is nothing. The values are the accounts' own: do not change
// them.
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

// merge is the patch with what it was planned over.
func (p Plan) merge() map[string]Change {
	merge := make(map[string]Change)
	for _, f := range p.Fields {
		if after := f.after(); !equal(after, f.Primary) {
			merge[f.Key] = Change{Before: f.Primary, After: after}
		}
	}
	return merge
}

// Lost tells what the link destroys. The secondary's profile lives on as what
// its identity says.
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
