package serve

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
)

// encoded answers as a site does: with the encoding that was asked for, and with a
// status by the path.
func encoded(w http.ResponseWriter, r *http.Request) {
	if encoding := r.Header.Get("Accept-Encoding"); encoding != "" {
		w.Header().Set("Content-Encoding", encoding)
	}
	if r.URL.Path != "/" && r.URL.Path != "/callback" {
		w.WriteHeader(http.StatusNotFound)
	}
	if r.Method != http.MethodHead {
		io.WriteString(w, strings.Repeat("x", 1000))
	}
}

// TestAccessLog: a line for each request, and nothing secret in it.
func TestAccessLog(t *testing.T) {
	tests := []struct {
		method, target, accept string
		want                   string // method, path, status, encoding
	}{
		{"GET", "", "br", "GET / 200 br"},
		{"HEAD", "", "", "HEAD / 200 identity"},
		{"GET", "callback?code=code-of-ada&state=state-of-ada", "gzip", "GET /callback 200 gzip"},
		{"GET", "callback%3Fcode=code-of-ada", "", "GET /callback… 404 identity"},
		{"GET", "callback%253Fcode=code-of-ada", "", "GET /callback… 404 identity"},
		{"GET", "callback;code=code-of-ada", "", "GET /callback… 404 identity"},
		{"GET", strings.Repeat("x", 500), "", "GET /" + strings.Repeat("x", 199) + "… 404 identity"},
		{"GET", "%0A%22forged%22", "", "GET /\n\"forged\" 404 identity"},
		{"POST", "healthz", "", "POST /healthz 405 identity"},
	}
	l := listener(t)
	var log bytes.Buffer
	s := Start(l, http.HandlerFunc(encoded), Options{AccessLog: true, Log: slog.New(slog.NewJSONHandler(&log, nil))})
	client := &http.Client{Transport: &http.Transport{DisableCompression: true}}
	sizes := make([]int64, len(tests))
	for i, test := range tests {
		r, err := http.NewRequest(test.method, Origin("http", l)+"/"+test.target, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept-Encoding", test.accept)
		r.Header.Set("Cookie", "secret=cookie-of-ada")
		r.Header.Set("Authorization", "Bearer token-of-ada")
		answer, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		if sizes[i], err = io.Copy(io.Discard, answer.Body); err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
	}
	client.CloseIdleConnections()
	if err := s.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(log.String(), "of-ada") {
		t.Errorf("the log holds a secret: %s", log.String())
	}
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	if len(lines) != len(tests) {
		t.Fatalf("%d lines, want %d: %s", len(lines), len(tests), log.String())
	}
	for i, text := range lines {
		var line struct {
			Msg, Client, Method, Path, Encoding, Protocol string
			Status                                        int
			Bytes                                         int64
			MS                                            *float64
		}
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		got := fmt.Sprintf("%s %s %d %s", line.Method, line.Path, line.Status, line.Encoding)
		if got != tests[i].want || line.Bytes != sizes[i] || line.Msg != "request" || line.Client != "127.0.0.1" ||
			line.Protocol != "HTTP/1.1" || line.MS == nil {
			t.Errorf("%s\nwant %s with %d bytes", text, tests[i].want, sizes[i])
		}
	}
}

func TestNoAccessLog(t *testing.T) {
	l := listener(t)
	var log bytes.Buffer
	s := Start(l, http.HandlerFunc(encoded), Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
	r, err := http.Get(Origin("http", l))
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	if err := s.Stop(t.Context()); err != nil || log.Len() > 0 {
		t.Errorf("%v, log %q", err, log.String())
	}
}

func TestClientAddressWithoutPort(t *testing.T) {
	if got := clientAddress(&http.Request{RemoteAddr: "pipe"}); got != "pipe" {
		t.Errorf("clientAddress = %q", got)
	}
}
