package flow

import (
	"context"
	"time"

	"twinlock/app/history"
	"twinlock/app/linking"
	"twinlock/app/management"
	"twinlock/app/offline"
	"twinlock/app/oidc"
	"twinlock/app/session"
)

// Purpose is what a login is for.
//
//sentence:none the lock's title tells
type Purpose string

// The purposes of the page's logins.
const (
	// SignIn makes the account the session.
	SignIn Purpose = "login"
	// Second is a login to the second account of a link. It never becomes the session.
	Second Purpose = "linking"
	// Proof is a login in which the person proves anew who they are.
	Proof Purpose = "proof"
	// Move is a sign-in to another profile, to link from there.
	Move Purpose = "move"
)

// Token yields an access token for the Management API.
type Token func(context.Context) (oidc.Secret, error)

// Deps are what a [Flow] stands on. All are required but Now, Sleep and Go.
type Deps struct {
	Session Session
	Locks   Locks
	// API returns the Management API as one account. onWait is told until when a
	// call has to wait for the rate limit.
	API     func(token Token, onWait func(until time.Time)) linking.API
	Journal linking.Journal
	History History
	Copies  Copies
	Actions Actions
	Site    Site
	Window  Window
	Words   Words
	// Now is the clock; nil means the system's.
	Now func() time.Time
	// Sleep waits between two looks at what became of a change; nil means a timer.
	Sleep func(context.Context, time.Duration) error
	// Post has a change made on the owner's goroutine, after those that wait already.
	Post func(change func())
	// Go runs what takes time on a goroutine of its own; nil means the go statement.
	Go func(work func())
}

// Settings are what an operator decides about the flow.
type Settings struct {
	// Policy is what may be linked.
	Policy linking.Policy
	// ProofAge is how long a person's proof of who they are counts as fresh.
	ProofAge time.Duration
}

// Session is who is signed in. [session.Keeper] is one; see there for the errors.
type Session interface {
	// Restore takes up the session that an earlier page or another tab left.
	Restore(ctx context.Context) error
	// Adopt makes the account of a sign-in the session.
	Adopt(ctx context.Context, tokens oidc.Tokens, claims oidc.Claims) error
	// Renew takes over the tokens of a login to the account that is signed in.
	Renew(ctx context.Context, tokens oidc.Tokens, claims oidc.Claims) error
	// Replace moves the session from one account to another.
	Replace(ctx context.Context, from string, tokens oidc.Tokens, claims oidc.Claims) error
	// SignOut ends the session here and in the other tabs.
	SignOut(ctx context.Context) error
	// Account returns who is signed in, and false where nobody is.
	Account() (session.Account, bool)
	// Subject returns the id of the account that is signed in, "" where nobody is.
	Subject() string
	// AccessToken returns a token for the Management API, renewed if need be.
	AccessToken(ctx context.Context) (oidc.Secret, error)
	// IDToken returns the ID token of the session, "" where nobody is signed in.
	IDToken() oidc.Secret
	// While runs do if the session is the subject's, and keeps it so until do returns.
	While(ctx context.Context, subject string, do func(context.Context) error) error
	// Updated tells the other tabs that the profile has changed.
	Updated()
}

// Locks are the page's logins, one for each purpose. Their ends are told to
// [Flow.LoginEnded].
type Locks interface {
	// Show opens the dialog of a login.
	Show(Purpose)
	// LoginAs begins a login, without the dialog, to an account that is known by its
	// connection, its address and its subject; each may be "".
	LoginAs(p Purpose, connection, address, subject string)
	// Cancel gives up a login: what still comes back for it is refused.
	Cancel(Purpose)
	// Resume finishes the login that the tenant has called back for, and returns when
	// its end has been told.
	Resume(ctx context.Context, callback string)
	// LogoutURL returns the tenant's address that ends its own session and comes back.
	LogoutURL() string
}

// History is what this device remembers of links and unlinks. [history.Log] is one.
type History interface {
	// Add enters something of the subject's.
	Add(ctx context.Context, subject string, e history.Entry) error
	// List returns the subject's entries, the newest first.
	List(ctx context.Context, subject string) ([]history.Entry, error)
	// Export returns them as a JSON document.
	Export(ctx context.Context, subject string) ([]byte, error)
	// Move hands them on to another subject.
	Move(ctx context.Context, from, to string) error
}

// Copies keeps the profile for looking at without a network. [offline.Keeper] is one.
type Copies interface {
	// Keep replaces the copy.
	Keep(ctx context.Context, u management.User) error
	// Last returns the copy if it is the subject's; with "", whoever's it is.
	Last(ctx context.Context, subject string) (offline.Copy, error)
	// Forget removes the copy.
	Forget(ctx context.Context) error
}

// Actions keeps what the person has begun while they are away to prove who they are.
// [ActionKeeper] is one.
type Actions interface {
	// Put keeps an action of the subject's, in place of the one that was kept.
	Put(ctx context.Context, subject string, a Action) error
	// Pop removes the action that is kept and returns it if it is the subject's;
	// otherwise [ErrNoAction].
	Pop(ctx context.Context, subject string) (Action, error)
	// Drop forgets the action that is kept, if any.
	Drop(ctx context.Context) error
}

// Site is what the tabs of this page share.
type Site interface {
	// Exclusive runs do while no other tab runs under the same name, and returns do's
	// error, or the context's if that ended first.
	Exclusive(ctx context.Context, name string, do func() error) error
	// Sweep wipes what was kept for another tenant or for too long.
	Sweep(ctx context.Context)
}

// Window is the window that the page is in.
type Window interface {
	// Online tells whether the browser believes that there is a network.
	Online() bool
	// Leave goes to another address.
	Leave(url string)
	// Save saves data as a file of that name and media type.
	Save(name, mediaType string, data []byte)
}

// Words are what a person knows things by, for notices and for the history.
type Words interface {
	// Account returns what a person knows an account by.
	Account(linking.Account) string
	// Identity returns what a person knows an identity by.
	Identity(management.Identity) string
	// Pair names the two accounts of a plan so that they can be told apart.
	Pair(linking.Plan) (first, second string)
	// Failure returns the sentence for an error, as plain text.
	Failure(error) string
}
