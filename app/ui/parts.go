package ui

import (
	"slices"
	"strings"
	"time"

	"twinlock/app/browser"
	"twinlock/app/config"
	"twinlock/app/flow"
	"twinlock/app/history"
	"twinlock/app/linking"
	"twinlock/app/lock"
	"twinlock/app/management"
	"twinlock/app/offline"
	"twinlock/app/oidc"
	"twinlock/app/platform"
	"twinlock/app/provider"
	"twinlock/app/session"
	"twinlock/app/text"
)

// knownFor is how old a login at the tenant may be that signs in
// without asking. It is sent so that the tenant says how old it was.
const knownFor = 30 * 24 * time.Hour

// Parts are what the page works with, made from one configuration.
type Parts struct {
	config      config.Config
	basePath    string
	scope       browser.Scope
	say         *text.Messages
	connections connections
	session     *session.Keeper
	locks       locks
	journal     linking.Journal
	actions     *flow.ActionKeeper
	history     *history.Log
	offline     *offline.Keeper
	fetch       platform.Fetcher
}

// NewParts makes the parts. The base path is the folder that the site is served
// under, "" or "/" for the origin's root.
func NewParts(c config.Config, basePath string) *Parts {
	basePath = "/" + strings.Trim(basePath, "/")
	if basePath != "/" {
		basePath += "/"
	}
	scope := browser.NewScope(basePath, c.Issuer, c.ClientID, c.Audience)
	vault := scope.Vault()
	p := &Parts{
		config:      c,
		basePath:    basePath,
		scope:       scope,
		say:         text.For(browser.Language(), c.Languages),
		connections: connectionsOf(c),
		journal:     linking.NewJournal(vault),
		actions:     flow.NewActionKeeper(site{scope}, vault, nil),
		history:     history.New(scope, vault, nil),
		offline:     offline.New(vault, nil),
		fetch:       browser.Fetch,
	}
	p.session = session.New(scope, vault, session.Options{
		Renewer: oidc.New(oidc.Settings{Issuer: c.Issuer, ClientID: c.ClientID, Scopes: c.Scopes}, oidc.Deps{Fetch: browser.Fetch, Verify: browser.VerifyRS256}),
		Keep:    p.kept(),
		// Without a network the profile may still be looked at.
		KeepExpired: []string{offline.Name},
		// It moves to the account that the session moves to.
		KeepReplaced: []string{history.Name},
	})
	interaction := c.Interaction
	known, now := knownFor, time.Duration(0)
	p.locks.login = p.newLock(p.say.SignInTitle, "", interaction, lock.Params{Purpose: string(flow.SignIn), MaxAge: &known})
	// Fresh credentials, proven by auth_time: the tenant's own cookie would
	// otherwise answer for the account that is signed in already.
	p.locks.link = p.newLock(p.say.LinkTitle, p.say.LinkInstructions, interaction,
		lock.Params{Purpose: string(flow.Second), Prompt: "login", MaxAge: &now})
	// It begins by itself where a click is long over, so never in a window.
	p.locks.proof = p.newLock("", "", provider.Redirect, lock.Params{Purpose: string(flow.Proof), Prompt: "login", MaxAge: &now})
	// Fresh, so that linking can go on there; and never for whom the tenant still
	// knows.
	p.locks.move = p.newLock("", "", provider.Redirect, lock.Params{Purpose: string(flow.Move), Prompt: "login", MaxAge: &now})
	p.locks.home = browser.Origin() + p.basePath
	return p
}

func (p *Parts) newLock(title, instructions string, interaction provider.Interaction, params lock.Params) *lock.Lock {
	params.UILocales = p.say.Language
	return lock.New(p.config.ClientID, p.config.Issuer, lock.Options{
		AllowedConnections: p.connections,
		LanguageDictionary: lock.Dictionary{
			Title:        title,
			Instructions: instructions,
			Button:       p.say.ContinueWith,
			Close:        p.say.Close,
			Opening:      p.say.Opening,
			Waiting:      p.say.WindowOpen,
			Cancel:       p.say.Cancel,
		},
		Params:      params,
		Interaction: interaction,
		RedirectURL: browser.Origin() + p.basePath + "callback",
		Audience:    p.config.Audience,
		Scopes:      p.scopes(params.Purpose),
		Subject:     p.session.Subject,
		OnFailure:   func(err error) string { return sentenceOf(p.say, err) },
	})
}

// scopes are what a login asks for. Only the session is renewed: a second
// account's refresh token would be a secret that nobody needs.
func (p *Parts) scopes(purpose string) []string {
	if purpose == string(flow.SignIn) || purpose == string(flow.Move) {
		return p.config.Scopes
	}
	return slices.DeleteFunc(slices.Clone(p.config.Scopes), func(s string) bool { return s == "offline_access" })
}

// kept names what outlasts signing out. A journal always does: it holds what a
// link that broke off has yet to take over.
func (p *Parts) kept() []string {
	if p.config.History == config.KeepHistory {
		return []string{linking.JournalName, history.Name}
	}
	return []string{linking.JournalName}
}

// policy is what the configuration allows to be linked and unlinked.
func (p *Parts) policy() linking.Policy {
	policy := linking.Policy{
		AllowUnverified: p.config.UnverifiedEmail == config.WarnUnverified,
		NoMerge:         !slices.Contains(p.config.Scopes, "update:current_user_metadata"),
	}
	for _, c := range p.config.Connections {
		policy.Connections = append(policy.Connections, c.Name)
	}
	return policy
}

// maxAuthAge is how long a person's proof of who they are counts as fresh.
func (p *Parts) maxAuthAge() time.Duration {
	return time.Duration(p.config.MaxAuthAge) * time.Second
}

func connectionsOf(c config.Config) connections {
	list := make(connections, len(c.Connections))
	for i, c := range c.Connections {
		list[i] = lock.Connection{Name: c.Name, Label: c.Label, Strategy: c.Strategy}
	}
	return list
}

// newFlow makes what the page does. post has its changes made on the UI goroutine.
func (p *Parts) newFlow(post func(change func()), called bool) *flow.Flow {
	return flow.New(flow.Deps{
		Session: p.session,
		Locks:   p.locks,
		API:     p.api,
		Journal: p.journal,
		History: p.history,
		Copies:  p.offline,
		Actions: p.actions,
		Site:    site{p.scope},
		Window:  window{},
		Words:   names{p.say, p.connections},
		Post:    post,
	}, flow.Settings{Policy: p.policy(), ProofAge: p.maxAuthAge()}, called)
}

func (p *Parts) api(token flow.Token, onWait func(until time.Time)) linking.API {
	return &management.Client{Base: p.config.ManagementURL(), Fetch: p.fetch, Token: token, OnWait: onWait}
}

// mayShow tells whether a picture may be loaded: from where the configuration
// says, or from this very site.
func (p *Parts) mayShow(picture string) bool {
	return p.config.MayShow(picture) || strings.HasPrefix(picture, browser.Origin()+"/")
}
