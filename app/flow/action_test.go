package flow

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"twinlock/app/browser"
	"twinlock/app/platform"
)

var unlinking = Action{Kind: UnlinkAction, Data: json.RawMessage(`{"id":"facebook|1"}`)}

// Attack cases 8 and 28: the action goes on once, and only for the account that began it.
func TestActionKeeper(t *testing.T) {
	for _, test := range []struct {
		name              string
		prepare           func(*ActionKeeper)
		subject           string
		after             time.Duration
		getErr, deleteErr error
		wantErr           error
	}{
		{name: "at once", subject: ada},
		{name: "at the limit", subject: ada, after: actionLife},
		{name: "too late", subject: ada, after: actionLife + time.Second, wantErr: ErrNoAction},
		{name: "clock put back a little", subject: ada, after: -platform.ClockSkew},
		{name: "clock put back", subject: ada, after: -platform.ClockSkew - time.Second, wantErr: ErrNoAction},
		{name: "by another", subject: mary, wantErr: ErrNoAction},
		{name: "by nobody", subject: "", wantErr: ErrNoAction},
		{
			name:    "dropped",
			subject: ada,
			wantErr: ErrNoAction,
			prepare: func(p *ActionKeeper) { _ = p.Drop(context.Background()) },
		},
		{
			name: "taken by another before", subject: ada, wantErr: ErrNoAction,
			prepare: func(p *ActionKeeper) { _, _ = p.Pop(context.Background(), mary) },
		},
		{
			name: "taken before", subject: ada, wantErr: ErrNoAction,
			prepare: func(p *ActionKeeper) { _, _ = p.Pop(context.Background(), ada) },
		},
		{name: "storage out of order", subject: ada, getErr: platform.ErrNoVault, wantErr: ErrNoAction},
		{name: "cannot be removed", subject: ada, deleteErr: platform.ErrNoVault, wantErr: platform.ErrNoVault},
	} {
		t.Run(test.name, func(t *testing.T) {
			vault, now, ctx := newBox(), morning, context.Background()
			p := NewActionKeeper(&oneAtATime{}, vault, func() time.Time { return now })
			if err := p.Put(ctx, ada, unlinking); err != nil {
				t.Fatal(err)
			}
			if test.prepare != nil {
				test.prepare(p)
			}
			now = morning.Add(test.after)
			vault.getErr, vault.deleteErr = test.getErr, test.deleteErr
			got, err := p.Pop(ctx, test.subject)
			if !errors.Is(err, test.wantErr) {
				t.Fatalf("Take: %v, want %v", err, test.wantErr)
			}
			if taken := got.Kind != ""; taken != (test.wantErr == nil) {
				t.Errorf("took %+v", got)
			}
			if test.wantErr == nil && (got.Kind != unlinking.Kind || string(got.Data) != string(unlinking.Data)) {
				t.Errorf("took %s %s", got.Kind, got.Data)
			}
			vault.getErr, vault.deleteErr = nil, nil
			if len(vault.names()) != 0 && test.deleteErr == nil {
				t.Error("it still waits")
			}
		})
	}
}

// lingering is a vault that waits between reading and removing.
type lingering struct{ *box }

func (l lingering) Get(ctx context.Context, name, bound string) ([]byte, error) {
	plain, err := l.box.Get(ctx, name, bound)
	runtime.Gosched()
	return plain, err
}

func TestActionIsTakenByOneOfManyTabs(t *testing.T) {
	vault, tabs, ctx := lingering{newBox()}, &oneAtATime{}, context.Background()
	for range 50 {
		if err := NewActionKeeper(tabs, vault, nil).Put(ctx, ada, unlinking); err != nil {
			t.Fatal(err)
		}
		var taken atomic.Int32
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				if _, err := NewActionKeeper(tabs, vault, nil).Pop(ctx, ada); err == nil {
					taken.Add(1)
				}
			})
		}
		all.Wait()
		if n := taken.Load(); n != 1 {
			t.Fatalf("taken %d times", n)
		}
	}
}

func TestOneActionIsKept(t *testing.T) {
	vault, tabs, ctx := newBox(), &oneAtATime{}, context.Background()
	p := NewActionKeeper(tabs, vault, nil)
	for _, kind := range []ActionKind{LinkAction, UnlinkAction} {
		if err := p.Put(ctx, ada, Action{Kind: kind}); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := p.Pop(ctx, ada); got.Kind != UnlinkAction || err != nil {
		t.Errorf("took %+v, %v", got, err)
	}
	if _, err := p.Pop(ctx, ada); !errors.Is(err, ErrNoAction) {
		t.Errorf("another: %v", err)
	}
}

// oneAtATime lets one tab at a time run.
type oneAtATime struct{ mu sync.Mutex }

func (o *oneAtATime) Exclusive(_ context.Context, _ string, do func() error) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return do()
}

func newBox() *box { return &box{entries: make(map[string][]byte), bound: make(map[string]string)} }

// box is a vault in memory that fails on demand.
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

func (b *box) Wipe(context.Context, ...string) error { return nil }

// names lists what is stored.
func (b *box) names() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Sorted(maps.Keys(b.entries))
}

// An action that waits in one scope is not found in another.
func TestActionsKeepApart(t *testing.T) {
	ctx, scope := t.Context(), browser.NewScope("/", "https://tenant.example/", "app", "")
	t.Cleanup(func() { _ = scope.Vault().Wipe(context.Background()) })
	if err := NewActionKeeper(&oneAtATime{}, scope.Vault(), nil).Put(ctx, ada, unlinking); err != nil {
		t.Fatal(err)
	}
	for _, other := range []browser.Scope{
		browser.NewScope("/", "https://other.example/", "app", ""),
		browser.NewScope("/", "https://tenant.example/", "other", ""),
		browser.NewScope("/", "https://tenant.example/", "app", "api"),
		browser.NewScope("/staging/", "https://tenant.example/", "app", ""),
	} {
		if action, err := NewActionKeeper(&oneAtATime{}, other.Vault(), nil).Pop(ctx, ada); !errors.Is(err, ErrNoAction) {
			t.Errorf("%s has %v, %v", other, action, err)
		}
	}
	if _, err := NewActionKeeper(&oneAtATime{}, scope.Vault(), nil).Pop(ctx, ada); err != nil {
		t.Errorf("it is lost where it belongs: %v", err)
	}
}
