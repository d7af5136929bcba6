package ui

import (
	"strings"
	"time"

	"twinlock/app/browser"
	"twinlock/app/config"
	"twinlock/app/lock"
	"twinlock/app/management"
	"twinlock/app/oidc"
	"twinlock/app/session"
	"twinlock/app/text"
)

// The purposes of the page's two locks.
const (
	purposeLogin   = "login"
	purposeLinking = "linking"
)

// Parts are what the page works with, made from one configuration.
type Parts struct {
	config   config.Config
	basePath string
	say      text.Messages
	session  *session.Keeper
	login    *lock.Lock
	link     *lock.Lock
	fetch    browser.Fetcher
}

// NewParts makes the parts. The base path is the folder that the site is served
// under, "" or "/" for the origin's root.
func NewParts(c config.Config, basePath string) *Parts {
	p := &Parts{
		config:   c,
		basePath: "/" + strings.Trim(basePath, "/"),
		say:      text.For(browser.Language(), c.Languages),
		fetch:    browser.Fetch,
	}
	p.session = session.New(browser.OpenVault(), session.Options{
		Renewer: oidc.New(oidc.Settings{Issuer: c.Issuer, ClientID: c.ClientID, Scopes: c.Scopes}, oidc.Deps{}),
		Keep:    p.kept(),
	})
	if p.basePath != "/" {
		p.basePath += "/"
	}
	p.login = p.newLock(p.say.SignInTitle, "", lock.Params{Purpose: purposeLogin})
	// Fresh credentials, proven by auth_time: the tenant's own cookie would
	// otherwise answer for the account that is signed in already.
	now := 0
	p.link = p.newLock(p.say.LinkTitle, p.say.LinkInstructions,
		lock.Params{Purpose: purposeLinking, Prompt: "login", MaxAge: &now})
	return p
}

func (p *Parts) newLock(title, instructions string, params lock.Params) *lock.Lock {
	params.UILocales = p.say.Language
	return lock.New(p.config.ClientID, p.config.Issuer, lock.Options{
		AllowedConnections: p.connections(),
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
		Interaction: lock.Interaction(p.config.Interaction),
		RedirectURL: browser.Origin() + p.basePath + "callback",
		Audience:    p.config.Audience,
		Scopes:      p.config.Scopes,
		Subject:     p.session.Subject,
		OnFailure:   func(err error) string { return explain(p.say, err).sentence },
	})
}

// kept names what outlasts signing out.
func (p *Parts) kept() []string {
	if p.config.History == config.KeepHistory {
		return []string{session.HistoryName}
	}
	return nil
}

func (p *Parts) connections() []lock.Connection {
	list := make([]lock.Connection, len(p.config.Connections))
	for i, c := range p.config.Connections {
		list[i] = lock.Connection{Name: c.Name, Label: c.Label, Strategy: c.Strategy}
	}
	return list
}

// connection tells of a connection by its name; one that is not configured has
// its name for a label.
func (p *Parts) connection(name, provider string) lock.Connection {
	for _, c := range p.config.Connections {
		if c.Name == name {
			return lock.Connection{Name: c.Name, Label: c.Label, Strategy: c.Strategy}
		}
	}
	return lock.Connection{Name: name, Label: name, Strategy: provider}
}

// api returns the Management API for a token; wait hears until when it has to
// wait for the rate limit.
func (p *Parts) api(token tokenSource, wait func(time.Time)) *management.Client {
	return &management.Client{
		Base:   p.config.ManagementURL(),
		Fetch:  p.fetch,
		Token:  token,
		OnWait: wait,
	}
}

// mayShow tells whether a picture may be loaded: only over https, or from the
// tenant itself, which in development has no https.
func (p *Parts) mayShow(picture string) bool {
	return strings.HasPrefix(picture, "https://") || strings.HasPrefix(picture, p.config.Issuer)
}
