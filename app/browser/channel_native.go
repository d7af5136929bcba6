//go:build !js

package browser

import (
	"sync"

	"twinlock/app/platform"
)

var hub struct {
	mu   sync.Mutex
	tabs map[*member]struct{}
}

type member struct {
	name    string
	receive func(platform.Message)
}

func openChannel(name string, receive func(platform.Message)) platform.Channel {
	hub.mu.Lock()
	defer hub.mu.Unlock()
	m := &member{name, receive}
	if hub.tabs == nil {
		hub.tabs = make(map[*member]struct{})
	}
	hub.tabs[m] = struct{}{}
	return m
}

func (m *member) Post(message platform.Message) {
	hub.mu.Lock()
	defer hub.mu.Unlock()
	for other := range hub.tabs {
		if other != m && other.name == m.name {
			go other.receive(message)
		}
	}
}

func (m *member) Close() {
	hub.mu.Lock()
	defer hub.mu.Unlock()
	delete(hub.tabs, m)
}
