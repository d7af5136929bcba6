package flow

import (
	"slices"
	"time"

	"twinlock/app/history"
	"twinlock/app/linking"
	"twinlock/app/management"
	"twinlock/app/oidc"
	"twinlock/app/referral"
)

// Phase is how far the page has come.
//
//sentence:none the page itself shows it
type Phase int

// The phases.
const (
	// Starting: it is not known yet whether somebody is signed in.
	Starting Phase = iota
	// Finishing: the tenant has called back, and the login is being finished.
	Finishing
	// SignedOut: nobody is signed in.
	SignedOut
	// Loading: somebody is signed in, and the profile is being read.
	Loading
	// Ready: the profile is shown.
	Ready
	// Unavailable: somebody is signed in, and the profile could not be read.
	Unavailable
)

// State is all that the page shows and can be asked for.
type State struct {
	// Phase is how far the page has come.
	Phase Phase
	// Started is true once it is known who is signed in, if anybody.
	Started bool
	// User is the profile, in the phase [Ready].
	User management.User
	// AsOf is when the profile was read, if it is the copy of an earlier visit; otherwise
	// zero.
	AsOf time.Time
	// Offline is true while the browser says that there is no network.
	Offline bool
	// Work is what is under way; the zero value if nothing is.
	Work Work
	// Wished is the link or the unlink that the person has asked for while the page is
	// [State.Refreshing]; it begins afterwards. The zero value if there is none.
	Wished Work
	// Notice is what the page says; the zero value if it says nothing.
	Notice Notice
	// Question waits for the person's answer; the zero value if there is none.
	Question Question
	// Referral is what an application has sent the person here for; nil for none. It is replaced
	// by another value when its outcome changes.
	Referral *referral.Referral
	// History is what this device remembers, the newest first.
	History []history.Entry

	// withoutSession is true if the copy that is shown is of a session that has expired.
	withoutSession bool
	// outdated is true if another tab has changed the profile, and work or a question has
	// kept this one from reading it again.
	outdated bool
}

// SignedIn reports whether the page shows that somebody is signed in.
func (s State) SignedIn() bool {
	return s.Phase == Loading || s.Phase == Ready || s.Phase == Unavailable
}

// has reports whether an account is one of the profile's identities.
func (s State) has(w Wanted) bool {
	return slices.ContainsFunc(s.User.Identities, func(i management.Identity) bool { return i.ID() == w.Subject })
}

// Busy reports whether work is under way. Until it has ended, the person can begin nothing
// else, except to sign out.
func (s State) Busy() bool { return s.Work.Kind != NoWork }

// Refreshing reports whether a profile is shown that is being read afresh. The person can use it:
// what they wish then begins when that is done.
func (s State) Refreshing() bool {
	return s.Phase == Ready && (!s.Started || s.Work.Kind == Refreshing)
}

// Occupied reports whether no link or unlink can be asked for, because of work that is under way.
func (s State) Occupied() bool { return s.Busy() && !s.Refreshing() }

// MayDismiss reports whether the person can remove the notice. They cannot while there is
// no profile to show: its next step is then their only way on.
func (s State) MayDismiss() bool { return s.Notice.Kind != NoNotice && s.Phase != Unavailable }

// MayFollow reports whether the next step of the notice can be taken now.
func (s State) MayFollow() bool {
	next := s.Notice.Next.Kind
	return next == SignInAgain || next != NoNext && !s.Engaged()
}

// Engaged reports whether there is work or a question, which a reload would break off.
func (s State) Engaged() bool { return s.Busy() || s.Question.Open() }

// WorkKind is what takes time.
type WorkKind int

// The kinds of work.
const (
	// NoWork: nothing is under way.
	//
	//sentence:none there is nothing to tell
	NoWork WorkKind = iota
	// Refreshing reads the profile without saying so, because the page already shows
	// something.
	//
	//sentence:none what is shown says so
	Refreshing
	// Reading reads the profile.
	Reading
	// CheckingSecond reads the second account of a link.
	CheckingSecond
	// Linking links [Work.Second] to [Work.First].
	Linking
	// Unlinking makes [Work.Second] an account of its own.
	Unlinking
	// Proving is about to ask the person to prove who they are.
	//
	//sentence:none the dialog that opens says so
	Proving
	// SigningOut ends the session.
	SigningOut
	// EndingSession ends a session that the tenant no longer accepts. The person is told
	// why and can sign in meanwhile.
	//
	//sentence:none the failure is told
	EndingSession
)

// Work is something that is under way.
type Work struct {
	// Kind is what the page does.
	Kind WorkKind
	// First is what the person knows the account by that stays; "" if it is about none.
	First string
	// Second is what the person knows the account by that is linked or unlinked; "" if it
	// is about none.
	Second string
	// Identity is the id of the linked identity that it is about; "" if it is about none.
	Identity string
	// Wait is what the work waits for; the person can stop it as long as it waits.
	Wait Wait

	number int
}

// WaitKind is what work waits for.
type WaitKind int

// The kinds of waits.
const (
	// NoWait is for work that does not wait.
	//
	//sentence:none there is nothing to tell
	NoWait WaitKind = iota
	// RateLimit is for the tenant's rate limit. It lasts [Wait.Seconds].
	RateLimit
	// LookingAgain is for the tenant to show what became of a change.
	LookingAgain
)

// Wait is what work waits for.
type Wait struct {
	// Kind is what it is; [NoWait] for none.
	Kind WaitKind
	// Seconds is how long a [RateLimit] lasts, at least 1.
	Seconds int
}

// NoticeKind is what the page says.
type NoticeKind int

// The kinds of notices.
const (
	// NoNotice is no notice.
	//
	//sentence:none there is nothing to tell
	NoNotice NoticeKind = iota
	// Failed says that something has failed or was refused; [Notice.Err] is why.
	//
	//sentence:none the error is told
	Failed
	// RefusedOffline says that the wish needs a network, and that nothing was sent.
	//
	//sentence:none the error is told
	RefusedOffline
	// OnlyThisPage says that the person is signed in until the page is reloaded.
	OnlyThisPage
	// ProvedYou says that the person has proven who they are, and that the action goes on.
	ProvedYou
	// NothingChanged says so, after the question was answered with no.
	NothingChanged
	// UpdatedElsewhere says that the profile was read again, since another tab has changed
	// it.
	UpdatedElsewhere
	// Linked says that [Notice.Account] is linked.
	Linked
	// LinkedSkipped says that [Notice.Account] is linked, without the settings
	// [Notice.Keys], which somebody has changed meanwhile.
	LinkedSkipped
	// LinkFinished says that a link of an earlier visit has been finished.
	LinkFinished
	// LinkNotMade says that a link of an earlier visit was not made.
	LinkNotMade
	// Unlinked says that [Notice.Account] is an account of its own again.
	Unlinked
	// UnfinishedLink says that an earlier page was left at the question whether to link
	// [Notice.Account].
	UnfinishedLink
	// SignedOutHere says that the session has ended, but not the tenant's: there is no
	// network.
	SignedOutHere
	// SigningOutThere says that the session has ended, and that the page leaves to end the
	// tenant's.
	SigningOutThere
	// SignedOutThere says that the session has ended as the person has asked for: the page is
	// back from the tenant, or it offers to sign in to another account.
	SignedOutThere
	// SignedOutElsewhere says that another tab has ended the session.
	SignedOutElsewhere
	// FinishedBefore says that an answer has come to a login that this tab has finished
	// before, and that the session goes on.
	FinishedBefore
	// MailLinkWorked says that the page was opened by a link from an e-mail that reports
	// success; see [oidc.MailLink].
	MailLinkWorked
	// MailLinkFailed says the same of a link that reports a failure.
	MailLinkFailed
	// Suggested says that another account has the same address. To dismiss it means that it is
	// somebody else's, which this device remembers.
	Suggested
)

// Notice is what the page says after something has happened, until it says something
// else. The words are those of the package that draws it. It is not what package lock calls
// a notice, which is the end of a login.
type Notice struct {
	// Kind is what it says.
	Kind NoticeKind
	// Number tells one notice from every other.
	Number int
	// Account is what the person knows the account by that it is about; "" for none.
	Account string
	// Connection is that of the account of an [Unlinked]; otherwise "".
	Connection string
	// Keys are the settings that a [LinkedSkipped] is about.
	Keys []string
	// Err is the reason of a [Failed] or [RefusedOffline]; otherwise nil.
	Err error
	// Offline is true if the browser said at that moment that there is no network.
	Offline bool
	// Next is the step that it offers.
	Next Next
	// Leftover has the settings that a link could not take over and that can be saved;
	// nil if there are none.
	Leftover *linking.Outcome
}

// Bad reports whether it is about a failure.
func (n Notice) Bad() bool { return n.Kind == Failed || n.Kind == RefusedOffline }

// NextKind is a kind of next step.
type NextKind int

// The kinds of next steps.
const (
	// NoNext is no step.
	//
	//sentence:none there is nothing to tell
	NoNext NextKind = iota
	// SignInAgain opens the lock that signs in.
	SignInAgain
	// SignInTo signs out here and signs in to [Next.Wanted], to link from there.
	SignInTo
	// ReadAgain reads the profile.
	ReadAgain
	// ReviewAgain checks the second account once more.
	ReviewAgain
	// LinkAgain links [Next.Wanted].
	LinkAgain
	// LinkSuggested opens the lock that links, for the account of a [Suggested].
	LinkSuggested
	// LinkAnother opens the lock that links, for another account than the one that failed.
	LinkAnother
	// FinishLink reads the profile, which finishes a link that is half done. If
	// [Next.Wanted] is not in the profile then, it begins a link again.
	FinishLink
	// UnlinkAgain asks once more whether to unlink.
	UnlinkAgain
	// ProveAgain has the person prove once more who they are.
	ProveAgain
	// SignOutToo signs out here, after an unlink.
	SignOutToo
)

// Next is a step that the person is offered.
type Next struct {
	// Kind is what it does; [NoNext] for nothing.
	Kind NextKind
	// Wanted is the account that it is about; the zero value for any.
	Wanted Wanted

	identity *management.Identity // of UnlinkAgain
	action   *Action              // of ProveAgain
	second   *oidc.Result         // of ReviewAgain
}

// Wanted names the account that a login should be of. The zero value stands for any account.
type Wanted struct {
	// Subject is the account's "sub".
	Subject string `json:"subject,omitempty"`
	// Connection is the name of the connection to sign in with; "" if it is not known.
	Connection string `json:"connection,omitempty"`
	// Email is the account's e-mail address; "" if it is not known.
	Email string `json:"email,omitempty"`
}

// account is what is known of a wanted account.
func (w Wanted) account() linking.Account {
	return linking.Account{Subject: w.Subject, Connection: w.Connection, Email: w.Email}
}

// Question waits for the person's answer: about a link, or about an unlink.
type Question struct {
	// Number tells one question from another. It stays while its choices change.
	Number int
	// Version changes whenever the question says something else. An answer counts only for
	// the version that it was given to.
	Version int
	// Link is the link that it is about; nil if it is about an unlink.
	Link *LinkQuestion
	// Unlink is the identity to unlink; nil if it is about a link.
	Unlink *management.Identity
}

// Open reports whether there is a question.
func (q Question) Open() bool { return q.Link != nil || q.Unlink != nil }

// LinkQuestion is a link that waits for the person's answer.
type LinkQuestion struct {
	// Plan is what the link will do.
	Plan linking.Plan
	// Reversed is why the second account cannot join this profile, and the plan is
	// therefore reversed; nil if it can.
	Reversed error
	// Chosen is the account that the person has signed in to as the second one.
	Chosen Chosen
	// SignedIn is the subject that is signed in.
	SignedIn string

	second *oidc.Result // the only place that has the second account's tokens
}

// Swapped reports whether the second account is the one that stays.
func (q *LinkQuestion) Swapped() bool { return q.Plan.Primary.Subject != q.SignedIn }

// own returns the account that is signed in.
func (q *LinkQuestion) own() linking.Account {
	if q.Swapped() {
		return q.Plan.Secondary
	}
	return q.Plan.Primary
}

// Chosen is the account that the person has signed in to. If that account is linked, the
// tenant gives the tokens of the profile that it is linked to.
type Chosen struct {
	// Connection is the connection of the login; "" if it is not known.
	Connection string
	// Linked is the linked identity that it was; nil if it was the profile's own account,
	// or if it is not known which it was.
	Linked *management.Identity
	// Own is true if it was the profile's own account.
	Own bool
}
