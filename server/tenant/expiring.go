package tenant

import (
	"sync"
	"time"
)

// An expiring map forgets its entries after a time, and the oldest ones first
// when it is full: a client can never make the emulator grow without end.
type expiring[V any] struct {
	now   func() time.Time
	ttl   time.Duration
	limit int

	mu      sync.Mutex
	entries map[string]expiringEntry[V]
	order   []string // oldest first; may hold keys that are gone
}

type expiringEntry[V any] struct {
	value V
	until time.Time
}

func newExpiring[V any](now func() time.Time, ttl time.Duration, limit int) *expiring[V] {
	return &expiring[V]{now: now, ttl: ttl, limit: limit, entries: map[string]expiringEntry[V]{}}
}

func (e *expiring[V]) put(key string, value V) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if _, known := e.entries[key]; !known {
		e.order = append(e.order, key)
	}
	e.entries[key] = expiringEntry[V]{value, e.now().Add(e.ttl)}
	e.evict()
}

// evict drops keys from the old end, until the rest is young and few enough.
func (e *expiring[V]) evict() {
	for len(e.order) > 0 {
		oldest, known := e.entries[e.order[0]]
		if known && len(e.order) <= e.limit && e.now().Before(oldest.until) {
			return
		}
		delete(e.entries, e.order[0])
		e.order = e.order[1:]
	}
}

func (e *expiring[V]) get(key string) (V, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.live(key)
}

// take returns the value and forgets it: of two callers only one gets it.
func (e *expiring[V]) take(key string) (V, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	value, ok := e.live(key)
	delete(e.entries, key)
	return value, ok
}

func (e *expiring[V]) live(key string) (V, bool) {
	entry, ok := e.entries[key]
	if !ok || !e.now().Before(entry.until) {
		var none V
		return none, false
	}
	return entry.value, true
}

// edit changes a live value in place and tells whether there was one.
func (e *expiring[V]) edit(key string, change func(*V)) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	value, ok := e.live(key)
	if !ok {
		return false
	}
	change(&value)
	e.entries[key] = expiringEntry[V]{value, e.entries[key].until}
	return true
}

// drop forgets the values that match.
func (e *expiring[V]) drop(match func(V) bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for key, entry := range e.entries {
		if match(entry.value) {
			delete(e.entries, key)
		}
	}
}

func (e *expiring[V]) clear() {
	e.mu.Lock()
	defer e.mu.Unlock()
	clear(e.entries)
	e.order = nil
}
