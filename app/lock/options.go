package lock

import (
	"context"
	"io"
	"net/url"
	"strings"
	"time"

	"twinlock/app/browser"
	"twinlock/app/oidc"
	"twinlock/app/platform"
	"twinlock/app/provider"
	"twinlock/app/text"
)

// Connection is one way to log in.
type Connection struct {
	// Name is the connection's name at the tenant, such as "google-oauth2".
	Name string
	// Label is what its button says, such as "Google". It is shown as it stands.
	Label string
	// Strategy is the kind of provider behind it, such as "auth0" for a database. It
	// decides the colour of the mark; see [Mark].
	Strategy string
	// Icon is the picture of its mark, an address as go-app resolves it; with "" the mark has
	// the first letter of the label.
	Icon string
}

// Dictionary has the dialog's texts. In Button and Opening "{connection}" stands for the
// label of a connection; in Found "{count}" and "{total}" stand for numbers of connections.
// Where a text is "", its default is used, in English. [DictionaryOf] has them in any language
// of Twinlock's catalogues.
type Dictionary struct {
	// Title stands above the dialog and names it for screen readers; "Sign in" by default.
	Title string
	// Instructions stand below the title; there are none by default.
	Instructions string
	// Button is what a connection's button says; "Continue with {connection}" by default.
	Button string
	// Filter names the field that finds a connection by its label, where there are ten or
	// more; "Find a way to sign in" by default.
	Filter string
	// Found says how many connections the field has left; "{count} of {total}" by default. It
	// may be a JSON object of such sentences by plural category (Unicode CLDR): "one", "other".
	Found string
	// NotFound says that it has left none; "Nothing has this name. Clear the field to see
	// all." by default.
	NotFound string
	// Close names the button that closes the dialog; "Close" by default.
	Close string
	// Opening is shown while a login is being begun; "Opening {connection}…" by default.
	Opening string
	// Waiting is shown while a login goes on in a window; "Finish in the window that has
	// opened." by default.
	Waiting string
	// Unseen is shown when that window looks closed, before the buttons TryAgain and
	// Cancel; "If the window is still open, go on there. If you have closed it:" by default.
	Unseen string
	// TryAgain names the button that opens another window for the login; "Try again" by
	// default.
	TryAgain string
	// Cancel names the button that gives up a login in a window, or one that [Lock.Ask] asks
	// for; "Cancel" by default.
	Cancel string
	// Continue names the button that begins the login that [Lock.Ask] asks for; "Continue"
	// by default.
	Continue string
	// LastUsed marks the connection that [Options].LastUsed returns; "Last used" by default.
	LastUsed string
}

var english = Dictionary{
	Title:    "Sign in",
	Button:   "Continue with {connection}",
	Filter:   "Find a way to sign in",
	Found:    "{count} of {total}",
	NotFound: "Nothing has this name. Clear the field to see all.",
	Close:    "Close",
	Opening:  "Opening {connection}…",
	Waiting:  "Finish in the window that has opened.",
	Unseen:   "If the window is still open, go on there. If you have closed it:",
	TryAgain: "Try again",
	Cancel:   "Cancel",
	Continue: "Continue",
	LastUsed: "Last used",
}

// DictionaryOf returns the words of a catalogue for a lock that signs in, without instructions.
func DictionaryOf(c *text.Catalogue) Dictionary {
	return Dictionary{
		Title:    c.Of(text.SignInTitle),
		Button:   c.Of(text.ContinueWith),
		Filter:   c.Of(text.Filter),
		Found:    c.JSON(text.Found),
		NotFound: c.Of(text.NotFound),
		Close:    c.Of(text.Close),
		Opening:  c.Of(text.Opening),
		Waiting:  c.Of(text.WindowOpen),
		Unseen:   c.Of(text.WindowUnseen),
		TryAgain: c.Of(text.TryAgain),
		Cancel:   c.Of(text.Cancel),
		Continue: c.Of(text.Continue),
		LastUsed: c.Of(text.LastUsed),
	}
}

func (d Dictionary) withDefaults() Dictionary {
	for _, entry := range []struct {
		field    *string
		fallback string
	}{
		{&d.Title, english.Title},
		{&d.Button, english.Button},
		{&d.Filter, english.Filter},
		{&d.Found, english.Found},
		{&d.NotFound, english.NotFound},
		{&d.Close, english.Close},
		{&d.Opening, english.Opening},
		{&d.Waiting, english.Waiting},
		{&d.Unseen, english.Unseen},
		{&d.TryAgain, english.TryAgain},
		{&d.Cancel, english.Cancel},
		{&d.Continue, english.Continue},
		{&d.LastUsed, english.LastUsed},
	} {
		if *entry.field == "" {
			*entry.field = entry.fallback
		}
	}
	return d
}

// Params are what the logins of a lock ask of the tenant. Names and meanings are those of
// OpenID Connect Core 1.0, section 3.1.2.1, unless something else is said.
type Params struct {
	// Purpose tells this lock's logins from those of other locks: a lower-case word of at
	// most 16 letters; "login" by default. It must be unique on the page, or another lock
	// finishes this one's logins.
	Purpose string
	// Prompt is the parameter prompt: "login" asks for fresh credentials. By default it is
	// not sent, and the tenant's own session may answer without asking the person.
	Prompt string
	// MaxAge is how long ago the person may have proved who they are. It is sent as
	// max_age in whole seconds, and an answer whose auth_time does not prove it is refused;
	// 0 asks for a fresh proof. With nil, the default, any earlier proof is accepted.
	MaxAge *time.Duration
	// LoginHint is the parameter login_hint, mostly an e-mail address; not sent by default.
	LoginHint string
	// ScreenHint is Auth0's parameter screen_hint, such as "signup"; not sent by default.
	ScreenHint string
	// UILocales is the parameter ui_locales: the languages of the tenant's page, separated
	// by spaces; not sent by default.
	UILocales string
	// ReturnTo is the path on this origin to go on at after the login; "/" by default, and
	// instead of anything else. The lock does not go there: the program finds it in
	// [Notice].Result.Transaction.
	ReturnTo string
}

// Options of a [Lock]. The zero value works: [Lock.Login] with "" signs in by redirect, and
// the tenant asks how.
type Options struct {
	// AllowedConnections are the buttons of the dialog, in this order; none by default.
	AllowedConnections []Connection
	// LanguageDictionary has the texts of the dialog; English by default.
	LanguageDictionary Dictionary
	// Params are what the logins ask of the tenant.
	Params Params
	// Interaction is how the person gets to the tenant's pages; [provider.Redirect] by
	// default. Where the browser keeps nothing for as long as the page is away, and the
	// dialog is on the page, a redirect becomes a window.
	Interaction provider.Interaction
	// RedirectURL is where the tenant calls back; "/callback" on this origin by default.
	// It must be one of the tenant's Allowed Callback URLs.
	RedirectURL string
	// Audience is the API that the access token is for; with "", the default, the tenant
	// decides.
	Audience string
	// Scopes are what the tokens may be used for; "openid profile email" by default. They
	// must have "openid". With "offline_access" there is a refresh token, which the
	// program has to keep safe.
	Scopes []string
	// Subject returns who is signed in now, "" for nobody. An answer is refused unless it
	// returns the same as when the login began; or nobody was signed in then, and it now
	// returns the account that answers, which another tab has signed in meanwhile. By
	// default it returns "": give it wherever the account can change, or a login that was
	// begun under one account is accepted under another.
	Subject func() string
	// Outlasts reports whether who is signed in, by the subject, will still be when the page
	// comes back from the tenant. Where nothing is stored they are not, and the answer would
	// be refused: such a login goes on in a window, or not at all. By default it returns
	// true.
	Outlasts func(ctx context.Context, subject string) bool
	// LastUsed returns the name of the connection that is marked in the dialog, since the
	// person has signed in with it before; "" marks none. The default is none.
	LastUsed func() string
	// Unavailable returns why a connection cannot be chosen now, as a sentence that stands below
	// its button; "" if it can. By default all can.
	Unavailable func(connection string) string
	// OnFailure returns the sentence that the dialog shows for an error; the error's own
	// text by default.
	OnFailure func(error) string

	// Fetch makes the requests; [browser.Fetch] by default. Tests replace it.
	Fetch platform.Fetcher
	// Store has the transactions of begun logins, and Fallback those that Store does not
	// keep; by default what this tab stores. Tests replace them. They must not be shared
	// with other tabs.
	Store, Fallback platform.Storage
	// Finished remembers for ten minutes which logins this tab has finished, by a hash
	// (see [oidc.ErrFinished]); what this tab stores by default. Tests replace it.
	Finished platform.Storage
	// Now is the clock; [time.Now] by default. Tests replace it.
	Now func() time.Time
	// Random makes states and verifiers; crypto/rand by default. It must not be
	// predictable; tests replace it.
	Random io.Reader
}

func (o Options) withDefaults() Options {
	if o.Params.Purpose == "" {
		o.Params.Purpose = "login"
	}
	if o.Interaction == "" {
		o.Interaction = provider.Redirect
	}
	if o.RedirectURL == "" {
		o.RedirectURL = browser.Origin() + "/callback"
	}
	if len(o.Scopes) == 0 {
		o.Scopes = []string{"openid", "profile", "email"}
	}
	if o.Fetch == nil {
		o.Fetch = browser.Fetch
	}
	if o.Subject == nil {
		o.Subject = func() string { return "" }
	}
	if o.Outlasts == nil {
		o.Outlasts = func(context.Context, string) bool { return true }
	}
	if o.Unavailable == nil {
		o.Unavailable = func(string) string { return "" }
	}
	if o.LastUsed == nil {
		o.LastUsed = func() string { return "" }
	}
	if o.OnFailure == nil {
		o.OnFailure = error.Error
	}
	o.LanguageDictionary = o.LanguageDictionary.withDefaults()
	return o
}

// scope returns what the transactions and messages of a lock belong to. The folder that
// the tenant calls back to counts as the site's.
func (o Options) scope(issuer, clientID string) browser.Scope {
	base := "/"
	if u, err := url.Parse(o.RedirectURL); err == nil && u.Path != "" {
		base = u.Path[:strings.LastIndex(u.Path, "/")+1]
	}
	return browser.NewScope(base, issuer, clientID, o.Audience)
}

// client returns the relying party of a lock.
func (o Options) client(scope browser.Scope, issuer, clientID string) *oidc.Client {
	if o.Store == nil {
		o.Store, o.Fallback = scope.Tab(), scope.TabDatabase()
	}
	if o.Finished == nil {
		o.Finished = scope.TabNotes()
	}
	return oidc.New(oidc.Settings{
		Issuer:      issuer,
		ClientID:    clientID,
		RedirectURI: o.RedirectURL,
		Audience:    o.Audience,
		Scopes:      o.Scopes,
	}, oidc.Deps{
		Fetch:     o.Fetch,
		Verify:    browser.VerifyRS256,
		CanVerify: browser.CanVerify,
		Store:     o.Store,
		Fallback:  o.Fallback,
		Finished:  o.Finished,
		Now:       o.Now,
		Random:    o.Random,
	})
}

// issuerOf returns the issuer URL of a tenant's domain. An issuer URL is left as it is.
func issuerOf(domain string) string {
	if strings.Contains(domain, "://") {
		return domain
	}
	return "https://" + domain + "/"
}
