package linking

import (
	"errors"
	"slices"
	"testing"

	"twinlock/app/management"
	"twinlock/app/oidc"
)

// addressless is an account whose document has no address.
func addressless(a *Account) { a.Email, a.EmailVerified, a.NoEmail = "", false, true }

// silent is an account of which no address is known.
func silent(a *Account) { a.Email, a.EmailVerified = "", false }

// TestEmailStates has each state of an address on both sides of a link.
func TestEmailStates(t *testing.T) {
	const social, corp = "facebook|1", "samlp|corp|1"
	from := func(connection string) func(*Account) {
		return func(a *Account) { a.EmailVerified, a.EmailFrom = false, connection }
	}
	claimed := func(a *Account) { addressless(a); unread(a) }
	trust, warn := Policy{TrustedEmail: []string{"fb", "corp-saml"}}, Policy{AllowUnverified: true}
	for _, test := range []struct {
		second, first string // names of the row for each side
		account       Account
		policy        Policy
		want          error
		warns         [2]Warning // as the second, as the first
	}{
		{
			"second verified (attack case 14)", "first verified (attack case 15)",
			account(social), Policy{}, nil, [2]Warning{},
		},
		{
			"second not verified (attack case 14)", "first not verified (attack case 15)",
			account(social, unverified), Policy{AllowNoEmail: true}, ErrUnverified, [2]Warning{},
		},
		{
			"second not verified, allowed (attack case 14)", "first not verified, allowed (attack case 15)",
			account(social, unverified), warn, nil, [2]Warning{WarnSecondaryUnverified, WarnPrimaryUnverified},
		},
		{
			"second has none (attack case 14)", "first has none (attack case 15)",
			account(social, addressless), Policy{AllowNoEmail: true}, nil,
			[2]Warning{WarnSecondaryNoEmail, WarnPrimaryNoEmail},
		},
		{
			"second has none, refused (attack case 14)", "first has none, refused (attack case 15)",
			account(social, addressless), warn, ErrNoEmail, [2]Warning{},
		},
		{
			"second's address is not known (attack case 14)", "first's address is not known (attack case 15)",
			account(social, silent), Policy{AllowNoEmail: true}, ErrUnverified, [2]Warning{},
		},
		{
			"second verified, of no address (attack case 14)", "first verified, of no address (attack case 15)",
			account(social, silent, func(a *Account) { a.EmailVerified = true }), Policy{AllowNoEmail: true}, ErrUnverified,
			[2]Warning{},
		},
		{
			"second's organisation does not vouch (attack case 14)", "first's organisation does not vouch (attack case 15)",
			account(corp, unverified), Policy{AllowNoEmail: true, TrustedEmail: []string{"corp"}}, ErrUnvouched, [2]Warning{},
		},
		{
			"second from a trusted connection (attack case 14)", "first from a trusted connection (attack case 15)",
			account(social, from("fb")), trust, nil, [2]Warning{},
		},
		{
			"second from another than the trusted (attack case 14)", "first from another than the trusted (attack case 15)",
			account(social, from("FB"), via("fb")), trust, ErrUnverified, [2]Warning{},
		},
		{
			"second from nobody knows where (attack case 14)", "first from nobody knows where (attack case 15)",
			account(social, from(""), via("fb")), Policy{TrustedEmail: []string{""}}, ErrUnverified, [2]Warning{},
		},
	} {
		other := account("auth0|2")
		t.Run(test.second, func(t *testing.T) {
			plan, err := NewPlan(other, test.account, test.policy)
			checkEmail(t, plan, err, test.want, test.account, test.warns[0])
		})
		t.Run(test.first, func(t *testing.T) {
			plan, err := NewPlan(test.account, other, test.policy)
			checkEmail(t, plan, err, test.want, test.account, test.warns[1])
			if got := test.policy.CheckAlone(&test.account); !errors.Is(got, test.want) {
				t.Errorf("alone: %v, want %v", got, test.want)
			}
		})
	}
	// What was not read is neither trusted nor without an address.
	for _, a := range []Account{account(social, claimed), account(social, from("fb"), unread)} {
		if _, err := NewPlan(account("auth0|2"), a, Policy{AllowNoEmail: true, TrustedEmail: []string{"fb"}}); !errors.Is(err, ErrUnverified) {
			t.Errorf("%+v: %v", a, err)
		}
	}
}

func checkEmail(t *testing.T, plan Plan, err, want error, about Account, warning Warning) {
	t.Helper()
	var refused *RefusedError
	if !errors.Is(err, want) || want != nil && (!errors.As(err, &refused) || refused.Account.Subject != about.Subject || refused.Swap) {
		t.Errorf("planned with %v, want %v", err, want)
	}
	var warnings []Warning
	if warning != "" {
		warnings = []Warning{warning}
	}
	if !slices.Equal(plan.Warnings, warnings) {
		t.Errorf("warnings %q, want %q", plan.Warnings, warnings)
	}
}

// Trust is in the connection of the account's own identity, by the document: not in what
// another identity of the profile, the login or a claim says.
func TestTrustedEmail(t *testing.T) {
	const id, corp = "samlp|corp|1", "corp-saml"
	policy := Policy{TrustedEmail: []string{corp}}
	state := func(a Account) Email { return policy.Email(&a) }
	type edit = func(*management.User)
	own := func(edit func(*management.Identity)) edit { return func(u *management.User) { edit(&u.Identities[0]) } }
	profile := func(p management.Profile) edit {
		return own(func(i *management.Identity) { i.Profile = p })
	}
	linked := func(connection, email string, verified bool) edit {
		return func(u *management.User) {
			u.Identities = append(u.Identities, management.Identity{
				Provider: "auth0", UserID: "2", Connection: connection,
				Profile: management.Profile{Email: email, EmailVerified: verified},
			})
		}
	}
	for _, test := range []struct {
		name string
		edit edit
		want Email
	}{
		{"trusted", func(*management.User) {}, Verified},
		{"says it itself", profile(management.Profile{Name: "Ada", Email: "ada@corp.example"}), Verified},
		{"several identities", linked("db", "ada@x", false), Verified},
		{"the same address, verified elsewhere too", linked("db", "ada@corp.example", true), Verified},
		{"the same address at the same connection", linked(corp, "ada@corp.example", false), Verified},
		{"the same address, not verified elsewhere (attack case 15)", linked("db", "ada@corp.example", false), Unvouched},
		{"the same in another case, not verified elsewhere (attack case 15)", linked("db", "Ada@Corp.example", false), Unvouched},
		{"another has an odd profile (attack case 15)", func(u *management.User) {
			linked("db", "", false)(u)
			u.Identities[1].Profile.OddEmail = true
		}, Unvouched},
		{"another address at the root (attack case 15)", profile(management.Profile{Email: "eve@corp.example"}), Unvouched},
		{"no address in its profile (attack case 15)", profile(management.Profile{Name: "Ada"}), Unvouched},
		{"an odd profile (attack case 15)", profile(management.Profile{OddEmail: true}), Unvouched},
		{
			"the address in another case (attack case 16)",
			profile(management.Profile{Email: "Ada@corp.example"}), Unvouched,
		},
		{"a database named so (attack case 15)", func(u *management.User) {
			u.ID, u.Identities[0].Provider = "auth0|1", "auth0"
			u.Identities[0].UserID = "1"
		}, Unverified},
		{"another connection", own(func(i *management.Identity) { i.Connection = "corp-oidc" }), Unvouched},
		{"named in another case (attack case 21)", own(func(i *management.Identity) { i.Connection = "Corp-SAML" }), Unvouched},
		{"connection not named", own(func(i *management.Identity) { i.Connection = "" }), Unvouched},
		{"a linked one is of it (attack case 15)", func(u *management.User) {
			u.ID = "auth0|2"
			u.Identities = append([]management.Identity{{Provider: "auth0", UserID: "2", Connection: "db"}}, u.Identities...)
		}, Unverified},
		{"own identity is a guess", func(u *management.User) {
			u.Identities[0].UserID = "corp|9"
			linked("db", "ada@x", true)(u)
		}, Unvouched},
		{"own identity unusable", own(func(i *management.Identity) { i.UserID, i.Unusable = "", management.NoID }), Unvouched},
		{"no address", func(u *management.User) { u.Email = "" }, Unverified},
	} {
		t.Run(test.name, func(t *testing.T) {
			u := management.User{
				ID: id, Email: "ada@corp.example",
				Identities: []management.Identity{{Provider: "samlp", UserID: "corp|1", Connection: corp}},
			}
			test.edit(&u)
			if got := state(AccountOf(u)); got != test.want {
				t.Errorf("is %d, want %d", got, test.want)
			}
		})
	}
	claims := oidc.Claims{Subject: id, Email: "ada@corp.example"}
	if got := state(AccountOfClaims(claims, corp)); got != Unvouched {
		t.Errorf("by its claims: %d", got)
	}
	second := AccountOf(management.User{ID: "oauth2|1", Email: "a@x", Identities: []management.Identity{{Provider: "oauth2", UserID: "1"}}})
	second.Connection = corp // the login's, where the document names none
	if got := state(second); got != Unverified {
		t.Errorf("by its login's connection: %d", got)
	}
}

// Only where one address is verified is there a reason to prefer an account.
func TestOnlyPrimaryVerified(t *testing.T) {
	policy := Policy{AllowNoEmail: true, AllowUnverified: true}
	for _, test := range []struct {
		first, second Account
		want          bool
	}{
		{account("auth0|1"), account("facebook|2", addressless), true},
		{account("auth0|1"), account("facebook|2", unverified), true},
		{account("auth0|1"), account("facebook|2"), false},
		{account("auth0|1", unverified), account("facebook|2"), false},
		{account("auth0|1", addressless), account("facebook|2", addressless), false},
	} {
		plan, err := NewPlan(test.first, test.second, policy)
		if err != nil || plan.OnlyPrimaryVerified() != test.want {
			t.Errorf("%+v: %v", plan, err)
		}
	}
}
