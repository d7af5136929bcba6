package linking

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"twinlock/app/management"
)

// auth0 is a store that unlinks by what is written in a path, in one of the ways in
// which Auth0 may understand it, and answers 200 whatever it has done.
type auth0 struct {
	*store
	means func(form string) string // the user_id that a form of it means
	asked []string
}

func (v *auth0) Unlink(_ context.Context, _ string, i management.Identity) ([]management.Identity, error) {
	v.asked = append(v.asked, i.UserID)
	i.UserID = v.means(i.UserID)
	v.user.Identities = slices.DeleteFunc(v.user.Identities, i.Same)
	return slices.Clone(v.user.Identities), nil
}

// Attack case 20: an id is never cut. What is unlinked is the identity that was
// asked for, or none.
func TestUnlinkForms(t *testing.T) {
	exact := func(form string) string { return form }
	bare := func(form string) string { return form[strings.Index(form, "|")+1:] }
	prefixed := func(form string) string { return "google-oauth2|" + strings.TrimPrefix(form, "google-oauth2|") }
	for _, test := range []struct {
		name    string
		means   func(string) string
		others  []string // user_ids of other identities of the provider
		userID  string
		asked   string
		wantErr error
	}{
		{"plain", exact, nil, "7", "7", nil},
		{"prefixed, beside the bare one", exact, []string{"7"}, "google-oauth2|7", "google-oauth2|7", nil},
		{"bare, beside the prefixed one", exact, []string{"google-oauth2|7"}, "7", "7", nil},
		{"prefixed twice", exact, []string{"7", "google-oauth2|7"}, "google-oauth2|google-oauth2|7", "google-oauth2|google-oauth2|7", nil},
		{"a second bar", exact, nil, "google-oauth2|discord|9", "google-oauth2|discord|9", nil},
		{"a bar, no prefix", exact, []string{"9"}, "discord|9", "discord|9", nil},

		{"known by the form without the prefix", func(form string) string { return "google-oauth2|" + form }, nil,
			"google-oauth2|7", "google-oauth2|7 7", nil},
		{"known by the form with the prefix", bare, nil, "7", "7", nil},
		{"known with the prefix only", func(form string) string {
			if bare(form) == form {
				return ""
			}
			return bare(form)
		}, nil, "7", "7 google-oauth2|7", nil},
		{"the other form means another", func(form string) string { return "x" + form }, []string{"7"}, "google-oauth2|7", "google-oauth2|7", management.ErrNotRemoved},
		{"the other form means another, the other way round", func(form string) string { return "x" + form }, []string{"google-oauth2|7"}, "7", "7", management.ErrNotRemoved},
		{"known by no form", func(string) string { return "" }, nil, "7", "7 google-oauth2|7", management.ErrNotRemoved},
		{"known prefixed", prefixed, nil, "google-oauth2|7", "google-oauth2|7", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			v := &auth0{store: fresh(nil), means: test.means}
			others := []management.Identity{database, {Provider: "facebook", UserID: test.userID}}
			for _, id := range test.others {
				others = append(others, management.Identity{Provider: "google-oauth2", UserID: id})
			}
			identity := management.Identity{Provider: "google-oauth2", UserID: test.userID}
			v.user.Identities = append(slices.Clone(others), identity)
			after, err := (Ceremony{API: v, Sleep: noSleep}).Unlink(t.Context(), Policy{}, v.user, identity)
			if !errors.Is(err, test.wantErr) || (err == nil) != (test.wantErr == nil) {
				t.Fatalf("Unlink: %v, want %v", err, test.wantErr)
			}
			if got := strings.Join(v.asked, " "); got != test.asked {
				t.Errorf("it asked for %q, want %q", got, test.asked)
			}
			if test.wantErr == nil && !slices.Equal(after.Identities, others) || !slices.Equal(after.Identities, v.user.Identities) {
				t.Errorf("the profile has %+v", after.Identities)
			}
		})
	}
}

// A second try goes by what is read, never by a list from before the first.
func TestUnlinkUnreadIsNotTriedAgain(t *testing.T) {
	v := &auth0{store: fresh(&store{readErr: broken}), means: func(string) string { return "" }}
	v.user.Identities = []management.Identity{database, google}
	if _, err := (Ceremony{API: v, Sleep: noSleep}).Unlink(t.Context(), Policy{}, v.user, google); !errors.Is(err, ErrUnconfirmed) || len(v.asked) != 1 {
		t.Errorf("Unlink: %v after asking for %q", err, v.asked)
	}
}

// Two identities of a profile may read the same once provider and user_id are
// joined: which is the profile's own, and which goes, is told by both parts.
func TestUnlinkOfOneThatReadsLikeAnother(t *testing.T) {
	own := management.Identity{Provider: "oauth2", UserID: "discord|9"}
	twin := management.Identity{Provider: "oauth2|discord", UserID: "9"}
	v := &auth0{store: fresh(nil), means: func(form string) string { return form }}
	v.user.ID, v.user.Identities = own.ID(), []management.Identity{own, twin}
	if _, err := (Ceremony{API: v, Sleep: noSleep}).Unlink(t.Context(), Policy{}, v.user, own); !errors.Is(err, ErrPrimary) || len(v.asked) > 0 {
		t.Errorf("Unlink of the own one: %v", err)
	}
	after, err := (Ceremony{API: v, Sleep: noSleep}).Unlink(t.Context(), Policy{}, v.user, twin)
	if err != nil || !slices.Equal(after.Identities, []management.Identity{own}) {
		t.Errorf("Unlink: %+v, %v", after.Identities, err)
	}
	// To link an account that reads like one which is there would tell nobody whose it
	// is: it is refused.
	if _, err := NewPlan(account("auth0|1", with(own)), account(twin.ID()), Policy{}); !errors.Is(err, ErrAlreadyHere) {
		t.Errorf("NewPlan: %v", err)
	}
}
