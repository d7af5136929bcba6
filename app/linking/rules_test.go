package linking

import (
	"errors"
	"testing"

	"twinlock/app/management"
)

func identity(provider, id string) management.Identity {
	return management.Identity{Provider: provider, UserID: id, Connection: provider}
}

// The rules of single connections hold whichever of the two accounts is the primary.
func TestRules(t *testing.T) {
	account := func(provider string, linked ...management.Identity) Account {
		return Account{Subject: provider + "|1", Provider: provider, Connection: provider, Email: "a@example.com", EmailVerified: true, Linked: linked}
	}
	for name, test := range map[string]struct {
		rule          Rule
		first, second Account
		want          error
		swap          bool
	}{
		"none":                    {Rule{}, account("auth0"), account("github"), nil, false},
		"not the second":          {Rule{NoLink: true}, account("auth0"), account("github"), ErrNoLink, false},
		"not the first":           {Rule{NoLink: true}, account("github"), account("auth0"), ErrNoLink, false},
		"the first only":          {Rule{PrimaryOnly: true}, account("auth0"), account("github"), ErrPrimaryOnly, true},
		"the first":               {Rule{PrimaryOnly: true}, account("github"), account("auth0"), nil, false},
		"once":                    {Rule{Once: true}, account("auth0"), account("github"), nil, false},
		"once, and there is one":  {Rule{Once: true}, account("auth0", identity("github", "9")), account("github"), ErrSameConnection, false},
		"once, and it is the own": {Rule{Once: true}, Account{Subject: "github|9", Provider: "github", Connection: "github", Email: "a@x", EmailVerified: true}, account("github"), ErrSameConnection, false},
	} {
		p, err := NewPlan(test.first, test.second, Policy{Rules: map[string]Rule{"github": test.rule}})
		var refused *RefusedError
		if !errors.Is(err, test.want) || errors.As(err, &refused) && refused.Swap != test.swap {
			t.Errorf("%s: %+v, want %v", name, err, test.want)
		}
		if _, err := p.Swap(); test.rule.PrimaryOnly && test.want == nil && !errors.Is(err, ErrPrimaryOnly) {
			t.Errorf("%s: swapped: %v", name, err)
		}
	}
}

// An account that has to stay is not unlinked; another one is.
func TestRuleOfUnlink(t *testing.T) {
	u := management.User{ID: "auth0|1", Identities: []management.Identity{identity("auth0", "1"), identity("github", "2"), identity("facebook", "3")}}
	policy := Policy{Rules: map[string]Rule{"github": {NoUnlink: true}}}
	if err := policy.CheckUnlink(u, u.Identities[1]); !errors.Is(err, ErrNoUnlink) {
		t.Errorf("%v", err)
	}
	if err := policy.CheckUnlink(u, u.Identities[2]); err != nil {
		t.Errorf("%v", err)
	}
}

// What can be linked to a profile is known before the second login.
func TestLinkableTo(t *testing.T) {
	profile := []management.Identity{identity("auth0", "1"), identity("github", "2")}
	policy := Policy{Connections: []string{"auth0", "github", "facebook", "corp"}, Rules: map[string]Rule{"github": {Once: true}, "corp": {NoLink: true}}}
	for connection, want := range map[string]error{"auth0": nil, "facebook": nil, "github": ErrSameConnection, "corp": ErrNoLink, "x": ErrConnection} {
		if err := policy.LinkableTo(profile, connection); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", connection, err, want)
		}
	}
	policy.RefuseSame = true
	if err := policy.LinkableTo(profile, "auth0"); !errors.Is(err, ErrSameConnection) {
		t.Errorf("a second one anywhere: %v", err)
	}
}
