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
	// reads is what the label reads like: the same for two that a person takes for one.
	reads string
	// connection is the label of its connection.
	connection string
	// id is "provider|id", or the place in the list of one that has no id.
	id string
	// facts are what else can tell it from one that reads alike, the best first: its id is
	// the last, so there is always one.
	facts []string
	// factsRead are what the facts read like.
	factsRead []string
}

// names are what a person knows things by, in one language.
type names struct {
	say         *text.Catalogue
	connections connections
}

// identity returns what a person can know an identity by.
func (n names) identity(i *management.Identity) *known {
	nameless := n.say.Of(text.NamelessAccount)
	if i.Unusable == "" {
		nameless = text.Fill(n.say.Of(text.UnknownAccount), "id", i.UserID)
	}
	return n.known(&i.Profile, n.connections.find(i.Connection, i.Provider).Label, i.ID(), i.UserID, nameless)
}

// account returns what a person can know an account by.
func (n names) account(a *linking.Account) *known {
	p := management.Profile{Email: a.Email, Name: a.Name, Nickname: a.Nickname}
	return n.known(&p, n.connections.find(a.Connection, a.Provider).Label, a.Subject, a.Subject, a.Subject)
}

// known returns what a person can know by a profile, by an id, of which the end is a fact,
// or else by what the nameless are called.
func (n names) known(p *management.Profile, connection, id, ends, nameless string) *known {
	email, name, username, nickname := shorten(p.Email), shortName(p.Name), shorten(p.Username), shortName(p.Nickname)
	label := firstOf(email, name, username, nickname, shorten(nameless))
	k := &known{label: label, reads: inert.Skeleton(label), connection: connection, id: id}
	for _, fact := range []string{shorten(p.Phone), nickname, username, name, shorten(ending(ends)), strconv.QuoteToASCII(id)} {
		if fact != "" {
			k.facts = append(k.facts, fact)
			k.factsRead = append(k.factsRead, inert.Skeleton(fact))
		}
	}
	return k
}

// all returns what a person can know the identities of an account by, its own first.
func (n names) all(a *linking.Account) []*known {
	list := []*known{n.account(a)}
	for i := range a.Linked {
		k := n.identity(&a.Linked[i])
		if a.Linked[i].Unusable != "" { // it has no id, but its row has a place
			k.id = strconv.Itoa(i + 1)
			last := len(k.facts) - 1
			k.facts[last], k.factsRead[last] = k.id, inert.Skeleton(k.id)
		}
		list = append(list, k)
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
	base, _, _ := strings.Cut(k.reads, " (")
	return k.connection + "\x00" + base
}

// ending returns an id, or the end of a long one.
func ending(id string) string {
	const short = 12
	if runes := []rune(id); len(runes) > short {
		return "…" + string(runes[len(runes)-short+4:])
	}
	return id
}

// many are so many that read alike that each is told by its id: to compare what is known of
// all of them would take long.
const many = 50

// among returns the label, and what tells it from those of others that read alike.
func (k *known) among(others []*known) string {
	at, last, same := 0, len(k.facts)-1, 0
	var taken []string // what the others read like, and what is known of them
	for _, o := range others {
		if o.id != k.id && o.connection == k.connection && alike(o.reads, k.reads) {
			if same++; same == many {
				return k.label + " (" + k.facts[last] + ")"
			}
			taken = append(append(taken, k.reads, o.reads), o.factsRead...)
		}
	}
	if taken == nil {
		return k.label
	}
	for at < last && slices.Contains(taken, k.factsRead[at]) {
		at++
	}
	return k.label + " (" + k.facts[at] + ")"
}

// alike reports whether two labels read the same, or one would if something were added to the
// other.
func alike(a, b string) bool {
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
	return firstOf(shorten(a.Email), shortName(a.Name), shortName(a.Nickname), shorten(a.Subject))
}

// firstOf returns the first text that is not "", "" if there is none.
func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// maxName is how many characters of a name from outside are shown.
const maxName = 80

// shorten makes an address, an id or the like from outside harmless, and cuts it.
func shorten(s string) string { return inert.Text(s, maxName) }

// shortName does it with the name of a person.
func shortName(s string) string { return inert.Name(s, maxName) }
