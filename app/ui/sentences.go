package ui

import (
	"context"
	"errors"

	"twinlock/app/config"
	"twinlock/app/flow"
	"twinlock/app/history"
	"twinlock/app/linking"
	"twinlock/app/management"
	"twinlock/app/oidc"
	"twinlock/app/platform"
	"twinlock/app/session"
	"twinlock/app/text"
	"twinlock/app/words"
)

// The tables of this file have the sentence for each error, warning and kind of the
// packages below. A test finds those that are in no table. What the page never says is
// marked where it is declared, by a comment "//sentence:none" with the reason.

// failureSentences has the particular errors before the general ones: the first that fits
// is told.
var failureSentences = []struct {
	err error
	key text.Key
}{
	{flow.ErrSecond, text.SecondNotAccepted},
	{flow.ErrOtherPerson, text.OtherPerson},
	{flow.ErrNotSaved, text.NotSaved},
	{session.ErrReused, text.Reused},
	{oidc.ErrSecondFactor, text.SecondFactor}, // before the session that it ends
	{session.ErrExpired, text.SessionExpired},
	{session.ErrSignedOut, text.SessionExpired},
	{session.ErrOtherSubject, text.OtherSubject},

	{linking.ErrSameAccount, text.SameAccount},
	{linking.ErrAlreadyHere, text.AlreadyHere},
	{linking.ErrUnverified, text.Unverified},
	{linking.ErrUnvouched, text.Unvouched},
	{linking.ErrNoEmail, text.NeedsEmail},
	{linking.ErrWrongAccount, text.WrongAccount},
	{linking.ErrUnread, text.Unread},
	{linking.ErrConnection, text.NotAllowed},
	{linking.ErrNoLink, text.NoLink},
	{linking.ErrPrimaryOnly, text.PrimaryOnly},
	{linking.ErrNoUnlink, text.NoUnlink},
	{linking.ErrSameConnection, text.SameConnection},
	{linking.ErrTooLarge, text.TooLarge},
	{linking.ErrHasLinked, text.HasLinked},
	{linking.ErrEnterprise, text.Enterprise},
	{linking.ErrUnusable, text.Unusable},
	{linking.ErrLastWay, text.LastWay},
	{linking.ErrJournal, text.Journal},
	{linking.ErrPending, text.PendingLink},
	{linking.ErrUnsettled, text.Unsettled},
	{linking.ErrMerge, text.Merge},
	{linking.ErrPrimary, text.PrimaryStays},
	{linking.ErrNotHere, text.NotHere},
	{linking.ErrUnconfirmed, text.Unconfirmed},

	{platform.ErrFull, text.StorageFull},
	{oidc.ErrNotKept, text.NotKept},
	{oidc.ErrNoTransaction, text.NoTransaction},
	{oidc.ErrTransactionExpired, text.TransactionExpired},
	{oidc.ErrPurpose, text.OtherPurpose},
	{oidc.ErrOtherSubject, text.OtherSubject},
	{oidc.ErrCallback, text.Callback},
	{oidc.ErrResponseIssuer, text.ResponseIssuer},
	{oidc.ErrCancelled, text.Denied},
	{oidc.ErrAccessDenied, text.Refused},
	{oidc.ErrUnauthorized, text.NotLetIn},
	{oidc.ErrBlocked, text.Blocked},
	{oidc.ErrAttempts, text.Attempts},
	{oidc.ErrBusy, text.RateLimited},
	{oidc.ErrUnavailable, text.Server},
	{oidc.ErrAPI, text.NoAccess},
	{oidc.ErrConnection, text.Connection},
	{oidc.ErrSetup, text.Configuration},
	{oidc.ErrLoginRequired, text.LoginRequired},
	{oidc.ErrInteraction, text.LoginRequired},
	{oidc.ErrAuthorization, text.Authorization},
	{oidc.ErrExchange, text.Exchange},
	{oidc.ErrAuthTime, text.NotFresh},
	{oidc.ErrNoAuthTime, text.NoAuthTime},
	{oidc.ErrAlgorithm, text.Algorithm},
	{oidc.ErrTime, text.Clock},
	{oidc.ErrSessionEnded, text.SessionExpired},
	{oidc.ErrIDToken, text.IDToken},
	{oidc.ErrDiscovery, text.TenantUnreachable},

	{context.Canceled, text.Cancelled}, // before the kind of request that was stopped
	{management.ErrExpiredToken, text.Unauthorized},
	{management.ErrUnauthorized, text.Unauthorized},
	{management.ErrScope, text.Scope},
	{management.ErrForbidden, text.Scope},
	{management.ErrForeignUser, text.OtherSubject},
	{management.ErrNoUser, text.NoUser},
	{management.ErrAlreadyLinked, text.AlreadyLinked},
	{management.ErrSameIdentity, text.SameAccount},
	{management.ErrMainIdentity, text.PrimaryStays},
	{management.ErrLinkToken, text.LinkToken},
	{management.ErrSecondaryGone, text.SecondaryGone},
	{management.ErrSecondary, text.Secondary},
	{management.ErrConnection, text.Connection},
	{management.ErrRateLimited, text.RateLimited},
	{management.ErrNotRemoved, text.NotRemoved},
	{management.ErrServer, text.Server},
	{management.ErrAnswer, text.Answer},
	{management.ErrRequest, text.Request},

	{config.ErrOtherTenant, text.OtherTenant},
	{context.DeadlineExceeded, text.NoAnswer},
	{platform.ErrSealBroken, text.JournalLost},
	{platform.ErrNoVault, text.NoVault},
	{platform.ErrInsecure, text.Insecure},
	{platform.ErrTooLarge, text.Answer},
	{platform.ErrNetwork, text.NoAnswer}, // but see failureKey
}

// warningSentences has the warnings about a link. "{first}" is the account that stays.
var warningSentences = map[linking.Warning]text.Key{
	linking.WarnPrimaryUnverified:   text.PrimaryUnverified,
	linking.WarnSecondaryUnverified: text.SecondaryUnverified,
	linking.WarnPrimaryNoEmail:      text.PrimaryNoEmail,
	linking.WarnSecondaryNoEmail:    text.SecondaryNoEmail,
	linking.WarnSame:                text.TwoOfOne,
	linking.WarnPersonal:            text.PersonalJoins,
	linking.WarnPrimaryMetadata:     text.PrimaryMetadata,
	linking.WarnSecondaryMetadata:   text.SecondaryMetadata,
	linking.WarnUnread:              text.SecondaryUnread,
}

// unusableSentences has why a linked identity cannot be unlinked.
var unusableSentences = map[management.Unusable]text.Key{
	management.NoID:  text.NoID,
	management.BadID: text.BadID,
}

// choiceSentences has the choices about a setting that both accounts have.
var choiceSentences = map[linking.Choice]text.Key{
	linking.KeepPrimary:   text.FieldKeep,
	linking.KeepSecondary: text.FieldTake,
	linking.KeepBoth:      text.FieldBoth,
}

// additionSentences has the choices about a setting that only the second account has.
var additionSentences = map[linking.Choice]text.Key{
	linking.KeepSecondary: text.FieldAdd,
	linking.KeepPrimary:   text.FieldLeave,
}

// workSentences has what is under way with the accounts "{first}" and "{second}", or with
// "{account}".
var workSentences = map[flow.WorkKind]text.Key{
	flow.Reading:        text.LoadingProfile,
	flow.CheckingSecond: text.CheckingSecond,
	flow.Linking:        text.Linking,
	flow.Unlinking:      text.Unlinking,
	flow.SigningOut:     text.SigningOut,
}

// waitSentences has what the work waits for.
var waitSentences = map[flow.WaitKind]text.Key{
	flow.RateLimit:    text.Waiting,
	flow.LookingAgain: text.LookingAgain,
}

// noticeSentences has what has gone well, with the account "{account}" or "{second}".
var noticeSentences = map[flow.NoticeKind]text.Key{
	flow.OnlyThisPage:       text.OnlyThisPage,
	flow.ProvedYou:          text.ProvedYou,
	flow.NothingChanged:     text.NothingChanged,
	flow.UnfinishedLink:     text.UnfinishedLink,
	flow.UpdatedElsewhere:   text.UpdatedElsewhere,
	flow.Linked:             text.Linked,
	flow.LinkedSkipped:      text.LinkedSkipped,
	flow.LinkFinished:       text.ResumeDone,
	flow.LinkNotMade:        text.ResumeNothing,
	flow.Unlinked:           text.Unlinked,
	flow.SignedOutHere:      text.SignedOutHere,
	flow.SigningOutThere:    text.SigningOut,
	flow.SignedOutThere:     text.SignedOutThere,
	flow.SignedOutElsewhere: text.SignedOutElsewhere,
	flow.FinishedBefore:     text.FinishedBefore,
	flow.MailLinkWorked:     text.MailLinkWorked,
	flow.MailLinkFailed:     text.MailLinkFailed,
	flow.Suggested:          text.Suggested,
}

// statusNextSentences has the next steps after something has gone well.
var statusNextSentences = map[flow.NextKind]text.Key{
	flow.LinkAgain:     text.LinkAgain,
	flow.LinkSuggested: text.LinkIt,
	flow.SignOutToo:    text.SignOutHere,
}

// failureNextSentences has the next steps after a failure.
var failureNextSentences = map[flow.NextKind]text.Key{
	flow.SignInAgain: text.SignInAgain,
	flow.SignInTo:    text.SignInTo,
	flow.ReadAgain:   text.TryAgain,
	flow.ReviewAgain: text.TryAgain,
	flow.LinkAgain:   text.TryAgain,
	flow.FinishLink:  text.TryAgain,
	flow.LinkAnother: text.LinkAnother,
	flow.UnlinkAgain: text.TryAgain,
	flow.ProveAgain:  text.TryAgain,
}

// historySentences has what has happened to an "{account}", and for which "{reason}".
var historySentences = map[history.Kind]text.Key{
	history.Linked:       text.HistoryLinked,
	history.LinkedInPart: text.HistoryInPart,
	history.Unlinked:     text.HistoryUnlinked,
	history.Refused:      text.HistoryRefused,
	history.NotMine:      text.HistoryNotMine,
}

// sentenceOf returns the sentence for an error, with the accounts that it is about. offline
// says whether there was a network when it happened.
func sentenceOf(say *text.Catalogue, err error, offline bool) string {
	return sentenceBeside(names{say: say}, err, offline, &linking.Account{})
}

// sentenceBeside is [sentenceOf] where the profile is known: what the sentence calls an
// account is not what the profile's others are called.
func sentenceBeside(n names, err error, offline bool, profile *linking.Account) string {
	sentence := text.Fill(n.say.Of(failureKey(err, offline)), "support", n.say.Of(text.Support))
	if wanted, ok := flow.WantedOf(err); ok {
		sentence = words.Fill(sentence, "wanted", wantedLabel(wanted))
	}
	var refused *linking.RefusedError
	if errors.As(err, &refused) {
		about := &refused.Account
		connection := firstOf(n.connections.find(about.Connection, about.Provider).Label, about.Provider)
		return words.Fill(sentence, "account", n.accountLabel(about, profile), "connection", connection)
	}
	return sentence
}

// failureKey returns which sentence is for an error. That a change may have been made is
// more important to say than that the network does not answer.
func failureKey(err error, offline bool) text.Key {
	if errors.Is(err, platform.ErrNetwork) && !flow.Undecided(err) {
		if offline {
			return text.Offline
		}
		return text.NoAnswer
	}
	for _, s := range failureSentences {
		if errors.Is(err, s.err) {
			return s.key
		}
	}
	return text.Unknown
}
