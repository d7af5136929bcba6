// Package text holds what the program says, in every language it speaks.
//
// [For] finds the [Messages] of a language. Most sentences are fields; those that a
// value of the program decides, as an error, have a [Key].
package text

import (
	"slices"
	"strings"
)

// Messages are all the sentences of one language. "{name}" and the like are
// filled in with [Fill].
type Messages struct {
	// Language is the catalogue's BCP 47 tag, and Name what its speakers call it.
	Language, Name string

	// The signed-out page.
	Welcome, WelcomeBody, SignIn, FinishingSignIn string

	// The locks' dialogs.
	SignInTitle, LinkTitle, LinkInstructions, ContinueWith, Opening, WindowOpen string
	// A login that something else needs first, with the account "{account}".
	ProveTitle, ProveToLink, ProveToUnlink, MoveTitle, MoveToLink, Continue, LastUsed string
	Filter, Found, NotFound, WindowUnseen                                             string

	// The profile.
	SignOut, Verified, NotVerified, NoEmail, EmailNotKnown, AccountSince                                     string
	Profile, Accounts, AccountsBody, Primary, PrimaryHint, LinkedAccounts, LinkedOn, LastSignIn, FindAccount string
	NoLinked, LinkAccount, Unlink, UnlinkLabel, UnknownAccount                                               string
	NamelessAccount                                                                                          string
	Stop                                                                                                     string
	AsOf, NotConnected                                                                                       string

	// The page itself.
	NewVersion, Reload, Install, InstallByHand string

	// The confirmations.
	ConfirmLinkTitle, ConfirmLinkBody, VerifiedStays, ConfirmLink, ConfirmLinkMeans string
	CardStays, CardMoves, CardOtherStays, CardYoursMoves                            string
	ReversedTitle, ReversedOffer                                                    string
	ReversedBelongs, ReversedHasLinked, ReversedEnterprise                          string
	LinkKeepsOther, LinkStoredElsewhere, AccountUntouched                           string
	LinkKeeps, LinkSignsIn, LinkLoses, LinkLosesMetadata, LinkLasts                 string
	ConfirmUnlinkTitle, ConfirmUnlinkBody, ConfirmUnlink                            string
	UnlinkSeparate, UnlinkNoData, UnlinkNoSignIn                                    string
	Cancel, Close                                                                   string
	CardCreated, CardLastSeen, CardSettings, AboutBoth                              string
	// Values of the settings that are no text, of which "{count}" is a number.
	ValueOn, ValueOff, ValueEmpty, ValueEntries string
	KeepOther, FieldsTitle, FieldsBody          string
	// The profile would have "{size}" of "{limit}" KB.
	DoesNotFit                                        string
	LinkReplaces, LinkLosesAppMetadata                string
	SaveCopy, SignOutMore, SignOutReach, SaveLeftover string

	// What an unlink does not end, at the provider "{connection}".
	StillKnown, StillActs, RemoveThere string

	// The history.
	History, HistoryBody, HistoryEmpty, HistorySave string

	// The operator's links.
	BackTo, OwnLinks, Help, Privacy, Terms, ChooseLanguage string

	// What an application has sent the person here for, "{application}".
	ReferralLink, ReferralUnlink, ReferralUnlinkAny, ReferralUnknown, ReferralSignIn, ReferralRefused, ReferralNotHere, ReferralDone string

	// Beside a failure.
	Details, CopyDetails, Copied, CopyRefused, Dismiss string
	AskOperator, VerifyFirst, VerifyEmail, ServiceSays string
	// Support is the word for {support} in a sentence.
	Support, GetHelp, GetHelpTab string

	// Sentences are those that a value of the program decides, by their keys.
	Sentences map[Key]string
}

// For returns the catalogue of the person's preferred language, a BCP 47 tag, where
// the configuration allows it. Otherwise it returns that of the first allowed
// language that has one, and at last English.
func For(preferred string, allowed []string) *Messages {
	base, _, _ := strings.Cut(strings.ToLower(preferred), "-")
	if slices.Contains(allowed, base) {
		allowed = append([]string{base}, allowed...)
	}
	for _, language := range allowed {
		for _, m := range catalogues {
			if m.Language == language {
				return m
			}
		}
	}
	return catalogues[0]
}

// Languages lists the languages that have a catalogue, the default first.
func Languages() []string {
	languages := make([]string, len(catalogues))
	for i, m := range catalogues {
		languages[i] = m.Language
	}
	return languages
}

// catalogues are all there are; the first is the default.
var catalogues = []*Messages{&english, &german}

// Fill replaces "{key}" in a sentence by a value, for each key and value given.
func Fill(sentence string, keysAndValues ...string) string {
	pairs := make([]string, len(keysAndValues))
	for i, s := range keysAndValues {
		if i%2 == 0 {
			s = "{" + s + "}"
		}
		pairs[i] = s
	}
	return strings.NewReplacer(pairs...).Replace(sentence)
}
