package ui

import (
	"slices"
	"strconv"
	"strings"

	"twinlock/app/inert"
	"twinlock/app/linking"
	"twinlock/app/lock"
	"twinlock/app/management"
	"twinlock/app/text"
)

// known is what a person can know an account or an identity by.
type known struct {
	// label is the best of it.
	label string
	// connection is the label of its connection.
	connection string
	// id is "provider|id".
	id string
	// facts are what else can tell it from one that reads alike, the best first: its id is
	// the last, so there is always one.
	facts []string
}

// names are what a person knows things by, in one language.
type names struct {
	say         *text.Messages
	connections connections
}

// identity returns what a person can know an identity by.
func (n names) identity(i *management.Identity) *known {
	p := &i.Profile
	label := firstOf(p.Email, p.Name, p.Username, p.Nickname)
	switch {
	case label == "" && i.Unusable != "":
		label = n.say.NamelessAccount
	case label == "":
		label = text.Fill(n.say.UnknownAccount, "id", i.UserID)
	}
	return &known{
		label:      shorten(label),
		connection: n.connections.find(i.Connection, i.Provider).Label,
		id:         i.ID(),
		facts:      facts(i.ID(), p.Phone, p.Nickname, p.Username, p.Name, ending(i.UserID)),
	}
}

// account returns what a person can know an account by.
func (n names) account(a *linking.Account) *known {
	return &known{
		label:      accountLabel(a),
		connection: n.connections.find(a.Connection, a.Provider).Label,
		id:         a.Subject,
		facts:      facts(a.Subject, a.Nickname, a.Name, ending(a.Subject)),
	}
}

// all returns what a person can know the identities of an account by, its own first.
func (n names) all(a *linking.Account) []*known {
	list := []*known{n.account(a)}
	for i := range a.Linked {
		list = append(list, n.identity(&a.Linked[i]))
	}
	return list
}

// labels returns what a person knows each identity of a profile by, its own first, as
// [names.accountLabel] and [names.identityLabel] do. Only those that could read alike are
// compared, so that a profile of very many is drawn at once.
func (n names) labels(profile *linking.Account) []string {
	all := n.all(profile)
	groups := make(map[string][]*known)
	for _, k := range all {
		groups[k.group()] = append(groups[k.group()], k)
	}
	labels := make([]string, len(all))
	for i, k := range all {
		labels[i] = k.among(groups[k.group()])
	}
	return labels
}

// group is the same for all that read alike.
func (k *known) group() string {
	base, _, _ := strings.Cut(strings.ToLower(k.label), " (")
	return k.connection + "\x00" + base
}

// facts returns what can be seen of some texts, and the id.
func facts(id string, texts ...string) (list []string) {
	for _, t := range texts {
		if t = shorten(t); t != "" {
			list = append(list, t)
		}
	}
	return append(list, strconv.QuoteToASCII(id))
}

// ending returns an id, or the end of a long one.
func ending(id string) string {
	const short = 12
	if runes := []rune(id); len(runes) > short {
		return "…" + string(runes[len(runes)-short+4:])
	}
	return id
}

// among returns the label, and what tells it from those of others that read alike.
func (k *known) among(others []*known) string {
	var taken []string
	for _, o := range others {
		if o.id != k.id && o.connection == k.connection && alike(o.label, k.label) {
			taken = append(append(taken, o.label), o.facts...)
		}
	}
	if taken == nil {
		return k.label
	}
	at := slices.IndexFunc(k.facts, func(fact string) bool {
		same := func(t string) bool { return strings.EqualFold(t, fact) }
		return !same(k.label) && !slices.ContainsFunc(taken, same)
	})
	if at < 0 {
		at = len(k.facts) - 1
	}
	return k.label + " (" + k.facts[at] + ")"
}

// alike reports whether two labels are the same to a person, or one would be if something
// were added to the other.
func alike(a, b string) bool {
	a, b = strings.ToLower(a), strings.ToLower(b)
	return a == b || strings.HasPrefix(a, b+" (") || strings.HasPrefix(b, a+" (")
}

// connections are the ways to sign in that are configured.
type connections []lock.Connection

// find returns the connection of that name. One that is not configured has its name for a
// label, and the provider for its strategy.
func (c connections) find(name, provider string) lock.Connection {
	for _, connection := range c {
		if connection.Name == name {
			return connection
		}
	}
	return lock.Connection{Name: name, Label: name, Strategy: provider}
}

// accountLabel returns what a person knows an account by that stands alone.
func accountLabel(a *linking.Account) string {
	return shorten(firstOf(a.Email, a.Name, a.Nickname, a.Subject))
}

// firstOf returns the first in which something can be seen, "" if there is none.
func firstOf(candidates ...string) string {
	for _, c := range candidates {
		if shorten(c) != "" {
			return c
		}
	}
	return ""
}

// maxName is how many characters of a name from outside are shown.
const maxName = 80

// shorten makes a name from outside harmless, and cuts it.
func shorten(s string) string { return inert.Text(s, maxName) }
