package linking

import "errors"

// Reasons for which a link is refused before anything is sent; see
// [RefusedError].
var (
	// ErrSameAccount: both logins are of one and the same account.
	ErrSameAccount = errors.New("both logins are the same account")
	// ErrAlreadyHere: the second login is an identity of this profile already.
	ErrAlreadyHere = errors.New("already linked to this profile")
	// ErrWrongAccount: the login is of another account than the one chosen.
	ErrWrongAccount = errors.New("not the account that was chosen")
	// ErrUnread: the account that is to stay could not be read, so that nobody
	// could tell what the link has done to it.
	ErrUnread = errors.New("account could not be read")
	// ErrConnection: the account's connection may not be linked.
	ErrConnection = errors.New("connection not allowed")
	// ErrHasLinked: the account that is to move has linked identities itself.
	// The tenant moves single accounts only; the other way round may do.
	ErrHasLinked = errors.New("has linked identities of its own")
	// ErrEnterprise: an enterprise account can only be the primary.
	ErrEnterprise = errors.New("an enterprise account must be the primary")
	// ErrUnverified: an account's e-mail address is not verified.
	ErrUnverified = errors.New("e-mail address not verified")
)

// Reasons for which an unlink is refused before anything is sent.
var (
	// ErrPrimary: the identity is the profile's own. To have another primary,
	// unlink that other one and link this profile to it.
	ErrPrimary = errors.New("the primary identity cannot be unlinked")
	// ErrNotHere: the identity is not part of this profile.
	ErrNotHere = errors.New("not an identity of this profile")
	// ErrLastWay: none of the identities that would remain can sign in.
	ErrLastWay = errors.New("the last way to sign in")
)

// How a link or an unlink can come to no good end, besides the errors of
// package management.
var (
	// ErrJournal: there is data to be taken over and it cannot be kept safe
	// meanwhile. Nothing has been sent. A plan that takes nothing over
	// ([Policy].NoMerge) needs no journal.
	ErrJournal = errors.New("the link cannot be journalled")
	// ErrPending: an earlier link to this primary is not settled.
	// [Ceremony.Resume] comes first.
	ErrPending = errors.New("an earlier link is not settled")
	// ErrUnsettled: it is not known yet whether the link, or the unlink, took
	// place.
	ErrUnsettled = errors.New("not known yet whether it took place")
	// ErrMerge: the accounts are linked, the data is not wholly taken over. The
	// journal has it.
	ErrMerge = errors.New("linked, but the data is not taken over yet")
	// ErrUnconfirmed: the tenant answered, but what it holds afterwards is not
	// what was asked for.
	ErrUnconfirmed = errors.New("the change cannot be seen at the tenant")
)

// RefusedError is the refusal of a link. errors.Is tells the reason.
type RefusedError struct {
	Reason  error
	Account Account // the one that it is about
	// Swap: the other way round, with the other account as the primary, it
	// would not be refused.
	Swap bool
}

func (e *RefusedError) Error() string { return e.Reason.Error() + ": " + e.Account.Subject }

// Unwrap returns the reason.
func (e *RefusedError) Unwrap() error { return e.Reason }
