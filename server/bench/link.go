package main

import (
	"io"
	"net"
	"sync"
	"time"
)

// network is what lies between a browser and the servers. It slows down connections and not
// a page's requests, so that it holds for the service worker's requests, too.
type network struct {
	name  string
	delay time.Duration // one way
	rate  int           // bytes a second from the servers, for all connections together; 0: no limit
	cpu   float64       // how many times slower the device is
}

var (
	fullSpeed = network{name: "full speed", cpu: 1}
	// Lighthouse's slow 4G: a round trip of 150 ms and 1.6 Mbit/s, with a phone's
	// processor.
	slow4G = network{name: "slow 4G, CPU ÷ 4", delay: 75 * time.Millisecond, rate: 1_600_000 / 8, cpu: 4}
)

// line carries connections through a network.
type line struct {
	network
	mu   sync.Mutex
	free time.Time // when the line will have sent all that it was given
}

// wrap returns a listener whose connections go through the line.
func (l *line) wrap(inner net.Listener) net.Listener { return &shaped{inner, l} }

// shaped is a listener behind a line.
type shaped struct {
	net.Listener
	line *line
}

// Accept implements net.Listener. A connection costs a round trip before the
// first byte can be sent.
func (s *shaped) Accept() (net.Conn, error) {
	server, err := s.Listener.Accept()
	if err != nil || s.line.delay == 0 && s.line.rate == 0 {
		return server, err
	}
	near, far := net.Pipe()
	go s.line.carry(far, server, 2*s.line.delay, 0)
	go s.line.carry(server, far, 0, s.line.rate)
	return named{near, server}, nil
}

// named is one end of a pipe, with the addresses of the connection behind it.
type named struct {
	net.Conn
	behind net.Conn
}

func (n named) LocalAddr() net.Addr  { return n.behind.LocalAddr() }
func (n named) RemoteAddr() net.Addr { return n.behind.RemoteAddr() }

// parcel is data on the line.
type parcel struct {
	due  time.Time // when it arrives
	data []byte
}

// carry copies from one connection to another, with the delays of the line. handshake is an
// additional delay of the first piece.
func (l *line) carry(to io.WriteCloser, from io.Reader, handshake time.Duration, rate int) {
	pieces := make(chan parcel, 256)
	go func() {
		defer close(pieces)
		for {
			piece := make([]byte, 1460) // what fits into a packet
			n, err := from.Read(piece)
			if n > 0 {
				pieces <- parcel{l.due(n, rate).Add(l.delay + handshake), piece[:n]}
				handshake = 0
			}
			if err != nil {
				return
			}
		}
	}()
	defer to.Close()
	for p := range pieces {
		time.Sleep(time.Until(p.due))
		if _, err := to.Write(p.data); err != nil {
			break
		}
	}
	for range pieces { // so that the reader ends
	}
}

// due returns when n more bytes will have left the line.
func (l *line) due(n, rate int) time.Time {
	now := time.Now()
	if rate == 0 {
		return now
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.free.Before(now) {
		l.free = now
	}
	l.free = l.free.Add(time.Duration(n) * time.Second / time.Duration(rate))
	return l.free
}
