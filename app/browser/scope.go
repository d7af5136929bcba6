package browser

import (
	"context"
	"strings"

	"twinlock/app/platform"
)

// Scope is whose the things are that outlast a page or go between tabs: one
// client of one issuer, at one base path. It is the only way to any of them,
// and part of every name, so that nothing kept for one tenant reaches another,
// and two sites of one origin do not meet.
//
// The boot script makes the same names.
type Scope struct{ base, prefix string }

// NewScope makes the scope of a client. The base path is the folder that the
// site is served under, with a slash at both ends; the audience is the API that
// its tokens are for.
func NewScope(base, issuer, clientID, audience string) Scope {
	site := "twinlock " + part(base) + " "
	return Scope{site, site + part(issuer) + " " + part(clientID) + " " + part(audience) + " "}
}

// part keeps apart what stands between spaces: no two scopes have one name, and
// none is the beginning of another's.
func part(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "%", "%25"), " ", "%20")
}

// String is how the names of all that is the scope's begin.
func (s Scope) String() string { return s.prefix }

// name is the full name of something that the scope has.
func (s Scope) name(what string) string {
	if s.prefix == "" {
		panic("browser: a scope is made by NewScope")
	}
	return s.prefix + what
}

// has tells whether a name is one of the scope's.
func (s Scope) has(name string) bool { return strings.HasPrefix(name, s.name("")) }

// foreign tells whether a name is this site's and not the scope's: another
// tenant had the site, or another client or audience.
func (s Scope) foreign(name string) bool { return strings.HasPrefix(name, s.base) && !s.has(name) }

// Sweep wipes what this site has kept for another issuer, client or audience,
// and what earlier versions have kept without saying for whom. What another
// site of this origin keeps is neither read nor wiped.
func (s Scope) Sweep(ctx context.Context) error {
	s.sweepStorage()
	dropUnscoped()
	return s.vault().sweep(ctx)
}

// Hint leaves a mark, for the next visit's first paint, of whether somebody is
// signed in. It is no secret and decides nothing but which skeleton is shown.
func (s Scope) Hint(signedIn bool) {
	if !signedIn {
		localStorage.Delete(s.name("hint"))
		return
	}
	_ = localStorage.Set(s.name("hint"), "1")
}

// Exclusive runs do while no other tab of the scope runs under the same name,
// and returns do's error. The context bounds the wait, not do: the error is the
// context's where it ended first, and do has then not run. It must not be
// nested.
//
// Where the browser has no locks, or none for this page, only this tab is kept
// from running it twice. Natively every caller counts as a tab.
func (s Scope) Exclusive(ctx context.Context, name string, do func() error) error {
	return exclusive(ctx, s.name("lock "+name), do)
}

// OpenChannel joins the channel of the scope. Every message of another tab is
// handed to receive, on a goroutine of its own. Natively every opener counts as
// a tab.
func (s Scope) OpenChannel(receive func(platform.Message)) platform.Channel {
	return openChannel(s.name("channel"), receive)
}
