package linking

import (
	"context"
	"errors"
	"slices"
	"testing"

	"twinlock/app/browser"
	"twinlock/app/management"
)

func account(subject string, verified bool, linked ...management.Identity) Account {
	return Account{Subject: subject, Email: subject + "@example.com", EmailVerified: verified, Linked: linked}
}

func TestNewPlan(t *testing.T) {
	google := management.Identity{Provider: "google-oauth2", UserID: "2", Connection: "google-oauth2"}
	for _, test := range []struct {
		name               string
		primary, secondary Account
		wantErr            error
	}{
		{"two accounts", account("auth0|1", true), account("google-oauth2|2", true), nil},
		{"the same account (attack case 11)", account("auth0|1", true), account("auth0|1", true), ErrSameAccount},
		{"second unverified (attack case 14)", account("auth0|1", true), account("google-oauth2|2", false), ErrUnverified},
		{"first unverified (attack case 15)", account("auth0|1", false), account("google-oauth2|2", true), ErrUnverified},
		{"linked already (attack case 19)", account("auth0|1", true, google), account("google-oauth2|2", true), ErrAlreadyHere},
		{"another of the same provider", account("auth0|1", true, google), account("google-oauth2|3", true), nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			plan, err := NewPlan(test.primary, test.secondary)
			if !errors.Is(err, test.wantErr) {
				t.Fatalf("NewPlan: %v, want %v", err, test.wantErr)
			}
			if err == nil && (plan.Primary.Subject != test.primary.Subject || plan.Secondary.Subject != test.secondary.Subject) {
				t.Errorf("planned %s to %s", plan.Secondary.Subject, plan.Primary.Subject)
			}
		})
	}
	_, err := NewPlan(account("auth0|1", true), account("auth0|2", false))
	var unverified *UnverifiedError
	if !errors.As(err, &unverified) || unverified.Account.Subject != "auth0|2" {
		t.Errorf("the refusal names %v, want the second account", err)
	}
}

// store is a tenant of one user, whose writes fail as told: before or after
// they have taken effect.
type store struct {
	user     management.User
	joining  management.Identity
	err      error
	lost     bool // the write takes effect although it fails
	unmoved  bool // the write answers well and does nothing
	readErr  error
	writes   int
	reads    int
	linkWith string
	stop     func() // the person stops the write while it is under way
}

func (s *store) stopped() {
	if s.err == context.Canceled {
		s.stop()
	}
}

func (s *store) User(ctx context.Context, _ string) (management.User, error) {
	s.reads++
	if ctx.Err() != nil {
		return management.User{}, ctx.Err()
	}
	u := s.user
	u.Identities = slices.Clone(u.Identities)
	return u, s.readErr
}

func (s *store) Link(_ context.Context, _, linkWith string) ([]management.Identity, error) {
	s.writes++
	s.stopped()
	s.linkWith = linkWith
	if (s.err == nil || s.lost) && !s.unmoved {
		s.user.Identities = append(s.user.Identities, s.joining)
	}
	return s.user.Identities, s.err
}

func (s *store) Unlink(_ context.Context, _ string, identity management.Identity) ([]management.Identity, error) {
	s.writes++
	s.stopped()
	if (s.err == nil || s.lost) && !s.unmoved {
		s.user.Identities = slices.DeleteFunc(s.user.Identities, func(i management.Identity) bool { return i.ID() == identity.ID() })
	}
	return s.user.Identities, s.err
}

var (
	primary = management.Identity{Provider: "auth0", UserID: "1"}
	second  = management.Identity{Provider: "google-oauth2", UserID: "2"}
	refused = &management.Error{Kind: management.ErrAlreadyLinked, Status: 409}
	broken  = &management.Error{Kind: management.ErrServer, Status: 500}
)

var outcomes = []struct {
	name      string
	store     store
	wantErr   error
	wantReads int
}{
	{"done", store{}, nil, 1},
	{"refused", store{err: refused}, management.ErrAlreadyLinked, 0},
	{"dropped before", store{err: browser.ErrNetwork}, browser.ErrNetwork, 1},
	{"dropped after", store{err: browser.ErrNetwork, lost: true}, nil, 1},
	{"timed out after", store{err: context.DeadlineExceeded, lost: true}, nil, 1},
	{"stopped before", store{err: context.Canceled}, context.Canceled, 1},
	{"stopped after", store{err: context.Canceled, lost: true}, nil, 1},
	{"broken server, done", store{err: broken, lost: true}, nil, 1},
	{"broken server, not done", store{err: broken}, management.ErrServer, 1},
	{"answered and not done", store{unmoved: true}, ErrUnconfirmed, 1},
	{"cannot be read", store{readErr: browser.ErrNetwork}, ErrUnconfirmed, 1},
	{"dropped and cannot be read", store{err: browser.ErrNetwork, readErr: browser.ErrNetwork}, browser.ErrNetwork, 1},
}

func TestLink(t *testing.T) {
	plan, err := NewPlan(account("auth0|1", true), account("google-oauth2|2", true))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range outcomes {
		t.Run(test.name, func(t *testing.T) {
			s := test.store
			s.user = management.User{ID: "auth0|1", Identities: []management.Identity{primary}}
			s.joining = second
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			s.stop = cancel
			user, err := Link(ctx, &s, plan, "id-token")
			if !errors.Is(err, test.wantErr) {
				t.Fatalf("Link: %v, want %v", err, test.wantErr)
			}
			if err == nil && !has(user, "google-oauth2|2") {
				t.Error("the returned profile lacks the identity")
			}
			if s.writes != 1 || s.reads != test.wantReads || s.linkWith != "id-token" {
				t.Errorf("%d writes, %d reads", s.writes, s.reads)
			}
		})
	}
}

func TestUnlink(t *testing.T) {
	for _, test := range outcomes {
		t.Run(test.name, func(t *testing.T) {
			s := test.store
			s.user = management.User{ID: "auth0|1", Identities: []management.Identity{primary, second}}
			before, _ := s.User(context.Background(), "auth0|1")
			s.reads = 0
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			s.stop = cancel
			user, err := Unlink(ctx, &s, before, second)
			if !errors.Is(err, test.wantErr) {
				t.Fatalf("Unlink: %v, want %v", err, test.wantErr)
			}
			if err == nil && has(user, "google-oauth2|2") {
				t.Error("the returned profile still has the identity")
			}
			if s.writes != 1 || s.reads != test.wantReads {
				t.Errorf("%d writes, %d reads", s.writes, s.reads)
			}
		})
	}
}

// Attack cases 25 and 27: what may not be unlinked is never sent.
func TestUnlinkRefuses(t *testing.T) {
	for _, test := range []struct {
		name     string
		identity management.Identity
		wantErr  error
	}{
		{"the primary identity", primary, ErrPrimary},
		{"an identity of somebody else", management.Identity{Provider: "facebook", UserID: "9"}, ErrNotHere},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := store{user: management.User{ID: "auth0|1", Identities: []management.Identity{primary, second}}}
			if _, err := Unlink(context.Background(), &s, s.user, test.identity); !errors.Is(err, test.wantErr) {
				t.Errorf("Unlink: %v, want %v", err, test.wantErr)
			}
			if s.writes != 0 {
				t.Error("it was sent all the same")
			}
		})
	}
}
