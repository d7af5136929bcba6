//go:build !js

package browser

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"twinlock/app/platform"
)

const issuer, client, audience = "https://tenant.example/", "app", "https://tenant.example/api/v2/"

var scope = NewScope("/", issuer, client, audience)

// others are scopes that must have nothing in common with scope.
var others = map[string]Scope{
	"another issuer":              NewScope("/", "https://other.example/", client, audience),
	"another client":              NewScope("/", issuer, "app2", audience),
	"another audience":            NewScope("/", issuer, client, "https://other.example/api/v2/"),
	"no audience":                 NewScope("/", issuer, client, ""),
	"a folder":                    NewScope("/staging/", issuer, client, audience),
	"a folder within":             NewScope("/staging/link/", issuer, client, audience),
	"a client with a space":       NewScope("/", issuer, "app "+audience, ""),
	"a client with it escaped":    NewScope("/", issuer, "app%20"+audience, ""),
	"a client escaped once more":  NewScope("/", issuer, "app%2520"+audience, ""),
	"a client like another entry": NewScope("/", issuer, client, audience+" tab x"),
}

// neighbour tells whether an other is of another site.
func neighbour(s Scope) bool { return s.base != scope.base }

func TestScopesHaveNothingInCommon(t *testing.T) {
	for name, other := range others {
		if strings.HasPrefix(other.name("x"), scope.name("")) || strings.HasPrefix(scope.name("x"), other.name("")) {
			t.Errorf("%s: %q and %q", name, other.name(""), scope.name(""))
		}
		for second, another := range others {
			if second != name && another == other {
				t.Errorf("%s and %s are one: %q", name, second, other)
			}
		}
	}
}

func TestNoScope(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("something was kept for nobody")
		}
	}()
	Scope{}.Hint(true)
}

// storeAll stores one thing of each kind.
func storeAll(t *testing.T, s Scope) {
	t.Helper()
	_ = sessionStorage.Set(s.base+"tab", "here")
	s.Hint(true)
	if err := errors.Join(s.Tab().Set("transaction", "1"), s.TabDatabase().Set("transaction", begunAt(time.Now())), s.Vault().Put(t.Context(), "session", "", []byte("token"))); err != nil {
		t.Fatal(err)
	}
}

// begunAt is a login as far as its age is concerned.
func begunAt(when time.Time) string { return fmt.Sprintf(`{"created":%d}`, when.UnixMilli()) }

// stored counts what is left of what [storeAll] has stored, and reports whether it is all.
func stored(t *testing.T, s Scope) (n int, all bool) {
	t.Helper()
	if _, found := localStorage.Get(s.name("hint")); found {
		n++
	}
	for _, tab := range []platform.Storage{s.Tab(), s.TabDatabase()} {
		if _, found := tab.Get("transaction"); found {
			n++
		}
	}
	switch plain, err := s.Vault().Get(t.Context(), "session", ""); {
	case string(plain) == "token":
		n++
	case !errors.Is(err, platform.ErrNoEntry):
		t.Errorf("%q: %v", s, err)
	}
	return n, n == 4
}

// emptied starts and ends the test with nothing stored.
func emptied(t *testing.T) {
	empty := func() {
		*localStorage, *sessionStorage = platform.Memory{}, platform.Memory{}
		databases.byName = nil
	}
	empty()
	t.Cleanup(empty)
}

// What is kept for one scope is not there for another, nor opened by it.
func TestScopesKeepApart(t *testing.T) {
	emptied(t)
	storeAll(t, scope)
	for name, other := range others {
		if n, _ := stored(t, other); n != 0 {
			t.Errorf("%s finds %d things", name, n)
		}
		if neighbour(other) {
			continue
		}
		// Somebody who can write to the database moves the entry and the key.
		site := databases.byName["twinlock /"]
		site[other.name("entry session")], site[other.name("key")] = site[scope.name("entry session")], site[scope.name("key")]
		if _, err := other.Vault().Get(t.Context(), "session", ""); !errors.Is(err, platform.ErrSealBroken) {
			t.Errorf("%s opens what was sealed for another: %v", name, err)
		}
	}
}

func TestSweep(t *testing.T) {
	for name, other := range others {
		t.Run(name, func(t *testing.T) {
			emptied(t)
			storeAll(t, scope)
			storeAll(t, other)
			if err := scope.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
			if _, all := stored(t, scope); !all {
				t.Error("its own was wiped")
			}
			switch n, all := stored(t, other); {
			case neighbour(other) && !all:
				t.Error("a neighbour's was wiped")
			case !neighbour(other) && n != 0:
				t.Errorf("%d things of the other are left", n)
			}
			if neighbour(other) {
				return
			}
			for key := range databases.byName["twinlock /"] {
				if !scope.has(key) {
					t.Errorf("%q is left, the key perhaps", key)
				}
			}
		})
	}
}

// Logins that closed tabs have left in the database do not stay for ever. This tab's own does,
// however old it looks: the clock may have been put right at the tenant.
func TestSweepOldLogins(t *testing.T) {
	emptied(t)
	now := time.Now()
	logins := map[string]string{
		"fresh": begunAt(now), "old": begunAt(now.Add(-61 * time.Minute)), "of the future": begunAt(now.Add(61 * time.Minute)),
		"damaged": "{", "not a login": "[]",
	}
	left := map[string][]string{"closed": {"fresh"}, "here": slices.Sorted(maps.Keys(logins))}
	tabs := map[string]platform.Storage{}
	for _, name := range []string{"closed", "here"} { // this tab is the last one
		_ = sessionStorage.Set(scope.base+"tab", name)
		tabs[name] = scope.TabDatabase()
		for key, value := range logins {
			if err := tabs[name].Set(key, value); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := scope.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	for name, want := range left {
		keys := tabs[name].Keys()
		slices.Sort(keys)
		if !slices.Equal(keys, want) {
			t.Errorf("%s has left: %q, want %q", name, keys, want)
		}
	}
}

// A site in a folder sweeps nothing of the one at the root.
func TestSweepInAFolder(t *testing.T) {
	emptied(t)
	staging, root := others["a folder"], scope
	storeAll(t, staging)
	storeAll(t, root)
	storeAll(t, others["a folder within"])
	if err := staging.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, s := range []Scope{staging, root, others["a folder within"]} {
		if _, all := stored(t, s); !all {
			t.Errorf("%q was wiped", s)
		}
	}
}

// What a version that knew no scopes has kept.
func TestSweepWhatHasNoScope(t *testing.T) {
	emptied(t)
	for _, key := range []string{"twinlock.hint", "twinlock.tab.x.twinlock.tx.login.y", "somebody's", "twinlock.else"} {
		_ = localStorage.Set(key, "1")
	}
	_ = sessionStorage.Set("twinlock.tab", "x")
	databases.byName = map[string]records{
		"twinlock":   {"key": sealKey{}, "entry:session": ciphertext("sealed")},
		"twinlock /": {"key": sealKey{}, "entry:session": ciphertext("sealed")},
	}
	if err := scope.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	keys := localStorage.Keys()
	slices.Sort(keys)
	if !slices.Equal(keys, []string{"somebody's", "twinlock.else"}) || len(sessionStorage.Keys()) != 0 {
		t.Errorf("left: %q, %q", keys, sessionStorage.Keys())
	}
	if _, left := databases.byName["twinlock"]; left || len(databases.byName["twinlock /"]) != 0 {
		t.Errorf("left: %v", databases.byName)
	}
}

func TestTabs(t *testing.T) {
	emptied(t)
	for _, name := range []string{"a", "b"} {
		_ = sessionStorage.Set(scope.base+"tab", name)
		_ = scope.Tab().Set("one", name)
		_ = scope.TabDatabase().Set("one", name+" too")
		_ = scope.Tab().Set("two", name)
	}
	_ = others["another client"].Tab().Set("one", "other")
	_ = others["another client"].TabDatabase().Set("one", "other")
	var values []string
	for _, tab := range scope.Tabs() {
		value, _ := tab.Get("one")
		values = append(values, value)
	}
	slices.Sort(values)
	if !slices.Equal(values, []string{"a", "a too", "b", "b too"}) {
		t.Errorf("tabs %q", values)
	}
}

// Of several that pop one key of the database, one gets it.
func TestPopOnce(t *testing.T) {
	emptied(t)
	for round := range 50 {
		tab := scope.TabDatabase()
		if err := tab.Set("key", "1"); err != nil {
			t.Fatal(err)
		}
		var got atomic.Int32
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				if value, ok := tab.Pop("key"); ok && value == "1" {
					got.Add(1)
				}
			})
		}
		wg.Wait()
		if n := got.Load(); n != 1 {
			t.Fatalf("round %d: %d have got it", round, n)
		}
	}
	if content := scope.vault().content(); len(content) != 0 {
		t.Errorf("left: %q", content)
	}
}

// Neither messages nor locks cross.
func TestScopesDoNotMeet(t *testing.T) {
	for name, other := range others {
		t.Run(name, func(t *testing.T) {
			here, there := scope.OpenChannel(func(platform.Message) {}), other.OpenChannel(func(platform.Message) {})
			defer here.Close()
			defer there.Close()
			if here.(*member).name == there.(*member).name {
				t.Error("they share a channel")
			}
			limited, stop := context.WithTimeout(t.Context(), 5*time.Second) // where it fails
			defer stop()
			err := scope.Exclusive(t.Context(), "session", func() error {
				return other.Exclusive(limited, "session", func() error { return nil })
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}

func (v vault) content() []string {
	return slices.Sorted(maps.Keys(databases.byName[string(v.database)]))
}

// The key goes with the last entry.
func TestKeyGoesWithTheLastEntry(t *testing.T) {
	for name, remove := range map[string]func(context.Context, platform.Vault) error{
		"deleted": func(ctx context.Context, v platform.Vault) error {
			return errors.Join(v.Delete(ctx, "a"), v.Delete(ctx, "b"))
		},
		"wiped":                     func(ctx context.Context, v platform.Vault) error { return v.Wipe(ctx) },
		"wiped, nothing to be kept": func(ctx context.Context, v platform.Vault) error { return v.Wipe(ctx, "journal", "history") },
		"deleted, then wiped": func(ctx context.Context, v platform.Vault) error {
			return errors.Join(v.Delete(ctx, "a"), v.Wipe(ctx, "a"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			emptied(t)
			v := scope.vault()
			if err := errors.Join(v.Put(t.Context(), "a", "", []byte("a")), v.Put(t.Context(), "b", "", []byte("b"))); err != nil {
				t.Fatal(err)
			}
			if err := v.Delete(t.Context(), "none"); err != nil {
				t.Fatal(err)
			}
			if content := v.content(); len(content) != 3 {
				t.Fatalf("kept %q", content)
			}
			if err := remove(t.Context(), v); err != nil {
				t.Fatal(err)
			}
			if content := v.content(); len(content) != 0 {
				t.Errorf("left %q", content)
			}
			if err := v.Put(t.Context(), "a", "", []byte("again")); err != nil {
				t.Fatal(err)
			}
			if plain, err := v.Get(t.Context(), "a", ""); string(plain) != "again" || err != nil {
				t.Errorf("afterwards: %q, %v", plain, err)
			}
		})
	}
}

func TestKeyStaysWithWhatIsKept(t *testing.T) {
	emptied(t)
	v := scope.vault()
	for _, name := range []string{"journal", "session"} {
		if err := v.Put(t.Context(), name, "", []byte(name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := v.Wipe(t.Context(), "journal"); err != nil {
		t.Fatal(err)
	}
	if plain, err := v.Get(t.Context(), "journal", ""); string(plain) != "journal" || err != nil {
		t.Errorf("journal: %q, %v", plain, err)
	}
}

// One tab seals with the key that it has read while another takes that away with
// the last entry, and perhaps makes a new one.
func TestAKeyGoesWhileAnotherTabSeals(t *testing.T) {
	for name, between := range map[string]func(context.Context, vault) error{
		"nothing happens": func(context.Context, vault) error { return nil },
		"the key goes":    func(ctx context.Context, v vault) error { return v.Delete(ctx, "last") },
		"the key is another's": func(ctx context.Context, v vault) error {
			return errors.Join(v.Delete(ctx, "last"), v.Put(ctx, "new", "", []byte("new")))
		},
		"another tab has changed": func(ctx context.Context, v vault) error { return v.Put(ctx, "entry", "", []byte("old")) },
	} {
		t.Run(name, func(t *testing.T) {
			emptied(t)
			ctx, v := t.Context(), scope.vault()
			if err := v.Put(ctx, "last", "", []byte("last")); err != nil {
				t.Fatal(err)
			}
			key, err := v.currentKey(ctx)
			if err != nil {
				t.Fatal(err)
			}
			sealed, err := key.seal(ctx, v.binding("entry", ""), []byte("entry"))
			if err != nil {
				t.Fatal(err)
			}
			if err := between(ctx, v); err != nil {
				t.Fatal(err)
			}
			done, err := v.store(ctx, "entry", key, sealed)
			if err != nil {
				t.Fatal(err)
			}
			plain, err := v.Get(ctx, "entry", "")
			if done && (err != nil || string(plain) != "entry") {
				t.Errorf("kept, and cannot be opened: %q, %v", plain, err)
			}
			if !done && !errors.Is(err, platform.ErrNoEntry) {
				t.Errorf("not kept, and there: %v", err)
			}
			for _, other := range []string{"last", "new"} {
				if _, err := v.Get(ctx, other, ""); err != nil && !errors.Is(err, platform.ErrNoEntry) {
					t.Errorf("%s cannot be opened any more: %v", other, err)
				}
			}
		})
	}
}

// The same, as it comes: what was put opens.
func TestTabsSealAndDelete(t *testing.T) {
	emptied(t)
	ctx, v := t.Context(), scope.vault()
	stop, stopped := make(chan struct{}), make(chan error)
	go func() {
		var failed error
		for {
			select {
			case <-stop:
				stopped <- failed
				return
			default:
				failed = errors.Join(failed, v.Put(ctx, "there", "", nil), v.Delete(ctx, "there"))
			}
		}
	}()
	for range 200 {
		if err := v.Put(ctx, "here", "", []byte("here")); err != nil {
			t.Fatal(err)
		}
		if _, err := v.Get(ctx, "here", ""); err != nil {
			t.Fatal(err)
		}
		if err := v.Delete(ctx, "here"); err != nil {
			t.Fatal(err)
		}
	}
	close(stop)
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	if content := v.content(); len(content) != 0 {
		t.Errorf("left %q", content)
	}
}

// That somebody has signed out is told once, to its own scope, and not long after.
func TestNoteSignOut(t *testing.T) {
	s, other := NewScope("/", "https://a.example/", "one", ""), NewScope("/", "https://b.example/", "one", "")
	if s.PopSignOut() {
		t.Error("nobody has signed out")
	}
	s.NoteSignOut()
	if other.PopSignOut() {
		t.Error("it is told to another tenant's page")
	}
	if !s.PopSignOut() || s.PopSignOut() {
		t.Error("it is not told once")
	}
	for _, noted := range []string{`{"created":1}`, `{"created":99999999999999}`, "", "x", "null"} {
		if err := s.Tab().Set("signed-out", noted); err != nil {
			t.Fatal(err)
		}
		if s.PopSignOut() {
			t.Errorf("%q is told", noted)
		}
	}
}
