package flow

import (
	"context"
	"errors"
	"fmt"

	"twinlock/app/linking"
	"twinlock/app/management"
	"twinlock/app/oidc"
	"twinlock/app/platform"
	"twinlock/app/session"
)

// Errors of a [Notice], besides those of the packages below.
var (
	// ErrSecond is told when the tenant no longer accepts the second account's tokens, or
	// no longer knows that account. The account that is signed in is not concerned.
	ErrSecond = errors.New("the second account")
	// ErrOtherPerson is told when a proof was a login to another account than the one that
	// is signed in.
	ErrOtherPerson = errors.New("another account answered than the one that is signed in")
	// ErrNotSaved is told when the browser does not save a file. Its text has the content.
	ErrNotSaved = errors.New("the file was not saved")
)

// wantedError is an error after which the person still wants to link an account.
type wantedError struct {
	error
	wanted Wanted
}

func (e *wantedError) Unwrap() error { return e.error }

// ofSecond returns [ErrSecond] with the account if an error of the second account's API
// says that its login is no longer good. Any other error stays as it is.
func ofSecond(err error, w Wanted) error {
	for _, kind := range []error{management.ErrUnauthorized, management.ErrExpiredToken, management.ErrNoUser} {
		if errors.Is(err, kind) {
			return Wanting(fmt.Errorf("%w: %w", ErrSecond, err), w)
		}
	}
	return err
}

// Wanting makes a failure one after which an account is wanted still.
func Wanting(err error, w Wanted) error { return &wantedError{err, w} }

// WantedOf returns the account that is wanted still after a failure, and false where the
// failure is of none.
func WantedOf(err error) (Wanted, bool) {
	var about *wantedError
	if errors.As(err, &about) {
		return about.wanted, true
	}
	return Wanted{}, false
}

// leftoverError is an error after a link that was made, while settings are still to be
// taken over.
type leftoverError struct {
	error
	outcome *linking.Outcome
}

func (e *leftoverError) Unwrap() error { return e.error }

// withLeftover adds to an error the settings that are still to be taken over. The person
// can save them, if the tenant never accepts them.
func withLeftover(o *linking.Outcome, err error) error {
	if o.State != linking.MergeLeft || len(o.Left) == 0 {
		return err
	}
	return &leftoverError{err, o}
}

// Undecided reports whether a change may have been made in spite of an error.
func Undecided(err error) bool {
	return errors.Is(err, linking.ErrMerge) ||
		errors.Is(err, linking.ErrUnsettled) ||
		errors.Is(err, linking.ErrUnconfirmed)
}

// linkedElsewhere reports whether a link was refused because the account to be linked is
// already an identity of another profile.
func linkedElsewhere(err error) bool {
	return errors.Is(err, management.ErrAlreadyLinked) || errors.Is(err, management.ErrSecondaryGone)
}

// unanswered reports whether there was no answer and nothing can have been changed.
func unanswered(err error) bool { return errors.Is(err, platform.ErrNetwork) && !Undecided(err) }

// isAny reports whether an error is of one of the kinds.
func isAny(err error, kinds ...error) bool {
	for _, kind := range kinds {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}

// ofAccount reports whether a login has failed because of the account or of the way to it:
// it may go well with another.
func ofAccount(err error) bool {
	return isAny(err, oidc.ErrAccessDenied, oidc.ErrCancelled, oidc.ErrUnauthorized, oidc.ErrBlocked, oidc.ErrAttempts,
		oidc.ErrConnection)
}

// mayGoWell reports whether a login that has failed may go well the next time. It may not
// where somebody else has to do something first, and not where the answer belonged to no
// login.
func mayGoWell(err error) bool {
	var refusal oidc.Refusal
	if errors.As(err, &refusal) {
		switch refusal {
		case oidc.ErrSetup, oidc.ErrAPI, oidc.ErrConnection, oidc.ErrBlocked, oidc.ErrAttempts:
			return false
		}
		return true
	}
	return isAny(err, platform.ErrNetwork, oidc.ErrDiscovery, oidc.ErrAuthorization, oidc.ErrExchange, oidc.ErrAuthTime,
		oidc.ErrSessionEnded)
}

// needsSignIn reports whether only signing in again helps after an error.
func needsSignIn(err error) bool {
	is := func(kinds ...error) bool { return isAny(err, kinds...) }
	switch {
	case unanswered(err), is(ErrSecond, ErrOtherPerson):
		return false
	case is(session.ErrReused, session.ErrExpired, session.ErrSignedOut):
		return true
	case Undecided(err), is(context.Canceled, linking.ErrPending):
		return false
	}
	return is(management.ErrExpiredToken, management.ErrUnauthorized, management.ErrNoUser)
}

// save saves a JSON document as a file. Where the browser cannot, the document is in the
// error, from which the person can copy it.
func (f *Flow) save(name string, document []byte) error {
	if err := f.deps.Window.Save(name, "application/json", document); err != nil {
		return fmt.Errorf("%w: %w\n%s", ErrNotSaved, err, document)
	}
	return nil
}

// tell tells the person something, in place of what they were told before.
func (f *Flow) tell(n Notice) {
	if f.state.Phase == Unavailable && n.Next.Kind == NoNext {
		n.Next.Kind = ReadAgain // else the person could do nothing
	}
	f.notices++
	n.Number, n.Offline = f.notices, !f.deps.Window.Online()
	f.state.Notice = n
}

// failure returns the notice of an error. Its next step is what the error itself asks for,
// or else retry.
func failure(err error, retry Next) Notice {
	n := Notice{Kind: Failed, Err: err, Next: retry}
	if unanswered(err) {
		return n
	}
	var left *leftoverError
	if errors.As(err, &left) {
		n.Leftover = left.outcome
	}
	var refused *linking.RefusedError
	if retry.Kind == ReviewAgain && errors.As(err, &refused) && refused.Reason != linking.ErrUnread {
		n.Next = Next{Kind: LinkAnother} // the same accounts would be refused again
	}
	switch wanted, ok := WantedOf(err); {
	case !ok:
	case linkedElsewhere(err):
		n.Next = Next{Kind: SignInTo, Wanted: wanted}
	default:
		n.Next = Next{Kind: LinkAgain, Wanted: wanted}
	}
	return n
}
