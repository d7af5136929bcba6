package session

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"twinlock/app/platform"
)

func TestHistory(t *testing.T) {
	vault, c, ctx := newBox(), &clock{start.Add(time.Millisecond)}, context.Background()
	h := NewHistory(scope, vault, c.Now)
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
	want := []Entry{
		{start.Add(time.Minute), Refused, "mallory@example.com", "", "unverified"},
		{start, Linked, "ada@facebook.example", "facebook", ""},
	}
	if err != nil || fmt.Sprint(entries) != fmt.Sprint(want) {
		t.Errorf("got %v, %v\nwant %v", entries, err, want)
	}
}

func TestHistoryExport(t *testing.T) {
	vault, c, ctx := newBox(), &clock{start}, context.Background()
	h := NewHistory(scope, vault, c.Now)
	if err := h.Add(ctx, ada, Entry{Kind: Unlinked, Account: "ada@facebook.example"}); err != nil {
		t.Fatal(err)
	}
	for subject, want := range map[string]string{
		ada:  `{"account":"auth0|1","exported":"2026-01-02T03:04:05Z","entries":[{"time":"2026-01-02T03:04:05Z","kind":"unlinked","account":"ada@facebook.example"}]}`,
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
	vault, ctx := newBox(), context.Background()
	h := NewHistory(scope, vault, nil)
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
	if e := entries[0]; utf8.RuneCountInString(e.Connection) != maxEntryText || e.Reason != "ab" {
		t.Errorf("a connection of %d bytes, the reason %q", len(e.Connection), e.Reason)
	}
}

func TestHistoryIsOneAccounts(t *testing.T) {
	vault, ctx := newBox(), context.Background()
	h := NewHistory(scope, vault, nil)
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
	vault, ctx := newBox(), context.Background()
	h := NewHistory(scope, vault, nil)
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
	vault, ctx := lingering{newBox()}, context.Background()
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			if err := NewHistory(scope, vault, nil).Add(ctx, ada, Entry{Kind: Linked}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if entries, err := NewHistory(scope, vault, nil).List(ctx, ada); len(entries) != 50 || err != nil {
		t.Errorf("%d entries, %v", len(entries), err)
	}
}

// lingering is a vault that takes its time between reading and removing.
type lingering struct{ *box }

func (l lingering) Get(ctx context.Context, name, bound string) ([]byte, error) {
	plain, err := l.box.Get(ctx, name, bound)
	runtime.Gosched()
	return plain, err
}
