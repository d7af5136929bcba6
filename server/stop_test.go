package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// serveProcess starts the command with settings that it can do with.
func serveProcess(t *testing.T, flags ...string) (p *process, home string) {
	t.Helper()
	needBundle(t)
	p = startProcess(t, append([]string{
		"serve", "--addr=127.0.0.1:0", "--domain=acme.eu.auth0.com", "--client-id=abc", "--connections=google-oauth2",
	}, flags...)...)
	return p, p.line(t, "ready: ")
}

func connect(t *testing.T, home string) net.Conn {
	t.Helper()
	u, err := url.Parse(home)
	if err != nil {
		t.Fatal(err)
	}
	c, err := net.Dial("tcp", u.Host)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// programURL is where the page has its program.
func programURL(t *testing.T, home string) string {
	t.Helper()
	_, page := get(t, home)
	_, rest, found := bytes.Cut(page, []byte(`data-wasm="`))
	path, _, _ := bytes.Cut(rest, []byte(`"`))
	if !found {
		t.Fatal("the page names no program")
	}
	return string(path)
}

// TestStopFinishesRequests stops the server while many answers are half read.
func TestStopFinishesRequests(t *testing.T) {
	p, home := serveProcess(t, "--drain-time=0s")
	program := programURL(t, home)
	type download struct {
		conn   net.Conn
		reader *bufio.Reader
		answer *http.Response
	}
	var downloads []download
	for range 50 {
		c := connect(t, home)
		send(t, c, "GET "+program+" HTTP/1.1", "Host: x")
		reader := bufio.NewReader(c)
		r, err := http.ReadResponse(reader, nil)
		if err != nil {
			t.Fatal(err)
		}
		downloads = append(downloads, download{c, reader, r})
	}
	idle := connect(t, home) // has asked and might again
	send(t, idle, "GET /healthz HTTP/1.1", "Host: x")
	reader := bufio.NewReader(idle)
	if r, err := http.ReadResponse(reader, nil); err != nil {
		t.Fatal(err)
	} else if _, err := io.Copy(io.Discard, r.Body); err != nil {
		t.Fatal(err)
	}

	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
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
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("ended with %v: %s", err, p.stderr)
	}
}

// TestStopUnderLoad stops the server while clients ask without a pause, each
// until it is told that its connection closes.
func TestStopUnderLoad(t *testing.T) {
	p, home := serveProcess(t)
	var clients sync.WaitGroup
	var asked atomic.Int64
	warm := make(chan struct{})
	for range 8 {
		clients.Go(func() {
			var client http.Client
			for {
				// A POST is not sent again behind the test's back.
				r, err := client.Post(home, "text/plain", nil)
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
	p.end(t, syscall.SIGTERM)
	clients.Wait()
}

// TestStopAnswersTheLast: a request may come on a connection that was made
// before the listening ended.
func TestStopAnswersTheLast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newPipes()
		s := start(l, http.HandlerFunc(serveLarge), discard(), serverOptions{})
		late, _ := l.dial()
		defer late.Close()
		never, closed := l.dial() // as a browser connects in advance
		defer never.Close()
		synctest.Wait()
		stopped := make(chan error)
		began := time.Now()
		go func() { stopped <- s.stop(t.Context()) }()
		synctest.Wait()
		time.Sleep(sendSoon / 2)
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
		if took := time.Since(began); took > time.Second {
			t.Errorf("took %v, for a connection that was not used", took)
		}
	})
}

// TestStopHasAnEnd: a request that does not end is cut off.
func TestStopHasAnEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newPipes()
		limits := defaultLimits
		limits.DrainTime, limits.StopTimeout = time.Minute, time.Second
		s := start(l, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }), discard(), serverOptions{Limits: limits})
		c, closed := l.dial()
		defer c.Close()
		send(t, c, "GET / HTTP/1.1", "Host: x")
		began := time.Now()
		if err := s.stop(t.Context()); err != nil {
			t.Error(err)
		}
		<-closed
		if took := time.Since(began); took != limits.DrainTime+limits.StopTimeout {
			t.Errorf("took %v", took)
		}
	})
}

// TestReadyWhileStopping asks the probes before and after the wish to stop.
func TestReadyWhileStopping(t *testing.T) {
	p, home := serveProcess(t, "--drain-time=1h") // the test ends it before
	ask := func(path string) (string, bool) {
		r, body := get(t, home+path)
		for name, want := range map[string]string{"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"} {
			if got := r.Header.Get(name); got != want {
				t.Errorf("%s: %s = %q, want %q", path, name, got, want)
			}
		}
		return fmt.Sprint(r.StatusCode, " ", strings.TrimSpace(string(body))), r.Close
	}
	for _, path := range []string{"healthz", "readyz"} {
		if got, _ := ask(path); got != "200 ok" {
			t.Errorf("/%s: %s, want 200 ok", path, got)
		}
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for {
		got, closes := ask("readyz")
		if got == "200 ok" {
			continue // the signal is on its way
		}
		if got != "503 stopping" || !closes {
			t.Errorf("/readyz: %s (connection closes: %v), want 503 stopping and a closed connection", got, closes)
		}
		break
	}
	if got, _ := ask("healthz"); got != "200 ok" {
		t.Errorf("/healthz: %s, want 200 ok", got)
	}
	// A second signal does not wait. It is sent until it comes after the first has
	// been dealt with.
	go func() {
		for p.cmd.Process.Signal(syscall.SIGTERM) == nil {
			time.Sleep(10 * time.Millisecond)
		}
	}()
	if err := p.cmd.Wait(); err == nil {
		t.Error("the second signal ended it as if all were well")
	}
}

func TestProbesRefuseMethods(t *testing.T) {
	inBubble(t, http.NotFoundHandler(), serverOptions{Header: http.Header{"X-Frame-Options": {"DENY"}}}, func(t *testing.T, l *pipes) {
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
	inBubble(t, http.NotFoundHandler(), serverOptions{}, func(t *testing.T, l *pipes) {
		c, _ := l.dial()
		defer c.Close()
		send(t, c, "OPTIONS * HTTP/1.1", "Host: x")
		r, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil || r.StatusCode != http.StatusNotFound {
			t.Errorf("answer %v, %v, want the handler's", r, err)
		}
	})
}
