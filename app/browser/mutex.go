package browser

import (
	"context"
	"sync"
)

// withMutex runs do while nothing else in this program runs under the name.
// [Scope.Exclusive] falls back to it where tabs have no common lock.
func withMutex(ctx context.Context, name string, do func() error) error {
	mutex := mutexOf(name)
	select {
	case mutex <- struct{}{}:
		defer func() { <-mutex }()
		return do()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// mutexes are channels of capacity one: waiting for them can be stopped.
var mutexes = struct {
	mu     sync.Mutex
	byName map[string]chan struct{}
}{byName: make(map[string]chan struct{})}

func mutexOf(name string) chan struct{} {
	mutexes.mu.Lock()
	defer mutexes.mu.Unlock()
	mutex, ok := mutexes.byName[name]
	if !ok {
		mutex = make(chan struct{}, 1)
		mutexes.byName[name] = mutex
	}
	return mutex
}
