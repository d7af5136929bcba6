package session

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"twinlock/app/browser"
	"twinlock/app/oidc"
	"twinlock/app/platform"
)

// box is a vault that fails as told.
type box struct {
	mu      sync.Mutex
	entries map[string][]byte
	bound   map[string]string
	err     error
	// getErr, putErr and deleteErr are those of one method alone.
	getErr, putErr, deleteErr error
}

func (b *box) Put(ctx context.Context, name, bound string, plain []byte) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := cmp.Or(b.err, b.putErr, ctx.Err()); err != nil {
		return err
	}
	b.entries[name], b.bound[name] = plain, bound
	return nil
}

func (b *box) Get(ctx context.Context, name, bound string) ([]byte, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := cmp.Or(b.err, b.getErr, ctx.Err()); err != nil {
		return nil, err
	}
	plain, ok := b.entries[name]
	switch {
	case !ok:
		return nil, platform.ErrNoEntry
	case b.bound[name] != bound:
		return nil, platform.ErrSealBroken
	}
	return plain, nil
}

func (b *box) Delete(_ context.Context, name string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.deleteErr != nil {
		return b.deleteErr
	}
	delete(b.entries, name)
	return nil
}

func (b *box) Wipe(ctx context.Context, keep ...string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	maps.DeleteFunc(b.entries, func(name string, _ []byte) bool { return !slices.Contains(keep, name) })
	return nil
}

// names lists what is kept.
func (b *box) names() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Sorted(maps.Keys(b.entries))
}

func newBox() *box { return &box{entries: map[string][]byte{}, bound: map[string]string{}} }

var scope = browser.NewScope("/", "https://tenant.example/", "app", "https://tenant.example/api/v2/")

var start = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// clock is a time that tests move.
type clock struct {
	now time.Time
}

func (c *clock) Now() time.Time { return c.now }

func tokens(expires time.Time) oidc.Tokens {
	return oidc.Tokens{ID: "id-token", Access: "access-token", Scope: []string{"openid"}, Expires: expires}
}

func TestASessionOutlivesAReload(t *testing.T) {
	vault, c := newBox(), &clock{start}
	ctx := context.Background()
	if err := New(scope, vault, Options{Now: c.Now}).Adopt(ctx, tokens(start.Add(time.Hour)), oidc.Claims{Subject: "auth0|1", Email: "ada@example.com"}); err != nil {
		t.Fatal(err)
	}
	reloaded := New(scope, vault, Options{Now: c.Now})
	if err := reloaded.Restore(ctx); err != nil {
		t.Fatal(err)
	}
	account, ok := reloaded.Account()
	if !ok || account.Subject() != "auth0|1" || account.Claims.Email != "ada@example.com" {
		t.Errorf("restored %+v, %v", account, ok)
	}
	if token, err := reloaded.AccessToken(ctx); token != "access-token" || err != nil {
		t.Errorf("access token %q, %v", token.Reveal(), err)
	}
}

// Whether the next page will find the session is known before this one is left.
func TestOutlasts(t *testing.T) {
	for name, test := range map[string]struct {
		before  func(*box) // the sign-in
		after   func(*box)
		subject string
		want    bool
	}{
		"stored":               {subject: "auth0|1", want: true},
		"another's":            {subject: "auth0|2"},
		"nothing is stored":    {before: func(b *box) { b.putErr = platform.ErrNoVault }, subject: "auth0|1"},
		"nothing can be read":  {after: func(b *box) { b.getErr = platform.ErrNoVault }, subject: "auth0|1"},
		"it was removed since": {after: func(b *box) { clear(b.entries) }, subject: "auth0|1"},
	} {
		t.Run(name, func(t *testing.T) {
			vault, c := newBox(), &clock{start}
			if test.before != nil {
				test.before(vault)
			}
			k := New(scope, vault, Options{Now: c.Now})
			_ = k.Adopt(t.Context(), tokens(start.Add(time.Hour)), oidc.Claims{Subject: "auth0|1"})
			if k.Subject() != "auth0|1" {
				t.Fatal("nobody is signed in")
			}
			if test.after != nil {
				test.after(vault)
			}
			if got := k.Outlasts(t.Context(), test.subject); got != test.want {
				t.Errorf("outlasts: %v", got)
			}
		})
	}
}

// A session that another tab has ended before this one has listened does not stay.
func TestRestoreWhatHasGone(t *testing.T) {
	vault := newBox()
	k := New(scope, vault, Options{Now: (&clock{start}).Now})
	if err := k.Adopt(t.Context(), tokens(start.Add(time.Hour)), oidc.Claims{Subject: "auth0|1"}); err != nil {
		t.Fatal(err)
	}
	delete(vault.entries, entryName)
	if err := k.Restore(t.Context()); !errors.Is(err, ErrSignedOut) || k.Subject() != "" {
		t.Errorf("err = %v, and %q is signed in", err, k.Subject())
	}
}

func TestRestore(t *testing.T) {
	kept := func(r record) []byte {
		data, err := json.Marshal(r.stored())
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	good := record{oidc.Tokens{Access: "a", Expires: start.Add(time.Hour)}, oidc.Claims{Subject: "auth0|1"}}
	expired := good
	expired.Expires = start.Add(expiryMargin)
	nobody := good
	nobody.Claims.Subject = ""
	for _, test := range []struct {
		name    string
		kept    []byte
		vault   error
		wantErr error
	}{
		{name: "good", kept: kept(good)},
		{name: "nothing kept", wantErr: ErrSignedOut},
		{name: "expired, as far as this device knows", kept: kept(expired)},
		{name: "damaged", kept: []byte("{"), wantErr: ErrSignedOut},
		{name: "without a subject", kept: kept(nobody), wantErr: ErrSignedOut},
		{name: "broken seal", vault: platform.ErrSealBroken, wantErr: ErrSignedOut},
		{name: "no storage", vault: platform.ErrNoVault, wantErr: ErrSignedOut},
	} {
		t.Run(test.name, func(t *testing.T) {
			vault := newBox()
			if test.kept != nil {
				vault.entries[entryName] = test.kept
			}
			vault.err = test.vault
			k := New(scope, vault, Options{Now: (&clock{start}).Now})
			err := k.Restore(context.Background())
			if !errors.Is(err, test.wantErr) {
				t.Fatalf("Restore: %v, want %v", err, test.wantErr)
			}
			if _, signedIn := k.Account(); signedIn != (test.wantErr == nil) {
				t.Errorf("signed in: %v", signedIn)
			}
			if test.wantErr != nil && len(vault.entries) != 0 {
				t.Error("what cannot be used is still kept")
			}
		})
	}
}

func TestAnotherSubjectIsNotAdopted(t *testing.T) {
	vault := newBox()
	k := New(scope, vault, Options{Now: (&clock{start}).Now})
	ctx := context.Background()
	if err := k.Adopt(ctx, tokens(start.Add(time.Hour)), oidc.Claims{Subject: "auth0|1"}); err != nil {
		t.Fatal(err)
	}
	before := string(vault.entries[entryName])
	if err := k.Adopt(ctx, tokens(start.Add(time.Hour)), oidc.Claims{Subject: "auth0|2"}); !errors.Is(err, ErrOtherSubject) {
		t.Errorf("Adopt: %v", err)
	}
	if k.Subject() != "auth0|1" || string(vault.entries[entryName]) != before {
		t.Error("the session changed")
	}
}

// Attack case 4: the same where another tab has signed in and this one has not heard of it, as
// while the page is being loaded. What a sign-out has still to wipe does not come back.
func TestAnotherTabSignedInUnheard(t *testing.T) {
	ctx := context.Background()
	for _, tt := range []struct {
		name, subject, current string
		heard                  bool
		want                   error
	}{
		{name: "the same", subject: "auth0|1", current: "auth0|1"},
		{name: "another", subject: "auth0|2", current: "auth0|1", want: ErrOtherSubject},
		{name: "another, after a sign-out", subject: "auth0|2", current: "auth0|2", heard: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			vault := newBox()
			here := New(scope, vault, Options{Now: (&clock{start}).Now})
			other := New(scope, vault, Options{Now: (&clock{start}).Now})
			if err := other.Adopt(ctx, tokens(start.Add(time.Hour)), oidc.Claims{Subject: "auth0|1"}); err != nil {
				t.Fatal(err)
			}
			if tt.heard {
				here.follow(SignedOut)
			}
			err := here.Adopt(ctx, tokens(start.Add(time.Hour)), oidc.Claims{Subject: tt.subject})
			if !errors.Is(err, tt.want) || here.Subject() != tt.current {
				t.Errorf("Adopt: %v; now %s", err, here.Subject())
			}
			if r, err := here.read(ctx); err != nil || r.Claims.Subject != tt.current {
				t.Errorf("stored: %s, %v", r.Claims.Subject, err)
			}
		})
	}
}

// The end that this device knows is a hint: the tenant says whether a token still counts.
func TestAnExpiredTokenEndsTheSession(t *testing.T) {
	vault, c := newBox(), &clock{start}
	k := New(scope, vault, Options{Now: c.Now})
	ctx := context.Background()
	if err := k.Adopt(ctx, tokens(start.Add(time.Hour)), oidc.Claims{Subject: "auth0|1"}); err != nil {
		t.Fatal(err)
	}
	token, err := k.AccessToken(ctx)
	if err != nil {
		t.Fatal(err)
	}
	k.Refused(token) // revoked, perhaps: the caller says so
	if again, err := k.AccessToken(ctx); again != token || err != nil {
		t.Errorf("refused before its end: %q, %v", again.Reveal(), err)
	}
	c.now = start.Add(time.Hour - expiryMargin)
	if again, err := k.AccessToken(ctx); again != token || err != nil {
		t.Errorf("after its end: %q, %v", again.Reveal(), err)
	}
	k.Refused("another")
	if again, err := k.AccessToken(ctx); again != token || err != nil {
		t.Errorf("another is refused: %q, %v", again.Reveal(), err)
	}
	k.Refused(token)
	if _, err := k.AccessToken(ctx); !errors.Is(err, ErrExpired) {
		t.Errorf("AccessToken: %v", err)
	}
	if _, err := k.AccessToken(ctx); !errors.Is(err, ErrSignedOut) {
		t.Errorf("AccessToken afterwards: %v", err)
	}
	if len(vault.entries) != 0 {
		t.Error("the expired session is still kept")
	}
}

func TestWithoutStorageTheSessionIsHeld(t *testing.T) {
	vault := newBox()
	vault.err = platform.ErrNoVault
	k := New(scope, vault, Options{Now: (&clock{start}).Now})
	err := k.Adopt(context.Background(), tokens(start.Add(time.Hour)), oidc.Claims{Subject: "auth0|1"})
	if !errors.Is(err, platform.ErrNoVault) || k.Subject() != "auth0|1" {
		t.Errorf("Adopt: %v, subject %q", err, k.Subject())
	}
}

// Attack cases 39 and 41: after sign-out nothing is kept, in no tab.
func TestSignOutReachesTheOtherTabs(t *testing.T) {
	vault, c := newBox(), &clock{start}
	here, there := New(scope, vault, Options{Now: c.Now}), New(scope, vault, Options{Now: c.Now})
	changes := make(chan Change, 4)
	defer here.Listen(func(Change) {})()
	defer there.Listen(func(change Change) { changes <- change })()
	ctx := context.Background()
	if err := here.Adopt(ctx, tokens(start.Add(time.Hour)), oidc.Claims{Subject: "auth0|1"}); err != nil {
		t.Fatal(err)
	}
	if change := <-changes; change != SignedIn {
		t.Fatalf("the other tab heard %v", change)
	}
	if err := there.Restore(ctx); err != nil {
		t.Fatal(err)
	}
	here.Updated()
	if change := <-changes; change != Updated {
		t.Fatalf("the other tab heard %v", change)
	}
	if err := here.SignOut(ctx); err != nil {
		t.Fatal(err)
	}
	if change := <-changes; change != SignedOut {
		t.Fatalf("the other tab heard %v", change)
	}
	for name, k := range map[string]*Keeper{"here": here, "there": there} {
		if _, err := k.AccessToken(ctx); !errors.Is(err, ErrSignedOut) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(vault.entries) != 0 {
		t.Error("something is still kept")
	}
}

// What is stored of an account is stored while its session lasts, or not at all.
func TestWhile(t *testing.T) {
	s := newTabs(t)
	s.clock.now = start
	ctx := t.Context()
	failed := errors.New("failed")
	if err := s.here.While(ctx, ada, func(context.Context) error { return failed }); err != failed {
		t.Errorf("While: %v", err)
	}
	refused := func(subject string, want error) {
		t.Helper()
		ran := false
		if err := s.here.While(ctx, subject, func(context.Context) error { ran = true; return nil }); !errors.Is(err, want) || ran {
			t.Errorf("While of %s: %v, ran %v", subject, err, ran)
		}
	}
	refused(mary, ErrOtherSubject)
	s.deafen()
	if err := s.there.SignOut(ctx); err != nil {
		t.Fatal(err)
	}
	refused(ada, ErrSignedOut)
}

// A sign-out waits for what is being stored, and then wipes it.
func TestSignOutWaitsForWhile(t *testing.T) {
	s := newTabs(t)
	s.clock.now = start
	ctx := t.Context()
	done := make(chan error)
	err := s.here.While(ctx, ada, func(ctx context.Context) error {
		go func() { done <- s.there.SignOut(ctx) }()
		yield()
		return s.vault.Put(ctx, "copy", "", nil)
	})
	if err := errors.Join(err, <-done); err != nil {
		t.Error(err)
	}
	if got := s.vault.names(); len(got) != 0 {
		t.Errorf("kept %v", got)
	}
}

// The person signs out while their sign-in is being stored.
func TestSignOutDuringASignIn(t *testing.T) {
	vault := newBox()
	var k *Keeper
	k = New(scope, watched{vault, func() { k.follow(SignedOut) }}, Options{Now: (&clock{start}).Now})
	if err := k.Adopt(t.Context(), hour(""), oidc.Claims{Subject: ada}); !errors.Is(err, ErrSignedOut) {
		t.Errorf("Adopt: %v", err)
	}
	if got := vault.names(); len(got) != 0 {
		t.Errorf("kept %v", got)
	}
}

// A session that a program before this one has stored is taken up.
func TestSessionOfAnEarlierProgram(t *testing.T) {
	vault := newBox()
	vault.entries[entryName] = []byte(`{"id":"i","access":"a","refresh":"r","scope":["openid"],"expires":"2026-01-02T04:04:05Z","claims":{"Issuer":"https://tenant.example/","Subject":"auth0|1","Name":"","Nickname":"","Email":"","Picture":"","SessionID":"","EmailVerified":true,"AuthTime":"2026-01-02T03:04:05Z","IssuedAt":"2026-01-02T03:04:05Z","Expires":"2026-01-02T03:04:05Z"}}`)
	k := New(scope, vault, Options{Now: (&clock{start}).Now})
	if err := k.Restore(t.Context()); err != nil || k.Subject() != ada || k.IDToken() != "i" {
		t.Errorf("Restore: %v, %s", err, k.Subject())
	}
}

// readDuring is a vault during whose reading something happens.
type readDuring struct {
	*box
	what func()
}

func (r readDuring) Get(ctx context.Context, name, bound string) ([]byte, error) {
	plain, err := r.box.Get(ctx, name, bound)
	r.what()
	return plain, err
}

// Another tab says that it signs out before it has wiped the vault.
func TestSignOutWhileRestoring(t *testing.T) {
	for _, change := range []Change{SignedOut, Replaced, Reused, Expired} {
		s := newTabs(t)
		s.clock.now = start
		var k *Keeper
		k = New(scope, readDuring{s.vault, func() { k.follow(change) }}, Options{Now: s.clock.Now})
		if err := k.Restore(t.Context()); !errors.Is(err, ErrSignedOut) || k.Subject() != "" {
			t.Errorf("%v: Restore: %v, %q is signed in", change, err, k.Subject())
		}
	}
}
