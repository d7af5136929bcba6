package ui

import (
	"context"
	"errors"

	"twinlock/app/browser"
	"twinlock/app/flow"
	"twinlock/app/linking"
	"twinlock/app/lock"
	"twinlock/app/management"
	"twinlock/app/oidc"
	"twinlock/app/platform"
	"twinlock/app/session"
	"twinlock/app/text"
	"twinlock/app/words"
)

// explanation ties a kind of error to its sentence.
type explanation struct {
	kind     error
	sentence func(text.Failures) string
}

// explanations go from the particular to the general: the first that fits is
// told.
var explanations = []explanation{
	{flow.ErrSecond, func(f text.Failures) string { return f.SecondNotAccepted }},
	{flow.ErrOtherPerson, func(f text.Failures) string { return f.OtherPerson }},
	{session.ErrReused, func(f text.Failures) string { return f.Reused }},
	{session.ErrExpired, func(f text.Failures) string { return f.SessionExpired }},
	{session.ErrSignedOut, func(f text.Failures) string { return f.SessionExpired }},
	{session.ErrOtherSubject, func(f text.Failures) string { return f.OtherSubject }},

	{linking.ErrSameAccount, func(f text.Failures) string { return f.SameAccount }},
	{linking.ErrAlreadyHere, func(f text.Failures) string { return f.AlreadyHere }},
	{linking.ErrUnverified, func(f text.Failures) string { return f.Unverified }},
	{linking.ErrWrongAccount, func(f text.Failures) string { return f.WrongAccount }},
	{linking.ErrUnread, func(f text.Failures) string { return f.Unread }},
	{linking.ErrConnection, func(f text.Failures) string { return f.NotAllowed }},
	{linking.ErrHasLinked, func(f text.Failures) string { return f.HasLinked }},
	{linking.ErrEnterprise, func(f text.Failures) string { return f.Enterprise }},
	{linking.ErrLastWay, func(f text.Failures) string { return f.LastWay }},
	{linking.ErrJournal, func(f text.Failures) string { return f.Journal }},
	{linking.ErrPending, func(f text.Failures) string { return f.PendingLink }},
	{linking.ErrUnsettled, func(f text.Failures) string { return f.Unsettled }},
	{linking.ErrMerge, func(f text.Failures) string { return f.Merge }},
	{linking.ErrPrimary, func(f text.Failures) string { return f.Primary }},
	{linking.ErrNotHere, func(f text.Failures) string { return f.NotHere }},
	{linking.ErrUnconfirmed, func(f text.Failures) string { return f.Unconfirmed }},

	{lock.ErrPopupClosed, func(f text.Failures) string { return f.PopupClosed }},

	{oidc.ErrNoTransaction, func(f text.Failures) string { return f.NoTransaction }},
	{oidc.ErrTransactionExpired, func(f text.Failures) string { return f.TransactionExpired }},
	{oidc.ErrPurpose, func(f text.Failures) string { return f.OtherPurpose }},
	{oidc.ErrOtherSubject, func(f text.Failures) string { return f.OtherSubject }},
	{oidc.ErrCallback, func(f text.Failures) string { return f.Callback }},
	{oidc.ErrResponseIssuer, func(f text.Failures) string { return f.ResponseIssuer }},
	{oidc.ErrAccessDenied, func(f text.Failures) string { return f.Denied }},
	{oidc.ErrLoginRequired, func(f text.Failures) string { return f.LoginRequired }},
	{oidc.ErrInteraction, func(f text.Failures) string { return f.LoginRequired }},
	{oidc.ErrAuthorization, func(f text.Failures) string { return f.Authorization }},
	{oidc.ErrExchange, func(f text.Failures) string { return f.Exchange }},
	{oidc.ErrAuthTime, func(f text.Failures) string { return f.NotFresh }},
	{oidc.ErrTime, func(f text.Failures) string { return f.Clock }},
	{oidc.ErrIDToken, func(f text.Failures) string { return f.IDToken }},
	{oidc.ErrDiscovery, func(f text.Failures) string { return f.TenantUnreachable }},

	// Beside what it was that did not go on for being stopped.
	{context.Canceled, func(f text.Failures) string { return f.Cancelled }},
	{management.ErrExpiredToken, func(f text.Failures) string { return f.Unauthorized }},
	{management.ErrUnauthorized, func(f text.Failures) string { return f.Unauthorized }},
	{management.ErrScope, func(f text.Failures) string { return f.Scope }},
	{management.ErrForbidden, func(f text.Failures) string { return f.Scope }},
	{management.ErrForeignUser, func(f text.Failures) string { return f.OtherSubject }},
	{management.ErrNoUser, func(f text.Failures) string { return f.NoUser }},
	{management.ErrAlreadyLinked, func(f text.Failures) string { return f.AlreadyLinked }},
	{management.ErrSameIdentity, func(f text.Failures) string { return f.SameAccount }},
	{management.ErrMainIdentity, func(f text.Failures) string { return f.Primary }},
	{management.ErrLinkToken, func(f text.Failures) string { return f.LinkToken }},
	{management.ErrSecondaryGone, func(f text.Failures) string { return f.SecondaryGone }},
	{management.ErrSecondary, func(f text.Failures) string { return f.Secondary }},
	{management.ErrConnection, func(f text.Failures) string { return f.Connection }},
	{management.ErrRateLimited, func(f text.Failures) string { return f.RateLimited }},
	{management.ErrNotRemoved, func(f text.Failures) string { return f.NotRemoved }},
	{management.ErrServer, func(f text.Failures) string { return f.Server }},
	{management.ErrAnswer, func(f text.Failures) string { return f.Answer }},
	{management.ErrRequest, func(f text.Failures) string { return f.Request }},

	{context.DeadlineExceeded, func(f text.Failures) string { return f.NoAnswer }},
	{platform.ErrSealBroken, func(f text.Failures) string { return f.JournalLost }},
	{platform.ErrNoVault, func(f text.Failures) string { return f.NoVault }},
	{platform.ErrTooLarge, func(f text.Failures) string { return f.Answer }},
}

// noticeFailure is the sentence of a notice about a failure.
func noticeFailure(say text.Messages, n flow.Notice) string {
	return words.Fill(sentence(say, n.Err), "wanted", wantedLabel(n.Next.Wanted))
}

// sentence is what a person is told of an error.
func sentence(say text.Messages, err error) string {
	if errors.Is(err, platform.ErrNetwork) && !flow.Undecided(err) {
		if !browser.Online() {
			return say.Failures.Offline
		}
		return say.Failures.NoAnswer
	}
	for _, e := range explanations {
		if errors.Is(err, e.kind) {
			var refused *linking.RefusedError
			if errors.As(err, &refused) {
				return words.Fill(e.sentence(say.Failures), "account", accountLabel(refused.Account))
			}
			return e.sentence(say.Failures)
		}
	}
	return say.Failures.Unknown
}
