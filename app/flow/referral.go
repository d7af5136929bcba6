package flow

import (
	"errors"

	"twinlock/app/linking"
	"twinlock/app/management"
	"twinlock/app/referral"
)

// DropReferral removes what an application has asked for from the page.
func (f *Flow) DropReferral() { f.state.Referral = nil }

// Referred returns the identity that an application asks to unlink; nil if the profile has no
// such linked identity, or none is asked for.
func (s State) Referred() *management.Identity {
	if s.Referral == nil || s.Referral.Unlink == "" {
		return nil
	}
	linked := s.User.Linked()
	for i := range linked {
		if linked[i].Unusable == "" && linked[i].ID() == s.Referral.Unlink {
			return &linked[i]
		}
	}
	return nil
}

// refer says what has become of the referral, if there is one.
func (f *Flow) refer(o referral.Outcome) {
	if r := f.state.Referral; r != nil && r.Outcome != o {
		after := *r
		after.Outcome = o
		f.state.Referral = &after
	}
}

// referredTo says so of a referral that was about a connection, or about an identity.
func (f *Flow) referredTo(connection, identity string, o referral.Outcome) {
	if r := f.state.Referral; r != nil && r.Link == connection && r.Unlink == identity {
		f.refer(o)
	}
}

// referAnew takes a refusal back: it was about the account that was signed in, and the next one may
// be somebody else's.
func (f *Flow) referAnew() {
	if r := f.state.Referral; r != nil && r.Outcome == referral.Refused {
		f.refer(referral.Cancelled)
		f.referredHere()
	}
}

// referredOpen reports whether nothing has become of the referral yet.
func (f *Flow) referredOpen() bool {
	return f.state.Referral != nil && f.state.Referral.Outcome == referral.Cancelled
}

// referredHere looks, once it can be known, whether what is asked for can be done: the
// connection must be one that may be linked, and the profile have the identity.
func (f *Flow) referredHere() {
	r := f.state.Referral
	if !f.referredOpen() {
		return
	}
	if r.Link != "" && f.settings.Policy.LinkableTo(f.state.User.Identities, r.Link) != nil ||
		r.Unlink != "" && f.state.Phase == Ready && f.state.Referred() == nil {
		f.refer(referral.Refused)
	}
}

// referredRefused says so after a failure that is a refusal.
func (f *Flow) referredRefused(err error) {
	var refused *linking.RefusedError
	if f.referredOpen() && (errors.As(err, &refused) || isAny(err, linking.ErrLastWay, linking.ErrPrimary, linking.ErrNoUnlink)) {
		f.refer(referral.Refused)
	}
}
