package ui

import (
	"context"
	"errors"

	"twinlock/app/browser"
	"twinlock/app/flow"
	"twinlock/app/history"
	"twinlock/app/linking"
	"twinlock/app/lock"
	"twinlock/app/management"
	"twinlock/app/oidc"
	"twinlock/app/platform"
	"twinlock/app/session"
	"twinlock/app/text"
	"twinlock/app/words"
)

// The tables of this file say which sentence a person is told for each error,
// warning and state of the packages below. A test finds those that are in none of
// them. What nobody is ever told is marked where it is declared, by a comment
// "//sentence:none" with the reason.

// failureSentences go from the particular to the general: the first that fits is
// told.
var failureSentences = []struct {
	err error
	key text.Key
}{
	{flow.ErrSecond, text.SecondNotAccepted},
	{flow.ErrOtherPerson, text.OtherPerson},
	{session.ErrReused, text.Reused},
	{session.ErrExpired, text.SessionExpired},
	{session.ErrSignedOut, text.SessionExpired},
	{session.ErrOtherSubject, text.OtherSubject},

	{linking.ErrSameAccount, text.SameAccount},
	{linking.ErrAlreadyHere, text.AlreadyHere},
	{linking.ErrUnverified, text.Unverified},
	{linking.ErrWrongAccount, text.WrongAccount},
	{linking.ErrUnread, text.Unread},
	{linking.ErrConnection, text.NotAllowed},
	{linking.ErrHasLinked, text.HasLinked},
	{linking.ErrEnterprise, text.Enterprise},
	{linking.ErrLastWay, text.LastWay},
	{linking.ErrJournal, text.Journal},
	{linking.ErrPending, text.PendingLink},
	{linking.ErrUnsettled, text.Unsettled},
	{linking.ErrMerge, text.Merge},
	{linking.ErrPrimary, text.Primary},
	{linking.ErrNotHere, text.NotHere},
	{linking.ErrUnconfirmed, text.Unconfirmed},

	{lock.ErrPopupClosed, text.PopupClosed},

	{oidc.ErrNoTransaction, text.NoTransaction},
	{oidc.ErrTransactionExpired, text.TransactionExpired},
	{oidc.ErrPurpose, text.OtherPurpose},
	{oidc.ErrOtherSubject, text.OtherSubject},
	{oidc.ErrCallback, text.Callback},
	{oidc.ErrResponseIssuer, text.ResponseIssuer},
	{oidc.ErrAccessDenied, text.Denied},
	{oidc.ErrLoginRequired, text.LoginRequired},
	{oidc.ErrInteraction, text.LoginRequired},
	{oidc.ErrAuthorization, text.Authorization},
	{oidc.ErrExchange, text.Exchange},
	{oidc.ErrAuthTime, text.NotFresh},
	{oidc.ErrTime, text.Clock},
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
	{management.ErrMainIdentity, text.Primary},
	{management.ErrLinkToken, text.LinkToken},
	{management.ErrSecondaryGone, text.SecondaryGone},
	{management.ErrSecondary, text.Secondary},
	{management.ErrConnection, text.Connection},
	{management.ErrRateLimited, text.RateLimited},
	{management.ErrNotRemoved, text.NotRemoved},
	{management.ErrServer, text.Server},
	{management.ErrAnswer, text.Answer},
	{management.ErrRequest, text.Request},

	{context.DeadlineExceeded, text.NoAnswer},
	{platform.ErrSealBroken, text.JournalLost},
	{platform.ErrNoVault, text.NoVault},
	{platform.ErrTooLarge, text.Answer},
	{platform.ErrNetwork, text.NoAnswer}, // but see failureKey
}

// warningSentences are about the accounts "{first}", which stays, and "{second}".
var warningSentences = map[linking.Warning]text.Key{
	linking.WarnPrimaryUnverified:   text.PrimaryUnverified,
	linking.WarnSecondaryUnverified: text.SecondaryUnverified,
	linking.WarnPersonal:            text.PersonalJoins,
	linking.WarnUnread:              text.SecondaryUnread,
}

// choiceSentences are what may become of a setting that both accounts have.
var choiceSentences = map[linking.Choice]text.Key{
	linking.KeepPrimary:   text.FieldKeep,
	linking.KeepSecondary: text.FieldTake,
	linking.KeepBoth:      text.FieldBoth,
}

// additionSentences are what may become of a setting that only the second account
// has.
var additionSentences = map[linking.Choice]text.Key{
	linking.KeepSecondary: text.FieldAdd,
	linking.KeepPrimary:   text.FieldLeave,
}

// workSentences are what is under way with the accounts "{first}" and "{second}" or
// "{account}".
var workSentences = map[flow.WorkKind]text.Key{
	flow.Reading:        text.LoadingProfile,
	flow.CheckingSecond: text.CheckingSecond,
	flow.Linking:        text.Linking,
	flow.Unlinking:      text.Unlinking,
	flow.Proving:        text.ProveYou,
	flow.SigningIn:      text.SigningIn,
	flow.SigningOut:     text.SigningOut,
}

// waitSentences are what it waits for.
var waitSentences = map[flow.WaitKind]text.Key{
	flow.RateLimit:    text.Waiting,
	flow.LookingAgain: text.LookingAgain,
}

// noticeSentences are what has gone well, with the account "{account}" or "{second}".
var noticeSentences = map[flow.NoticeKind]text.Key{
	flow.OnlyThisPage:       text.OnlyThisPage,
	flow.ProvedYou:          text.ProvedYou,
	flow.NothingChanged:     text.NothingChanged,
	flow.UpdatedElsewhere:   text.UpdatedElsewhere,
	flow.Linked:             text.Linked,
	flow.LinkedSkipped:      text.LinkedSkipped,
	flow.LinkFinished:       text.ResumeDone,
	flow.LinkNotMade:        text.ResumeNothing,
	flow.Unlinked:           text.Unlinked,
	flow.SignedOutHere:      text.SignedOutHere,
	flow.SigningOutThere:    text.SigningOut,
	flow.SignedOutElsewhere: text.SignedOutElsewhere,
}

// statusNextSentences are the next steps where something has gone well.
var statusNextSentences = map[flow.NextKind]text.Key{
	flow.LinkAgain:  text.LinkAgain,
	flow.SignOutToo: text.SignOutHere,
}

// failureNextSentences are the next steps after a failure.
var failureNextSentences = map[flow.NextKind]text.Key{
	flow.SignInAgain: text.SignInAgain,
	flow.SignInTo:    text.SignInTo,
	flow.ReadAgain:   text.TryAgain,
	flow.ReviewAgain: text.TryAgain,
	flow.LinkAgain:   text.TryAgain,
	flow.FinishLink:  text.TryAgain,
	flow.UnlinkAgain: text.TryAgain,
	flow.ProveAgain:  text.TryAgain,
}

// historySentences are what has happened to an "{account}", and for which "{reason}".
var historySentences = map[history.Kind]text.Key{
	history.Linked:       text.HistoryLinked,
	history.LinkedInPart: text.HistoryInPart,
	history.Unlinked:     text.HistoryUnlinked,
	history.Refused:      text.HistoryRefused,
}

// lossSentences say what a link destroys, each with the keys that are lost.
func lossSentences(say *text.Messages, lost linking.Loss, first, second string) (list []string) {
	for _, loss := range []struct {
		sentence string
		keys     []string
	}{
		{say.LinkLosesMetadata, lost.Metadata},
		{say.LinkReplaces, lost.Replaced},
		{say.LinkLosesAppMetadata, lost.AppMetadata},
	} {
		if len(loss.keys) > 0 {
			list = append(list, words.Fill(loss.sentence, "first", first, "second", second, "keys", keyList(loss.keys)))
		}
	}
	return list
}

// sentenceOf says what has gone wrong and what the person can do. The accounts that it
// is about are filled in.
func sentenceOf(say *text.Messages, err error) string {
	sentence := say.Sentences[failureKey(err)]
	if wanted, ok := flow.WantedOf(err); ok {
		sentence = words.Fill(sentence, "wanted", wantedLabel(wanted))
	}
	var refused *linking.RefusedError
	if errors.As(err, &refused) {
		return words.Fill(sentence, "account", accountLabel(refused.Account))
	}
	return sentence
}

// failureKey finds the sentence for an error. A change that was made, or may have
// been, is told before a network that does not answer.
func failureKey(err error) text.Key {
	if errors.Is(err, platform.ErrNetwork) && !flow.Undecided(err) {
		if !browser.Online() {
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
