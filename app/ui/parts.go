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
	"twinlock/app/provider"
	"twinlock/app/session"
	"twinlock/app/text"
	"twinlock/app/words"
)

// knownFor is how old a session at the tenant may be that signs the person in without
// asking. With a max_age the ID token has auth_time, which says how old it is (OpenID
// Connect Core 1.0, section 2).
const knownFor = 30 * 24 * time.Hour

// Parts are what the page works with, made from one configuration. Make them with
// [NewParts].
type Parts struct {
	config      config.Config
	basePath    string
	scope       browser.Scope
	say         *text.Catalogue
	connections connections
	session     *session.Keeper
	locks       locks
	journal     linking.Journal
	actions     *flow.ActionKeeper
	unfinished  *flow.ActionKeeper
	history     *history.Log
	offline     *offline.Keeper
	read        *lastRead
	rules       map[string]linking.Rule // by the name of a connection
	// shown are the identities of the profile that is drawn.
	shown []management.Identity
}

// NewParts makes the parts of a valid configuration. The base path is the folder that the
// site is served under; "" or "/" is the origin's root. The catalogue is that of the person's
// language. The locks are then those of the page; see [lock.New].
func NewParts(c config.Config, basePath string, say *text.Catalogue) *Parts {
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
		say:         say,
		connections: connectionsOf(c, say),
		journal:     linking.NewJournal(vault),
		actions:     flow.NewActionKeeper(site{scope}, vault, nil),
		unfinished:  flow.NewUnfinishedKeeper(site{scope}, vault, nil),
		history:     history.New(scope, vault, nil, browser.AheadOfUTC),
		offline:     offline.New(vault, nil),
		read:        &lastRead{},
		rules:       rulesOf(c.Connections),
	}
	p.session = session.New(scope, vault, session.Options{
		Renewer: oidc.New(
			oidc.Settings{Issuer: c.Issuer, ClientID: c.ClientID, Scopes: c.Scopes},
			oidc.Deps{Fetch: browser.Fetch, Verify: browser.VerifyRS256},
		),
		Keep: p.kept(),
		// The profile can be looked at without a network.
		KeepExpired: []string{offline.Name, offline.ViewName},
		// The history moves with the session.
		KeepReplaced: []string{history.Name},
	})
	interaction := c.Interaction
	known, now := knownFor, time.Duration(0)
	p.locks.login = p.newLock(p.say.Of(text.SignInTitle), "", interaction,
		lock.Params{Purpose: string(flow.SignIn), MaxAge: &known})
	// Fresh credentials, proven by auth_time: otherwise the tenant's own session would
	// answer, which is that of the account that is signed in.
	p.locks.link = p.newLock(p.say.Of(text.LinkTitle), p.say.Of(text.LinkInstructions), interaction,
		lock.Params{Purpose: string(flow.Second), Prompt: "login", MaxAge: &now})
	p.locks.proof = p.newLock(p.say.Of(text.ProveTitle), "", interaction,
		lock.Params{Purpose: string(flow.Proof), Prompt: "login", MaxAge: &now})
	// Fresh, so that the person can link from there at once, and so that the tenant does
	// not sign in the account before.
	p.locks.move = p.newLock(p.say.Of(text.MoveTitle), "", interaction,
		lock.Params{Purpose: string(flow.Move), Prompt: "login", MaxAge: &now})
	p.locks.say, p.locks.signedIn = p.say, p.signedIn
	p.locks.home = browser.Origin() + p.basePath
	return p
}

// newLock makes a lock with the page's words and settings.
func (p *Parts) newLock(
	title, instructions string, interaction provider.Interaction, params lock.Params,
) *lock.Lock {
	params.UILocales = p.say.Language
	dictionary := lock.DictionaryOf(p.say)
	dictionary.Title, dictionary.Instructions = title, instructions
	return lock.New(p.config.ClientID, p.config.Issuer, lock.Options{
		AllowedConnections: p.connections,
		LanguageDictionary: dictionary,
		Params:             params,
		Interaction:        interaction,
		RedirectURL:        browser.Origin() + p.basePath + "callback",
		Audience:           p.config.Audience,
		Scopes:             p.scopes(params.Purpose),
		Subject:            p.session.Subject,
		Outlasts:           p.session.Outlasts,
		Unavailable:        func(connection string) string { return p.unlinkable(params.Purpose, connection) },
		LastUsed:           func() string { return p.lastUsed(params.Purpose) },
		OnFailure:          func(err error) string { return sentenceOf(p.say, err, !browser.Online()) },
	})
}

// signedIn remembers how somebody has signed in.
func (p *Parts) signedIn(connection string) {
	if p.config.LastUsed == config.MarkLastUsed {
		p.scope.SetLastUsed(connection)
	}
}

// lastUsed returns the connection that a lock marks: only the one that signs in does.
func (p *Parts) lastUsed(purpose string) string {
	if purpose != string(flow.SignIn) || p.config.LastUsed != config.MarkLastUsed {
		return ""
	}
	return p.scope.LastUsed()
}

// unlinkable returns the sentence for why an account of a connection cannot be linked to the
// profile that is shown; "" if it can, or if the lock is not the one that links.
func (p *Parts) unlinkable(purpose, connection string) string {
	if purpose != string(flow.Second) {
		return ""
	}
	policy := p.policy()
	if err := policy.LinkableTo(p.shown, connection); err != nil {
		return p.ruled(failureKey(err, false), connection)
	}
	return ""
}

// ruled returns the operator's own sentence on a rule of a connection, or else the page's.
func (p *Parts) ruled(key text.Key, connection string) string {
	for i := range p.config.Connections {
		if c := &p.config.Connections[i]; c.Name == connection {
			for _, own := range c.Reason {
				if own.Language == "" || own.Language == p.say.Language {
					return words.Plain(own.Words)
				}
			}
		}
	}
	return words.Fill(p.say.Of(key), "connection", p.connections.find(connection, "").Label)
}

// scopes returns what a login asks for. Only logins that become the session ask for a
// refresh token; for any other it would be a secret that nobody needs.
func (p *Parts) scopes(purpose string) []string {
	if purpose == string(flow.SignIn) || purpose == string(flow.Move) {
		return p.config.Scopes
	}
	return slices.DeleteFunc(slices.Clone(p.config.Scopes), func(s string) bool { return s == "offline_access" })
}

// kept returns the names of what stays in the vault after signing out. The journal always
// does: it has what a link that broke off has still to do.
func (p *Parts) kept() []string {
	if p.config.History == config.KeepHistory {
		return []string{linking.JournalName, history.Name}
	}
	return []string{linking.JournalName}
}

// policy returns what the configuration allows to be linked and unlinked.
func (p *Parts) policy() linking.Policy {
	policy := linking.Policy{
		AllowUnverified: p.config.UnverifiedEmail == config.WarnUnverified,
		AllowNoEmail:    p.config.NoEmail == config.AllowNoEmail,
		TrustedEmail:    p.config.TrustedEmail,
		Rules:           p.rules,
		MaxSize:         p.config.ProfileLimit << 10,
		RefuseSame:      p.config.SameConnection == config.RefuseSame,
		WarnSame:        p.config.SameConnection == config.WarnSame,
		NoMerge:         !slices.Contains(p.config.Scopes, "update:current_user_metadata"),
	}
	for i := range p.config.Connections {
		policy.Connections = append(policy.Connections, p.config.Connections[i].Name)
	}
	return policy
}

// maxAuthAge returns how long a proof of who a person is counts as fresh.
func (p *Parts) maxAuthAge() time.Duration {
	return time.Duration(p.config.MaxAuthAge) * time.Second
}

// rulesOf returns what holds of the connections of a configuration.
func rulesOf(list []config.Connection) map[string]linking.Rule {
	rules := make(map[string]linking.Rule)
	for i := range list {
		c := &list[i]
		rules[c.Name] = linking.Rule{
			NoLink: c.Link == config.LinkNo, PrimaryOnly: c.Link == config.LinkPrimaryOnly,
			Once: c.Max == 1, NoUnlink: c.Unlink == config.UnlinkNo,
		}
	}
	return rules
}

// connectionsOf returns the connections of a configuration, in the catalogue's language.
func connectionsOf(c config.Config, say *text.Catalogue) connections {
	list := make(connections, len(c.Connections))
	for i, c := range c.Connections {
		list[i] = lock.Connection{Name: c.Name, Label: c.LabelIn(say), Strategy: c.Strategy, Icon: c.Icon}
	}
	return list
}

// newFlow makes the flow of a page. post makes its changes on the UI goroutine. called is
// true if the tenant has called back.
func (p *Parts) newFlow(post func(change func()), called bool) *flow.Flow {
	return flow.New(flow.Deps{
		Session:    p.session,
		Locks:      p.locks,
		API:        p.api,
		Journal:    p.journal,
		History:    p.history,
		Copies:     p.offline,
		Actions:    p.actions,
		Unfinished: p.unfinished,
		Site:       site{p.scope},
		Window:     window{},
		Words:      names{p.say, p.connections},
		Post:       post,
	}, flow.Settings{Policy: p.policy(), ProofAge: p.maxAuthAge()}, called)
}

// api is [flow.Deps].API.
func (p *Parts) api(token flow.Token, onWait func(until time.Time)) linking.API {
	c := p.client()
	c.Token, c.Refused, c.Ahead, c.OnWait = token, p.session.Refused, p.session.Ahead, onWait
	return c
}

func (p *Parts) client() *management.Client {
	return &management.Client{Base: p.config.ManagementURL(), Fetch: p.read.fetch}
}

// mayShow reports whether a picture may be loaded: from a host that the configuration
// allows, or from this site.
func (p *Parts) mayShow(picture string) bool {
	return p.config.MayShow(picture) || strings.HasPrefix(picture, browser.Origin()+"/")
}
