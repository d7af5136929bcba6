package ui

import (
	"context"
	"errors"

	"twinlock/app/browser"
	"twinlock/app/linking"
	"twinlock/app/lock"
	"twinlock/app/management"
	"twinlock/app/oidc"
	"twinlock/app/platform"
	"twinlock/app/session"
	"twinlock/app/text"
	"twinlock/app/words"
)

// failure is an error as the person is told of it.
type failure struct {
	sentence string
	// detail is the error's own text, to be copied into a ticket.
	detail string
	// signIn: the next step is to sign in again.
	signIn bool
	// retry is the next step otherwise; nil where there is none.
	retry func()
	// wrong: another account answered than this one.
	wrong *wanted
	// elsewhere: this account is part of another profile, to link from.
	elsewhere *wanted
	// left is a link of which settings could not be taken over, to be saved.
	left *linking.Outcome
}

// explanation ties a kind of error to its sentence.
type explanation struct {
	kind     error
	sentence func(text.Failures) string
	signIn   bool
}

// explanations go from the particular to the general: the first that fits is
// told.
var explanations = []explanation{
	{errSecond, func(f text.Failures) string { return f.SecondNotAccepted }, false},
	{errOtherPerson, func(f text.Failures) string { return f.OtherPerson }, false},
	{session.ErrReused, func(f text.Failures) string { return f.Reused }, true},
	{session.ErrExpired, func(f text.Failures) string { return f.SessionExpired }, true},
	{session.ErrSignedOut, func(f text.Failures) string { return f.SessionExpired }, true},
	{session.ErrOtherSubject, func(f text.Failures) string { return f.OtherSubject }, false},

	{linking.ErrSameAccount, func(f text.Failures) string { return f.SameAccount }, false},
	{linking.ErrAlreadyHere, func(f text.Failures) string { return f.AlreadyHere }, false},
	{linking.ErrUnverified, func(f text.Failures) string { return f.Unverified }, false},
	{linking.ErrWrongAccount, func(f text.Failures) string { return f.WrongAccount }, false},
	{linking.ErrUnread, func(f text.Failures) string { return f.Unread }, false},
	{linking.ErrConnection, func(f text.Failures) string { return f.NotAllowed }, false},
	{linking.ErrHasLinked, func(f text.Failures) string { return f.HasLinked }, false},
	{linking.ErrEnterprise, func(f text.Failures) string { return f.Enterprise }, false},
	{linking.ErrLastWay, func(f text.Failures) string { return f.LastWay }, false},
	{linking.ErrJournal, func(f text.Failures) string { return f.Journal }, false},
	{linking.ErrPending, func(f text.Failures) string { return f.PendingLink }, false},
	{linking.ErrUnsettled, func(f text.Failures) string { return f.Unsettled }, false},
	{linking.ErrMerge, func(f text.Failures) string { return f.Merge }, false},
	{linking.ErrPrimary, func(f text.Failures) string { return f.Primary }, false},
	{linking.ErrNotHere, func(f text.Failures) string { return f.NotHere }, false},
	{linking.ErrUnconfirmed, func(f text.Failures) string { return f.Unconfirmed }, false},

	{lock.ErrPopupClosed, func(f text.Failures) string { return f.PopupClosed }, false},

	{oidc.ErrNoTransaction, func(f text.Failures) string { return f.NoTransaction }, false},
	{oidc.ErrTransactionExpired, func(f text.Failures) string { return f.TransactionExpired }, false},
	{oidc.ErrPurpose, func(f text.Failures) string { return f.OtherPurpose }, false},
	{oidc.ErrOtherSubject, func(f text.Failures) string { return f.OtherSubject }, false},
	{oidc.ErrCallback, func(f text.Failures) string { return f.Callback }, false},
	{oidc.ErrResponseIssuer, func(f text.Failures) string { return f.ResponseIssuer }, false},
	{oidc.ErrAccessDenied, func(f text.Failures) string { return f.Denied }, false},
	{oidc.ErrLoginRequired, func(f text.Failures) string { return f.LoginRequired }, false},
	{oidc.ErrInteraction, func(f text.Failures) string { return f.LoginRequired }, false},
	{oidc.ErrAuthorization, func(f text.Failures) string { return f.Authorization }, false},
	{oidc.ErrExchange, func(f text.Failures) string { return f.Exchange }, false},
	{oidc.ErrAuthTime, func(f text.Failures) string { return f.NotFresh }, false},
	{oidc.ErrTime, func(f text.Failures) string { return f.Clock }, false},
	{oidc.ErrIDToken, func(f text.Failures) string { return f.IDToken }, false},
	{oidc.ErrDiscovery, func(f text.Failures) string { return f.TenantUnreachable }, false},

	// Beside what it was that did not go on for being stopped.
	{context.Canceled, func(f text.Failures) string { return f.Cancelled }, false},
	{management.ErrExpiredToken, func(f text.Failures) string { return f.Unauthorized }, true},
	{management.ErrUnauthorized, func(f text.Failures) string { return f.Unauthorized }, true},
	{management.ErrScope, func(f text.Failures) string { return f.Scope }, false},
	{management.ErrForbidden, func(f text.Failures) string { return f.Scope }, false},
	{management.ErrForeignUser, func(f text.Failures) string { return f.OtherSubject }, false},
	{management.ErrNoUser, func(f text.Failures) string { return f.NoUser }, true},
	{management.ErrAlreadyLinked, func(f text.Failures) string { return f.AlreadyLinked }, false},
	{management.ErrSameIdentity, func(f text.Failures) string { return f.SameAccount }, false},
	{management.ErrMainIdentity, func(f text.Failures) string { return f.Primary }, false},
	{management.ErrLinkToken, func(f text.Failures) string { return f.LinkToken }, false},
	{management.ErrSecondaryGone, func(f text.Failures) string { return f.SecondaryGone }, false},
	{management.ErrSecondary, func(f text.Failures) string { return f.Secondary }, false},
	{management.ErrConnection, func(f text.Failures) string { return f.Connection }, false},
	{management.ErrRateLimited, func(f text.Failures) string { return f.RateLimited }, false},
	{management.ErrNotRemoved, func(f text.Failures) string { return f.NotRemoved }, false},
	{management.ErrServer, func(f text.Failures) string { return f.Server }, false},
	{management.ErrAnswer, func(f text.Failures) string { return f.Answer }, false},
	{management.ErrRequest, func(f text.Failures) string { return f.Request }, false},

	{context.DeadlineExceeded, func(f text.Failures) string { return f.NoAnswer }, false},
	{platform.ErrSealBroken, func(f text.Failures) string { return f.JournalLost }, false},
	{platform.ErrNoVault, func(f text.Failures) string { return f.NoVault }, false},
	{platform.ErrTooLarge, func(f text.Failures) string { return f.Answer }, false},
}

// open tells whether a change has been made, or may have been.
func open(err error) bool {
	return errors.Is(err, linking.ErrMerge) || errors.Is(err, linking.ErrUnsettled) || errors.Is(err, linking.ErrUnconfirmed)
}

// explain finds the sentence for an error.
func explain(say text.Messages, err error) failure {
	f := failure{detail: err.Error(), sentence: say.Failures.Unknown}
	if errors.Is(err, platform.ErrNetwork) && !open(err) {
		f.sentence = say.Failures.NoAnswer
		if !browser.Online() {
			f.sentence = say.Failures.Offline
		}
		return f
	}
	for _, e := range explanations {
		if errors.Is(err, e.kind) {
			f.sentence, f.signIn = e.sentence(say.Failures), e.signIn
			break
		}
	}
	var left *leftoverError
	if errors.As(err, &left) {
		f.left = &left.outcome
	}
	var asked *wantedError
	switch {
	case !errors.As(err, &asked):
	case elsewhere(err):
		f.elsewhere = &asked.wanted
	default:
		f.wrong = &asked.wanted
		f.sentence = words.Fill(f.sentence, "wanted", asked.wanted.label())
	}
	var refused *linking.RefusedError
	if errors.As(err, &refused) {
		f.sentence = words.Fill(f.sentence, "account", accountLabel(refused.Account))
	}
	return f
}
