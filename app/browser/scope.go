package browser

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"twinlock/app/platform"
)

// Scope names the owner of everything that outlasts a page or is shared between tabs:
// one client of one issuer, for one audience, at one base path. Storage, vault, channel
// and locks are reached through a scope only, and their names begin with it, so that
// nothing stored for one tenant reaches another and two sites of one origin have
// nothing in common. Make one with [NewScope]: using the zero Scope panics.
//
// The boot script makes the same names; web/CONTRACT.md lists them.
type Scope struct {
	base   string // how the names of the site begin, whatever the client
	prefix string // how the names of the scope begin
}

// NewScope returns the scope of a client. The base path is the folder that the site
// is served under, with a slash at both ends, as "/" or "/accounts/"; the audience is
// the API that its tokens are for, "" for none.
func NewScope(base, issuer, clientID, audience string) Scope {
	site := "twinlock " + part(base) + " "
	return Scope{site, site + part(issuer) + " " + part(clientID) + " " + part(audience) + " "}
}

// part escapes what separates the parts of a name, the space. So no two scopes have
// the same name, and the name of none is a prefix of another's.
func part(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "%", "%25"), " ", "%20")
}

// String returns the prefix of all names of the scope.
func (s Scope) String() string { return s.prefix }

// name returns the full name of something of the scope.
func (s Scope) name(what string) string {
	if s.prefix == "" {
		panic("browser: a scope is made by NewScope")
	}
	return s.prefix + what
}

// has reports whether a name is one of the scope's.
func (s Scope) has(name string) bool { return strings.HasPrefix(name, s.name("")) }

// foreign reports whether a name is the site's but not the scope's: the site was
// configured for another tenant, client or audience then.
func (s Scope) foreign(name string) bool { return strings.HasPrefix(name, s.base) && !s.has(name) }

// Sweep deletes what this site has stored for another issuer, client or audience, and
// what earlier versions have stored without a scope. What another site of this origin
// has stored is neither read nor deleted. The error is the vault's; see
// [platform.Vault].
func (s Scope) Sweep(ctx context.Context) error {
	s.sweepStorage()
	dropUnscoped()
	return s.vault().sweep(ctx)
}

// Hint stores, for the first paint of the next visit, whether somebody is signed in. It
// is not a secret and decides only which placeholder is shown.
func (s Scope) Hint(signedIn bool) {
	if !signedIn {
		localStorage.Delete(s.name("hint"))
		return
	}
	_ = localStorage.Set(s.name("hint"), "1")
}

// SetLastUsed stores the name of the connection that somebody has signed in with here.
func (s Scope) SetLastUsed(connection string) { _ = localStorage.Set(s.name("last-used"), connection) }

// LastUsed returns the name that [Scope.SetLastUsed] has stored last; "" if there is none. It
// may be any text: compare it with the names of connections.
func (s Scope) LastUsed() string {
	connection, _ := localStorage.Get(s.name("last-used"))
	return connection
}

// referralLasts is how long a tab remembers for what an application has sent the person here.
const referralLasts = time.Hour

// storedReferral is how the boot script stores it, and removes it when the tab has gone.
type storedReferral struct {
	Created int64  `json:"created"` // in milliseconds since 1970
	Query   string `json:"query"`
	Outcome string `json:"outcome,omitempty"`
}

// Referral returns the query of the address with which an application has sent the person to
// this tab within the last hour, and the outcome that was set since; "" for none. The boot
// script has removed it from the address bar. Natively there is none.
func (s Scope) Referral() (query, outcome string) {
	if query := windowText("twinlockReferral"); query != "" {
		return query, ""
	}
	stored := s.storedReferral()
	if time.Since(time.UnixMilli(stored.Created)).Abs() > referralLasts {
		return "", ""
	}
	return stored.Query, stored.Outcome
}

func (s Scope) storedReferral() (stored storedReferral) {
	if tab := s.Tab(); tab != nil {
		text, _ := tab.Get("referral")
		_ = json.Unmarshal([]byte(text), &stored)
	}
	return stored
}

// SetReferralOutcome stores what has become of the referral, for later pages of this tab. ""
// removes it.
func (s Scope) SetReferralOutcome(outcome string) {
	tab, stored := s.Tab(), s.storedReferral()
	if tab == nil {
		return
	}
	stored.Outcome = outcome
	if text, err := json.Marshal(stored); err == nil && outcome != "" {
		_ = tab.Set("referral", string(text))
		return
	}
	tab.Delete("referral")
}

// signOutLasts is how long a page may take to come back from the tenant's logout.
const signOutLasts = 10 * time.Minute

// NoteSignOut notes, for the page that this tab loads next, that the person has signed
// out. The boot script sweeps it as it sweeps a login.
func (s Scope) NoteSignOut() {
	if tab := s.Tab(); tab != nil {
		_ = tab.Set("signed-out", `{"created":`+strconv.FormatInt(time.Now().UnixMilli(), 10)+`}`)
	}
}

// PopSignOut reports whether [Scope.NoteSignOut] was called in this tab a short while ago,
// and forgets it.
func (s Scope) PopSignOut() bool {
	tab := s.Tab()
	if tab == nil {
		return false
	}
	noted, _ := tab.Pop("signed-out")
	noted = strings.TrimSuffix(strings.TrimPrefix(noted, `{"created":`), "}")
	created, err := strconv.ParseInt(noted, 10, 64)
	return err == nil && time.Since(time.UnixMilli(created)).Abs() < signOutLasts
}

// Exclusive runs do while no other tab of the scope runs anything under the same name,
// and returns do's error. The context limits the wait, not do: when it ends first, do
// is not run and the error is the context's. A call within do under the same name never
// returns.
//
// Where the browser has no locks between tabs, or refuses them to this page, only two
// callers within this tab exclude each other. Natively every caller counts as a tab.
func (s Scope) Exclusive(ctx context.Context, name string, do func() error) error {
	return exclusive(ctx, s.name("lock "+name), do)
}

// OpenChannel joins the channel of the scope. Every message of another tab is passed to
// receive, on a goroutine of its own, until the channel is closed. Where the browser has
// no channels, nothing is sent or received. Natively every opener counts as a tab.
func (s Scope) OpenChannel(receive func(platform.Message)) platform.Channel {
	return openChannel(s.name("channel"), receive)
}
