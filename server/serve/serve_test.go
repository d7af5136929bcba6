package serve

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// pipes is a listener in memory: in a bubble of synctest its clients are as
// slow as they like and the test is not.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func newPipes() *pipes { return &pipes{conns: make(chan net.Conn), closed: make(chan struct{})} }

// dial returns the client's end of a connection, and what is closed with the
// server's.
func (p *pipes) dial() (client net.Conn, closed <-chan struct{}) {
	client, server := net.Pipe()
	watched := &watchedConn{Conn: server, closed: make(chan struct{})}
	p.conns <- watched
	return client, watched.closed
}

type watchedConn struct {
	net.Conn
	once   sync.Once
	closed chan struct{}
}

func (c *watchedConn) Close() error {
	c.once.Do(func() { close(c.closed) })
	return c.Conn.Close()
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

// inBubble runs a test against a server whose clock is the bubble's.
func inBubble(t *testing.T, handler http.Handler, o Options, test func(*testing.T, *pipes)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		l := newPipes()
		s := startQuiet(l, handler, o)
		test(t, l)
		if err := s.Stop(t.Context()); err != nil {
			t.Errorf("stop: %v", err)
		}
	})
}

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }

// startQuiet is Start with a log that goes nowhere.
func startQuiet(l net.Listener, handler http.Handler, o Options) *Server {
	o.Log = discard()
	return Start(l, handler, o)
}

// large is an answer about as large as the program.
var large = bytes.Repeat([]byte("two locks, one identity. "), 8<<20/25)

func serveLarge(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", fmt.Sprint(len(large)))
	w.Write(large)
}

func send(t *testing.T, c net.Conn, lines ...string) {
	t.Helper()
	if _, err := io.WriteString(c, strings.Join(lines, "\r\n")+"\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
}

// listener is one on a free port of this machine.
func listener(t *testing.T) net.Listener {
	t.Helper()
	l, err := Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func TestAddressInUse(t *testing.T) {
	l := listener(t)
	if _, err := Listen(t.Context(), l.Addr().String()); !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("err = %v, want address in use", err)
	}
}

func TestOrigin(t *testing.T) {
	for addr, want := range map[string]string{"127.0.0.1:0": "https://127.0.0.1:", ":0": "https://localhost:"} {
		l, err := Listen(t.Context(), addr)
		if err != nil {
			t.Fatal(err)
		}
		if got := Origin("https", l); !strings.HasPrefix(got, want) {
			t.Errorf("Origin of %s = %s", addr, got)
		}
		l.Close()
	}
}

// TestWait stops when a server fails by itself.
func TestWait(t *testing.T) {
	l := listener(t)
	s := startQuiet(l, http.NotFoundHandler(), Options{})
	l.Close()
	done := make(chan error)
	go func() { done <- Wait(t.Context(), discard(), s) }()
	select {
	case err := <-done:
		if !errors.Is(err, net.ErrClosed) {
			t.Errorf("err = %v, want that of the listener", err)
		}
	case <-time.After(time.Minute):
		t.Error("still waiting")
	}
}

// TestWaitStops stops all servers when the context ends.
func TestWaitStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	first, second := listener(t), listener(t)
	servers := []*Server{
		startQuiet(first, http.NotFoundHandler(), Options{}), startQuiet(second, http.NotFoundHandler(), Options{}),
	}
	var log bytes.Buffer
	cancel()
	if err := Wait(ctx, slog.New(slog.NewTextHandler(&log, nil)), servers...); err != nil {
		t.Error(err)
	}
	for _, l := range []net.Listener{first, second} {
		if _, err := net.Dial("tcp", l.Addr().String()); err == nil {
			t.Error("a server still listens")
		}
	}
	if strings.Count(log.String(), "msg=stopping") != 1 {
		t.Errorf("log = %q", log.String())
	}
}
