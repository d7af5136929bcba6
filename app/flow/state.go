package flow

import (
	"time"

	"twinlock/app/history"
	"twinlock/app/linking"
	"twinlock/app/management"
	"twinlock/app/oidc"
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

// State is all that the page shows and that can be asked of it.
type State struct {
	Phase Phase
	// Started is true once it is known who is signed in, if anybody.
	Started bool
	// User is the profile, in the phase [Ready].
	User management.User
	// AsOf is when the profile was read, if that was on an earlier visit; zero for one
	// that is current.
	AsOf time.Time
	// Offline is true while the browser says that there is no network.
	Offline bool
	// Work is what is under way; the zero value where nothing is.
	Work Work
	// Notice is what the person is told; the zero value where that is nothing.
	Notice Notice
	// Question waits for the person's word; the zero value where there is none.
	Question Question
	// History is what this device remembers, the newest first.
	History []history.Entry

	// withoutSession: the copy that is shown is of a session that has run out.
	withoutSession bool
	// outdated: another tab has changed the profile while it could not be read anew.
	outdated bool
}

// SignedIn tells whether somebody is signed in, as far as the page shows it.
func (s State) SignedIn() bool {
	return s.Phase == Loading || s.Phase == Ready || s.Phase == Unavailable
}

// Busy tells whether work is under way. Until it has ended nothing else is begun, but
// for signing out.
func (s State) Busy() bool { return s.Work.Kind != NoWork }

// MayDismiss tells whether the notice can be taken away. Where no profile can be shown, a
// notice of a failure is all that there is to go on from.
func (s State) MayDismiss() bool { return s.Notice.Bad() && s.Phase != Unavailable }

// MayFollow tells whether the next step of the notice can be taken by now.
func (s State) MayFollow() bool {
	next := s.Notice.Next.Kind
	return next == SignInAgain || next != NoNext && !s.Engaged()
}

// Engaged tells whether something must not be broken off: work, or a question.
func (s State) Engaged() bool { return s.Busy() || s.Question.Open() }

// WorkKind is what takes time.
type WorkKind int

// The kinds of work.
const (
	// NoWork: nothing is under way.
	//
	//sentence:none there is nothing to tell
	NoWork WorkKind = iota
	// Refreshing reads the profile while something else says so, or beside what is
	// shown already.
	//
	//sentence:none what is shown says so
	Refreshing
	// Reading reads the profile.
	Reading
	// CheckingSecond reads the second account of a link.
	CheckingSecond
	// Linking links [Work.Second] to [Work.First].
	Linking
	// Unlinking takes [Work.Second] out of the profile.
	Unlinking
	// Proving sends the person to prove who they are.
	Proving
	// SigningIn sends the person to sign in to another account.
	SigningIn
	// SigningOut ends the session.
	SigningOut
	// EndingSession ends a session that is of no use any more. The person is told why and
	// can sign in meanwhile.
	//
	//sentence:none the failure is told
	EndingSession
)

// Work is something that is under way.
type Work struct {
	Kind WorkKind
	// First and Second are what the person knows the accounts by that it is about;
	// "" where it is about none.
	First  string
	Second string
	// Wait is what it waits for at the moment; the person can stop it then.
	Wait Wait
	// Leaving: all is done and the page is about to leave for the tenant. It ends when
	// the page does, or the login.
	Leaving bool

	number int
}

// WaitKind is what work waits for.
type WaitKind int

// The kinds of waits.
const (
	// NoWait: it waits for nothing.
	//
	//sentence:none there is nothing to tell
	NoWait WaitKind = iota
	// RateLimit: the tenant takes no request for [Wait.Seconds].
	RateLimit
	// LookingAgain: what became of a change cannot be told yet.
	LookingAgain
)

// Wait is a wait of some work.
type Wait struct {
	Kind    WaitKind
	Seconds int // of a RateLimit, at least 1
}

// NoticeKind is what the person is told.
type NoticeKind int

// The kinds of notices.
const (
	// NoNotice: the person is told nothing.
	//
	//sentence:none there is nothing to tell
	NoNotice NoticeKind = iota
	// Failed: [Notice.Err] is why.
	//
	//sentence:none the error is told
	Failed
	// RefusedOffline: what was asked for needs a network, and nothing was sent.
	//
	//sentence:none the error is told
	RefusedOffline
	// OnlyThisPage: signed in, and a reload will not find the session.
	OnlyThisPage
	// ProvedYou: the person has proven who they are; what waited goes on.
	ProvedYou
	// NothingChanged: a question was answered with no.
	NothingChanged
	// UpdatedElsewhere: another tab has changed the profile, which was read anew.
	UpdatedElsewhere
	// Linked: [Notice.Account] is linked.
	Linked
	// LinkedSkipped: the same, but for the settings [Notice.Keys], which somebody
	// changed meanwhile.
	LinkedSkipped
	// LinkFinished: a link of an earlier visit has been finished.
	LinkFinished
	// LinkNotMade: a link of an earlier visit did not take place.
	LinkNotMade
	// Unlinked: [Notice.Account] is an account of its own again.
	Unlinked
	// SignedOutHere: the session has ended; the tenant's could not be ended, for want
	// of a network.
	SignedOutHere
	// SigningOutThere: the session has ended, and the page leaves to end the tenant's.
	SigningOutThere
	// SignedOutElsewhere: another tab has ended the session.
	SignedOutElsewhere
)

// Notice is something that the person is told, until something else is.
type Notice struct {
	Kind NoticeKind
	// Number tells one notice from another of its kind.
	Number int
	// Account is what the person knows the account by that it is about, "" for none.
	Account string
	// Keys are settings, for LinkedSkipped.
	Keys []string
	// Err is why it Failed, or RefusedOffline.
	Err error
	// Next is what can be done about it.
	Next Next
	// Leftover has the settings that a link could not take over, to be saved; nil
	// where there are none.
	Leftover *linking.Outcome
}

// Bad tells whether it is about a failure.
func (n Notice) Bad() bool { return n.Kind == Failed || n.Kind == RefusedOffline }

// NextKind is what can be done next.
type NextKind int

// The kinds of next steps.
const (
	// NoNext: there is nothing to offer.
	//
	//sentence:none there is nothing to tell
	NoNext NextKind = iota
	// SignInAgain opens the lock that signs in.
	SignInAgain
	// SignInTo signs out here, and in to [Next.Wanted], to link from there.
	SignInTo
	// ReadAgain reads the profile.
	ReadAgain
	// ReviewAgain checks the second account once more.
	ReviewAgain
	// LinkAgain links [Next.Wanted].
	LinkAgain
	// FinishLink reads the profile, which finishes a link that is half done, and links
	// [Next.Wanted] if it is not in the profile then.
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
	Kind NextKind
	// Wanted is the account that it is about; the zero value for any.
	Wanted Wanted

	identity *management.Identity
	action   *Action
	second   *oidc.Result
}

// Wanted is an account that a login is asked for because the person has named it
// before; the zero value stands for any.
type Wanted struct {
	Subject    string `json:"subject,omitempty"`
	Connection string `json:"connection,omitempty"`
	Email      string `json:"email,omitempty"`
}

// Question is what waits for the person's word: about a link, or about an unlink.
type Question struct {
	// Number tells one question from another. It stays while its choices change.
	Number int
	// Version tells what a question says from all that any has said before. A word is
	// taken for the version that it was given for.
	Version int
	// Link is the link that is asked about; nil where it is an unlink.
	Link *LinkQuestion
	// Unlink is the identity that is to go; nil where it is a link.
	Unlink *management.Identity
}

// Open tells whether there is a question.
func (q Question) Open() bool { return q.Link != nil || q.Unlink != nil }

// LinkQuestion is a link that waits for the person's word.
type LinkQuestion struct {
	Plan linking.Plan
	// Reversed is why the second account cannot move to this profile, so that the link
	// is planned the other way round; nil where it can.
	Reversed error
	// Chosen is the account that the person signed in to.
	Chosen Chosen
	// SignedIn is the subject that is signed in.
	SignedIn string

	second *oidc.Result // its tokens are held here and nowhere else
}

// Swapped tells whether the second account is the one that stays.
func (q *LinkQuestion) Swapped() bool { return q.Plan.Primary.Subject != q.SignedIn }

// Chosen is what the person knows the account by that they signed in to. It may be one
// of those that are linked to the profile whose tokens the tenant gave.
type Chosen struct {
	// Connection is the connection of the login, "" where it is not known.
	Connection string
	// Linked is the linked identity that it was, nil where it was the profile's own or
	// where it is not known which.
	Linked *management.Identity
	// Own is true where it was the profile's own.
	Own bool
}
