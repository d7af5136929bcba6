package session

import (
	"context"
	"encoding/json"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"twinlock/app/platform"
)

var unlink = Action{Kind: "unlink", Data: json.RawMessage(`{"id":"facebook|1"}`)}

// Attack cases 8 and 28: the action resumes once, for the one who began it.
func TestPending(t *testing.T) {
	for _, test := range []struct {
		name              string
		prepare           func(*Pending)
		subject           string
		after             time.Duration
		getErr, deleteErr error
		wantErr           error
	}{
		{name: "at once", subject: ada},
		{name: "at the limit", subject: ada, after: pendingLife},
		{name: "too late", subject: ada, after: pendingLife + time.Second, wantErr: ErrNothingPending},
		{name: "clock put back a little", subject: ada, after: -platform.ClockSkew},
		{name: "clock put back", subject: ada, after: -platform.ClockSkew - time.Second, wantErr: ErrNothingPending},
		{name: "by another", subject: mary, wantErr: ErrNothingPending},
		{name: "by nobody", subject: "", wantErr: ErrNothingPending},
		{name: "dropped", subject: ada, wantErr: ErrNothingPending, prepare: func(p *Pending) { _ = p.Drop(context.Background()) }},
		{
			name: "taken by another before", subject: ada, wantErr: ErrNothingPending,
			prepare: func(p *Pending) { _, _ = p.Take(context.Background(), mary) },
		},
		{
			name: "taken before", subject: ada, wantErr: ErrNothingPending,
			prepare: func(p *Pending) { _, _ = p.Take(context.Background(), ada) },
		},
		{name: "storage out of order", subject: ada, getErr: platform.ErrNoVault, wantErr: ErrNothingPending},
		{name: "cannot be removed", subject: ada, deleteErr: platform.ErrNoVault, wantErr: platform.ErrNoVault},
	} {
		t.Run(test.name, func(t *testing.T) {
			vault, c, ctx := newBox(), &clock{start}, context.Background()
			p := NewPending(scope, vault, c.Now)
			if err := p.Put(ctx, ada, unlink); err != nil {
				t.Fatal(err)
			}
			if test.prepare != nil {
				test.prepare(p)
			}
			c.now = start.Add(test.after)
			vault.getErr, vault.deleteErr = test.getErr, test.deleteErr
			got, err := p.Take(ctx, test.subject)
			if !errors.Is(err, test.wantErr) {
				t.Fatalf("Take: %v, want %v", err, test.wantErr)
			}
			if taken := got.Kind != ""; taken != (test.wantErr == nil) {
				t.Errorf("took %+v", got)
			}
			if test.wantErr == nil && (got.Kind != unlink.Kind || string(got.Data) != string(unlink.Data)) {
				t.Errorf("took %s %s", got.Kind, got.Data)
			}
			vault.getErr, vault.deleteErr = nil, nil
			if len(vault.names()) != 0 && test.deleteErr == nil {
				t.Error("it still waits")
			}
		})
	}
}

// lingering is a vault that takes its time between reading and removing.
type lingering struct{ *box }

func (l lingering) Get(ctx context.Context, name, bound string) ([]byte, error) {
	plain, err := l.box.Get(ctx, name, bound)
	runtime.Gosched()
	return plain, err
}

func TestPendingIsTakenByOneOfManyTabs(t *testing.T) {
	vault, ctx := lingering{newBox()}, context.Background()
	for range 50 {
		if err := NewPending(scope, vault, nil).Put(ctx, ada, unlink); err != nil {
			t.Fatal(err)
		}
		var taken atomic.Int32
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				if _, err := NewPending(scope, vault, nil).Take(ctx, ada); err == nil {
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

func TestPendingHoldsOneAction(t *testing.T) {
	vault, ctx := newBox(), context.Background()
	p := NewPending(scope, vault, nil)
	for _, kind := range []string{"link", "unlink"} {
		if err := p.Put(ctx, ada, Action{Kind: kind}); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := p.Take(ctx, ada); got.Kind != "unlink" || err != nil {
		t.Errorf("took %+v, %v", got, err)
	}
	if _, err := p.Take(ctx, ada); !errors.Is(err, ErrNothingPending) {
		t.Errorf("another: %v", err)
	}
}
