package session

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"twinlock/app/oidc"
	"twinlock/app/platform"
)

// again is a later sign-in.
func again(refresh string) oidc.Tokens {
	return oidc.Tokens{ID: "id-again", Access: "access-again", Refresh: oidc.Secret(refresh), Expires: start.Add(9 * time.Hour), Clock: agreeing}
}

func TestRenew(t *testing.T) {
	later := start.Add(time.Hour)
	for _, test := range []struct {
		name        string
		prepare     func(*tabs)
		subject     string
		refresh     string
		wantErr     error
		wantRefresh string // in the vault, "" for none
	}{
		{name: "the same account", subject: ada, refresh: "refresh-again", wantRefresh: "refresh-again"},
		{name: "without a refresh token", subject: ada, wantRefresh: "refresh-1"},
		{
			name: "without one, after another tab has rotated", subject: ada, wantRefresh: "refresh-2",
			prepare: func(s *tabs) { _, _ = s.there.AccessToken(context.Background()) },
		},
		{name: "another account", subject: mary, refresh: "mary's", wantErr: ErrOtherSubject, wantRefresh: "refresh-1"},
		{name: "nobody's", refresh: "nobody's", wantErr: ErrOtherSubject, wantRefresh: "refresh-1"},
		{
			name: "after signing out", subject: ada, refresh: "refresh-again", wantErr: ErrSignedOut,
			prepare: func(s *tabs) { _ = s.here.SignOut(context.Background()) },
		},
		{
			name: "after signing out in another tab, unheard", subject: ada, refresh: "refresh-again", wantErr: ErrSignedOut,
			prepare: func(s *tabs) { _ = s.vault.Wipe(context.Background()) },
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newTabs(t)
			if test.prepare != nil {
				test.prepare(s)
			}
			err := s.here.Renew(context.Background(), again(test.refresh), oidc.Claims{Subject: test.subject, AuthTime: later})
			if !errors.Is(err, test.wantErr) {
				t.Fatalf("Renew: %v, want %v", err, test.wantErr)
			}
			if account, _ := s.here.Account(); account.Fresh(time.Minute) != (test.wantErr == nil) {
				t.Errorf("authenticated at %v", account.Claims.AuthTime)
			}
			if test.wantRefresh == "" {
				if got := s.vault.names(); len(got) != 0 {
					t.Errorf("kept %v", got)
				}
				return
			}
			if got := s.sealed(t).Refresh; got != test.wantRefresh {
				t.Errorf("sealed %q, want %q", got, test.wantRefresh)
			}
			if s.here.Subject() != ada {
				t.Errorf("signed in is %q", s.here.Subject())
			}
		})
	}
}

func TestRenewWithoutStorage(t *testing.T) {
	s := newTabs(t)
	s.vault.putErr = platform.ErrNoVault
	err := s.here.Renew(context.Background(), again("refresh-again"), oidc.Claims{Subject: ada})
	if !errors.Is(err, platform.ErrNoVault) || s.here.IDToken() != "id-again" {
		t.Errorf("Renew: %v, held %q", err, s.here.IDToken().Reveal())
	}
}

func TestACancelledSignInIsKept(t *testing.T) {
	s := newTabs(t)
	ctx, cancel := context.WithCancel(context.Background())
	k := New(scope, watched{s.vault, cancel}, Options{Now: s.clock.Now})
	s.clock.now = start
	if err := k.Restore(ctx); err != nil {
		t.Fatal(err)
	}
	if err := k.Renew(ctx, again("refresh-again"), oidc.Claims{Subject: ada}); err != nil {
		t.Errorf("Renew: %v", err)
	}
	if got := s.sealed(t).Refresh; got != "refresh-again" {
		t.Errorf("sealed %q", got)
	}
}

// movedName is an entry that the session takes with it to another account.
const movedName = "moved"

func TestReplace(t *testing.T) {
	s := newTabs(t)
	ctx := context.Background()
	s.keepSomething(t)
	s.here.options.KeepReplaced = []string{movedName}
	if err := errors.Join(s.vault.Put(ctx, movedName, mary, nil), s.vault.Put(ctx, "pending", ada, nil)); err != nil {
		t.Fatal(err)
	}
	if err := s.here.Replace(ctx, ada, again("refresh-again"), oidc.Claims{Subject: mary}); err != nil {
		t.Fatal(err)
	}
	if change := <-s.heard; change != Replaced {
		t.Errorf("the other tab heard %v", change)
	}
	if _, signedIn := s.there.Account(); signedIn {
		t.Error("the other tab goes on")
	}
	if err := s.there.Restore(ctx); err != nil {
		t.Fatal(err)
	}
	for name, k := range map[string]*Keeper{"here": s.here, "there": s.there} {
		if k.Subject() != mary || k.IDToken() != "id-again" {
			t.Errorf("%s: %q with %q", name, k.Subject(), k.IDToken().Reveal())
		}
	}
	if got := s.vault.names(); !slices.Equal(got, []string{keptName, movedName, entryName}) {
		t.Errorf("kept %v", got)
	}
}

func TestReplaceOnlyWhatWasConfirmed(t *testing.T) {
	for _, test := range []struct {
		name    string
		prepare func(*tabs)
		wantErr error
	}{
		{
			name:    "another account is signed in",
			prepare: func(s *tabs) { s.here.current.Claims.Subject = "auth0|3" },
			wantErr: ErrOtherSubject,
		},
		{
			name: "another tab has replaced it, unheard",
			prepare: func(s *tabs) {
				_ = s.there.Replace(context.Background(), ada, again(""), oidc.Claims{Subject: "auth0|3"})
				s.here.current = &record{Claims: oidc.Claims{Subject: ada}}
			},
			wantErr: ErrOtherSubject,
		},
		{
			name:    "signed out",
			prepare: func(s *tabs) { _ = s.here.SignOut(context.Background()) },
			wantErr: ErrSignedOut,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newTabs(t)
			s.deafen()
			test.prepare(s)
			if err := s.here.Replace(context.Background(), ada, again("mary's"), oidc.Claims{Subject: mary}); !errors.Is(err, test.wantErr) {
				t.Errorf("Replace: %v, want %v", err, test.wantErr)
			}
			if s.here.Subject() == mary || slices.Contains(s.vault.names(), entryName) && s.sealed(t).Refresh == "mary's" {
				t.Error("the session was moved")
			}
		})
	}
}

func TestAdoptAgainIsRenew(t *testing.T) {
	s := newTabs(t)
	if err := s.here.Adopt(context.Background(), again(""), oidc.Claims{Subject: ada}); err != nil {
		t.Fatal(err)
	}
	if got := s.sealed(t); got.Access != "access-again" || got.Refresh != "refresh-1" {
		t.Errorf("sealed %q with %q", got.Access, got.Refresh)
	}
}

func TestSignOutKeepsWhatIsNamed(t *testing.T) {
	s := newTabs(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel() // does not stop it
	s.keepSomething(t)
	if err := s.here.SignOut(ctx); err != nil {
		t.Fatal(err)
	}
	if got := s.vault.names(); !slices.Equal(got, []string{keptName}) {
		t.Errorf("kept %v", got)
	}
	if s.here.IDToken() != "" {
		t.Error("the ID token is still there")
	}
}

// A tab in which nobody is signed in cannot sign out another.
func TestSignOutWithoutASession(t *testing.T) {
	s := newTabs(t)
	stranger := New(scope, s.vault, Options{Now: s.clock.Now})
	t.Cleanup(stranger.Listen(func(Change) {}))
	if err := stranger.SignOut(context.Background()); err != nil {
		t.Fatal(err)
	}
	stranger.Updated()
	if change := <-s.heard; change != Updated {
		t.Errorf("the other tab heard %v", change)
	}
	if s.sealed(t).Access != "access-1" {
		t.Error("the session was wiped")
	}
}
