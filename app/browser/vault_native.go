//go:build !js

package browser

import (
	"context"
	"maps"
	"slices"
	"sync"
)

// OpenVault returns a vault in memory, the same for the whole program.
func OpenVault() Vault { return &memoryVault }

var memoryVault = sealed{entries: make(map[string]entry)}

type entry struct {
	bound string
	plain []byte
}

type sealed struct {
	mu      sync.Mutex
	entries map[string]entry
}

func (s *sealed) Put(_ context.Context, name, bound string, plain []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.entries[name] = entry{bound, append([]byte(nil), plain...)}
	return nil
}

func (s *sealed) Get(_ context.Context, name, bound string) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, ok := s.entries[name]
	switch {
	case !ok:
		return nil, ErrNoEntry
	case e.bound != bound:
		return nil, ErrSealBroken
	}
	return append([]byte(nil), e.plain...), nil
}

func (s *sealed) Delete(_ context.Context, name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.entries, name)
	return nil
}

func (s *sealed) Wipe(_ context.Context, keep ...string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.entries, func(name string, _ entry) bool { return !slices.Contains(keep, name) })
	return nil
}
