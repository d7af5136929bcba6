package flow

import (
	"context"
	"time"

	"twinlock/app/history"
	"twinlock/app/linking"
	"twinlock/app/management"
	"twinlock/app/offline"
	"twinlock/app/oidc"
	"twinlock/app/platform"
	"twinlock/app/session"
)

// Purpose is what a login is for. It stands in the login's state.
//
//sentence:none the lock's title tells
type Purpose string

// The purposes of the page's logins.
const (
	// SignIn is a sign-in: its account becomes the session.
	SignIn Purpose = "login"
	// Second is a login to the second account of a link. It never becomes the session.
	Second Purpose = "linking"
	// Proof is a login to the account that is signed in, in which the person proves who
	// they are.
	Proof Purpose = "proof"
	// Move is a sign-in to another profile, after which the page goes on to link from
	// there.
	Move Purpose = "move"
)

// Token returns an access token for the Management API. Its errors are those of whoever
// gives it: [Session].AccessToken, or none for the tokens of a login.
type Token func(context.Context) (oidc.Secret, error)

// Deps are what a [Flow] needs. All are required, but for Now, Sleep and Go.
type Deps struct {
	// Session knows who is signed in.
	Session Session
	// Locks make logins.
	Locks Locks
	// API returns the Management API as the account of the token. It calls onWait when a
	// request has to wait for the rate limit.
	API func(token Token, onWait func(until time.Time)) linking.API
	// Journal has the links that are not finished.
	Journal linking.Journal
	// History is what this device remembers.
	History History
	// Copies has the profile for a visit without a network.
	Copies Copies
	// Actions has the action that waits for a proof.
	Actions Actions
	// Unfinished has the link whose question is open. [NewUnfinishedKeeper] makes one.
	Unfinished Actions
	// Site is what all tabs of the site share.
	Site Site
	// Window is the browser's window.
	Window Window
	// Words has the names that a person knows things by.
	Words Words
	// Now is the clock; nil means the system's.
	Now func() time.Time
	// Sleep waits before the flow looks once more at what became of a change, or returns
	// the context's error if that ends first; nil means a timer.
	Sleep func(context.Context, time.Duration) error
	// Post runs a change on the owner's goroutine, after those that were posted before. It
	// returns at once and may be called from any goroutine.
	Post func(change func())
	// Go runs work that takes time on a goroutine of its own; nil means the go statement.
	Go func(work func())
}

// Settings are what an operator decides about the flow.
type Settings struct {
	// Policy is what may be linked and unlinked.
	Policy linking.Policy
	// ProofAge is how long a proof of who a person is counts as fresh.
	ProofAge time.Duration
}

// Session knows who is signed in. [session.Keeper] is one; its methods say which errors
// they return.
type Session interface {
	// Restore reads the session that an earlier page or another tab has stored. It returns
	// [session.ErrSignedOut] if there is none.
	Restore(ctx context.Context) error
	// Adopt makes the account of a sign-in the session. It returns
	// [session.ErrOtherSubject] if another account is signed in and [session.ErrSignedOut]
	// if the session has ended meanwhile. After any other error the account is the session,
	// but a reload will not find it.
	Adopt(ctx context.Context, tokens oidc.Tokens, claims oidc.Claims) error
	// Renew replaces the session's tokens by those of a new login. It returns
	// [session.ErrOtherSubject] or [session.ErrSignedOut] if that login was not of the
	// account that is signed in.
	Renew(ctx context.Context, tokens oidc.Tokens, claims oidc.Claims) error
	// Replace moves the session from one account to another. It returns
	// [session.ErrOtherSubject] or [session.ErrSignedOut] if the first one is not signed in.
	Replace(ctx context.Context, from string, tokens oidc.Tokens, claims oidc.Claims) error
	// SignOut ends the session here and in the other tabs, and returns an error if what is
	// stored of it could not be removed.
	SignOut(ctx context.Context) error
	// Learn is told the tenant's clock, as a login has shown it that does not become the
	// session.
	Learn(ctx context.Context, c oidc.Clock)
	// Account returns who is signed in, and false if nobody is.
	Account() (session.Account, bool)
	// Subject returns the id of the account that is signed in, "" if nobody is.
	Subject() string
	// AccessToken returns a token for the Management API, renewed if it has expired. It
	// returns [session.ErrSignedOut], [session.ErrExpired] or [session.ErrReused] if there
	// is none, [session.ErrOtherSubject] if another account has become the session, and
	// those of the network.
	AccessToken(ctx context.Context) (oidc.Secret, error)
	// IDToken returns the ID token of the session, "" if nobody is signed in.
	IDToken() oidc.Secret
	// While runs do if the session is the subject's. The session does not change until do
	// returns. It returns do's error, or, without running do, [session.ErrSignedOut],
	// [session.ErrOtherSubject] or an error of the vault.
	While(ctx context.Context, subject string, do func(context.Context) error) error
	// Updated tells the other tabs that the profile has changed.
	Updated()
}

// Locks make logins, one lock for each purpose. They tell how a login has ended to
// [Flow.LoginEnded].
type Locks interface {
	// Show opens the dialog of a lock.
	Show(Purpose)
	// Ask opens the dialog of a lock with one login in it, and says what that is needed for.
	// The login begins when the person wants it to.
	Ask(Purpose, Step)
	// LoginAs begins a login without the dialog, to an account that is known by its
	// connection, its e-mail address and its subject; each may be "". It returns at once.
	LoginAs(p Purpose, connection, address, subject string)
	// Cancel gives up the login of a lock. An answer that still comes for it is refused.
	Cancel(Purpose)
	// Resume finishes the login that the tenant has called back for. The callback is the
	// query and fragment of the page's URL. It returns when [Flow.LoginEnded] has.
	Resume(ctx context.Context, callback string)
	// LogoutURL returns the tenant's address that ends its own session and then leads back
	// to the page.
	LogoutURL() string
}

// Step is a login that something else needs first.
type Step struct {
	// For is what needs it.
	For ActionKind
	// Account is what the person knows the account by that they are to sign in to.
	Account string
	// Connection and Address are what the tenant is told of it; each may be "".
	Connection, Address string
}

// History is what this device remembers of links and unlinks. [history.Log] is one; the
// errors of its methods are those of its vault.
type History interface {
	// Add stores an entry of the subject's.
	Add(ctx context.Context, subject string, e history.Entry) error
	// List returns the subject's entries, the newest first.
	List(ctx context.Context, subject string) ([]history.Entry, error)
	// Export returns the subject's entries as a JSON document.
	Export(ctx context.Context, subject string) ([]byte, error)
	// Move makes the entries of one subject those of another.
	Move(ctx context.Context, from, to string) error
}

// Copies stores the profile for a visit without a network. [offline.Keeper] is one; its
// errors are those of its vault, too.
type Copies interface {
	// Keep stores a profile in place of the copy before. ends is when its session ends; zero
	// for no such end.
	Keep(ctx context.Context, u management.User, ends time.Time) error
	// Last returns the copy if it is of the subject; "" means any subject. It returns
	// [offline.ErrNone] if there is none.
	Last(ctx context.Context, subject string) (offline.Copy, error)
	// Forget removes the copy, if there is one.
	Forget(ctx context.Context) error
}

// Actions stores the action that waits while the person proves who they are.
// [ActionKeeper] is one.
type Actions interface {
	// Put stores an action of the subject's, in place of the one that waited.
	Put(ctx context.Context, subject string, a Action) error
	// Pop removes the action that waits and returns it if it is the subject's. It returns
	// [ErrNoAction] if there is none.
	Pop(ctx context.Context, subject string) (Action, error)
	// Drop removes the action that waits, if there is one.
	Drop(ctx context.Context) error
}

// Site is what all tabs of the site share.
type Site interface {
	// Exclusive keeps tabs from linking, or taking up an action, at once.
	platform.Mutex
	// Sweep removes what was stored for another tenant, or too long ago.
	Sweep(ctx context.Context)
	// NoteSignOut notes, for the page that this tab loads next, that the person has signed
	// out.
	NoteSignOut()
	// HoldQuestion lets the other tabs know that a question about a link is open in this one,
	// until release is called or the page has gone.
	HoldQuestion() (release func())
	// QuestionHeld reports whether one is open in another tab.
	QuestionHeld() bool
	// PopSignOut reports whether that was noted in this tab a short while ago, and forgets
	// it.
	PopSignOut() bool
}

// Window is the window that the page is in.
type Window interface {
	// Online reports whether the browser believes that there is a network. It may be wrong.
	Online() bool
	// Leave sends the window to another address. The page may live on for a while.
	Leave(url string)
	// Save offers data to the person as a file of that name and media type. The error says
	// why the browser cannot.
	Save(name, mediaType string, data []byte) error
}

// Words has the names that a person knows things by, for notices and for the history. They
// tell what they name from the identities of the profile that is signed in.
type Words interface {
	// Account returns what a person knows an account by.
	Account(a, profile linking.Account) string
	// Identity returns what a person knows an identity of the profile by.
	Identity(i management.Identity, profile linking.Account) string
	// Pair names the two accounts of a plan so that they can be told apart.
	Pair(linking.Plan) (first, second string)
	// Failure returns the sentence for an error, as plain text.
	Failure(err error, profile linking.Account) string
}
