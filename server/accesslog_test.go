package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

func TestAccessLog(t *testing.T) {
	p, home := serveProcess(t, "--log-format=json")
	tests := []struct {
		method, target, accept string
		want                   string // method, path, status, encoding
	}{
		{"GET", "", "br", "GET / 200 br"},
		{"HEAD", "config.json", "", "HEAD /config.json 200 identity"},
		{"GET", "callback?code=code-of-ada&state=state-of-ada", "gzip", "GET /callback 200 gzip"},
		{"GET", "callback%3Fcode=code-of-ada", "", "GET /callback… 404 identity"},
		{"GET", "callback%253Fcode=code-of-ada", "", "GET /callback… 404 identity"},
		{"GET", "callback;code=code-of-ada", "", "GET /callback… 404 identity"},
		{"GET", strings.Repeat("x", 500), "", "GET /" + strings.Repeat("x", 199) + "… 404 identity"},
		{"GET", "%0A%22forged%22", "", "GET /\n\"forged\" 404 identity"},
		{"POST", "healthz", "", "POST /healthz 405 identity"},
	}
	client := &http.Client{Transport: &http.Transport{DisableCompression: true}}
	sizes := make([]int64, len(tests))
	for i, test := range tests {
		r, err := http.NewRequest(test.method, home+test.target, nil)
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
	p.end(t, syscall.SIGTERM)
	written := p.stderr.String()
	if strings.Contains(written, "of-ada") {
		t.Errorf("the log holds a secret: %s", written)
	}
	i := 0
	for lines := bufio.NewScanner(strings.NewReader(written)); lines.Scan(); {
		var line struct {
			Msg, Client, Method, Path, Encoding, Protocol string
			Status                                        int
			Bytes                                         int64
			MS                                            *float64
		}
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			t.Fatalf("%s: %v", lines.Text(), err)
		}
		if line.Msg != "request" {
			continue
		}
		if i == len(tests) {
			t.Fatal("more lines than requests")
		}
		got := fmt.Sprintf("%s %s %d %s", line.Method, line.Path, line.Status, line.Encoding)
		if got != tests[i].want || line.Bytes != sizes[i] || line.Client != "127.0.0.1" || line.Protocol != "HTTP/1.1" || line.MS == nil {
			t.Errorf("%s\nwant %s with %d bytes", lines.Text(), tests[i].want, sizes[i])
		}
		i++
	}
	if i < len(tests) {
		t.Errorf("%d lines, want %d: %s", i, len(tests), written)
	}
}

func TestNoAccessLog(t *testing.T) {
	p, home := serveProcess(t, "--no-access-log")
	get(t, home)
	p.end(t, syscall.SIGTERM)
	if strings.Contains(p.stderr.String(), "request") {
		t.Errorf("the log has %s", p.stderr)
	}
}

// TestOneLogFormat: also what libraries log through log/slog.
func TestOneLogFormat(t *testing.T) {
	needBundle(t)
	p := startProcess(t, "dev", "--addr=127.0.0.1:0", "--tenant-addr=127.0.0.1:0")
	p.line(t, "tenant: ")
	p.end(t, syscall.SIGTERM)
	line := regexp.MustCompile(`^time=\S+ level=[A-Z]+ msg=`)
	registered := false
	for lines := bufio.NewScanner(p.stderr); lines.Scan(); {
		registered = registered || strings.Contains(lines.Text(), "registered route")
		if !line.MatchString(lines.Text()) {
			t.Errorf("a line of another form: %s", lines.Text())
		}
	}
	if !registered {
		t.Error("the provider of the tenant has logged nothing: this test shows nothing")
	}
}
