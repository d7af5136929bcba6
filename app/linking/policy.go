package linking

import (
	"slices"

	"twinlock/app/management"
	"twinlock/app/provider"
)

// Policy says what may be linked and unlinked. The zero value is the strictest, except
// that it allows every connection.
type Policy struct {
	// AllowUnverified allows accounts whose e-mail address is not verified, with a warning.
	// Danger: somebody may have signed up with an address that is not theirs.
	AllowUnverified bool
	// Connections are those that may be linked and that a person can sign in with; none
	// means any.
	Connections []string
	// Expected is the subject that the second login was asked for, "" for any. A profile
	// that this account has been linked to since is accepted, too.
	Expected string
	// NoMerge leaves user_metadata alone: all of the secondary's is lost. For
	// tokens without update:current_user_metadata, and where no journal can be
	// kept.
	NoMerge bool
}

// isEnterprise tells whether an account is an organisation's. Auth0 has such a one
// as the primary only.
func isEnterprise(a Account) bool {
	p, _ := provider.Lookup(a.Provider)
	return p.Kind == provider.Enterprise
}

// check returns the reason why secondary may not become an identity of primary, nil if it
// may. E-mail addresses are never compared: two accounts with the same one need not be one
// person's.
func (p Policy) check(primary, secondary Account) error {
	refusal := p.refusal(primary, secondary)
	if refusal == nil {
		return nil
	}
	refusal.Swap = p.refusal(secondary, primary) == nil
	return refusal
}

func (p Policy) refusal(primary, secondary Account) *RefusedError {
	linked := slices.ContainsFunc(primary.Linked, secondary.is) || slices.ContainsFunc(secondary.Linked, primary.is)
	for _, rule := range []struct {
		broken bool
		reason error
		about  Account
	}{
		{primary.Subject == "" || primary.Unread, ErrUnread, primary},
		{secondary.Subject == "", ErrUnread, secondary},
		{primary.Subject == secondary.Subject, ErrSameAccount, secondary},
		{linked, ErrAlreadyHere, secondary},
		{primary.Unusable, ErrUnusable, primary},
		{secondary.Unusable, ErrUnusable, secondary},
		{!p.allows(primary.Connection), ErrConnection, primary},
		{!p.allows(secondary.Connection), ErrConnection, secondary},
		{len(secondary.Linked) > 0, ErrHasLinked, secondary},
		{isEnterprise(secondary), ErrEnterprise, secondary},
		{!p.AllowUnverified && !primary.EmailVerified, ErrUnverified, primary},
		{!p.AllowUnverified && !secondary.EmailVerified, ErrUnverified, secondary},
	} {
		if rule.broken {
			return &RefusedError{Reason: rule.reason, Account: rule.about}
		}
	}
	return nil
}

func (p Policy) allows(connection string) bool {
	return len(p.Connections) == 0 || slices.Contains(p.Connections, connection)
}

// CheckUnlink returns the reason why an identity may not be taken out of a profile, nil if
// it may.
//
// Errors: [ErrUnusable], [ErrNotHere], [ErrPrimary], [ErrLastWay].
func (p Policy) CheckUnlink(u management.User, identity management.Identity) error {
	own, _ := u.Primary()
	switch {
	case identity.Unusable != "" || own.Unusable != "":
		return ErrUnusable
	case !slices.ContainsFunc(u.Identities, identity.Same):
		return ErrNotHere
	case own.Same(identity):
		return ErrPrimary
	}
	for _, i := range u.Identities {
		if i.Unusable == "" && !i.Same(identity) && p.allows(i.Connection) {
			return nil
		}
	}
	return ErrLastWay
}

// Warning is what a person should know before linking.
type Warning string

// The warnings of a plan.
const (
	// WarnPrimaryUnverified means that nobody has proven the primary's address.
	WarnPrimaryUnverified Warning = "the primary's e-mail address is not verified"
	// WarnSecondaryUnverified means that nobody has proven the secondary's address.
	WarnSecondaryUnverified Warning = "the secondary's e-mail address is not verified"
	// WarnPersonal means that the primary is an enterprise account. Auth0 advises against
	// it ("User Account Linking"): a person who leaves the company loses the other account
	// with it.
	WarnPersonal Warning = "a personal account joins an enterprise account"
	// WarnPrimaryMetadata means that the primary's user_metadata has a form that cannot be
	// merged: it is left alone, and nothing is taken over.
	WarnPrimaryMetadata Warning = "the primary's metadata cannot be read"
	// WarnSecondaryMetadata means that the secondary has metadata of a form that cannot be
	// taken over.
	WarnSecondaryMetadata Warning = "the secondary's metadata cannot be read"
	// WarnUnread means that nobody can tell what the secondary has and will lose.
	WarnUnread Warning = "the secondary account could not be read"
)

func warnings(primary, secondary Account) []Warning {
	var list []Warning
	for _, w := range []struct {
		due     bool
		warning Warning
	}{
		{!primary.EmailVerified, WarnPrimaryUnverified},
		{!secondary.EmailVerified, WarnSecondaryUnverified},
		{isEnterprise(primary), WarnPersonal},
		{primary.OddMetadata, WarnPrimaryMetadata},
		{secondary.OddMetadata || secondary.OddAppMetadata, WarnSecondaryMetadata},
		{secondary.Unread, WarnUnread},
	} {
		if w.due {
			list = append(list, w.warning)
		}
	}
	return list
}
