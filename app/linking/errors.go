package linking

import "errors"

// Why a link is refused before anything is sent; see [RefusedError].
var (
	// ErrSameAccount is returned when both logins are of one account.
	ErrSameAccount = errors.New("both logins are the same account")
	// ErrAlreadyHere is returned when one account is an identity of the other already.
	ErrAlreadyHere = errors.New("already linked to this profile")
	// ErrWrongAccount is returned when the second login is of another account than the one
	// that was asked for.
	ErrWrongAccount = errors.New("not the account that was chosen")
	// ErrUnread is returned when the account that is to stay could not be read: nobody
	// could tell what the link has done to it.
	ErrUnread = errors.New("account could not be read")
	// ErrConnection is returned when the policy does not allow an account's connection.
	ErrConnection = errors.New("connection not allowed")
	// ErrNoLink is returned when accounts of a connection are not linked, by the policy's rules.
	ErrNoLink = errors.New("accounts of this connection are not linked")
	// ErrPrimaryOnly is returned when an account is not the primary that has to be, by the
	// policy's rules.
	ErrPrimaryOnly = errors.New("an account of this connection must be the primary")
	// ErrSameConnection is returned when the profile would have two identities of one
	// connection, and the policy does not allow that.
	ErrSameConnection = errors.New("a second identity of one connection")
	// ErrHasLinked is returned when the account that is to move has linked identities
	// itself. The tenant moves single accounts only. The other way round may be possible.
	ErrHasLinked = errors.New("has linked identities of its own")
	// ErrEnterprise is returned when an enterprise account is not the primary.
	ErrEnterprise = errors.New("an enterprise account must be the primary")
	// ErrUnusable is returned when an identity has no id that can be sent: the one to be
	// unlinked, or an account's own. No other account could be told from it.
	ErrUnusable = errors.New("identity without a usable id")
	// ErrUnverified is returned when an account's e-mail address is not verified, or when
	// nobody can tell.
	ErrUnverified = errors.New("e-mail address not verified")
	// ErrUnvouched is returned when an organisation's account has an address that the tenant
	// does not vouch for. The person cannot change that.
	ErrUnvouched = errors.New("e-mail address of an organisation that the tenant does not vouch for")
	// ErrTooLarge is returned when what is to be taken over would make the profile larger than
	// the policy allows.
	ErrTooLarge = errors.New("the profile would be too large")
	// ErrNoEmail is returned when an account has no e-mail address and the policy wants one.
	ErrNoEmail = errors.New("no e-mail address")
)

// Why an unlink is refused before anything is sent.
var (
	// ErrPrimary is returned when the identity is the profile's own. To have another
	// primary the person unlinks that other one and links this profile to it.
	ErrPrimary = errors.New("the primary identity cannot be unlinked")
	// ErrNoUnlink is returned when a linked account of a connection stays so, by the policy's
	// rules.
	ErrNoUnlink = errors.New("an account of this connection stays linked")
	// ErrNotHere is returned when the identity is not part of the profile.
	ErrNotHere = errors.New("not an identity of this profile")
	// ErrLastWay is returned when the person could not sign in with any identity that would
	// remain.
	ErrLastWay = errors.New("the last way to sign in")
)

// How a link or an unlink can fail, besides the errors of [API].
var (
	// ErrJournal is returned when there is data to be taken over and the journal cannot
	// store it meanwhile. Nothing has been sent. A plan that takes nothing over
	// ([Policy].NoMerge) needs no journal.
	ErrJournal = errors.New("the link cannot be journalled")
	// ErrPending is returned when it is not known what has become of an earlier link to
	// this primary. [Ceremony.Resume] comes first.
	ErrPending = errors.New("an earlier link is not settled")
	// ErrUnsettled is returned when it is not known yet whether the link, or the unlink,
	// took place.
	ErrUnsettled = errors.New("not known yet whether it took place")
	// ErrMerge is returned when the accounts are linked and some data is not taken over yet.
	// The journal has it.
	ErrMerge = errors.New("linked, but the data is not taken over yet")
	// ErrUnconfirmed is returned when the tenant answered well, and what it has afterwards
	// is not what was asked for.
	ErrUnconfirmed = errors.New("the change cannot be seen at the tenant")
)

// RefusedError is the refusal of a link. errors.Is tells the reason.
type RefusedError struct {
	// Reason is one of the errors above.
	Reason error
	// Account is the one that the reason is about.
	Account Account
	// Swap tells whether the link would not be refused the other way round, with the other
	// account as the primary.
	Swap bool
}

// Error returns the reason and the account's subject.
func (e *RefusedError) Error() string { return e.Reason.Error() + ": " + e.Account.Subject }

// Unwrap returns the reason.
func (e *RefusedError) Unwrap() error { return e.Reason }
