package serve

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// connect opens a connection that the test closes.
func connect(t *testing.T, addr net.Addr) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", addr.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// TestStopFinishesRequests stops the server while many answers are half read.
func TestStopFinishesRequests(t *testing.T) {
	l := listener(t)
	s := startQuiet(l, http.HandlerFunc(serveLarge), Options{})
	type download struct {
		conn   net.Conn
		reader *bufio.Reader
		answer *http.Response
	}
	var downloads []download
	for range 50 {
		c := connect(t, l.Addr())
		send(t, c, "GET / HTTP/1.1", "Host: x")
		reader := bufio.NewReader(c)
		r, err := http.ReadResponse(reader, nil)
		if err != nil {
			t.Fatal(err)
		}
		downloads = append(downloads, download{c, reader, r})
	}
	idle := connect(t, l.Addr()) // has asked and might again
	send(t, idle, "GET /healthz HTTP/1.1", "Host: x")
	reader := bufio.NewReader(idle)
	if r, err := http.ReadResponse(reader, nil); err != nil {
		t.Fatal(err)
	} else if _, err := io.Copy(io.Discard, r.Body); err != nil {
		t.Fatal(err)
	}

	stopped := make(chan error)
	go func() { stopped <- s.Stop(t.Context()) }()
	for i, d := range downloads {
		n, err := io.Copy(io.Discard, d.answer.Body)
		if err != nil || n != d.answer.ContentLength {
			t.Errorf("download %d: %d bytes of %d: %v", i, n, d.answer.ContentLength, err)
		}
		if _, err := d.reader.ReadByte(); !errors.Is(err, io.EOF) {
			t.Errorf("download %d: its connection: %v, want its end", i, err)
		}
	}
	if _, err := reader.ReadByte(); !errors.Is(err, io.EOF) {
		t.Errorf("the idle connection: %v, want its end", err)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

// TestStopUnderLoad stops the server while clients ask without a pause, each
// until it is told that its connection closes.
func TestStopUnderLoad(t *testing.T) {
	l := listener(t)
	limits := DefaultLimits
	limits.DrainTime = 500 * time.Millisecond
	s := startQuiet(l, http.NotFoundHandler(), Options{Limits: limits})
	var clients sync.WaitGroup
	var asked atomic.Int64
	warm := make(chan struct{})
	for range 8 {
		clients.Go(func() {
			var client http.Client
			for {
				// A POST is not sent again behind the test's back.
				r, err := client.Post(Origin("http", l), "text/plain", nil)
				if err != nil {
					t.Errorf("a request was lost: %v", err)
					return
				}
				io.Copy(io.Discard, r.Body)
				r.Body.Close()
				if asked.Add(1) == 1000 {
					close(warm)
				}
				if r.Close {
					return
				}
			}
		})
	}
	<-warm
	if err := s.Stop(t.Context()); err != nil {
		t.Error(err)
	}
	clients.Wait()
}

// TestStopAnswersTheLast: a request may come on a connection that was made
// before the listening ended.
func TestStopAnswersTheLast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newPipes()
		s := startQuiet(l, http.HandlerFunc(serveLarge), Options{})
		late, _ := l.dial()
		defer late.Close()
		never, closed := l.dial() // as a browser connects in advance
		defer never.Close()
		synctest.Wait()
		stopped := make(chan error)
		start := time.Now()
		go func() { stopped <- s.Stop(t.Context()) }()
		synctest.Wait()
		time.Sleep(firstRequest / 2)
		send(t, late, "GET / HTTP/1.1", "Host: x")
		r, err := http.ReadResponse(bufio.NewReader(late), nil)
		if err != nil {
			t.Fatal(err)
		}
		n, err := io.Copy(io.Discard, r.Body)
		if err != nil || n != int64(len(large)) || !r.Close {
			t.Errorf("%d bytes, %v; connection closes: %v", n, err, r.Close)
		}
		if err := <-stopped; err != nil {
			t.Error(err)
		}
		<-closed
		if took := time.Since(start); took > time.Second {
			t.Errorf("took %v, for a connection that was not used", took)
		}
	})
}

// TestStopHasAnEnd: a request that does not end is cut off.
func TestStopHasAnEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newPipes()
		limits := DefaultLimits
		limits.DrainTime, limits.StopTimeout = time.Minute, time.Second
		never := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		s := startQuiet(l, never, Options{Limits: limits})
		c, closed := l.dial()
		defer c.Close()
		send(t, c, "GET / HTTP/1.1", "Host: x")
		start := time.Now()
		if err := s.Stop(t.Context()); err != nil {
			t.Error(err)
		}
		<-closed
		if took := time.Since(start); took != limits.DrainTime+limits.StopTimeout {
			t.Errorf("took %v", took)
		}
	})
}

// TestStopEndsWithItsContext: the end of the context ends the draining.
func TestStopEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limits := DefaultLimits
		limits.DrainTime = time.Hour
		s := startQuiet(newPipes(), http.NotFoundHandler(), Options{Limits: limits})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		if err := s.Stop(ctx); err != nil {
			t.Error(err)
		}
		if took := time.Since(start); took != time.Second {
			t.Errorf("took %v", took)
		}
	})
}

// TestReadyWhileStopping asks the probes before and after the wish to stop.
func TestReadyWhileStopping(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newPipes()
		limits := DefaultLimits
		limits.DrainTime = time.Minute
		s := startQuiet(l, http.NotFoundHandler(), Options{Limits: limits, Header: http.Header{"Referrer-Policy": {"no-referrer"}}})
		ask := func(path string) (string, bool) {
			c, _ := l.dial()
			defer c.Close()
			send(t, c, "GET "+path+" HTTP/1.1", "Host: x")
			r, err := http.ReadResponse(bufio.NewReader(c), nil)
			if err != nil {
				t.Fatal(err)
			}
			body, _ := io.ReadAll(r.Body)
			for name, want := range map[string]string{"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"} {
				if got := r.Header.Get(name); got != want {
					t.Errorf("%s: %s = %q, want %q", path, name, got, want)
				}
			}
			return fmt.Sprint(r.StatusCode, " ", strings.TrimSpace(string(body))), r.Close
		}
		for _, path := range []string{"/healthz", "/readyz"} {
			if got, closes := ask(path); got != "200 ok" || closes {
				t.Errorf("%s: %s (connection closes: %v), want 200 ok", path, got, closes)
			}
		}
		stopped := make(chan error)
		go func() { stopped <- s.Stop(t.Context()) }()
		synctest.Wait()
		if got, closes := ask("/readyz"); got != "503 stopping" || !closes {
			t.Errorf("/readyz: %s (connection closes: %v), want 503 stopping and a closed connection", got, closes)
		}
		if got, _ := ask("/healthz"); got != "200 ok" {
			t.Errorf("/healthz: %s, want 200 ok", got)
		}
		if err := <-stopped; err != nil {
			t.Error(err)
		}
	})
}

func TestProbesRefuseMethods(t *testing.T) {
	inBubble(t, http.NotFoundHandler(), Options{Header: http.Header{"X-Frame-Options": {"DENY"}}}, func(t *testing.T, l *pipes) {
		c, _ := l.dial()
		defer c.Close()
		send(t, c, "POST /readyz HTTP/1.1", "Host: x", "Content-Length: 0")
		r, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil || r.StatusCode != http.StatusMethodNotAllowed || r.Header.Get("Allow") != "GET, HEAD" || r.Header.Get("X-Frame-Options") != "DENY" {
			t.Errorf("answer %v, %v, want status 405 with Allow", r, err)
		}
	})
}

// TestGeneralOptions: OPTIONS * is the handler's to answer, like all else, and
// not net/http's with 200 and none of our headers.
func TestGeneralOptions(t *testing.T) {
	inBubble(t, http.NotFoundHandler(), Options{}, func(t *testing.T, l *pipes) {
		c, _ := l.dial()
		defer c.Close()
		send(t, c, "OPTIONS * HTTP/1.1", "Host: x")
		r, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil || r.StatusCode != http.StatusNotFound {
			t.Errorf("answer %v, %v, want the handler's", r, err)
		}
	})
}
