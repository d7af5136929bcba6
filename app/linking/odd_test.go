package linking_test

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"twinlock/app/linking"
	"twinlock/app/management"
	"twinlock/app/oidc"
	"twinlock/server/tenant"
	"twinlock/server/tenant/tenanttest"
)

// oddly starts a tenant with two people as documents: the first has these members, too.
func oddly(t *testing.T, identities, first, second string) (one, two person, s *tenanttest.Server) {
	t.Helper()
	s = start(t)
	s.Put(t, `{"user_id":"google-oauth2|1","email":"one@gmail.example","email_verified":true`+first+`,
		"identities":[{"provider":"google-oauth2","user_id":"1","connection":"google-oauth2","isSocial":true}`+identities+`]}`)
	s.Put(t, `{"user_id":"facebook|2","email":"two@facebook.example","email_verified":true`+second+`,
		"identities":[{"provider":"facebook","user_id":"2","connection":"facebook","isSocial":true}]}`)
	return signIn(t, s, "one@gmail.example", tenant.Google), signIn(t, s, "two@facebook.example", tenant.Facebook), s
}

// One identity that cannot be used hides nothing, and a link and an unlink beside it work.
func TestUnusableIdentityAtTenant(t *testing.T) {
	for name, odd := range map[string]string{
		"no id":   `{"provider":"oauth2","connection":"x","user_id":null}`,
		"a path":  `{"provider":"oauth2","connection":"x","user_id":".."}`,
		"long":    `{"provider":"oauth2","connection":"x","user_id":"` + strings.Repeat("x", 300) + `"}`,
		"half":    `{"provider":"oauth2","connection":"x","user_id":"\ud800"}`,
		"nothing": `null`,
	} {
		t.Run(name, func(t *testing.T) {
			one, two, s := oddly(t, ","+odd, ``, ``)
			plan, err := linking.NewPlan(one.account(t), two.account(t), linking.Policy{})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := plan.Swap(); !errors.Is(err, linking.ErrHasLinked) {
				t.Errorf("the unusable identity would move: %v", err)
			}
			out, err := one.ceremony(newJournal()).Link(t.Context(), plan, oidc.Secret(two.tokens.IDToken))
			if err != nil || len(out.User.Identities) != 3 {
				t.Fatalf("Link is %q: %v, %+v", out.State, err, out.User.Identities)
			}
			asked := len(s.Requests(t))
			unusable := func(i management.Identity) bool { return i.Unusable != "" }
			at := slices.IndexFunc(out.User.Identities, unusable)
			if at < 0 {
				t.Fatalf("no unusable one in %+v", out.User.Identities)
			}
			if _, err := one.ceremony(nil).Unlink(t.Context(), linking.Policy{}, out.User, out.User.Identities[at]); !errors.Is(err, linking.ErrUnusable) {
				t.Errorf("unlinking the unusable one: %v", err)
			}
			if got := requests(t, s, asked); len(got) > 0 {
				t.Errorf("it asked %q", got)
			}
			linked := management.Identity{Provider: "facebook", UserID: "2"}
			after, err := one.ceremony(nil).Unlink(t.Context(), linking.Policy{}, out.User, linked)
			if err != nil || len(after.Identities) != 2 || !slices.ContainsFunc(after.Identities, unusable) {
				t.Errorf("Unlink: %v, %+v", err, after.Identities)
			}
		})
	}
}

// Nothing is written into metadata that is no object, and nothing is taken over from it.
func TestOddMetadataAtTenant(t *testing.T) {
	const tidy = `,"user_metadata":{"theme":"dark"}`
	for _, raw := range []string{`[]`, `"text"`, `7`, strings.Repeat(`{"a":`, 40) + `1` + strings.Repeat(`}`, 40)} {
		odd := `,"user_metadata":` + raw
		for _, test := range []struct {
			first, second string
			warning       linking.Warning
			want          map[string]any
		}{
			{odd, tidy, linking.WarnPrimaryMetadata, nil},
			{tidy, odd, linking.WarnSecondaryMetadata, map[string]any{"theme": "dark"}},
		} {
			one, two, s := oddly(t, ``, test.first, test.second)
			plan, err := linking.NewPlan(one.account(t), two.account(t), linking.Policy{})
			if err != nil || !slices.Contains(plan.Warnings, test.warning) {
				t.Fatalf("%.20s: planned %+v, %v", raw, plan.Warnings, err)
			}
			asked := len(s.Requests(t))
			out, err := one.ceremony(newJournal()).Link(t.Context(), plan, oidc.Secret(two.tokens.IDToken))
			if err != nil || out.State != linking.Done || !reflect.DeepEqual(out.User.Metadata, test.want) {
				t.Fatalf("%.20s: Link is %q: %v, with %v", raw, out.State, err, out.User.Metadata)
			}
			if got := requests(t, s, asked); !slices.Equal(got, []string{"POST", "GET"}) {
				t.Errorf("%.20s: it asked %q", raw, got)
			}
			if odd := test.warning == linking.WarnPrimaryMetadata; out.User.OddMetadata != odd {
				t.Errorf("%.20s: what was odd is %v afterwards", raw, out.User.OddMetadata)
			}
		}
	}
}

// Half a surrogate pair is not taken over, and what stands beside it is.
func TestHalfSurrogatesAtTenant(t *testing.T) {
	one, two, s := oddly(t, ``, `,"user_metadata":{"mine":"\udc00"}`, `,"user_metadata":{"half":"a\ud800","news":true,"mine":"x"}`)
	plan, err := linking.NewPlan(one.account(t), two.account(t), linking.Policy{})
	if err != nil || !slices.Equal(plan.Lost().Metadata, []string{"half", "mine"}) {
		t.Fatalf("lost are %+v, %v", plan.Lost(), err)
	}
	if out, err := one.ceremony(newJournal()).Link(t.Context(), plan, oidc.Secret(two.tokens.IDToken)); err != nil {
		t.Fatalf("Link is %q: %v", out.State, err)
	}
	held := s.Users(t)["google-oauth2|1"].UserMetadata
	if _, taken := held["half"]; taken || held["news"] != true {
		t.Errorf("the tenant holds %v", held)
	}
}

// A profile of more than one megabyte is read and linked.
func TestLargeProfileAtTenant(t *testing.T) {
	one, two, _ := oddly(t, ``, `,"padding":"`+strings.Repeat("x", 3<<20)+`"`, `,"user_metadata":{"theme":"dark"}`)
	plan, err := linking.NewPlan(one.account(t), two.account(t), linking.Policy{})
	if err != nil {
		t.Fatal(err)
	}
	out, err := one.ceremony(newJournal()).Link(t.Context(), plan, oidc.Secret(two.tokens.IDToken))
	if err != nil || out.User.Metadata["theme"] != "dark" {
		t.Errorf("Link is %q: %v", out.State, err)
	}
}
