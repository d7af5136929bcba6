package lock

import (
	"io"
	"net/url"
	"strings"
	"time"

	"twinlock/app/browser"
	"twinlock/app/oidc"
	"twinlock/app/platform"
	"twinlock/app/provider"
)

// Connection is one way to log in.
type Connection struct {
	// Name is the connection's name at the tenant.
	Name string
	// Label is what its button says.
	Label string
	// Strategy is the kind of provider behind it ("auth0" for a database); it
	// decides the mark beside the label.
	Strategy string
}

// Dictionary holds the dialog's texts; an empty one is replaced by its default
// in English. "{connection}" stands for a connection's label.
type Dictionary struct {
	Title        string // "Sign in"
	Instructions string // ""
	Button       string // "Continue with {connection}"
	Close        string // "Close"
	Opening      string // "Opening {connection}…"
	Waiting      string // "Finish in the window that has opened."
	Cancel       string // "Cancel"
}

var english = Dictionary{
	Title:   "Sign in",
	Button:  "Continue with {connection}",
	Close:   "Close",
	Opening: "Opening {connection}…",
	Waiting: "Finish in the window that has opened.",
	Cancel:  "Cancel",
}

func (d Dictionary) withDefaults() Dictionary {
	for _, text := range []struct {
		field    *string
		fallback string
	}{
		{&d.Title, english.Title},
		{&d.Button, english.Button},
		{&d.Close, english.Close},
		{&d.Opening, english.Opening},
		{&d.Waiting, english.Waiting},
		{&d.Cancel, english.Cancel},
	} {
		if *text.field == "" {
			*text.field = text.fallback
		}
	}
	return d
}

// Params are what a login asks of the tenant.
type Params struct {
	// Purpose tells this lock's logins from the other locks': a lower-case
	// word, "login" if empty. It must be unique on the page.
	Purpose string
	// Prompt and MaxAge ask for fresh credentials; see OpenID Connect Core 1.0,
	// section 3.1.2.1. A MaxAge is proven by auth_time, in whole seconds; nil asks
	// for nothing.
	Prompt string
	MaxAge *time.Duration
	// LoginHint, ScreenHint and UILocales are passed on.
	LoginHint, ScreenHint, UILocales string
	// ReturnTo is the local path to go on at after the login.
	ReturnTo string
}

// Options of a [Lock]. The zero value works: it signs in by redirect with
// whatever the tenant's own page offers.
type Options struct {
	AllowedConnections []Connection
	LanguageDictionary Dictionary
	Params             Params
	// Interaction is how the tenant's pages are shown, [provider.Redirect] if empty.
	Interaction provider.Interaction
	// RedirectURL is where the tenant calls back, "/callback" on this origin if
	// empty. The tenant must know it.
	RedirectURL string
	// Audience is the API that the access token is for, "" for none.
	Audience string
	// Scopes are "openid profile email" if empty.
	Scopes []string
	// Subject is who is signed in, "" where nobody is. A login begun under one
	// subject is refused under another. Nil means that nobody ever is.
	Subject func() string
	// OnFailure turns a failure into the sentence shown in the dialog. Nil shows
	// the error's own text.
	OnFailure func(error) string

	// What the lock stands on, for tests; nil means the browser's own.
	Fetch  platform.Fetcher
	Store  platform.Storage
	Now    func() time.Time
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
	if o.OnFailure == nil {
		o.OnFailure = error.Error
	}
	o.LanguageDictionary = o.LanguageDictionary.withDefaults()
	return o
}

// scope is whose transactions and messages are: the folder that the tenant calls
// back to is the site's.
func (o Options) scope(issuer, clientID string) browser.Scope {
	base := "/"
	if u, err := url.Parse(o.RedirectURL); err == nil && u.Path != "" {
		base = u.Path[:strings.LastIndex(u.Path, "/")+1]
	}
	return browser.NewScope(base, issuer, clientID, o.Audience)
}

func (o Options) client(scope browser.Scope, issuer, clientID string) *oidc.Client {
	if o.Store == nil {
		o.Store = scope.Tab()
	}
	return oidc.New(oidc.Settings{
		Issuer:      issuer,
		ClientID:    clientID,
		RedirectURI: o.RedirectURL,
		Audience:    o.Audience,
		Scopes:      o.Scopes,
	}, oidc.Deps{Fetch: o.Fetch, Verify: browser.VerifyRS256, Store: o.Store, Now: o.Now, Random: o.Random})
}

// issuerOf makes an issuer of a tenant's domain; an issuer URL is left as it is.
func issuerOf(domain string) string {
	if strings.Contains(domain, "://") {
		return domain
	}
	return "https://" + domain + "/"
}
