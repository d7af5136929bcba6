package linking_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"twinlock/app/linking"
	"twinlock/app/management"
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
