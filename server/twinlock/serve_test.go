package main

import (
	"bytes"
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"twinlock/app/config"
	"twinlock/server/doctor"
	"twinlock/server/serve"
	"twinlock/server/tenant"
	"twinlock/server/tenant/tenanttest"
)

func TestServe(t *testing.T) {
	needBundle(t)
	for _, signal := range []os.Signal{syscall.SIGTERM, os.Interrupt} {
		t.Run(signal.String(), func(t *testing.T) {
			p := startProcess(t, "serve", "--addr=127.0.0.1:0", "--base-path=/accounts",
				"--domain=acme.eu.auth0.com", "--client-id=abc", "--connections=google-oauth2")
			home := p.line(t, "ready: ")
			if r, _ := get(t, home); r.StatusCode != http.StatusOK {
				t.Errorf("%s: status %d", home, r.StatusCode)
			}
			if !strings.HasSuffix(home, "/accounts/") {
				t.Errorf("ready: %s", home)
			}
			if r, body := get(t, strings.TrimSuffix(home, "accounts/")+"healthz"); string(body) != "ok\n" {
				t.Errorf("/healthz: status %d, %q", r.StatusCode, body)
			}
			p.end(t, signal)
		})
	}
}

// serveProcess starts serve with the settings that it needs, and more.
func serveProcess(t *testing.T, flags ...string) (p *process, home string) {
	t.Helper()
	needBundle(t)
	p = startProcess(t, append([]string{
		"serve", "--addr=127.0.0.1:0", "--domain=acme.eu.auth0.com", "--client-id=abc", "--connections=google-oauth2",
	}, flags...)...)
	return p, p.line(t, "ready: ")
}

// TestServeTLS serves with the certificate of another server, whose client trusts it.
func TestServeTLS(t *testing.T) {
	other := httptest.NewTLSServer(http.NotFoundHandler())
	defer other.Close()
	cert, key := certificateFiles(t, other.TLS.Certificates[0])
	p, home := serveProcess(t, "--tls-cert="+cert, "--tls-key="+key)
	r, err := other.Client().Get(home)
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	if !strings.HasPrefix(home, "https://") || r.StatusCode != http.StatusOK || r.Header.Get("Strict-Transport-Security") == "" {
		t.Errorf("%s: status %d, %v", home, r.StatusCode, r.Header)
	}
	p.end(t, syscall.SIGTERM)
}

// certificateFiles writes a certificate and its key to two files.
func certificateFiles(t *testing.T, c tls.Certificate) (cert, key string) {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(c.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(t.TempDir(), "tls.crt"), filepath.Join(t.TempDir(), "tls.key")
	for name, block := range map[string]*pem.Block{
		cert: {Type: "CERTIFICATE", Bytes: c.Certificate[0]}, key: {Type: "PRIVATE KEY", Bytes: der},
	} {
		if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key
}

// lines is a log of which each line can be waited for.
type lines chan string

func (l lines) Write(p []byte) (int, error) {
	l <- string(p)
	return len(p), nil
}

// TestReloadOnHangup: SIGHUP does not end the process, but reads the certificate.
func TestReloadOnHangup(t *testing.T) {
	other := httptest.NewTLSServer(http.NotFoundHandler())
	defer other.Close()
	cert, key := certificateFiles(t, other.TLS.Certificates[0])
	log := make(lines, 1)
	c, err := serve.OpenCertificate(cert, key, slog.New(slog.NewTextHandler(log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	reloadOnHangup(t.Context(), c)
	for range 2 {
		if err := syscall.Kill(os.Getpid(), syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
		if line := <-log; !strings.Contains(line, "TLS certificate renewed") {
			t.Errorf("log has %s", line)
		}
	}
}

// TestSecondSignal: the first lets requests end, the second does not wait.
func TestSecondSignal(t *testing.T) {
	p, home := serveProcess(t, "--drain-time=1h") // the test ends it before
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for {
		r, _ := get(t, home+"readyz")
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"} {
			if got := r.Header.Get(name); got != want {
				t.Errorf("%s = %q, want %q", name, got, want)
			}
		}
		if r.StatusCode == http.StatusServiceUnavailable {
			break
		}
	}
	// It is sent until one comes after the first has been dealt with.
	go func() {
		for p.cmd.Process.Signal(syscall.SIGTERM) == nil {
			time.Sleep(10 * time.Millisecond)
		}
	}()
	if err := p.cmd.Wait(); err == nil {
		t.Error("the second signal ended it as if all were well")
	}
}

// TestServeLog: settings reach the log.
func TestServeLog(t *testing.T) {
	for flag, want := range map[string]bool{"--access-log": true, "--no-access-log": false} {
		p, home := serveProcess(t, "--log-format=json", flag)
		get(t, home)
		p.end(t, syscall.SIGTERM)
		if got := strings.Contains(p.stderr.String(), `"msg":"request"`); got != want {
			t.Errorf("%s: the log has %s", flag, p.stderr)
		}
	}
}

// Attack case 39: the address of a callback, with the code in it, is written
// nowhere.
func TestCallbackIsNotLogged(t *testing.T) {
	p, home := serveProcess(t)
	for _, path := range []string{"callback", "no/such/page"} {
		get(t, home+path+"?code=code-of-ada&state=state-of-ada")
	}
	out := p.end(t, syscall.SIGTERM)
	if written := out + p.stderr.String(); strings.Contains(written, "of-ada") {
		t.Errorf("the server wrote %q", written)
	}
}

// The log says what to register at the tenant, for the address that people open.
func TestServeSaysWhatToRegister(t *testing.T) {
	for flag, want := range map[string]string{
		"--base-path=": "", "--page=https://accounts.example.com": "https://accounts.example.com/",
	} {
		p, home := serveProcess(t, flag)
		p.end(t, syscall.SIGTERM)
		page := cmp.Or(want, home)
		if told := p.stderr.String(); !strings.Contains(told, "allowed_callback_urls="+page+"callback allowed_logout_urls="+page+
			" allowed_web_origins="+strings.TrimSuffix(page, "/")) {
			t.Errorf("%s: %s", flag, told)
		}
	}
}

// What is wrong with the tenant is logged, and the server goes on.
func TestServeChecks(t *testing.T) {
	s := tenanttest.Start(t, func(o *tenant.Options) { o.Clients[0].LogoutURLs = nil })
	page, err := parsePage(tenanttest.Origin)
	if err != nil {
		t.Fatal(err)
	}
	c := config.Config{Issuer: s.Issuer, ClientID: s.ClientID, Connections: []config.Connection{{Name: tenant.Google}}}
	var log bytes.Buffer
	check(t.Context(), slog.New(slog.NewTextHandler(&log, nil)), doctor.Options{Config: c.WithDefaults(), Page: page})
	if told := log.String(); strings.Count(told, "level=WARN") != 1 || !strings.Contains(told, "kind=logout_url") ||
		!strings.Contains(told, "to_mend=1") {
		t.Error(told)
	}
	needBundle(t)
	s = tenanttest.Start(t)
	p := startProcess(t, "serve", "--addr=127.0.0.1:0", "--issuer="+s.Issuer, "--client-id=nobody", "--connections=google-oauth2",
		"--check", "--page="+tenanttest.Origin)
	p.line(t, "ready: ")
	for range 1000 { // the last request of an examination
		if slices.ContainsFunc(s.Requests(t), func(r tenanttest.Request) bool { return strings.HasPrefix(r.Path, "/api/v2/") }) {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	p.end(t, syscall.SIGTERM)
	if told := p.stderr.String(); !strings.Contains(told, "kind=client") {
		t.Error(told)
	}
}
