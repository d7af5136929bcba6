package linking

import (
	"context"
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"twinlock/app/browser"
	"twinlock/app/management"
)

// store is a tenant of one user, whose writes fail as told: before or after
// they have taken effect.
type store struct {
	user    management.User
	joining management.Identity
	err     error // of linking and unlinking
	lost    bool  // the write takes effect although it fails
	unmoved bool  // the write answers well and does nothing
	readErr error
	// The same for the merge.
	patchErr     error
	patchLost    bool
	patchUnmoved bool

	log      []string
	linkWith string
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

func (s *store) Link(_ context.Context, _, linkWith string) ([]management.Identity, error) {
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
		s.user.Identities = slices.DeleteFunc(s.user.Identities, func(i management.Identity) bool { return i.ID() == identity.ID() })
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
}

func (d *device) Save(_ context.Context, e Entry) error {
	d.log = append(d.log, "save")
	if d.saveErr == nil {
		d.entry = &e
	}
	return d.saveErr
}

func (d *device) Load(context.Context, string) (Entry, bool, error) {
	if d.entry == nil || d.loadErr != nil {
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
		{"done, nothing to take over", device{}, true, Done, nil, "link read", false},
		{"refused (attack case 31)", device{store: &store{err: limited}}, false, NotLinked, management.ErrRateLimited, "save link remove", false},
		{"belongs to another profile (attack case 19)", device{store: &store{err: taken}}, false, NotLinked, management.ErrAlreadyLinked, "save link read remove", false},
		{"refused as done already", device{store: &store{err: taken, lost: true}}, false, Done, nil, all, false},
		{"dropped before", device{store: &store{err: browser.ErrNetwork}}, false, NotLinked, browser.ErrNetwork, "save link read", true},
		{"dropped after", device{store: &store{err: browser.ErrNetwork, lost: true}}, false, Done, nil, all, false},
		{"timed out after", device{store: &store{err: context.DeadlineExceeded, lost: true}}, false, Done, nil, all, false},
		{"stopped before", device{store: &store{err: context.Canceled}}, false, NotLinked, context.Canceled, "save link read", true},
		{"stopped after", device{store: &store{err: context.Canceled, lost: true}}, true, Done, nil, "link read", false},
		{"broken server, done", device{store: &store{err: broken, lost: true}}, false, Done, nil, all, false},
		{"broken server, not done", device{store: &store{err: broken}}, false, NotLinked, management.ErrServer, "save link read", true},
		{"answered and not done", device{store: &store{unmoved: true}}, false, Unsettled, ErrUnconfirmed, "save link read", true},
		{"cannot be read", device{store: &store{readErr: browser.ErrNetwork}}, false, Unsettled, ErrUnsettled, "save link read", true},
		{"dropped and cannot be read", device{store: &store{err: browser.ErrNetwork, readErr: broken}}, false, Unsettled, browser.ErrNetwork, "save link read", true},

		{"merge refused", device{store: &store{patchErr: noScope}}, false, MergeLeft, management.ErrScope, "save link read patch", true},
		{"merge rate-limited (attack case 31)", device{store: &store{patchErr: limited}}, false, MergeLeft, management.ErrRateLimited, "save link read patch", true},
		{"merge dropped before", device{store: &store{patchErr: browser.ErrNetwork}}, false, MergeLeft, ErrMerge, "save link read patch read", true},
		{"merge dropped after", device{store: &store{patchErr: browser.ErrNetwork, patchLost: true}}, false, Done, nil, "save link read patch read remove", false},
		{"merge stopped after", device{store: &store{patchErr: context.Canceled, patchLost: true}}, false, Done, nil, "save link read patch read remove", false},
		{"merge answered and not done", device{store: &store{patchUnmoved: true}}, false, MergeLeft, ErrUnconfirmed, "save link read patch", true},

		{"no journal, nothing to take over", device{saveErr: browser.ErrNoVault}, true, Done, nil, "link read", false},
		{"no journal", device{saveErr: browser.ErrNoVault}, false, NotLinked, ErrJournal, "save", false},
		{"journal unreadable", device{loadErr: browser.ErrSealBroken}, false, NotLinked, ErrJournal, "", false},
		{"an earlier link is pending", device{entry: &Entry{Primary: "auth0|1", Secondary: "facebook|3"}}, true, NotLinked, ErrPending, "", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := test.device
			d.store = fresh(d.store)
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			d.stop = cancel
			plan := mustPlan(t, `{"theme":"dark"}`, `{"theme":"light","news":true}`, Policy{NoMerge: test.noMerge})
			out, err := Link(ctx, &d, &d, plan, "id-token")
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
				t.Errorf("linked with %q", d.linkWith)
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
	entry := Entry{Version: 1, Primary: "auth0|1", Secondary: "google-oauth2|2", Merge: map[string]Change{
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
		{"journal unreadable", linked, `{}`, device{loadErr: browser.ErrSealBroken}, Unsettled, ErrJournal, `{}`, nil, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := test.device
			d.store = fresh(d.store)
			d.user.Identities, d.user.Metadata = test.identities, object(test.metadata)
			out, err := Resume(context.Background(), &d, &d, "auth0|1")
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
	if err := journal.Save(ctx, back.entry()); err != nil {
		t.Fatal(err)
	}
	if out, err := Link(ctx, fresh(nil), journal, mustPlan(t, `{}`, `{}`, Policy{}), "id-token"); err != nil {
		t.Fatalf("Link is %q: %v", out.State, err)
	}
	if _, found, err := journal.Load(ctx, "google-oauth2|2"); found || err != nil {
		t.Errorf("the entry is still there: %v", err)
	}
}
