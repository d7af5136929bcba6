package ui

import (
	"strings"

	"twinlock/app/flow"
	"twinlock/app/inert"
	"twinlock/app/linking"
	"twinlock/app/lock"
	"twinlock/app/management"
	"twinlock/app/text"
)

// pairLabels names the two accounts of a plan. If both have the same name, such as one
// e-mail address at two providers, their connections or their ids are added.
func (c connections) pairLabels(plan linking.Plan) (first, second string) {
	first, second = accountLabel(plan.Primary), accountLabel(plan.Secondary)
	if !strings.EqualFold(first, second) {
		return first, second
	}
	one, other := c.find(plan.Primary.Connection, "").Label, c.find(plan.Secondary.Connection, "").Label
	if one == other { // two of one provider, without e-mail addresses
		one, other = shorten(plan.Primary.Subject), shorten(plan.Secondary.Subject)
	}
	return first + " (" + one + ")", second + " (" + other + ")"
}

// keyList lists the keys of settings. Each is cut, so that none hides the others.
func keyList(keys []string) string {
	short := make([]string, len(keys))
	for i, key := range keys {
		short[i] = inert.Text(key, 40)
	}
	return strings.Join(short, ", ")
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

// identityLabel returns what a person knows an identity by.
func identityLabel(say *text.Messages, i management.Identity) string {
	known := firstOf(i.Profile.Email, i.Profile.Name, i.Profile.Username, i.Profile.Nickname)
	switch {
	case known == "" && i.Unusable != "":
		known = say.NamelessAccount
	case known == "":
		known = text.Fill(say.UnknownAccount, "id", i.UserID)
	}
	return shorten(known)
}

// userLabel returns what a person knows a profile by.
func userLabel(u management.User) string {
	return firstOf(u.Email, u.Name, u.Nickname, u.ID)
}

// accountLabel returns what a person knows an account by.
func accountLabel(a linking.Account) string {
	return shorten(firstOf(a.Email, a.Name, a.Subject))
}

// firstOf returns the first that has more than white space, "" if none has.
func firstOf(candidates ...string) string {
	for _, c := range candidates {
		if strings.TrimSpace(c) != "" {
			return c
		}
	}
	return ""
}

// maxName is how many characters of a name from outside are shown.
const maxName = 80

// shorten makes a name from outside harmless, and cuts it.
func shorten(s string) string { return inert.Text(s, maxName) }

// wantedLabel returns what a person knows a wanted account by.
func wantedLabel(w flow.Wanted) string { return shorten(firstOf(w.Email, w.Subject)) }
