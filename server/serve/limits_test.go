package serve

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// slowly reads a little with long pauses.
type slowly struct {
	io.Reader
	most  int
	pause time.Duration
}

func (s slowly) Read(p []byte) (int, error) {
	time.Sleep(s.pause)
	return s.Reader.Read(p[:min(len(p), s.most)])
}

func TestSlowClientGetsAll(t *testing.T) {
	inBubble(t, http.HandlerFunc(serveLarge), Options{}, func(t *testing.T, l *pipes) {
		c, _ := l.dial()
		defer c.Close()
		start := time.Now()
		send(t, c, "GET / HTTP/1.1", "Host: x")
		// 8 kB in a second: many times the server's timeouts.
		r, err := http.ReadResponse(bufio.NewReaderSize(slowly{c, 8 << 10, time.Second}, 8<<10), nil)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r.Body)
		if err != nil || !bytes.Equal(body, large) {
			t.Errorf("%d bytes of %d after %v: %v", len(body), len(large), time.Since(start), err)
		}
		if took := time.Since(start); took < 10*DefaultLimits.WriteTimeout {
			t.Errorf("took only %v: this client was not slow", took)
		}
	})
}

func TestStalledClientIsCutOff(t *testing.T) {
	tests := []struct {
		name  string
		stall func(*testing.T, net.Conn) // the client's last move
		want  time.Duration
	}{
		{"before the request", func(*testing.T, net.Conn) {}, DefaultLimits.HeaderTimeout},
		{"in the header", func(t *testing.T, c net.Conn) {
			if _, err := io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\n"); err != nil {
				t.Fatal(err)
			}
		}, DefaultLimits.HeaderTimeout},
		{"before the answer", func(t *testing.T, c net.Conn) { send(t, c, "GET / HTTP/1.1", "Host: x") }, DefaultLimits.WriteTimeout},
		{"in the answer", func(t *testing.T, c net.Conn) {
			send(t, c, "GET / HTTP/1.1", "Host: x")
			if _, err := io.CopyN(io.Discard, c, 1<<20); err != nil {
				t.Fatal(err)
			}
		}, DefaultLimits.WriteTimeout},
		{"after the answer", func(t *testing.T, c net.Conn) {
			send(t, c, "GET /healthz HTTP/1.1", "Host: x")
			r, err := http.ReadResponse(bufio.NewReader(c), nil)
			if err != nil {
				t.Fatal(err)
			}
			io.Copy(io.Discard, r.Body)
		}, DefaultLimits.IdleTimeout},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			inBubble(t, http.HandlerFunc(serveLarge), Options{}, func(t *testing.T, l *pipes) {
				c, closed := l.dial()
				defer c.Close()
				test.stall(t, c)
				start := time.Now()
				<-closed
				if took := time.Since(start); took < test.want || took > test.want+time.Second {
					t.Errorf("cut off after %v, want %v", took, test.want)
				}
			})
		})
	}
}

// TestSmuggledRequest: where two may disagree about the end of a request, one answer
// is the last.
func TestSmuggledRequest(t *testing.T) {
	const second = "GET /second HTTP/1.1\r\nHost: x\r\n\r\n"
	tests := []struct {
		name, sent string
		answers    int
	}{
		{"nothing of the kind", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", 2},
		{"length alone", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n0", 2},
		{"chunks", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 1},
		{"chunks of a GET", "GET / HTTP/1.1\r\nHost: x\r\ntransfer-encoding: Chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n", 1},
		{"chunks and a length", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 1},
		{"length first", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", 1},
		{"chunks, and a wish to go on", "POST / HTTP/1.1\r\nHost: x\r\nConnection: keep-alive\r\n" +
			"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 1},
		{"chunks to a probe", "POST /healthz HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 1},
		{"HTTP/1.0", "POST / HTTP/1.0\r\nHost: x\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n", 1},
		{"another coding", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 1},
		{"twice", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n", 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			inBubble(t, http.NotFoundHandler(), Options{}, func(t *testing.T, l *pipes) {
				c, _ := l.dial()
				defer c.Close()
				go io.WriteString(c, test.sent+second)
				answers := 0
				for reader := bufio.NewReader(c); answers < 2; answers++ {
					r, err := http.ReadResponse(reader, nil)
					if err != nil {
						break
					}
					io.Copy(io.Discard, r.Body)
					if r.Close != (test.answers == 1) {
						t.Errorf("answer %d: Connection: close is %t", answers, r.Close)
					}
				}
				if answers != test.answers {
					t.Errorf("%d answers, want %d", answers, test.answers)
				}
			})
		})
	}
}

// TestFlush: a handler reaches the connection through [http.ResponseController].
func TestFlush(t *testing.T) {
	var flushed error
	flush := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		flushed = http.NewResponseController(w).Flush()
	})
	inBubble(t, flush, Options{}, func(t *testing.T, l *pipes) {
		c, _ := l.dial()
		defer c.Close()
		send(t, c, "GET / HTTP/1.1", "Host: x")
		r, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, r.Body); err != nil || flushed != nil {
			t.Errorf("%v, flushed with %v", err, flushed)
		}
	})
}

// TestRecorder: an answer that goes to no connection has no deadlines.
func TestRecorder(t *testing.T) {
	w := httptest.NewRecorder()
	serveLarge(&response{ResponseWriter: w, writeTimeout: time.Second}, nil)
	if w.Body.Len() != len(large) {
		t.Errorf("%d bytes of %d", w.Body.Len(), len(large))
	}
}

func TestHeaderTooLarge(t *testing.T) {
	inBubble(t, http.HandlerFunc(serveLarge), Options{}, func(t *testing.T, l *pipes) {
		c, _ := l.dial()
		defer c.Close()
		go io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\nX: "+strings.Repeat("x", 48<<10)+"\r\n\r\n")
		r, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil || r.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
			t.Errorf("answer %v, %v, want status 431", r, err)
		}
	})
}
