package browser

import (
	"context"
	"sync"
)

// inTurn runs do while nobody else of this program runs under the name. It is
// what is left of [Scope.Exclusive] where tabs cannot agree.
func inTurn(ctx context.Context, name string, do func() error) error {
	turn := turnOf(name)
	select {
	case turn <- struct{}{}:
		defer func() { <-turn }()
		return do()
	case <-ctx.Done():
		return ctx.Err()
	}
}

var turns = struct {
	mu     sync.Mutex
	byName map[string]chan struct{}
}{byName: make(map[string]chan struct{})}

func turnOf(name string) chan struct{} {
	turns.mu.Lock()
	defer turns.mu.Unlock()
	turn, ok := turns.byName[name]
	if !ok {
		turn = make(chan struct{}, 1)
		turns.byName[name] = turn
	}
	return turn
}
