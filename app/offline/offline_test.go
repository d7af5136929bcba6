package offline

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"twinlock/app/browser"
	"twinlock/app/management"
	"twinlock/app/platform"
)

const ada = "auth0|ada"

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func profile() management.User {
	return management.User{
		ID: ada, Name: "Ada", Email: "ada@example.com", EmailVerified: true, Created: start.AddDate(-1, 0, 0),
		Identities: []management.Identity{
			{Connection: "db", Provider: "auth0", UserID: "ada"},
			{Connection: "google-oauth2", Provider: "google-oauth2", UserID: "1", Profile: management.Profile{Email: "ada@gmail.example"}},
		},
		Metadata:    map[string]any{"secret": "metadata"},
		AppMetadata: map[string]any{"secret": "app_metadata"},
	}
}

// The tests share the vault of the program.
func keeper(t *testing.T, now *time.Time) (*Keeper, platform.Vault) {
	t.Helper()
	vault := browser.NewScope("/", "https://tenant.example/", "app", "").Vault()
	t.Cleanup(func() { vault.Wipe(context.Background()) })
	return New(vault, func() time.Time { return *now }), vault
}

func TestLast(t *testing.T) {
	for _, tt := range []struct {
		name    string
		subject string
		ends    time.Time // the session
		later   time.Duration
		put     string // in place of the copy
		want    bool
	}{
		{name: "the same person", subject: ada, later: time.Hour, want: true},
		{name: "nobody is signed in", subject: "", later: time.Hour, want: true},
		{name: "another person", subject: "auth0|charles"},
		{name: "the last day", subject: ada, later: Life, want: true},
		{name: "too old", subject: ada, later: Life + time.Second},
		{name: "the clock was put right, 20 hours back", subject: ada, later: -20 * time.Hour, want: true},
		{name: "the clock was put right, 20 hours forward", subject: ada, later: 20 * time.Hour, want: true},
		{name: "the clock was put back for days", subject: ada, later: -25 * time.Hour},
		{name: "before its session ends", subject: ada, ends: start.Add(time.Hour), later: time.Hour - 1, want: true},
		{name: "its session has ended", subject: ada, ends: start.Add(time.Hour), later: time.Hour},
		{name: "its session has ended, nobody is signed in", ends: start.Add(time.Hour), later: 2 * time.Hour},
		{name: "too old before its session ends", subject: ada, ends: start.Add(2 * Life), later: Life + time.Second},
		{name: "no JSON", subject: ada, put: "{"},
		{name: "another version", subject: ada, put: `{"v":3,"at":"2026-03-01T12:00:00Z","value":{"ID":"auth0|ada","Identities":[{}]}}`},
		{name: "an earlier program's", subject: ada, put: `{"v":1,"user":{"ID":"auth0|ada","Identities":[{}]},"read":"2026-03-01T12:00:00Z"}`},
		{name: "nobody's", put: `{"v":2,"at":"2026-03-01T12:00:00Z","value":{"Identities":[{}]}}`},
		{name: "without identities", subject: ada, put: `{"v":2,"at":"2026-03-01T12:00:00Z","value":{"ID":"auth0|ada"}}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			now := start
			k, vault := keeper(t, &now)
			if err := k.Keep(t.Context(), profile(), tt.ends); err != nil {
				t.Fatal(err)
			}
			if tt.put != "" {
				vault.Put(t.Context(), Name, "", []byte(tt.put))
			}
			now = now.Add(tt.later)
			c, err := k.Last(t.Context(), tt.subject)
			if !tt.want {
				if !errors.Is(err, ErrNone) {
					t.Errorf("got %+v, %v; want %v", c, err, ErrNone)
				}
				if _, err := vault.Get(t.Context(), Name, ""); !errors.Is(err, platform.ErrNoEntry) {
					t.Errorf("what may not be shown is still there: %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if !c.Read.Equal(start) || c.User.Email != "ada@example.com" || len(c.User.Linked()) != 1 || !c.User.Created.Equal(profile().Created) {
				t.Errorf("copy = %+v", c)
			}
		})
	}
}

func TestNothingKept(t *testing.T) {
	now := start
	k, _ := keeper(t, &now)
	if _, err := k.Last(t.Context(), ""); !errors.Is(err, ErrNone) {
		t.Errorf("err = %v", err)
	}
	if err := k.Forget(t.Context()); err != nil {
		t.Errorf("forget nothing: %v", err)
	}
}

// What the page does not show is not kept.
func TestKeepLeavesOutMetadata(t *testing.T) {
	now := start
	k, vault := keeper(t, &now)
	u := profile()
	if err := k.Keep(t.Context(), u, time.Time{}); err != nil {
		t.Fatal(err)
	}
	data, err := vault.Get(t.Context(), Name, "")
	if err != nil || strings.Contains(string(data), "metadata") {
		t.Errorf("kept %s, %v", data, err)
	}
	if u.Metadata == nil {
		t.Error("the caller's profile was changed")
	}
}

// failing is a vault that fails as told.
type failing struct {
	platform.Vault
	getErr, deleteErr error
}

func (f failing) Get(context.Context, string, string) ([]byte, error) { return nil, f.getErr }
func (f failing) Delete(context.Context, string) error                { return f.deleteErr }

func TestVaultFails(t *testing.T) {
	broken := errors.New("out of order")
	for _, test := range []struct {
		name              string
		getErr, deleteErr error
		want, wantForget  error
	}{
		{"nothing can be stored", platform.ErrNoVault, platform.ErrNoVault, ErrNone, nil},
		{"broken, removed", platform.ErrSealBroken, nil, ErrNone, nil},
		{"broken, not removed", platform.ErrSealBroken, broken, broken, broken},
	} {
		t.Run(test.name, func(t *testing.T) {
			k := New(failing{getErr: test.getErr, deleteErr: test.deleteErr}, nil)
			if _, err := k.Last(t.Context(), ada); !errors.Is(err, test.want) {
				t.Errorf("Last: %v, want %v", err, test.want)
			}
			if err := k.Forget(t.Context()); !errors.Is(err, test.wantForget) {
				t.Errorf("Forget: %v, want %v", err, test.wantForget)
			}
		})
	}
}

func FuzzLast(f *testing.F) {
	f.Add([]byte(`{"v":2,"at":"2026-03-01T12:00:00Z","value":{"ID":"auth0|ada","Identities":[{"Provider":"auth0"}]}}`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, data []byte) {
		now := start
		k, vault := keeper(t, &now)
		if err := vault.Put(t.Context(), Name, "", data); err != nil {
			t.Fatal(err)
		}
		if c, err := k.Last(t.Context(), ""); err == nil && (c.User.ID == "" || len(c.User.Identities) == 0) {
			t.Errorf("%q was read as %+v", data, c)
		}
	})
}

// What a copy cannot use of a profile it cannot use either.
func TestUnusableIdentityStaysSo(t *testing.T) {
	k := New(browser.NewScope("/", "https://tenant.example/", "app", "").Vault(), nil)
	u := management.User{ID: "auth0|1", Identities: []management.Identity{
		{Provider: "auth0", UserID: "1"}, {Provider: "facebook", Unusable: management.NoID},
	}}
	if err := k.Keep(t.Context(), u, time.Time{}); err != nil {
		t.Fatal(err)
	}
	last, err := k.Last(t.Context(), "")
	if err != nil || len(last.User.Identities) != 2 || last.User.Identities[1] != u.Identities[1] {
		t.Errorf("the copy is %+v, %v", last.User, err)
	}
}

// The view goes where the copy goes.
func TestView(t *testing.T) {
	now := start
	for name, forget := range map[string]func(*Keeper) error{
		"forgotten": func(k *Keeper) error { return k.Forget(t.Context()) },
		"of somebody else": func(k *Keeper) error {
			_, err := k.Last(t.Context(), "auth0|charles")
			return err
		},
	} {
		k, vault := keeper(t, &now)
		if err := errors.Join(k.Keep(t.Context(), profile(), time.Time{}), k.KeepView(t.Context(), View{Subject: ada, Page: "{}"})); err != nil {
			t.Fatal(err)
		}
		if data, err := vault.Get(t.Context(), ViewName, ""); err != nil || !strings.Contains(string(data), `"value":{"subject":"auth0|ada","asOf":"","online":"","again":"","page":"{}"}`) {
			t.Errorf("%s: kept %s, %v", name, data, err)
		}
		if err := forget(k); err != nil && !errors.Is(err, ErrNone) {
			t.Fatal(err)
		}
		if _, err := vault.Get(t.Context(), ViewName, ""); !errors.Is(err, platform.ErrNoEntry) {
			t.Errorf("%s: the view is still there: %v", name, err)
		}
	}
}
