package flow

import (
	"context"
	"encoding/json"
	"errors"
	"runtime"
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
			vault, now, ctx := newBox(t), morning, context.Background()
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
			if _, err := vault.Get(ctx, actionName, ada); !errors.Is(err, platform.ErrNoEntry) && test.deleteErr == nil {
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
	vault, tabs, ctx := lingering{newBox(t)}, &oneAtATime{}, context.Background()
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
	vault, tabs, ctx := newBox(t), &oneAtATime{}, context.Background()
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

// box is a vault of its own that fails as told.
type box struct {
	platform.Vault
	getErr, deleteErr error
}

func newBox(t *testing.T) *box {
	t.Helper()
	vault := browser.NewScope("/"+t.Name()+"/", "https://tenant.example/", "app", "").Vault()
	t.Cleanup(func() { _ = vault.Wipe(context.Background()) })
	return &box{Vault: vault}
}

func (b *box) Get(ctx context.Context, name, bound string) ([]byte, error) {
	if b.getErr != nil {
		return nil, b.getErr
	}
	return b.Vault.Get(ctx, name, bound)
}

func (b *box) Delete(ctx context.Context, name string) error {
	if b.deleteErr != nil {
		return b.deleteErr
	}
	return b.Vault.Delete(ctx, name)
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
