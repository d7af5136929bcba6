package linking

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"twinlock/app/management"
	"twinlock/app/platform"
)

// noSleep ends a wait at once.
func noSleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }

func TestUnlink(t *testing.T) {
	for _, test := range []struct {
		name    string
		store   store
		wantErr error
		log     string
	}{
		{"done", store{}, nil, "unlink read"},
		{"refused", store{err: limited}, management.ErrRateLimited, "unlink"},
		{"dropped before", store{err: platform.ErrNetwork}, platform.ErrNetwork, "unlink read read"},
		{"dropped before, told", store{err: platform.ErrNetwork}, ErrUnsettled, "unlink read read"},
		{"never sent", store{err: management.ErrUnsent}, management.ErrUnsent, "unlink"},
		{"dropped after", store{err: platform.ErrNetwork, lost: true}, nil, "unlink read"},
		{"stopped before", store{err: context.Canceled}, context.Canceled, "unlink read"},
		{"stopped after", store{err: context.Canceled, lost: true}, nil, "unlink read"},
		{"broken server, done", store{err: broken, lost: true}, nil, "unlink read"},
		{"broken server, not done", store{err: broken}, management.ErrServer, "unlink read read"},
		{"answered and not done", store{unmoved: true}, management.ErrNotRemoved, "unlink read unlink read"},
		{"answered as done and not done", store{unmoved: true, hidden: true}, ErrUnconfirmed, "unlink read read"},
		{"cannot be read", store{readErr: platform.ErrNetwork}, ErrUnconfirmed, "unlink read"},
		{"dropped and cannot be read", store{err: platform.ErrNetwork, readErr: broken}, platform.ErrNetwork, "unlink read"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := fresh(&test.store)
			s.user.Identities = []management.Identity{database, google}
			before, _ := s.read(nil)
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			s.stop = cancel
			user, err := (Ceremony{API: s, Sleep: noSleep}).Unlink(ctx, Policy{}, before, google)
			if !errors.Is(err, test.wantErr) || (err == nil) != (test.wantErr == nil) {
				t.Fatalf("Unlink: %v, want %v", err, test.wantErr)
			}
			if err == nil && has(user, "google-oauth2|2") {
				t.Error("the returned profile still has the identity")
			}
			if got := strings.Join(s.log, " "); got != test.log {
				t.Errorf("it did %q, want %q", got, test.log)
			}
		})
	}
}

// An unlink that was not answered and is carried out between two looks.
func TestUnlinkIsLate(t *testing.T) {
	s := fresh(&store{err: platform.ErrNetwork})
	s.user.Identities = []management.Identity{database, google}
	before, _ := s.read(nil)
	waited := 0
	c := Ceremony{API: s, OnWait: func() { waited++ }, Sleep: func(_ context.Context, d time.Duration) error {
		s.user.Identities = s.user.Identities[:1]
		return nil
	}}
	user, err := c.Unlink(t.Context(), Policy{}, before, google)
	if err != nil || len(user.Identities) != 1 || waited != 1 {
		t.Errorf("Unlink: %+v, %v after %d waits", user, err, waited)
	}
}

// What may not be unlinked is never sent.
func TestUnlinkRefuses(t *testing.T) {
	prefixed := management.Identity{Provider: "google-oauth2", UserID: "google-oauth2|2"}
	for _, test := range []struct {
		name     string
		identity management.Identity
		policy   Policy
		wantErr  error
	}{
		{"the primary identity (attack case 25)", database, Policy{}, ErrPrimary},
		{"an identity of somebody else (attack case 27)", facebook, Policy{}, ErrNotHere},
		{"no identity (attack case 20)", management.Identity{}, Policy{}, ErrNotHere},
		{"a prefixed id (attack case 20)", prefixed, Policy{}, ErrNotHere},
		{"the last that can sign in (attack case 25)", google, Policy{Connections: []string{"google-oauth2"}}, ErrLastWay},
		{"one of two that can sign in", google, Policy{Connections: []string{"google-oauth2", "db"}}, nil},
		{"one that cannot sign in", google, Policy{Connections: []string{"db"}}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := fresh(nil)
			s.user.Identities = []management.Identity{database, google}
			user, err := (Ceremony{API: s, Sleep: noSleep}).Unlink(context.Background(), test.policy, s.user, test.identity)
			if !errors.Is(err, test.wantErr) || (err == nil) != (test.wantErr == nil) {
				t.Fatalf("Unlink: %v, want %v", err, test.wantErr)
			}
			if err != nil && (slices.Contains(s.log, "unlink") || len(user.Identities) != 2) {
				t.Error("it was sent all the same")
			}
		})
	}
}

func TestData(t *testing.T) {
	identity := google
	identity.Social = true
	identity.Profile = management.Profile{
		Name: "Ada", Nickname: "ada", GivenName: "Ada", FamilyName: "Lovelace", Username: "countess",
		Email: "ada.lovelace@gmail.example", EmailVerified: true, Phone: "+44", Picture: "https://cdn.example/a.png",
	}
	want := `{
  "provider": "google-oauth2",
  "user_id": "2",
  "connection": "google-oauth2",
  "isSocial": true,
  "profileData": {
    "name": "Ada",
    "nickname": "ada",
    "given_name": "Ada",
    "family_name": "Lovelace",
    "username": "countess",
    "email": "ada.lovelace@gmail.example",
    "email_verified": true,
    "phone_number": "+44",
    "picture": "https://cdn.example/a.png"
  }
}
`
	if got := string(Data(identity)); got != want {
		t.Errorf("copy:\n%s", got)
	}
	// Attack case 38: what is in a name stays in it.
	identity.Profile.Name = "</script>\"\x00\u202e\xff"
	if got := Data(identity); !json.Valid(got) || strings.Contains(string(got), "<") {
		t.Errorf("copy:\n%s", got)
	}
}

// Nothing is asked about an identity that is unusable, nor where the profile's own may be
// one, and an unusable one is no way to sign in.
func TestUnlinkUnusable(t *testing.T) {
	lost := management.Identity{Provider: "auth0", Unusable: management.NoID}
	for _, test := range []struct {
		name       string
		identities []management.Identity
		unlink     management.Identity
		want       error
	}{
		{"unusable", []management.Identity{database, google, nameless}, nameless, ErrUnusable},
		{"beside it", []management.Identity{database, google, nameless}, google, nil},
		{"unusable primary", []management.Identity{lost, google, facebook}, google, ErrUnusable},
		{"nobody knows which is the primary", []management.Identity{google, facebook, lost}, google, ErrUnusable},
	} {
		u := management.User{ID: "auth0|1", Identities: test.identities}
		if err := (Policy{}).CheckUnlink(u, test.unlink); !errors.Is(err, test.want) || (err == nil) != (test.want == nil) {
			t.Errorf("%s: %v, want %v", test.name, err, test.want)
		}
		if test.want == nil {
			continue
		}
		// The API is nil: anything that is asked ends the test.
		if _, err := (Ceremony{}).Unlink(t.Context(), Policy{}, u, test.unlink); !errors.Is(err, test.want) {
			t.Errorf("%s: Unlink: %v", test.name, err)
		}
	}
	allowed := Policy{Connections: []string{"google-oauth2"}}
	u := management.User{ID: "auth0|1", Identities: []management.Identity{database, google, nameless}}
	if err := allowed.CheckUnlink(u, google); !errors.Is(err, ErrLastWay) {
		t.Errorf("an unusable identity counts as a way to sign in: %v", err)
	}
}

// An account whose own identity is unusable is known as such.
func TestAccountOfUnusable(t *testing.T) {
	u := management.User{ID: "auth0|1", Identities: []management.Identity{{Connection: "db", Unusable: management.NoID}, google}, OddMetadata: true, OddAppMetadata: true}
	a := AccountOf(u)
	if !a.Unusable || a.UserID != "" || a.Provider != "auth0" || a.Connection != "db" || !a.OddMetadata || !a.OddAppMetadata {
		t.Errorf("it is %+v", a)
	}
	u.Identities = []management.Identity{nameless, database}
	if a := AccountOf(u); a.Unusable || a.UserID != "1" || len(a.Linked) != 1 {
		t.Errorf("beside an unusable one it is %+v", a)
	}
}
