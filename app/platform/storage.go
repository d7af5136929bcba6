package platform

import "sync"

// Storage stores short strings by key.
type Storage interface {
	// Get returns the value of a key, and whether there is one.
	Get(key string) (string, bool)
	// Set stores a value, in place of the one that the key had. It returns an error
	// where the browser refuses: site data is blocked, or the quota is used up.
	Set(key, value string) error
	// Delete removes a key and its value, if they are there.
	Delete(key string)
	// Keys returns all keys, in no order.
	Keys() []string
}

// Memory is a [Storage] that lasts as long as the program. The zero value is empty and
// ready for use, by any number of goroutines.
type Memory struct {
	mu     sync.Mutex
	values map[string]string
}

// Get returns the value of a key, and whether there is one.
func (m *Memory) Get(key string) (string, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	v, ok := m.values[key]
	return v, ok
}

// Set stores a value. It never fails.
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
func (m *Memory) Delete(key string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.values, key)
}

// Keys returns all keys, in no order.
func (m *Memory) Keys() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	keys := make([]string, 0, len(m.values))
	for k := range m.values {
		keys = append(keys, k)
	}
	return keys
}
