package ui

import (
	"twinlock/app/flow"
	"twinlock/app/inert"
	"twinlock/app/linking"
	"twinlock/app/management"
)

// pairLabels names the two accounts of a plan, so that they differ from each other and from
// the identities that the two have. If both have the same name, such as one e-mail address
// at two providers, their connections are added.
func (n names) pairLabels(plan *linking.Plan) (first, second string) {
	first, second = n.pairNames(plan)
	if inert.Skeleton(first) != inert.Skeleton(second) {
		return first, second
	}
	one := n.connections.find(plan.Primary.Connection, "").Label
	other := n.connections.find(plan.Secondary.Connection, "").Label
	return first + " (" + one + ")", second + " (" + other + ")"
}

// pairNames names the two accounts of a plan, for where the connections stand beside the
// names.
func (n names) pairNames(plan *linking.Plan) (first, second string) {
	one, other := n.all(&plan.Primary), n.all(&plan.Secondary)
	all := append(one, other...)
	return one[0].among(all), other[0].among(all)
}

// identityLabel returns what a person knows an identity of a profile by. If the profile has
// another one of that connection that reads alike, what tells them apart is added.
func (n names) identityLabel(i *management.Identity, profile *linking.Account) string {
	return n.identity(i).among(n.all(profile))
}

// accountLabel returns what a person knows an account by, likewise: the profile's own, or
// one beside it.
func (n names) accountLabel(a, profile *linking.Account) string {
	return n.account(a).among(n.all(profile))
}

// wantedLabel returns what a person knows a wanted account by.
func wantedLabel(w flow.Wanted) string { return firstOf(shorten(w.Email), shorten(w.Subject)) }
