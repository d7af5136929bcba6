package linking

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"twinlock/app/browser"
	"twinlock/app/management"
	"twinlock/app/oidc"
	"twinlock/app/platform"
)

// store is a tenant of one user, whose writes fail as told: before or after
// they have taken effect.
type store struct {
	user    management.User
	joining management.Identity
	err     error // of linking and unlinking
	lost    bool  // the write takes effect although it fails
	unmoved bool  // the write answers well and does nothing
	hidden  bool  // the answer tells of no identities
	readErr error
	// The same for the merge.
	patchErr     error
	patchLost    bool
	patchUnmoved bool

	log      []string
	linkWith oidc.Secret
	stop     func() // the person stops the write while it is under way
}

func (s *store) stopped(err error) {
	if err == context.Canceled {
		s.stop()
	}
}

func (s *store) User(ctx context.Context, _ string) (management.User, error) {
	s.log = append(s.log, "read")
	if ctx.Err() != nil {
		return management.User{}, ctx.Err()
	}
	return s.read(s.readErr)
}

func (s *store) read(err error) (management.User, error) {
	if err != nil {
		return management.User{}, err
	}
	u := s.user
	u.Identities, u.Metadata = slices.Clone(u.Identities), maps.Clone(u.Metadata)
	return u, nil
}

func (s *store) Link(_ context.Context, _ string, linkWith oidc.Secret) ([]management.Identity, error) {
	s.log = append(s.log, "link")
	s.stopped(s.err)
	s.linkWith = linkWith
	if (s.err == nil || s.lost) && !s.unmoved {
		s.user.Identities = append(s.user.Identities, s.joining)
	}
	return s.user.Identities, s.err
}

func (s *store) Unlink(_ context.Context, _ string, identity management.Identity) ([]management.Identity, error) {
	s.log = append(s.log, "unlink")
	s.stopped(s.err)
	if (s.err == nil || s.lost) && !s.unmoved {
		s.user.Identities = slices.DeleteFunc(s.user.Identities, identity.Same)
	}
	if s.hidden {
		return nil, s.err
	}
	return s.user.Identities, s.err
}

func (s *store) PatchMetadata(_ context.Context, _ string, patch map[string]any) (management.User, error) {
	s.log = append(s.log, "patch")
	s.stopped(s.patchErr)
	if (s.patchErr == nil || s.patchLost) && !s.patchUnmoved {
		s.user.Metadata = maps.Clone(s.user.Metadata)
		maps.Copy(s.user.Metadata, patch)
	}
	return s.read(s.patchErr)
}

// device is a store together with the journal beside it, so that the log has
// everything in order.
type device struct {
	*store
	entry            *Entry
	saveErr, loadErr error
	now              time.Time
	late             int // how many waits it takes until a link that was lost is carried out
}

// morning is when all of it happens.
var morning = time.Date(2026, 5, 1, 9, 0, 0, 0, time.UTC)

func (d *device) ceremony() Ceremony {
	if d.now.IsZero() {
		d.now = morning
	}
	return Ceremony{API: d, Journal: d, Now: func() time.Time { return d.now }, Sleep: d.sleep}
}

func (d *device) sleep(ctx context.Context, wait time.Duration) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	d.log = append(d.log, "wait")
	d.now = d.now.Add(wait)
	if d.late--; d.late == 0 {
		d.user.Identities = append(d.user.Identities, d.joining)
	}
	return nil
}

func (d *device) Save(_ context.Context, e Entry) error {
	d.log = append(d.log, "save")
	if d.saveErr == nil {
		d.entry = &e
	}
	return d.saveErr
}

func (d *device) Load(_ context.Context, subject string) (Entry, bool, error) {
	if d.entry == nil || d.loadErr != nil || subject != d.entry.Primary && subject != d.entry.Secondary {
		return Entry{}, false, d.loadErr
	}
	return *d.entry, true, nil
}

func (d *device) Remove(ctx context.Context, primary string) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if d.entry != nil && d.entry.Primary == primary {
		d.log = append(d.log, "remove")
		d.entry = nil
	}
	return nil
}

var (
	taken   = &management.Error{Kind: management.ErrAlreadyLinked, Status: 409}
	limited = &management.Error{Kind: management.ErrRateLimited, Status: 429}
	noScope = &management.Error{Kind: management.ErrScope, Status: 403}
	broken  = &management.Error{Kind: management.ErrServer, Status: 500}
)

func TestLink(t *testing.T) {
	const all = "save link read patch remove"
	const unseen = "save link read save wait read save"
	unsent := fmt.Errorf("%w: %w", management.ErrUnsent, platform.ErrNetwork)
	for _, test := range []struct {
		name    string
		device  device
		noMerge bool
		want    State
		wantErr error
		log     string
		kept    bool // the journal still has the entry
	}{
		{"done", device{}, false, Done, nil, all, false},
		{"done, nothing to take over", device{}, true, Done, nil, "save link read remove", false},
		{"refused (attack case 31)", device{store: &store{err: limited}}, false, NotLinked, management.ErrRateLimited, "save link remove", false},
		{"belongs to another profile (attack case 19)", device{store: &store{err: taken}}, false, NotLinked, management.ErrAlreadyLinked, "save link read save", true},
		{"refused as done already", device{store: &store{err: taken, lost: true}}, false, Done, nil, all, false},
		{"dropped before", device{store: &store{err: platform.ErrNetwork}}, false, Unsettled, platform.ErrNetwork, unseen, true},
		{"dropped, and done late", device{store: &store{err: platform.ErrNetwork}, late: 1}, false, Done, nil, "save link read save wait read patch remove", false},
		{"nothing to take over, dropped before", device{store: &store{err: platform.ErrNetwork}}, true, Unsettled, ErrUnsettled, unseen, true},
		{"never sent", device{store: &store{err: unsent}}, false, NotLinked, platform.ErrNetwork, "save link remove", false},
		{"dropped after", device{store: &store{err: platform.ErrNetwork, lost: true}}, false, Done, nil, all, false},
		{"timed out after", device{store: &store{err: context.DeadlineExceeded, lost: true}}, false, Done, nil, all, false},
		{"stopped before", device{store: &store{err: context.Canceled}}, false, Unsettled, context.Canceled, "save link read save", true},
		{"stopped after", device{store: &store{err: context.Canceled, lost: true}}, true, Done, nil, "save link read remove", false},
		{"broken server, done", device{store: &store{err: broken, lost: true}}, false, Done, nil, all, false},
		{"broken server, not done", device{store: &store{err: broken}}, false, Unsettled, management.ErrServer, unseen, true},
		{"answered and not done", device{store: &store{unmoved: true}}, false, Unsettled, ErrUnconfirmed, unseen, true},
		{"answered and seen late", device{store: &store{unmoved: true}, late: 1}, false, Done, nil, "save link read save wait read patch remove", false},
		{"cannot be read", device{store: &store{readErr: platform.ErrNetwork}}, false, Unsettled, ErrUnsettled, "save link read", true},
		{"dropped and cannot be read", device{store: &store{err: platform.ErrNetwork, readErr: broken}}, false, Unsettled, platform.ErrNetwork, "save link read", true},

		{"merge refused", device{store: &store{patchErr: noScope}}, false, MergeLeft, management.ErrScope, "save link read patch", true},
		{"merge rate-limited (attack case 31)", device{store: &store{patchErr: limited}}, false, MergeLeft, management.ErrRateLimited, "save link read patch", true},
		{"merge dropped before", device{store: &store{patchErr: platform.ErrNetwork}}, false, MergeLeft, ErrMerge, "save link read patch read", true},
		{"merge dropped after", device{store: &store{patchErr: platform.ErrNetwork, patchLost: true}}, false, Done, nil, "save link read patch read remove", false},
		{"merge stopped after", device{store: &store{patchErr: context.Canceled, patchLost: true}}, false, Done, nil, "save link read patch read remove", false},
		{"merge answered and not done", device{store: &store{patchUnmoved: true}}, false, MergeLeft, ErrUnconfirmed, "save link read patch", true},

		{"no journal, nothing to take over", device{saveErr: platform.ErrNoVault}, true, Done, nil, "save link read", false},
		{"no journal", device{saveErr: platform.ErrNoVault}, false, NotLinked, ErrJournal, "save", false},
		{"journal unreadable", device{loadErr: platform.ErrSealBroken}, false, NotLinked, ErrJournal, "", false},
		{"an earlier link is pending", device{entry: &Entry{Primary: "auth0|1", Secondary: "facebook|3"}}, true, NotLinked, ErrPending, "", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := test.device
			d.store = fresh(d.store)
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			d.stop = cancel
			plan := mustPlan(t, `{"theme":"dark"}`, `{"theme":"light","news":true}`, Policy{NoMerge: test.noMerge})
			out, err := d.ceremony().Link(ctx, plan, "id-token")
			if out.State != test.want || !errors.Is(err, test.wantErr) || (err == nil) != (test.wantErr == nil) {
				t.Fatalf("Link is %q: %v", out.State, err)
			}
			if got := strings.Join(d.log, " "); got != test.log {
				t.Errorf("it did %q, want %q", got, test.log)
			}
			if (d.entry != nil) != test.kept {
				t.Errorf("the journal has %+v", d.entry)
			}
			if d.linkWith != "id-token" && slices.Contains(d.log, "link") {
				t.Errorf("linked with %q", d.linkWith.Reveal())
			}
			if want := object(`{"theme":"dark","news":true}`); test.want == Done && !test.noMerge && !reflect.DeepEqual(out.User.Metadata, want) {
				t.Errorf("metadata %v, want %v", out.User.Metadata, want)
			}
			if want := object(`{"news":true}`); test.want == MergeLeft && !reflect.DeepEqual(out.Left, want) {
				t.Errorf("left %v, want %v", out.Left, want)
			}
		})
	}
}

// fresh completes a store: a user with one identity, to whom another joins.
func fresh(s *store) *store {
	if s == nil {
		s = &store{}
	}
	c := *s
	c.user = management.User{ID: "auth0|1", Identities: []management.Identity{database}, Metadata: object(`{"theme":"dark"}`)}
	c.joining = google
	return &c
}

func TestResume(t *testing.T) {
	entry := Entry{Version: 2, Created: morning.Add(-time.Hour), Primary: "auth0|1", Secondary: "google-oauth2|2", Merge: map[string]Change{
		"theme": {Before: "dark", After: "light"},
		"news":  {After: true},
	}}
	linked := []management.Identity{database, google}
	for _, test := range []struct {
		name       string
		identities []management.Identity
		metadata   string
		device     device
		want       State
		wantErr    error
		after      string
		skipped    []string
		log        string
	}{
		{"nothing pending", linked, `{}`, device{}, NothingPending, nil, `{}`, nil, ""},
		{"not linked", linked[:1], `{"theme":"dark"}`, device{entry: &entry}, NotLinked, nil, `{"theme":"dark"}`, nil, "read remove"},
		{"linked, not merged", linked, `{"theme":"dark","x":1}`, device{entry: &entry}, Done, nil, `{"theme":"light","news":true,"x":1}`, nil, "read patch remove"},
		{"merged in part", linked, `{"theme":"light"}`, device{entry: &entry}, Done, nil, `{"theme":"light","news":true}`, nil, "read patch remove"},
		{"merged", linked, `{"theme":"light","news":true}`, device{entry: &entry}, Done, nil, `{"theme":"light","news":true}`, nil, "read remove"},
		{"changed meanwhile", linked, `{"theme":"blue"}`, device{entry: &entry}, Done, nil, `{"theme":"blue","news":true}`, []string{"theme"}, "read patch remove"},
		{"added meanwhile", linked, `{"theme":"dark","news":false}`, device{entry: &entry}, Done, nil, `{"theme":"light","news":false}`, []string{"news"}, "read patch remove"},
		{"removed meanwhile", linked, `{}`, device{entry: &entry}, Done, nil, `{"news":true}`, []string{"theme"}, "read patch remove"},
		{"all changed meanwhile", linked, `{"theme":1,"news":2}`, device{entry: &entry}, Done, nil, `{"theme":1,"news":2}`, []string{"news", "theme"}, "read remove"},
		{"cannot be read", linked, `{"theme":"dark"}`, device{entry: &entry, store: &store{readErr: broken}}, Unsettled, management.ErrServer, `{"theme":"dark"}`, nil, "read"},
		{"merge refused", linked, `{"theme":"dark"}`, device{entry: &entry, store: &store{patchErr: noScope}}, MergeLeft, management.ErrScope, `{"theme":"dark"}`, nil, "read patch"},
		{"journal unreadable", linked, `{}`, device{loadErr: platform.ErrSealBroken}, Unsettled, ErrJournal, `{}`, nil, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := test.device
			d.store = fresh(d.store)
			d.user.Identities, d.user.Metadata = test.identities, object(test.metadata)
			out, err := d.ceremony().Resume(context.Background(), "auth0|1")
			if out.State != test.want || !errors.Is(err, test.wantErr) || (err == nil) != (test.wantErr == nil) {
				t.Fatalf("Resume is %q: %v", out.State, err)
			}
			if want := object(test.after); !reflect.DeepEqual(d.user.Metadata, want) {
				t.Errorf("metadata %v, want %v", d.user.Metadata, want)
			}
			if got := slices.Sorted(maps.Keys(out.Skipped)); !slices.Equal(got, test.skipped) {
				t.Errorf("skipped %q", got)
			}
			if got := strings.Join(d.log, " "); got != test.log {
				t.Errorf("it did %q, want %q", got, test.log)
			}
			if wantKept := test.wantErr != nil && test.device.entry != nil; (d.entry != nil) != wantKept {
				t.Errorf("the journal has %+v", d.entry)
			}
		})
	}
}

// An attempt the other way round left its entry under the account that is now
// gone, where nobody could end it.
func TestLinkEndsTheOtherWayRound(t *testing.T) {
	ctx := context.Background()
	journal := NewJournal(browser.NewScope("/", "https://tenant.example/", "app", "").Vault())
	back, err := mustPlan(t, `{"theme":"dark"}`, `{"news":true}`, Policy{}).Swap()
	if err != nil {
		t.Fatal(err)
	}
	if err := journal.Save(ctx, back.entry(morning)); err != nil {
		t.Fatal(err)
	}
	if out, err := (Ceremony{API: fresh(nil), Journal: journal}).Link(ctx, mustPlan(t, `{}`, `{}`, Policy{}), "id-token"); err != nil {
		t.Fatalf("Link is %q: %v", out.State, err)
	}
	if _, found, err := journal.Load(ctx, "google-oauth2|2"); found || err != nil {
		t.Errorf("the entry is still there: %v", err)
	}
}

// A look by itself never tells that a link did not take place: two apart and one at
// another visit do, or one when nothing can be on its way any more.
func TestNotYetIsNotNo(t *testing.T) {
	const open, done, over = Unsettled, NotLinked, NothingPending
	entry := func(edit func(*Entry)) *Entry {
		e := Entry{Version: 2, Created: morning.Add(-time.Minute), Primary: "auth0|1", Secondary: "google-oauth2|2", Merge: map[string]Change{"news": {After: true}}}
		edit(&e)
		return &e
	}
	looked := func(looks int, ago time.Duration) func(*Entry) {
		return func(e *Entry) { e.Looks, e.Looked = looks, morning.Add(-ago) }
	}
	for _, test := range []struct {
		name  string
		entry *Entry
		want  []State // of visit after visit
		log   string
		kept  bool
	}{
		{"never looked for", entry(func(*Entry) {}), []State{open, done, over}, "read save wait read save, wait read save, read save", true},
		{"gone between the looks", entry(looked(1, time.Second)), []State{open, done}, "wait read save, wait read save", true},
		{"looked for twice", entry(looked(2, time.Minute)), []State{done, over}, "read save, read save", true},
		{"looked for twice, just now", entry(looked(2, 0)), []State{done}, "wait read save", true},
		{"told", entry(looked(3, time.Minute)), []State{over, over}, "read save, read save", true},
		{"an hour later", entry(func(e *Entry) { e.Created = morning.Add(-time.Hour) }), []State{done, over}, "read remove, ", false},
		{"an hour later, just looked for", entry(func(e *Entry) { looked(1, 0)(e); e.Created = morning.Add(-time.Hour) }), []State{done, over}, "read remove, ", false},
		{"an hour after being told", entry(func(e *Entry) { looked(3, 0)(e); e.Created = morning.Add(-time.Hour) }), []State{over, over}, "read remove, ", false},
		{"the clock was put back", entry(func(e *Entry) { looked(1, -48*time.Hour)(e); e.Created = morning.Add(47 * time.Hour) }),
			[]State{open, done, over}, "wait read save, wait read save, read save", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, subject := range []string{"auth0|1", "google-oauth2|2"} { // either of the two may come back
				e := *test.entry
				if subject == e.Secondary {
					e.Primary, e.Secondary = e.Secondary, e.Primary
				}
				d := device{store: fresh(nil), entry: &e}
				var visits []string
				for _, want := range test.want {
					d.log = nil
					out, err := d.ceremony().Resume(t.Context(), "auth0|1")
					if out.State != want || errors.Is(err, ErrUnsettled) != (want == open) || (err != nil) != (want == open) {
						t.Fatalf("Resume is %q: %v", out.State, err)
					}
					visits = append(visits, strings.Join(d.log, " "))
				}
				if got := strings.Join(visits, ", "); got != test.log {
					t.Errorf("it did %q, want %q", got, test.log)
				}
				if (d.entry != nil) != test.kept {
					t.Errorf("the journal has %+v", d.entry)
				}
			}
		})
	}
}

// Whoever was told that a link did not take place may link anew. If the first is
// carried out all the same nothing is lost.
func TestLateLink(t *testing.T) {
	plan := mustPlan(t, `{"theme":"dark"}`, `{"theme":"light","news":true}`, Policy{})
	broken := func() *device {
		d := &device{store: fresh(&store{err: platform.ErrNetwork})}
		if out, err := d.ceremony().Link(t.Context(), plan, "id-token"); out.State != Unsettled || !errors.Is(err, ErrUnsettled) {
			t.Fatalf("Link is %q: %v", out.State, err)
		}
		return d
	}
	commit := func(d *device) { d.user.Identities = append(d.user.Identities, d.joining) }
	resume := func(t *testing.T, d *device, want State) {
		t.Helper()
		if out, err := d.ceremony().Resume(t.Context(), "auth0|1"); err != nil || out.State != want {
			t.Fatalf("Resume is %q, want %q: %v", out.State, want, err)
		}
	}
	merged := func(t *testing.T, d *device) {
		t.Helper()
		resume(t, d, Done)
		if d.user.Metadata["news"] != true || d.entry != nil {
			t.Errorf("the settings are %v, the journal has %+v", d.user.Metadata, d.entry)
		}
	}
	t.Run("another link meanwhile", func(t *testing.T) {
		d := broken()
		d.log = nil
		if _, err := d.ceremony().Link(t.Context(), plan, "id-token"); !errors.Is(err, ErrPending) || len(d.log) > 0 {
			t.Errorf("Link: %v after %q", err, d.log)
		}
	})
	t.Run("before the next visit", func(t *testing.T) {
		d := broken()
		commit(d)
		merged(t, d)
	})
	t.Run("after the person was told", func(t *testing.T) {
		d := broken()
		resume(t, d, NotLinked)
		commit(d)
		merged(t, d)
	})
	t.Run("after another was refused", func(t *testing.T) {
		d := broken()
		resume(t, d, NotLinked)
		d.err = limited
		if _, err := d.ceremony().Link(t.Context(), plan, "id-token"); !errors.Is(err, management.ErrRateLimited) {
			t.Fatalf("Link: %v", err)
		}
		commit(d)
		merged(t, d)
	})
	t.Run("while another was asked for", func(t *testing.T) {
		d := broken()
		resume(t, d, NotLinked)
		commit(d)
		d.err = taken
		if out, err := d.ceremony().Link(t.Context(), plan, "id-token"); err != nil || out.State != Done || d.user.Metadata["news"] != true {
			t.Errorf("Link is %q: %v", out.State, err)
		}
	})
}

// The wait is no longer than it says, and ends when the person stops it.
func TestLooksAreApart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &device{store: fresh(&store{err: platform.ErrNetwork})}
		c := Ceremony{API: d, Journal: d}
		began := time.Now()
		out, err := c.Link(t.Context(), mustPlan(t, `{}`, `{"a":1}`, Policy{}), "id-token")
		if !errors.Is(err, ErrUnsettled) || out.Entry.Looks != twice || time.Since(began) != apart {
			t.Errorf("Link: %v after %v", err, time.Since(began))
		}
		began = time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		out, err = c.Resume(ctx, "auth0|1")
		if out.State != Unsettled || !errors.Is(err, ErrUnsettled) || d.entry.Looks != twice || time.Since(began) != time.Second {
			t.Errorf("Resume is %q: %v after %v", out.State, err, time.Since(began))
		}
	})
}

// The account that would have moved has become the one that stays by now: there is
// nothing to wait for.
func TestTheOtherWayRoundTookPlace(t *testing.T) {
	d := &device{store: fresh(nil), entry: &Entry{Version: 2, Created: morning, Primary: "google-oauth2|2", Secondary: "auth0|1"}}
	d.user.Identities = append(d.user.Identities, google)
	if out, err := d.ceremony().Resume(t.Context(), "auth0|1"); err != nil || out.State != NothingPending || d.entry != nil {
		t.Errorf("Resume is %q: %v; the journal has %+v", out.State, err, d.entry)
	}
}

// Metadata that can be merged when the link is planned, and no more when it is made, is not
// written into. What is left stays in the journal until it can be.
func TestMetadataBecomesOdd(t *testing.T) {
	d := device{store: fresh(nil)}
	d.store.user.Metadata, d.store.user.OddMetadata = nil, true
	plan := mustPlan(t, `{"theme":"dark"}`, `{"theme":"light","news":true}`, Policy{}).With("theme", KeepSecondary)
	out, err := d.ceremony().Link(t.Context(), plan, "id-token")
	if out.State != MergeLeft || !errors.Is(err, ErrMerge) || d.entry == nil || len(out.Skipped) > 0 {
		t.Fatalf("Link is %q: %v", out.State, err)
	}
	if want := object(`{"theme":"light","news":true}`); !reflect.DeepEqual(out.Left, want) {
		t.Errorf("left %v, want %v", out.Left, want)
	}
	if got := strings.Join(d.log, " "); got != "save link read" {
		t.Errorf("it did %q", got)
	}
	d.store.user.Metadata, d.store.user.OddMetadata = object(`{"theme":"dark"}`), false
	if out, err := d.ceremony().Resume(t.Context(), "auth0|1"); out.State != Done || err != nil || d.entry != nil {
		t.Errorf("Resume is %q: %v", out.State, err)
	}
}

// An identity that is unusable is never taken for the one that was linked.
func TestUnusableIsNotTheSecondary(t *testing.T) {
	e := Entry{Primary: "auth0|1", Secondary: "google-oauth2|2", Provider: "google-oauth2", UserID: "2"}
	odd := google
	odd.Unusable = management.BadID // keeps its id, which no answer of the API does
	for _, i := range []management.Identity{nameless, {}, {Unusable: management.NoID}} {
		if e.in(management.User{Identities: []management.Identity{database, i}}) {
			t.Errorf("%+v is taken for the secondary", i)
		}
	}
	a := Account{Subject: "x", Provider: "google-oauth2", UserID: "2"}
	if a.is(odd) || !a.is(google) {
		t.Error("an account is an unusable identity")
	}
}
