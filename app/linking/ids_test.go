package linking_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"twinlock/app/linking"
	"twinlock/app/management"
	"twinlock/app/oidc"
	"twinlock/server/tenant"
	"twinlock/server/tenant/tenanttest"
)

// alike is a person whose identities read alike: some carry their provider's prefix,
// and two of other providers end like one of them.
const alike = `{"version":1,"users":[{"created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z","identities":[
	{"connection":"google-oauth2","provider":"google-oauth2","user_id":"7","isSocial":true,"profile":{"email":"seven@gmail.example","email_verified":true}},
	{"connection":"google-oauth2","provider":"google-oauth2","user_id":"google-oauth2|7","isSocial":true,"profile":{"email":"a@gmail.example"}},
	{"connection":"google-oauth2","provider":"google-oauth2","user_id":"8","isSocial":true,"profile":{"email":"b@gmail.example"}},
	{"connection":"google-oauth2","provider":"google-oauth2","user_id":"google-oauth2|8","isSocial":true,"profile":{"email":"c@gmail.example"}},
	{"connection":"facebook","provider":"facebook","user_id":"google-oauth2|8","isSocial":true,"profile":{"email":"d@facebook.example"}},
	{"connection":"discord","provider":"oauth2","user_id":"oauth2|discord|9","isSocial":true,"profile":{"email":"e@discord.example"}},
	{"connection":"discord","provider":"oauth2","user_id":"discord|9","isSocial":true,"profile":{"email":"f@discord.example"}}]}]}`

// Attack case 20: each identity can be unlinked, in any order, and no other goes in
// its place.
func TestUnlinkAlikeAtTenant(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "users.json"), []byte(alike), 0o600); err != nil {
		t.Fatal(err)
	}
	s := tenanttest.Start(t, func(o *tenant.Options) { o.DataDir = dir })
	p := signIn(t, s, "seven@gmail.example", "google-oauth2")
	user, err := p.api.User(t.Context(), p.id)
	if err != nil || len(user.Identities) != 7 {
		t.Fatalf("the profile is %+v, %v", user, err)
	}
	for _, at := range []int{1, 3, 2, 6, 4, 5} {
		identity := user.Identities[at]
		before, err := p.api.User(t.Context(), p.id)
		if err != nil {
			t.Fatal(err)
		}
		asked := len(s.Requests(t))
		after, err := p.ceremony(nil).Unlink(t.Context(), linking.Policy{}, before, identity)
		want := slices.DeleteFunc(slices.Clone(before.Identities), identity.Same)
		same := func(a, b management.Identity) bool { return a.Same(b) }
		if err != nil || !slices.EqualFunc(after.Identities, want, same) {
			t.Errorf("after unlinking %s: %+v, %v", identity.ID(), after.Identities, err)
		}
		if alone := s.Users(t)[identity.ID()]; len(alone.Identities) != 1 {
			t.Errorf("%s is %+v", identity.ID(), alone)
		}
		if got := requests(t, s, asked); !slices.Equal(got, []string{"DELETE", "GET"}) {
			t.Errorf("it asked %q", got)
		}
	}
}

// An account whose list gives its id with the prefix, or another than its subject is
// made of, is linked and unlinked all the same, whichever of the two stays.
func TestLinkByTheFormOfTheList(t *testing.T) {
	for _, id := range []string{"oauth2|discord|9", "nine"} {
		for _, swap := range []bool{false, true} {
			t.Run(id, func(t *testing.T) {
				s := tenanttest.Start(t, func(o *tenant.Options) {
					o.Connections = []tenant.Connection{{Name: tenant.Database, Strategy: "auth0"}, {Name: "discord", Strategy: "oauth2"}}
					o.Users = []tenant.User{{Identity: tenant.Identity{Connection: tenant.Database, Email: "ada@example.com", Password: tenant.Password}}}
				})
				s.Put(t, `{"user_id":"oauth2|discord|9","email":"nine@discord.example","user_metadata":{"theme":"dark"},
					"identities":[{"provider":"oauth2","user_id":"`+id+`","connection":"discord","isSocial":true}]}`)
				primary, second := signIn(t, s, "ada@example.com", tenant.Database), signIn(t, s, "nine@discord.example", "discord")
				if swap {
					primary, second = second, primary
				}
				policy := linking.Policy{AllowUnverified: true}
				account := second.account(t)
				plan, err := linking.NewPlan(primary.account(t), account, policy)
				if err != nil {
					t.Fatal(err)
				}
				if out, err := primary.ceremony(newJournal()).Link(t.Context(), plan, oidc.Secret(second.tokens.IDToken)); err != nil || out.User.Metadata["theme"] != "dark" {
					t.Errorf("link: %q with %v: %v", out.State, out.User.Metadata, err)
				}
				user, err := primary.api.User(t.Context(), primary.id)
				if err != nil || len(user.Linked()) != 1 {
					t.Fatalf("the profile is %+v, %v", user, err)
				}
				if _, err := linking.NewPlan(linking.AccountOf(user), account, policy); !errors.Is(err, linking.ErrAlreadyHere) {
					t.Errorf("once more: %v", err)
				}
				if after, err := primary.ceremony(nil).Unlink(t.Context(), policy, user, user.Linked()[0]); err != nil || len(after.Linked()) > 0 {
					t.Errorf("unlink: %+v: %v", after.Identities, err)
				}
			})
		}
	}
}
