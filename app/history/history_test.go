package history

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"twinlock/app/browser"
	"twinlock/app/platform"
)

const ada, mary = "auth0|1", "auth0|2"

var start = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// site is the scope of a test; its tabs agree as a browser's do.
func site(t *testing.T) browser.Scope {
	t.Helper()
	scope := browser.NewScope("/", "https://tenant.example/", "app", t.Name())
	t.Cleanup(func() { _ = scope.Vault().Wipe(context.Background()) })
	return scope
}

// ahead is that of a clock which a minute after the start is put from London to India.
func ahead(t time.Time) int {
	if t.Before(start.Add(time.Minute)) {
		return 0
	}
	return 330
}

// faulty is a vault that fails as told. It takes its time between reading and writing.
type faulty struct {
	platform.Vault
	getErr, putErr error
}

func (f *faulty) Get(ctx context.Context, name, bound string) ([]byte, error) {
	if f.getErr != nil {
		return nil, f.getErr
	}
	plain, err := f.Vault.Get(ctx, name, bound)
	runtime.Gosched()
	return plain, err
}

func (f *faulty) Put(ctx context.Context, name, bound string, plain []byte) error {
	if f.putErr != nil {
		return f.putErr
	}
	return f.Vault.Put(ctx, name, bound, plain)
}

// log returns a history at a time, and the vault that it is in.
func log(t *testing.T, now time.Time) (*Log, *faulty) {
	t.Helper()
	scope := site(t)
	vault := &faulty{Vault: scope.Vault()}
	return New(scope, vault, func() time.Time { return now }, ahead), vault
}

func TestHistory(t *testing.T) {
	ctx := t.Context()
	h, _ := log(t, start.Add(time.Millisecond))
	if entries, err := h.List(ctx, ada); len(entries) != 0 || err != nil {
		t.Errorf("at first: %v, %v", entries, err)
	}
	for _, e := range []Entry{
		{Kind: Linked, Account: "ada@facebook.example", Connection: "facebook"},
		{Kind: Refused, Account: "mallory@example.com", Reason: "unverified", Time: start.Add(time.Minute)},
	} {
		if err := h.Add(ctx, ada, e); err != nil {
			t.Fatal(err)
		}
	}
	entries, err := h.List(ctx, ada)
	here, there := 0, 330
	want := []Entry{
		{start.Add(time.Minute), &there, Refused, "mallory@example.com", "", "unverified"},
		{start, &here, Linked, "ada@facebook.example", "facebook", ""},
	}
	if err != nil || !reflect.DeepEqual(entries, want) {
		t.Errorf("got %+v, %v\nwant %+v", entries, err, want)
	}
}

func TestHistoryExport(t *testing.T) {
	ctx := t.Context()
	h, _ := log(t, start)
	if err := h.Add(ctx, ada, Entry{Kind: Unlinked, Account: "ada@facebook.example"}); err != nil {
		t.Fatal(err)
	}
	for subject, want := range map[string]string{
		ada:  `{"account":"auth0|1","exported":"2026-01-02T03:04:05Z","entries":[{"time":"2026-01-02T03:04:05Z","utc_offset":0,"kind":"unlinked","account":"ada@facebook.example"}]}`,
		mary: `{"account":"auth0|2","exported":"2026-01-02T03:04:05Z","entries":[]}`,
	} {
		data, err := h.Export(ctx, subject)
		if err != nil {
			t.Fatal(err)
		}
		if got := compact(t, data); got != want {
			t.Errorf("got %s\nwant %s", got, want)
		}
	}
}

func compact(t *testing.T, data []byte) string {
	t.Helper()
	var document struct {
		Account  string            `json:"account"`
		Exported string            `json:"exported"`
		Entries  []json.RawMessage `json:"entries"`
	}
	if err := json.Unmarshal(data, &document); err != nil {
		t.Fatal(err)
	}
	short, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	return string(short)
}

func TestHistoryIsBounded(t *testing.T) {
	ctx := t.Context()
	h, _ := log(t, start)
	for i := range maxEntries + 10 {
		if err := h.Add(ctx, ada, Entry{Kind: Linked, Account: fmt.Sprint(i)}); err != nil {
			t.Fatal(err)
		}
	}
	entries, err := h.List(ctx, ada)
	if err != nil || len(entries) != maxEntries {
		t.Fatalf("%d entries, %v", len(entries), err)
	}
	if newest, oldest := entries[0], entries[maxEntries-1]; newest.Account != "209" || oldest.Account != "10" {
		t.Errorf("from %s to %s", oldest.Account, newest.Account)
	}

	// Attack case 38: names come from outside.
	if err := h.Add(ctx, mary, Entry{Connection: strings.Repeat("é", 10_000), Reason: "a\u202eb\n"}); err != nil {
		t.Fatal(err)
	}
	if entries, err = h.List(ctx, mary); err != nil {
		t.Fatal(err)
	}
	if e := entries[0]; utf8.RuneCountInString(e.Connection) != maxText || e.Reason != "ab" {
		t.Errorf("a connection of %d bytes, the reason %q", len(e.Connection), e.Reason)
	}
}

func TestHistoryIsOneAccounts(t *testing.T) {
	ctx := t.Context()
	h, _ := log(t, start)
	count := func(subject string) int {
		t.Helper()
		entries, err := h.List(ctx, subject)
		if err != nil {
			t.Fatal(err)
		}
		return len(entries)
	}
	add := func(subject string) {
		t.Helper()
		if err := h.Add(ctx, subject, Entry{Kind: Linked}); err != nil {
			t.Fatal(err)
		}
	}
	add(ada)
	if count(mary) != 0 || count(ada) != 1 {
		t.Error("it is shown to another")
	}
	if err := h.Move(ctx, mary, "auth0|3"); err != nil || count(ada) != 1 {
		t.Errorf("moving nothing: %v", err)
	}
	if err := h.Move(ctx, ada, mary); err != nil || count(ada) != 0 || count(mary) != 1 {
		t.Errorf("Move: %v", err)
	}
	add(ada)
	if count(ada) != 1 || count(mary) != 0 {
		t.Error("two accounts share it")
	}
}

func TestHistoryThatCannotBeReadIsNotOverwritten(t *testing.T) {
	ctx := t.Context()
	h, vault := log(t, start)
	if err := h.Add(ctx, ada, Entry{Kind: Linked}); err != nil {
		t.Fatal(err)
	}
	vault.getErr = errors.New("out of order")
	if err := h.Add(ctx, ada, Entry{Kind: Unlinked}); !errors.Is(err, vault.getErr) {
		t.Errorf("Add: %v", err)
	}
	if _, err := h.Export(ctx, ada); !errors.Is(err, vault.getErr) {
		t.Errorf("Export: %v", err)
	}
	vault.getErr = nil
	if entries, err := h.List(ctx, ada); len(entries) != 1 || err != nil {
		t.Errorf("afterwards: %v, %v", entries, err)
	}
	vault.putErr = platform.ErrNoVault
	if err := h.Add(ctx, ada, Entry{Kind: Linked}); !errors.Is(err, platform.ErrNoVault) {
		t.Errorf("Add: %v", err)
	}
}

func TestHistoryOfManyTabs(t *testing.T) {
	ctx, scope := t.Context(), site(t)
	tab := func() *Log { return New(scope, &faulty{Vault: scope.Vault()}, nil, ahead) }
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			if err := tab().Add(ctx, ada, Entry{Kind: Linked}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if entries, err := tab().List(ctx, ada); len(entries) != 50 || err != nil {
		t.Errorf("%d entries, %v", len(entries), err)
	}
}

// Programs before this one stored the entries alone, and histories outlast them.
func TestHistoryOfAnEarlierProgram(t *testing.T) {
	ctx := t.Context()
	h, vault := log(t, start)
	earlier := `[{"time":"2026-01-01T00:00:00Z","kind":"linked","account":"ada@facebook.example","connection":"facebook"}]`
	if err := vault.Put(ctx, Name, ada, []byte(earlier)); err != nil {
		t.Fatal(err)
	}
	if err := h.Add(ctx, ada, Entry{Kind: Unlinked, Account: "ada@facebook.example"}); err != nil {
		t.Fatal(err)
	}
	entries, err := h.List(ctx, ada)
	if err != nil || len(entries) != 2 || entries[0].Kind != Unlinked ||
		entries[1].Connection != "facebook" || entries[1].Ahead != nil {
		t.Errorf("got %v, %v", entries, err)
	}
}

// A vault of another tenant's has another history.
func TestHistoryIsOneScopes(t *testing.T) {
	ctx := t.Context()
	h, _ := log(t, start)
	if err := h.Add(ctx, ada, Entry{Kind: Linked}); err != nil {
		t.Fatal(err)
	}
	other := browser.NewScope("/", "https://other.example/", "app", t.Name())
	if entries, err := New(other, other.Vault(), nil, ahead).List(ctx, ada); len(entries) != 0 || err != nil {
		t.Errorf("got %v, %v", entries, err)
	}
}
