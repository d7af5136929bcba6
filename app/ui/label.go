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

// pairLabels names the two accounts of a plan. Where both would read the same,
// as one e-mail address at two providers does, the connections tell them apart, or
// their ids.
func (c connections) pairLabels(plan linking.Plan) (first, second string) {
	first, second = accountLabel(plan.Primary), accountLabel(plan.Secondary)
	if !strings.EqualFold(first, second) {
		return first, second
	}
	one, other := c.find(plan.Primary.Connection, "").Label, c.find(plan.Secondary.Connection, "").Label
	if one == other { // names of one provider, say, with no address
		one, other = shorten(plan.Primary.Subject), shorten(plan.Secondary.Subject)
	}
	return first + " (" + one + ")", second + " (" + other + ")"
}

// keyList names settings. Each is kept short, so that none hides the others.
func keyList(keys []string) string {
	short := make([]string, len(keys))
	for i, key := range keys {
		short[i] = inert.Text(key, 40)
	}
	return strings.Join(short, ", ")
}

// connections are the ways to sign in that are configured.
type connections []lock.Connection

// find finds one by its name; one that is not configured has its name for a label.
func (c connections) find(name, provider string) lock.Connection {
	for _, connection := range c {
		if connection.Name == name {
			return connection
		}
	}
	return lock.Connection{Name: name, Label: name, Strategy: provider}
}

// identityLabel is what a person knows an identity by.
func identityLabel(say *text.Messages, i management.Identity) string {
	known := firstOf(i.Profile.Email, i.Profile.Name, i.Profile.Username, i.Profile.Nickname)
	if known == "" {
		known = text.Fill(say.UnknownAccount, "id", i.UserID)
	}
	return shorten(known)
}

func userLabel(u management.User) string {
	return firstOf(u.Email, u.Name, u.Nickname, u.ID)
}

func accountLabel(a linking.Account) string {
	return shorten(firstOf(a.Email, a.Name, a.Subject))
}

func firstOf(candidates ...string) string {
	for _, c := range candidates {
		if strings.TrimSpace(c) != "" {
			return c
		}
	}
	return ""
}

// longest is how many letters of a name from outside are shown.
const longest = 80

// shorten makes a name from outside fit to be shown.
func shorten(s string) string { return inert.Text(s, longest) }

func wantedLabel(w flow.Wanted) string { return shorten(firstOf(w.Email, w.Subject)) }
