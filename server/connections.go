package main

import (
	"context"
	"net"
	"net/http"
	"sync"
	"time"
)

// connections knows which connections of a server are busy.
// [http.Server.Shutdown] would drop a request that it reads while it shuts down,
// and wait five seconds for connections without one.
type connections struct {
	mu      sync.Mutex
	states  map[net.Conn]http.ConnState
	changed chan struct{} // holds one note that something may have changed
}

func newConnections() *connections {
	return &connections{states: map[net.Conn]http.ConnState{}, changed: make(chan struct{}, 1)}
}

// observe is an [http.Server.ConnState].
func (c *connections) observe(conn net.Conn, state http.ConnState) {
	c.mu.Lock()
	switch state {
	case http.StateNew, http.StateActive:
		c.states[conn] = state
	default:
		delete(c.states, conn)
	}
	c.mu.Unlock()
	select {
	case c.changed <- struct{}{}:
	default:
	}
}

// sendSoon is the time in which a client that has connected sends its request. A
// browser also connects without one, in advance.
const sendSoon = 250 * time.Millisecond

// settle waits until no connection is busy, and reports whether that was so before
// ctx ended.
func (c *connections) settle(ctx context.Context) bool {
	soon := time.NewTimer(sendSoon)
	defer soon.Stop()
	patient := true
	for c.busy(patient) {
		select {
		case <-c.changed:
		case <-soon.C:
			patient = false
		case <-ctx.Done():
			return false
		}
	}
	return true
}

func (c *connections) busy(countNew bool) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, state := range c.states {
		if state == http.StateActive || countNew {
			return true
		}
	}
	return false
}
