package session

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"twinlock/app/browser"
	"twinlock/app/oidc"
	"twinlock/app/platform"
)

const tenant, client, audience = "https://tenant.example/", "app", "https://tenant.example/api/v2/"

var otherScopes = map[string]browser.Scope{
	"another tenant":   browser.NewScope("/", "https://other.example/", client, audience),
	"another client":   browser.NewScope("/", tenant, "other", audience),
	"another audience": browser.NewScope("/", tenant, client, "https://other.example/api/v2/"),
	"a folder":         browser.NewScope("/staging/", tenant, client, audience),
}

// site is the part of a page that keeps a session, in a scope of its own.
type site struct {
	*Keeper
	issuer *issuer
	heard  chan Change
}

func newSite(t *testing.T, scope browser.Scope) site {
	t.Helper()
	c := &clock{start}
	s := site{issuer: newIssuer(c), heard: make(chan Change, 8)}
	s.Keeper = New(scope, scope.Vault(), Options{Renewer: s.issuer, Now: c.Now, Keep: []string{keptName}})
	t.Cleanup(s.Listen(func(change Change) { s.heard <- change }))
	t.Cleanup(func() { _ = scope.Vault().Wipe(context.Background()) })
	return s
}

// A session that has run out could be renewed; whoever asks in another scope
// does not find it, and nobody there is asked to renew it.
func TestASessionIsOneScopes(t *testing.T) {
	for name, other := range otherScopes {
		t.Run(name, func(t *testing.T) {
			ctx := t.Context()
			ended := tokens(start)
			ended.Refresh = "refresh-1"
			if err := newSite(t, scope).Adopt(ctx, ended, oidc.Claims{Subject: ada}); err != nil {
				t.Fatal(err)
			}
			there := newSite(t, other)
			if err := there.Restore(ctx); !errors.Is(err, ErrSignedOut) {
				t.Errorf("Restore: %v", err)
			}
			if _, err := there.AccessToken(ctx); !errors.Is(err, ErrSignedOut) || there.issuer.requests != 0 {
				t.Errorf("AccessToken: %v after %d requests", err, there.issuer.requests)
			}
			if err := there.SignOut(ctx); err != nil || len(there.issuer.revoked) != 0 {
				t.Errorf("SignOut: %v, revoked %q", err, there.issuer.revoked)
			}
			if err := newSite(t, scope).Restore(ctx); err != nil {
				t.Errorf("it is lost where it belongs: %v", err)
			}
		})
	}
}

// Two sites on one origin: signed in at both, signed out of one.
func TestSignOutDoesNotCross(t *testing.T) {
	for name, other := range otherScopes {
		t.Run(name, func(t *testing.T) {
			ctx := t.Context()
			here, there := newSite(t, scope), newSite(t, other)
			for _, s := range []site{here, there} {
				if err := s.Adopt(ctx, hour("refresh-1"), oidc.Claims{Subject: ada}); err != nil {
					t.Fatal(err)
				}
			}
			tab := newSite(t, scope) // hears what the other site must not
			if err := here.SignOut(ctx); err != nil {
				t.Fatal(err)
			}
			if change := <-tab.heard; change != SignedOut {
				t.Errorf("its own tab heard %v", change)
			}
			if len(there.heard) != 0 {
				t.Errorf("the other heard %v", <-there.heard)
			}
			if there.Subject() != ada {
				t.Error("the other is signed out")
			}
			if err := newSite(t, other).Restore(ctx); err != nil {
				t.Errorf("the other's session is gone: %v", err)
			}
			if err := newSite(t, scope).Restore(ctx); !errors.Is(err, ErrSignedOut) {
				t.Errorf("signed out, restored with %v", err)
			}
		})
	}
}

// begun keeps logins as they wait for the tenant's answer, one by nobody.
func begun(t *testing.T, scope browser.Scope) {
	t.Helper()
	for _, subject := range []string{"", ada} {
		tx := oidc.Transaction{
			Issuer: tenant, ClientID: client, State: "login.AAECAwQFBgcICQoLDA0ODw", Purpose: "login", Subject: subject,
			Nonce: strings.Repeat("n", 43), Verifier: strings.Repeat("v", 43), Created: time.Now(),
		}
		if subject != "" {
			tx.State = "proof.AAECAwQFBgcICQoLDA0ODw"
		}
		data, err := json.Marshal(tx)
		if err != nil {
			t.Fatal(err)
		}
		for _, tab := range tabStorages(scope) {
			if err := tab.Set("twinlock.tx."+tx.State, string(data)); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// tabStorages are the places in which a tab keeps logins.
func tabStorages(scope browser.Scope) []platform.Storage {
	return []platform.Storage{scope.Tab(), scope.TabDatabase()}
}

// What names the account in a login that has not come back goes with the session.
func TestSignOutForgetsLogins(t *testing.T) {
	other := otherScopes["a folder"]
	for name, end := range map[string]func(*tabs) error{
		"signed out": func(s *tabs) error { return s.here.SignOut(t.Context()) },
		"signed out when it had run out": func(s *tabs) error {
			s.here.end(nil)
			begun(t, scope)
			return s.here.SignOut(t.Context())
		},
		"moved": func(s *tabs) error {
			return s.here.Replace(t.Context(), ada, hour("refresh-1"), oidc.Claims{Subject: mary})
		},
		"signed out elsewhere": func(s *tabs) error { s.here.follow(SignedOut); return nil },
		"reused":               func(s *tabs) error { s.here.follow(Reused); return nil },
		"expired elsewhere":    func(s *tabs) error { s.here.follow(Expired); return nil },
		"moved elsewhere":      func(s *tabs) error { s.here.follow(Replaced); return nil },
	} {
		t.Run(name, func(t *testing.T) {
			s := newTabs(t)
			begun(t, scope)
			begun(t, other)
			if err := end(s); err != nil {
				t.Fatal(err)
			}
			for _, tab := range tabStorages(scope) {
				if keys := tab.Keys(); len(keys) != 1 || keys[0] != "twinlock.tx.login.AAECAwQFBgcICQoLDA0ODw" {
					t.Errorf("left: %q", keys)
				}
			}
			for _, tab := range tabStorages(other) {
				if keys := tab.Keys(); len(keys) != 2 {
					t.Errorf("the neighbour has %q", keys)
				}
			}
		})
	}
}
