//go:build !js

package browser

import (
	"context"
	"errors"
	"sync"
	"testing"
)

func TestExclusive(t *testing.T) {
	ctx := context.Background()
	running, wait := 0, sync.WaitGroup{} // guarded by nothing else: the race detector watches
	for range 50 {
		wait.Go(func() {
			err := scope.Exclusive(ctx, "count", func() error {
				running++
				if running != 1 {
					t.Errorf("%d run at once", running)
				}
				running--
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()

	failed := errors.New("failed")
	if err := scope.Exclusive(ctx, "count", func() error { return failed }); err != failed {
		t.Errorf("Exclusive: %v, want what do returned", err)
	}
	cancelled, cancel := context.WithCancel(ctx)
	err := scope.Exclusive(ctx, "count", func() error {
		cancel()
		ran, err := false, error(nil)
		for range 100 { // one of two that are ready is taken by chance
			err = errors.Join(err, scope.Exclusive(cancelled, "count", func() error { ran = true; return nil }))
		}
		if ran {
			t.Error("two run at once")
		}
		return err
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("waiting in vain: %v", err)
	}
	if err := scope.Exclusive(ctx, "count", func() error { return scope.Exclusive(ctx, "other", func() error { return nil }) }); err != nil {
		t.Errorf("another name: %v", err)
	}
}

func TestWipeKeepsWhatIsNamed(t *testing.T) {
	ctx, v := context.Background(), scope.Vault()
	for _, test := range []struct {
		name string
		keep []string
		want map[string]bool
	}{
		{name: "all", want: map[string]bool{}},
		{name: "but one", keep: []string{"b"}, want: map[string]bool{"b": true}},
		{name: "but two", keep: []string{"c", "a"}, want: map[string]bool{"a": true, "c": true}},
		{name: "but what is not there", keep: []string{"x"}, want: map[string]bool{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			defer v.Wipe(ctx)
			for _, name := range []string{"a", "b", "c"} {
				if err := v.Put(ctx, name, "", []byte(name)); err != nil {
					t.Fatal(err)
				}
			}
			if err := v.Wipe(ctx, test.keep...); err != nil {
				t.Fatal(err)
			}
			for _, name := range []string{"a", "b", "c"} {
				if _, err := v.Get(ctx, name, ""); (err == nil) != test.want[name] {
					t.Errorf("%s: %v", name, err)
				}
			}
		})
	}
}
