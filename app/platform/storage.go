package platform

import "sync"

// Storage keeps short strings by key. Reading a missing key gives "" and false.
// Set fails where the browser refuses (site data blocked, quota).
type Storage interface {
	Get(key string) (string, bool)
	Set(key, value string) error
	Delete(key string)
	Keys() []string
}

// Memory is a [Storage] that lasts as long as the program.
type Memory struct {
	mu     sync.Mutex
	values map[string]string
}

// Get returns the value of a key.
func (m *Memory) Get(key string) (string, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	v, ok := m.values[key]
	return v, ok
}

// Set stores a value.
func (m *Memory) Set(key, value string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.values == nil {
		m.values = make(map[string]string)
	}
	m.values[key] = value
	return nil
}

// Delete removes a key.
func (m *Memory) Delete(key string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.values, key)
}

// Keys lists the keys in no order.
func (m *Memory) Keys() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	keys := make([]string, 0, len(m.values))
	for k := range m.values {
		keys = append(keys, k)
	}
	return keys
}
