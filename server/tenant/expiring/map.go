// Package expiring provides [Map], a map whose entries end after a time.
package expiring

import (
	"sync"
	"time"
)

// DefaultLimit is how many entries a Map holds at most where nothing else is said.
const DefaultLimit = 4096

// A Map drops each entry after a time, and the oldest ones first when it is full,
// so that a client cannot make it grow without end. It may be used by several
// goroutines at the same time.
type Map[V any] struct {
	now   func() time.Time
	ttl   time.Duration
	limit int

	mu      sync.Mutex
	entries map[string]entry[V]
	order   []string // oldest first; may have keys that are not in entries
}

type entry[V any] struct {
	value V
	until time.Time
}

// New returns an empty Map with at most limit entries, each valid for ttl by the
// clock now.
func New[V any](now func() time.Time, ttl time.Duration, limit int) *Map[V] {
	return &Map[V]{now: now, ttl: ttl, limit: limit, entries: map[string]entry[V]{}}
}

// Put sets the value of the key; its time begins anew.
func (m *Map[V]) Put(key string, value V) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, known := m.entries[key]; !known {
		m.order = append(m.order, key)
	}
	m.entries[key] = entry[V]{value, m.now().Add(m.ttl)}
	m.evict()
}

// evict removes the oldest keys until the rest is valid and within the limit.
func (m *Map[V]) evict() {
	for len(m.order) > 0 {
		oldest, known := m.entries[m.order[0]]
		if known && len(m.order) <= m.limit && m.now().Before(oldest.until) {
			return
		}
		delete(m.entries, m.order[0])
		m.order = m.order[1:]
	}
}

// Get returns the value of the key and whether there is a valid one.
func (m *Map[V]) Get(key string) (V, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.valid(key)
}

// Pop returns what Get would and removes it: only one of two callers gets it.
func (m *Map[V]) Pop(key string) (V, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	value, ok := m.valid(key)
	delete(m.entries, key)
	return value, ok
}

func (m *Map[V]) valid(key string) (V, bool) {
	e, ok := m.entries[key]
	if !ok || !m.now().Before(e.until) {
		var zero V
		return zero, false
	}
	return e.value, true
}

// Update changes a valid value in place and returns whether there was one. Its
// time goes on.
func (m *Map[V]) Update(key string, change func(*V)) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	value, ok := m.valid(key)
	if !ok {
		return false
	}
	change(&value)
	m.entries[key] = entry[V]{value, m.entries[key].until}
	return true
}

// DeleteFunc removes the values for which match returns true.
func (m *Map[V]) DeleteFunc(match func(V) bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for key, e := range m.entries {
		if match(e.value) {
			delete(m.entries, key)
		}
	}
}

// Clear removes everything.
func (m *Map[V]) Clear() {
	m.mu.Lock()
	defer m.mu.Unlock()
	clear(m.entries)
	m.order = nil
}
