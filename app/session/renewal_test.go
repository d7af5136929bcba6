package session

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"twinlock/app/oidc"
	"twinlock/app/platform"
)

const ada, mary = "auth0|1", "auth0|2"

// issuer renews tokens as a tenant with rotation does: each refresh token is
// good once, and one that comes twice ends them all.
type issuer struct {
	clock *clock

	mu       sync.Mutex
	requests int
	good     string
	// What it answers otherwise.
	err    error
	claims *oidc.Claims
	shown  oidc.Clock
	// asked, if set, is told of each request, which then waits for answer.
	asked, answer chan struct{}
	revoked       []string
	revoke        func(context.Context) error // nil: it works
}

func (i *issuer) Revoke(ctx context.Context, refresh oidc.Secret) error {
	i.revoked = append(i.revoked, refresh.Reveal())
	if i.revoke != nil {
		return i.revoke(ctx)
	}
	return nil
}

func newIssuer(c *clock) *issuer { return &issuer{clock: c, good: "refresh-1", shown: agreeing} }

func (i *issuer) Refresh(ctx context.Context, refresh oidc.Secret, subject string) (oidc.Tokens, oidc.Claims, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.requests++
	if i.asked != nil {
		i.asked <- struct{}{}
		<-i.answer
	}
	switch {
	case ctx.Err() != nil:
		return oidc.Tokens{}, oidc.Claims{}, ctx.Err()
	case i.err != nil:
		return oidc.Tokens{}, oidc.Claims{}, i.err
	case refresh.Reveal() != i.good:
		i.good = ""
		return oidc.Tokens{}, oidc.Claims{}, fmt.Errorf("%w: %w", oidc.ErrReuse, oidc.ErrExchange)
	}
	n := i.requests + 1
	i.good = fmt.Sprintf("refresh-%d", n)
	tokens := oidc.Tokens{
		ID:      oidc.Secret(fmt.Sprintf("id-%d", n)),
		Access:  oidc.Secret(fmt.Sprintf("access-%d", n)),
		Refresh: oidc.Secret(i.good),
		Expires: i.clock.Now().Add(time.Hour),
		Clock:   i.shown,
	}
	claims := oidc.Claims{Subject: subject, AuthTime: i.clock.Now()}
	if i.claims != nil {
		claims = *i.claims
	}
	return tokens, claims, nil
}

func (i *issuer) asks(asked, answer chan struct{}) { i.asked, i.answer = asked, answer }

// agreeing is what an exchange shows of clocks that agree.
var agreeing = oidc.Clock{Tolerance: time.Second}

// hour is a sign-in of the subject's that lasts for one.
func hour(refresh string) oidc.Tokens {
	return oidc.Tokens{ID: "id-1", Access: "access-1", Refresh: oidc.Secret(refresh), Expires: start.Add(time.Hour), Clock: agreeing}
}

// tabs are two tabs, in which ada is signed in since start. Her access token has
// run out.
type tabs struct {
	vault       *box
	clock       *clock
	issuer      *issuer
	here, there *Keeper
	heard       chan Change // by the other tab
	deafen      func()      // this tab hears nothing any more
}

func newTabs(t *testing.T) *tabs {
	t.Helper()
	c := &clock{start}
	s := &tabs{vault: newBox(), clock: c, issuer: newIssuer(c), heard: make(chan Change, 16)}
	s.here = New(scope, s.vault, Options{Renewer: s.issuer, Now: c.Now, Keep: []string{keptName}})
	s.there = New(scope, s.vault, Options{Renewer: s.issuer, Now: c.Now, Keep: []string{keptName}})
	ctx := context.Background()
	if err := s.here.Adopt(ctx, hour("refresh-1"), oidc.Claims{Subject: ada, AuthTime: start}); err != nil {
		t.Fatal(err)
	}
	if err := s.there.Restore(ctx); err != nil {
		t.Fatal(err)
	}
	s.deafen = s.here.Listen(func(Change) {})
	t.Cleanup(s.deafen)
	t.Cleanup(s.there.Listen(func(change Change) { s.heard <- change }))
	c.now = start.Add(time.Hour)
	return s
}

// keptName is an entry that outlasts the session.
const keptName = "history"

func (s *tabs) keepSomething(t *testing.T) {
	t.Helper()
	if err := s.vault.Put(context.Background(), keptName, ada, []byte("something")); err != nil {
		t.Fatal(err)
	}
}

// sealed is the session that the vault holds.
func (s *tabs) sealed(t *testing.T) storedRecord {
	t.Helper()
	r, err := s.here.read(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return r.stored()
}

// Attack case 43: tabs that renew at once rotate once, and nobody is signed out.
func TestTabsRenewOnce(t *testing.T) {
	s := newTabs(t)
	for round := range 3 {
		var all sync.WaitGroup
		for i := range 8 {
			k := []*Keeper{s.here, s.there}[i%2]
			all.Go(func() {
				token, err := k.AccessToken(context.Background())
				if want := fmt.Sprintf("access-%d", round+2); token.Reveal() != want || err != nil {
					t.Errorf("got %q, %v, want %s", token.Reveal(), err, want)
				}
			})
		}
		all.Wait()
		if s.issuer.requests != round+1 {
			t.Fatalf("%d renewals, want %d", s.issuer.requests, round+1)
		}
		s.clock.now = s.clock.now.Add(time.Hour)
	}
}

// yield lets the others run as far as they can.
func yield() {
	for range 1000 {
		runtime.Gosched()
	}
}

// While one tab renews, the other waits rather than use the same refresh token.
func TestATabWaitsForTheRenewalOfAnother(t *testing.T) {
	s := newTabs(t)
	asked, answer := make(chan struct{}), make(chan struct{})
	s.issuer.asks(asked, answer)
	type result struct {
		token oidc.Secret
		err   error
	}
	results := make(chan result, 2)
	for _, k := range []*Keeper{s.here, s.there} {
		go func() {
			token, err := k.AccessToken(context.Background())
			results <- result{token, err}
		}()
	}
	<-asked
	yield()
	given, cancel := context.WithCancel(context.Background())
	cancel()
	for range 100 { // one of two that are ready is taken by chance
		if scope.Exclusive(given, entryName, func() error { return nil }) == nil {
			t.Fatal("another tab may renew meanwhile")
		}
	}
	answer <- struct{}{}
	for range 2 {
		select {
		case r := <-results:
			if r.token != "access-2" || r.err != nil {
				t.Errorf("got %q, %v", r.token.Reveal(), r.err)
			}
		case <-asked:
			t.Fatal("a second renewal was asked for")
		}
	}
}

func TestReuseSignsOutEverywhere(t *testing.T) {
	s := newTabs(t)
	s.issuer.good = "stolen and used"
	s.keepSomething(t)
	ctx := context.Background()
	if _, err := s.here.AccessToken(ctx); !errors.Is(err, ErrReused) || !errors.Is(err, ErrSignedOut) {
		t.Errorf("AccessToken: %v", err)
	}
	if change := <-s.heard; change != Reused {
		t.Errorf("the other tab heard %v", change)
	}
	for name, k := range map[string]*Keeper{"here": s.here, "there": s.there} {
		if _, err := k.AccessToken(ctx); !errors.Is(err, ErrReused) {
			t.Errorf("%s, afterwards: %v", name, err)
		}
		if err := k.Restore(ctx); !errors.Is(err, ErrSignedOut) {
			t.Errorf("%s: something was left to restore: %v", name, err)
		}
	}
	if got := s.vault.names(); !slices.Equal(got, []string{keptName}) {
		t.Errorf("kept %v", got)
	}
	if s.issuer.requests != 1 {
		t.Errorf("%d requests", s.issuer.requests)
	}
}

// Attack cases 4 and 10 of a renewal: whoever else the tokens are of, they are
// not adopted.
func TestARenewalOfAnotherSubjectIsNotAdopted(t *testing.T) {
	for _, test := range []struct {
		name   string
		err    error
		claims oidc.Claims
	}{
		{name: "refused by the client", err: fmt.Errorf("renew tokens: %w", oidc.ErrOtherSubject)},
		{name: "not refused by the client", claims: oidc.Claims{Subject: mary}},
		{name: "nobody's", claims: oidc.Claims{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newTabs(t)
			s.issuer.err, s.issuer.claims = test.err, &test.claims
			token, err := s.here.AccessToken(context.Background())
			if token != "" || !errors.Is(err, ErrOtherSubject) || !errors.Is(err, ErrSignedOut) {
				t.Errorf("AccessToken: %q, %v", token.Reveal(), err)
			}
			if change := <-s.heard; change != SignedOut {
				t.Errorf("the other tab heard %v", change)
			}
			if _, signedIn := s.here.Account(); signedIn || len(s.vault.names()) != 0 {
				t.Error("the session goes on")
			}
		})
	}
}

// Another tab signed in as somebody else without this one's hearing of it.
func TestTheSessionOfAnotherTabIsNotAdopted(t *testing.T) {
	s := newTabs(t)
	ctx := context.Background()
	data, err := json.Marshal(record{oidc.Tokens{Access: "mary's", Expires: start.Add(9 * time.Hour)}, oidc.Claims{Subject: mary}}.stored())
	if err != nil {
		t.Fatal(err)
	}
	s.vault.entries[entryName] = data
	if err := s.there.Restore(ctx); !errors.Is(err, ErrOtherSubject) || s.there.Subject() != ada {
		t.Errorf("Restore: %v", err)
	}
	if token, err := s.here.AccessToken(ctx); token != "" || !errors.Is(err, ErrOtherSubject) {
		t.Errorf("AccessToken: %q, %v", token.Reveal(), err)
	}
	if _, signedIn := s.here.Account(); signedIn {
		t.Error("still signed in here")
	}
	if s.issuer.requests != 0 || s.sealed(t).Access != "mary's" {
		t.Error("the other account's session was touched")
	}
}

func TestSignedOutElsewhereUnheard(t *testing.T) {
	for _, test := range []struct {
		name    string
		entry   []byte
		getErr  error
		wantErr error
		goesOn  bool
	}{
		{name: "nothing kept", wantErr: ErrSignedOut},
		{name: "damaged", entry: []byte("{"), wantErr: ErrSignedOut},
		{name: "storage out of order", getErr: platform.ErrNoVault, wantErr: platform.ErrNoVault, goesOn: true},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newTabs(t)
			delete(s.vault.entries, entryName)
			if test.entry != nil {
				s.vault.entries[entryName] = test.entry
			}
			s.vault.err = test.getErr
			if _, err := s.here.AccessToken(context.Background()); !errors.Is(err, test.wantErr) {
				t.Errorf("AccessToken: %v", err)
			}
			if _, signedIn := s.here.Account(); signedIn != test.goesOn {
				t.Errorf("signed in: %v", signedIn)
			}
			if s.issuer.requests != 0 {
				t.Error("it was renewed all the same")
			}
		})
	}
}

func TestAFailedRenewalKeepsTheSession(t *testing.T) {
	s := newTabs(t)
	ctx := context.Background()
	for _, failure := range []error{
		platform.ErrNetwork, oidc.ErrDiscovery, &oidc.TokenError{Status: 503}, &oidc.TokenError{Status: 429},
		&oidc.TokenError{Status: 403, Code: "unauthorized", Description: "user is blocked"},
	} {
		s.issuer.err = failure
		if _, err := s.here.AccessToken(ctx); !errors.Is(err, failure) {
			t.Errorf("AccessToken: %v, want %v", err, failure)
		}
	}
	s.issuer.err = nil
	if token, err := s.there.AccessToken(ctx); token != "access-7" || err != nil {
		t.Errorf("afterwards: %q, %v", token.Reveal(), err)
	}
}

// Where the tenant asks for a second factor, only a sign-in helps.
func TestARenewalThatNeedsThePerson(t *testing.T) {
	s := newTabs(t)
	s.issuer.err = &oidc.TokenError{Status: 403, Code: "mfa_required"}
	_, err := s.here.AccessToken(context.Background())
	if !errors.Is(err, ErrExpired) || !errors.Is(err, oidc.ErrSecondFactor) {
		t.Errorf("AccessToken: %v", err)
	}
	if _, signedIn := s.here.Account(); signedIn {
		t.Error("somebody is still signed in")
	}
}

func TestACancelledCallerDoesNotLoseTheRotatedToken(t *testing.T) {
	s := newTabs(t)
	asked, answer := make(chan struct{}), make(chan struct{})
	s.issuer.asks(asked, answer)
	ctx, cancel := context.WithCancel(context.Background())
	failed := make(chan error)
	go func() {
		_, err := s.here.AccessToken(ctx)
		failed <- err
	}()
	<-asked
	cancel()
	if err := <-failed; !errors.Is(err, context.Canceled) {
		t.Errorf("AccessToken: %v", err)
	}
	answer <- struct{}{}
	if token, err := s.here.AccessToken(context.Background()); token != "access-2" || err != nil {
		t.Errorf("afterwards: %q, %v", token.Reveal(), err)
	}
	if got := s.sealed(t).Refresh; got != "refresh-2" {
		t.Errorf("sealed %q", got)
	}
}

// Callers share a renewal, its failure too, and none ends it for the others.
func TestCallersShareARenewal(t *testing.T) {
	s := newTabs(t)
	s.issuer.err = platform.ErrNetwork
	ctx, cancel := context.WithCancel(context.Background())
	var first, second *renewal
	err := scope.Exclusive(ctx, entryName, func() error {
		first, _, _ = s.here.tokenOrRenewal(ctx)
		second, _, _ = s.here.tokenOrRenewal(context.Background())
		cancel()
		yield()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range []*renewal{first, second} {
		if <-f.done; !errors.Is(f.err, platform.ErrNetwork) {
			t.Errorf("the renewal: %v", f.err)
		}
	}
	if s.issuer.requests != 1 {
		t.Errorf("%d requests", s.issuer.requests)
	}
}

// watched is a vault that reports each Put before it happens.
type watched struct {
	*box
	put func()
}

func (w watched) Put(ctx context.Context, name, bound string, plain []byte) error {
	w.put()
	return w.box.Put(ctx, name, bound, plain)
}

func TestTheRotatedTokenIsSealedBeforeItIsUsed(t *testing.T) {
	s := newTabs(t)
	var k *Keeper
	var seen []time.Time
	k = New(scope, watched{s.vault, func() {
		account, _ := k.Account()
		seen = append(seen, account.Expires)
	}}, Options{Renewer: s.issuer, Now: s.clock.Now})
	if err := k.Restore(context.Background()); err != nil {
		t.Fatal(err)
	}
	if _, err := k.AccessToken(context.Background()); err != nil {
		t.Fatal(err)
	}
	if len(seen) != 1 || !seen[0].Equal(start.Add(time.Hour)) {
		t.Errorf("when sealed, the session was that of %v", seen)
	}
}

func TestARenewalProvesNothingAboutThePerson(t *testing.T) {
	s := newTabs(t)
	if _, err := s.here.AccessToken(context.Background()); err != nil {
		t.Fatal(err)
	}
	account, _ := s.here.Account()
	if !account.Claims.AuthTime.Equal(start) || account.Fresh(5*time.Minute) {
		t.Errorf("authenticated at %v", account.Claims.AuthTime)
	}
}

// Where nothing can be sealed the session goes on in memory, and no tab takes up
// the refresh token that is used up.
func TestWithoutStorageTheRenewalIsHeld(t *testing.T) {
	s := newTabs(t)
	ctx := context.Background()
	s.vault.putErr = platform.ErrNoVault
	for _, want := range []oidc.Secret{"access-2", "access-3"} {
		if token, err := s.here.AccessToken(ctx); token != want || err != nil {
			t.Errorf("got %q, %v, want %q", token.Reveal(), err, want.Reveal())
		}
		s.clock.now = s.clock.now.Add(time.Hour)
	}
	if _, err := s.there.AccessToken(ctx); !errors.Is(err, ErrSignedOut) || errors.Is(err, ErrReused) {
		t.Errorf("the other tab: %v", err)
	}
	if s.issuer.good != "refresh-3" {
		t.Error("a refresh token was used twice")
	}
}

// What cannot even be removed from the vault is older than what is held, until
// another tab has sealed a newer one.
func TestWithoutStorageAnOldSessionIsNotTakenUp(t *testing.T) {
	s := newTabs(t)
	ctx := context.Background()
	s.vault.putErr, s.vault.deleteErr = platform.ErrNoVault, platform.ErrNoVault
	for _, want := range []oidc.Secret{"access-2", "access-3"} {
		if token, err := s.here.AccessToken(ctx); token != want || err != nil {
			t.Errorf("got %q, %v, want %q", token.Reveal(), err, want.Reveal())
		}
		s.clock.now = s.clock.now.Add(time.Hour)
	}
	s.vault.putErr, s.vault.deleteErr = nil, nil
	if err := New(scope, s.vault, Options{Now: s.clock.Now}).Adopt(ctx, again(""), oidc.Claims{Subject: ada}); err != nil {
		t.Fatal(err)
	}
	if token, err := s.here.AccessToken(ctx); token != "access-again" || err != nil {
		t.Errorf("got %q, %v", token.Reveal(), err)
	}
}

// Without a refresh token a tab ends with its access token when the tenant refuses that, but
// not the session that another tab has renewed by signing in.
func TestExpiryLooksForANewerSession(t *testing.T) {
	vault, c := newBox(), &clock{start}
	ctx := context.Background()
	here, there := New(scope, vault, Options{Now: c.Now}), New(scope, vault, Options{Now: c.Now})
	if err := here.Adopt(ctx, hour(""), oidc.Claims{Subject: ada}); err != nil {
		t.Fatal(err)
	}
	if err := there.Restore(ctx); err != nil {
		t.Fatal(err)
	}
	newer := hour("")
	newer.Access, newer.Expires = "newer", start.Add(2*time.Hour)
	if err := there.Renew(ctx, newer, oidc.Claims{Subject: ada}); err != nil {
		t.Fatal(err)
	}
	c.now = start.Add(time.Hour)
	here.Refused("access-1")
	if token, err := here.AccessToken(ctx); token != "newer" || err != nil {
		t.Errorf("got %q, %v", token.Reveal(), err)
	}
}

func TestRestoreWhatCanBeRenewed(t *testing.T) {
	s := newTabs(t)
	ctx := context.Background()
	k := New(scope, s.vault, Options{Renewer: s.issuer, Now: s.clock.Now})
	if err := k.Restore(ctx); err != nil {
		t.Fatal(err)
	}
	if token, err := k.AccessToken(ctx); token != "access-2" || err != nil {
		t.Errorf("got %q, %v", token.Reveal(), err)
	}
	s.clock.now = s.clock.now.Add(time.Hour)
	ended := New(scope, s.vault, Options{Now: s.clock.Now})
	if err := ended.Restore(ctx); err != nil {
		t.Errorf("without a renewer: %v", err)
	}
	if token, err := ended.AccessToken(ctx); token != "access-2" || err != nil {
		t.Errorf("without a renewer: %q, %v", token.Reveal(), err)
	}
}

// Attack cases 4 and 41: who signs out while a tab renews stays signed out.
func TestSignOutDuringARenewal(t *testing.T) {
	for _, name := range []string{"here", "in another tab"} {
		t.Run(name, func(t *testing.T) {
			s := newTabs(t)
			leaving, other := s.here, s.there
			if name != "here" {
				leaving, other = other, leaving
			}
			told := make(chan struct{}, 1)
			t.Cleanup(other.Listen(func(Change) { told <- struct{}{} }))
			asked, answer := make(chan struct{}), make(chan struct{})
			s.issuer.asks(asked, answer)
			done := make(chan error, 2)
			go func() { _, err := s.here.AccessToken(context.Background()); done <- err }()
			<-asked
			go func() { done <- leaving.SignOut(context.Background()) }()
			<-told // before the renewal has ended
			answer <- struct{}{}
			if err := errors.Join(<-done, <-done); !errors.Is(err, ErrSignedOut) {
				t.Errorf("the renewal: %v", err)
			}
			if got := s.vault.names(); len(got) != 0 {
				t.Errorf("kept %v", got)
			}
			if _, signedIn := s.here.Account(); signedIn {
				t.Error("signed in again")
			}
		})
	}
}

// The refresh token that is taken back is the last one, whichever tab renewed it.
func TestSignOutRevokes(t *testing.T) {
	s := newTabs(t)
	ctx := context.Background()
	if _, err := s.there.AccessToken(ctx); err != nil { // renews, unheard of here
		t.Fatal(err)
	}
	if err := s.here.SignOut(ctx); err != nil {
		t.Fatal(err)
	}
	if want := []string{"refresh-2"}; !slices.Equal(s.issuer.revoked, want) {
		t.Errorf("revoked %q, want %q", s.issuer.revoked, want)
	}
	if err := s.here.SignOut(ctx); err != nil || len(s.issuer.revoked) != 1 {
		t.Errorf("signing out once more: %v, revoked %q", err, s.issuer.revoked)
	}
}

// A tenant that does not answer keeps nobody from signing out, nor for long.
func TestSignOutWithoutTheTenant(t *testing.T) {
	s := newTabs(t)
	s.issuer.revoke = func(ctx context.Context) error {
		if got := s.vault.names(); len(got) != 0 {
			t.Errorf("%v are kept until the tenant answers", got)
		}
		if _, bounded := ctx.Deadline(); !bounded {
			t.Error("the tenant has any time to answer")
		}
		return platform.ErrNetwork
	}
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	if err := s.here.SignOut(gone); err != nil {
		t.Error(err)
	}
	if len(s.issuer.revoked) != 1 {
		t.Errorf("revoked %q", s.issuer.revoked)
	}
}

// Here the other tab signs out when the renewed session is being sealed, and is
// not even heard.
func TestSignOutDuringTheSealing(t *testing.T) {
	s := newTabs(t)
	ctx := context.Background()
	signedOut := make(chan error)
	k := New(scope, watched{s.vault, func() {
		go func() { signedOut <- s.there.SignOut(ctx) }()
		yield()
	}}, Options{Renewer: s.issuer, Now: s.clock.Now})
	if err := k.Restore(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := k.AccessToken(ctx); err != nil {
		t.Errorf("AccessToken: %v", err)
	}
	if err := <-signedOut; err != nil {
		t.Error(err)
	}
	if got := s.vault.names(); len(got) != 0 {
		t.Errorf("kept %v", got)
	}
}

// What was sealed a moment too late is removed again.
func TestASealThatCameTooLate(t *testing.T) {
	s := newTabs(t)
	var k *Keeper
	k = New(scope, watched{s.vault, func() { k.follow(SignedOut) }}, Options{Renewer: s.issuer, Now: s.clock.Now})
	if err := k.Restore(context.Background()); err != nil {
		t.Fatal(err)
	}
	if _, err := k.AccessToken(context.Background()); !errors.Is(err, ErrSignedOut) {
		t.Errorf("AccessToken: %v", err)
	}
	if got := s.vault.names(); len(got) != 0 {
		t.Errorf("kept %v", got)
	}
}

func TestARenewalOfAnEndedSessionIsNotSealed(t *testing.T) {
	s := newTabs(t)
	asked, answer := make(chan struct{}), make(chan struct{})
	s.issuer.asks(asked, answer)
	done := make(chan error)
	go func() { _, err := s.here.AccessToken(context.Background()); done <- err }()
	<-asked
	s.here.follow(SignedOut)
	answer <- struct{}{}
	if err := <-done; !errors.Is(err, ErrSignedOut) {
		t.Errorf("AccessToken: %v", err)
	}
	if got := s.sealed(t).Refresh; got != "refresh-1" {
		t.Errorf("sealed %q", got)
	}
}
