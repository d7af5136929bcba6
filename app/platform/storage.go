package platform

import (
	"errors"
	"sync"
)

// ErrFull is returned when the browser has no more room for what this origin stores.
var ErrFull = errors.New("the storage is full")

// Storage stores short strings by key. A method may wait for the browser: call none on the
// UI goroutine.
type Storage interface {
	// Get returns the value of a key, or "" and false where there is none.
	Get(key string) (value string, ok bool)
	// Pop removes a key and returns its value, or "" and false where there is none. Of
	// several that ask at once, one gets it.
	Pop(key string) (value string, ok bool)
	// Set stores a value. It returns an error when the browser refuses: [ErrFull] when the
	// quota is used up, another one when site data is blocked. Some browsers do not say
	// that they store nothing.
	Set(key, value string) error
	// Delete removes a key and its value; a missing key is no error.
	Delete(key string)
	// Keys returns all keys, in no particular order.
	Keys() []string
}

// Memory is a [Storage] in memory. The zero value is empty and ready to use, by several
// goroutines at once.
type Memory struct {
	mu     sync.Mutex
	values map[string]string
}

// Get returns the value of a key, or "" and false where there is none.
func (m *Memory) Get(key string) (string, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	v, ok := m.values[key]
	return v, ok
}

// Pop removes a key and returns its value, or "" and false where there is none.
func (m *Memory) Pop(key string) (string, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	v, ok := m.values[key]
	delete(m.values, key)
	return v, ok
}

// Set stores a value. It returns nil.
func (m *Memory) Set(key, value string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.values == nil {
		m.values = make(map[string]string)
	}
	m.values[key] = value
	return nil
}

// Delete removes a key and its value.
func (m *Memory) Delete(key string) { m.Pop(key) }

// Keys returns all keys, in no particular order.
func (m *Memory) Keys() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	keys := make([]string, 0, len(m.values))
	for k := range m.values {
		keys = append(keys, k)
	}
	return keys
}
