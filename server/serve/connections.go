package serve

import (
	"context"
	"net"
	"net/http"
	"sync"
	"time"
)

// connections knows which connections of a server are busy. It is here because
// [http.Server.Shutdown] drops a request that it is reading when it begins, and
// waits five seconds for connections without one.
type connections struct {
	mu      sync.Mutex
	states  map[net.Conn]http.ConnState // of those that are new or active
	changed chan struct{}               // has one message that something may have changed
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

// firstRequest is the time in which a new connection counts as busy. Browsers also
// connect in advance and then send nothing.
const firstRequest = 250 * time.Millisecond

// waitIdle waits until no connection is busy, and reports whether that was so
// before ctx ended.
func (c *connections) waitIdle(ctx context.Context) bool {
	timer := time.NewTimer(firstRequest)
	defer timer.Stop()
	countNew := true
	for c.busy(countNew) {
		select {
		case <-c.changed:
		case <-timer.C:
			countNew = false
		case <-ctx.Done():
			return false
		}
	}
	return true
}

// busy reports whether a connection has a request under way. With countNew one that
// has sent nothing yet counts too.
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
