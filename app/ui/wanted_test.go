package ui

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"twinlock/app/linking"
	"twinlock/app/management"
	"twinlock/app/oidc"
	"twinlock/app/session"
	"twinlock/app/words"
)

// What the tenant says of the second account signs nobody out; what it says of the
// first does.
func TestWhoseFailure(t *testing.T) {
	second := wanted{Subject: "google-oauth2|2", Email: "b@x"}
	for _, test := range []struct {
		err      error
		sentence string
		signIn   bool
		again    bool
	}{
		{ofSecond(fmt.Errorf("read user: %w", management.ErrExpiredToken), second), say.Failures.SecondNotAccepted, false, true},
		{ofSecond(management.ErrUnauthorized, second), say.Failures.SecondNotAccepted, false, true},
		{ofSecond(management.ErrNoUser, second), say.Failures.SecondNotAccepted, false, true},
		{ofSecond(management.ErrServer, second), say.Failures.Server, false, false},
		{ofSecond(session.ErrExpired, second), say.Failures.SessionExpired, true, false},
		{management.ErrUnauthorized, say.Failures.Unauthorized, true, false},
		{management.ErrNoUser, say.Failures.NoUser, true, false},
	} {
		f := explain(say, test.err)
		if f.sentence != test.sentence || f.signIn != test.signIn || (f.wrong != nil) != test.again {
			t.Errorf("%v is told as %+v", test.err, f)
		}
	}
	if ofSecond(nil, second) != nil {
		t.Error("no error has become one")
	}
}

// A link that is only possible the other way round says why, and offers that.
func TestWhyALinkIsTurned(t *testing.T) {
	google := func(id, email string) management.Identity {
		return management.Identity{Provider: "google-oauth2", UserID: id, Connection: "google-oauth2", Profile: management.Profile{Email: email}}
	}
	grace := linking.AccountOf(management.User{
		ID: "auth0|9", Email: "grace@x", EmailVerified: true,
		Identities: []management.Identity{{Provider: "auth0", UserID: "9", Connection: "db"}, google("8", "hopper@x")},
	})
	twice := grace
	twice.Linked = append(twice.Linked, google("7", "murray@x"))
	company := linking.Account{Subject: "waad|9", Provider: "waad", Connection: "db", Email: "grace@x", EmailVerified: true}
	first := linking.AccountOf(ada())
	first.Linked = nil
	for _, test := range []struct {
		name       string
		second     linking.Account
		connection string
		want       string
	}{
		{"by the account itself", grace, "db", words.Fill(say.TurnedHasLinked, "account", "grace@x")},
		{"by one that is linked to it", grace, "google-oauth2", words.Fill(say.TurnedBelongs, "account", "hopper@x", "owner", "grace@x")},
		{"by one of two", twice, "google-oauth2", words.Fill(say.TurnedBelongs, "account", "Google", "owner", "grace@x")},
		{"by whatever the tenant offered", grace, "", words.Fill(say.TurnedHasLinked, "account", "grace@x")},
		{"of an organisation", company, "db", words.Fill(say.TurnedEnterprise, "account", "grace@x")},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := NewHome(parts(t), false)
			plan, turned, err := h.plan(first, test.second, "")
			if err != nil || turned == nil {
				t.Fatalf("planned as %v, %v", turned, err)
			}
			h.show(ada(), "")
			second := &oidc.Result{Transaction: oidc.Transaction{Connection: test.connection}}
			h.ask(&pendingLink{plan, "auth0|1", second, turned, h.chosen(test.second, second.Transaction)}, nil)
			c := h.confirmLink(plan).(*confirm)
			if !strings.HasPrefix(c.Lead, test.want+" ") || c.Title != say.TurnedTitle || !c.Grave {
				t.Errorf("asks %q, %q, grave: %v", c.Title, c.Lead, c.Grave)
			}
			told := strings.Join(append(c.Consequences, c.Title, c.Lead), " ")
			if strings.Contains(strings.ToLower(told), "your profile") {
				t.Errorf("calls theirs yours: %s", told)
			}
		})
	}
	if _, turned, err := NewHome(parts(t), false).plan(linking.AccountOf(ada()), grace, ""); turned != nil || !errors.Is(err, linking.ErrHasLinked) {
		t.Errorf("neither way: %v, %v", turned, err)
	}
}
