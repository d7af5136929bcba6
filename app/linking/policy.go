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
	// AllowNoEmail allows accounts that are known to have no e-mail address, with a note.
	// They claim none, and their login has proven them.
	AllowNoEmail bool
	// TrustedEmail are the connections whose addresses the operator vouches for: they count
	// as verified. Danger: whoever can choose an address there can choose somebody else's.
	TrustedEmail []string
	// Connections are those that may be linked and that a person can sign in with; none
	// means any.
	Connections []string
	// RefuseSame refuses a second identity of one connection, and WarnSame warns of it. Whoever
	// makes somebody link a foreign account often has one of the same kind.
	RefuseSame, WarnSame bool
	// MaxSize is how many bytes a profile may have, about; 0 for any.
	MaxSize int
	// Rules are those of single connections, by name.
	Rules map[string]Rule
	// Expected is the subject that the second login was asked for, "" for any. A profile
	// that this account has been linked to since is accepted, too.
	Expected string
	// NoMerge leaves user_metadata alone: all of the secondary's is lost. For
	// tokens without update:current_user_metadata, and where no journal can be
	// kept.
	NoMerge bool
}

// Rule is what holds of the accounts of one connection.
type Rule struct {
	// NoLink: they are not linked, whichever of the two they are.
	NoLink bool
	// PrimaryOnly: such an account is the one that stays.
	PrimaryOnly bool
	// Once: a profile has at most one.
	Once bool
	// NoUnlink: one that is linked stays so.
	NoUnlink bool
}

// isEnterprise tells whether an account is an organisation's. Auth0 has such a one
// as the primary only.
func isEnterprise(a *Account) bool {
	p, _ := provider.Lookup(a.Provider)
	return p.Kind == provider.Enterprise
}

// Email is what is known of an account's e-mail address.
//
//sentence:none a warning or a refusal tells
type Email uint8

// The states of an address.
const (
	// Unverified: the tenant has not seen that the address is the person's, or nobody can
	// tell whether there is one.
	Unverified Email = iota
	// Verified: the tenant has seen it, or the operator vouches for it.
	Verified
	// NoEmail: there is no address.
	NoEmail
	// Unvouched: it is an organisation's, and neither tenant nor operator vouch for it.
	Unvouched
)

// Email tells what is known of an account's address. That there is none, and that the
// operator vouches for it, is known only of an account that was read: a claim tells neither.
// Nobody can vouch for a database, whatever its connection was taken for: anybody may have
// signed up there.
func (p *Policy) Email(a *Account) Email {
	own, _ := provider.Lookup(a.Provider)
	trusted := !a.Unread && own.Kind != provider.Database &&
		a.EmailFrom != "" && slices.Contains(p.TrustedEmail, a.EmailFrom)
	switch {
	case a.NoEmail && a.Email == "" && !a.Unread:
		return NoEmail
	case a.Email == "":
		return Unverified
	case a.EmailVerified, trusted:
		return Verified
	case own.Kind == provider.Enterprise:
		return Unvouched
	}
	return Unverified
}

// emailRefusal returns why an account may not be linked for its address, nil if it may.
func (p *Policy) emailRefusal(a *Account) error {
	switch state := p.Email(a); {
	case state == Verified, state == NoEmail && p.AllowNoEmail, state != NoEmail && p.AllowUnverified:
		return nil
	case state == NoEmail:
		return ErrNoEmail
	case state == Unvouched:
		return ErrUnvouched
	}
	return ErrUnverified
}

// CheckAlone returns why an account can be linked with no other, whichever of them stays;
// nil if nothing is known against it.
//
// Errors: a [RefusedError].
func (p *Policy) CheckAlone(a *Account) error {
	if reason := p.alone(a); reason != nil {
		return refused(reason, a)
	}
	return nil
}

func (p *Policy) alone(a *Account) error {
	switch {
	case a.Subject == "":
		return ErrUnread
	case a.Unusable:
		return ErrUnusable
	}
	if reason := p.Linkable(a.Connection); reason != nil {
		return reason
	}
	return p.emailRefusal(a)
}

// check returns the reason why secondary may not become an identity of primary, nil if it
// may. E-mail addresses are never compared: two accounts with the same one need not be one
// person's.
func (p *Policy) check(primary, secondary *Account) error {
	refusal := p.refusal(primary, secondary)
	if refusal == nil {
		return nil
	}
	refusal.Swap = p.refusal(secondary, primary) == nil
	return refusal
}

func (p *Policy) refusal(primary, secondary *Account) *RefusedError {
	linked := slices.ContainsFunc(primary.Linked, secondary.is) || slices.ContainsFunc(secondary.Linked, primary.is)
	switch {
	case primary.Subject == "" || primary.Unread:
		return refused(ErrUnread, primary)
	case secondary.Subject == "":
		return refused(ErrUnread, secondary)
	case primary.Subject == secondary.Subject:
		return refused(ErrSameAccount, secondary)
	case linked:
		return refused(ErrAlreadyHere, secondary)
	}
	for _, a := range []*Account{primary, secondary} {
		if reason := p.alone(a); reason != nil {
			return refused(reason, a)
		}
	}
	switch {
	case (p.RefuseSame || p.Rules[secondary.Connection].Once) && sameConnection(primary, secondary):
		return refused(ErrSameConnection, secondary)
	case len(secondary.Linked) > 0:
		return refused(ErrHasLinked, secondary)
	case isEnterprise(secondary):
		return refused(ErrEnterprise, secondary)
	case p.Rules[secondary.Connection].PrimaryOnly:
		return refused(ErrPrimaryOnly, secondary)
	}
	return nil
}

// sameConnection reports whether a link would give the profile a second identity of one
// connection.
func sameConnection(primary, secondary *Account) bool {
	if secondary.Connection == "" { // not known
		return false
	}
	of := func(i management.Identity) bool { return i.Connection == secondary.Connection }
	return primary.Connection == secondary.Connection || slices.ContainsFunc(primary.Linked, of)
}

func refused(reason error, about *Account) *RefusedError {
	return &RefusedError{Reason: reason, Account: *about}
}

// Linkable returns why accounts of a connection are not linked, nil if they are.
//
// Errors: [ErrConnection], [ErrNoLink].
func (p *Policy) Linkable(connection string) error {
	switch {
	case !p.knows(connection):
		return ErrConnection
	case p.Rules[connection].NoLink:
		return ErrNoLink
	}
	return nil
}

// LinkableTo returns why no account of a connection can be linked to a profile with these
// identities, nil if one can.
//
// Errors: [ErrConnection], [ErrNoLink], [ErrSameConnection].
func (p *Policy) LinkableTo(profile []management.Identity, connection string) error {
	if err := p.Linkable(connection); err != nil {
		return err
	}
	same := func(i management.Identity) bool { return i.Connection == connection }
	if (p.RefuseSame || p.Rules[connection].Once) && slices.ContainsFunc(profile, same) {
		return ErrSameConnection
	}
	return nil
}

// knows reports whether a connection is one that a person can sign in with.
func (p *Policy) knows(connection string) bool {
	return len(p.Connections) == 0 || slices.Contains(p.Connections, connection)
}

// CheckUnlink returns the reason why an identity may not be taken out of a profile, nil if
// it may.
//
// Errors: [ErrUnusable], [ErrNotHere], [ErrPrimary], [ErrNoUnlink], [ErrLastWay].
func (p Policy) CheckUnlink(u management.User, identity management.Identity) error {
	own, _ := u.Primary()
	switch {
	case identity.Unusable != "" || own.Unusable != "":
		return ErrUnusable
	case !slices.ContainsFunc(u.Identities, identity.Same):
		return ErrNotHere
	case own.Same(identity):
		return ErrPrimary
	case p.Rules[identity.Connection].NoUnlink:
		return ErrNoUnlink
	}
	for _, i := range u.Identities {
		if i.Unusable == "" && !i.Same(identity) && p.knows(i.Connection) {
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
	// WarnPrimaryNoEmail means that the profile has no address then. Applications that
	// demand a verified one may refuse it.
	WarnPrimaryNoEmail Warning = "the primary has no e-mail address"
	// WarnSecondaryNoEmail means that the secondary has no address: its login alone shows
	// whose it is.
	WarnSecondaryNoEmail Warning = "the secondary has no e-mail address"
	// WarnSame means that the profile will have two identities of one connection.
	WarnSame Warning = "a second identity of one connection"
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

// OnlyPrimaryVerified tells that the account that stays has a verified address, and the
// other has none. Applications that demand one accept the profile then.
func (p *Plan) OnlyPrimaryVerified() bool {
	return p.policy.Email(&p.Primary) == Verified && p.policy.Email(&p.Secondary) != Verified
}

func (p *Policy) warnings(primary, secondary *Account) []Warning {
	var list []Warning
	add := func(due bool, w Warning) {
		if due {
			list = append(list, w)
		}
	}
	first, second := p.Email(primary), p.Email(secondary)
	add(first == Unverified || first == Unvouched, WarnPrimaryUnverified)
	add(second == Unverified || second == Unvouched, WarnSecondaryUnverified)
	add(first == NoEmail, WarnPrimaryNoEmail)
	add(second == NoEmail, WarnSecondaryNoEmail)
	add(p.WarnSame && sameConnection(primary, secondary), WarnSame)
	add(isEnterprise(primary), WarnPersonal)
	add(primary.OddMetadata, WarnPrimaryMetadata)
	add(secondary.OddMetadata || secondary.OddAppMetadata, WarnSecondaryMetadata)
	add(secondary.Unread, WarnUnread)
	return list
}
