package serve

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"log/slog"
	"maps"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// pair is a certificate for this machine, and its key.
type pair struct{ cert, key []byte }

func newPair(t *testing.T, name string) pair {
	t.Helper()
	return newPairOf(t, name, newKey(t))
}

func newKey(t *testing.T) crypto.Signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func newPairOf(t *testing.T, name string, key crypto.Signer) pair {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()),
		Subject:      pkix.Name{CommonName: name},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(time.Hour),
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return pair{
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}),
	}
}

// files are where a server has its certificate from.
type files struct{ cert, key string }

func (f files) write(t *testing.T, cert, key []byte) {
	t.Helper()
	for name, content := range map[string][]byte{f.cert: cert, f.key: key} {
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func newFiles(t *testing.T, p pair) files {
	t.Helper()
	dir := t.TempDir()
	f := files{filepath.Join(dir, "tls.crt"), filepath.Join(dir, "tls.key")}
	f.write(t, p.cert, p.key)
	return f
}

func TestCertificateFollowsItsFiles(t *testing.T) {
	first, second := newPair(t, "first"), newPair(t, "second")
	tests := []struct {
		name      string
		cert, key []byte
		want      string
		log       string
	}{
		{"the same written again", first.cert, first.key, "first", "level=INFO msg=\"TLS certificate renewed\""},
		{"another pair", second.cert, second.key, "second", "level=INFO msg=\"TLS certificate renewed\""},
		{"no certificate", []byte("half writ"), first.key, "first", "level=ERROR msg=\"TLS certificate not renewed\""},
		{"of two pairs", second.cert, first.key, "first", "level=ERROR msg=\"TLS certificate not renewed\""},
		{"empty", nil, nil, "first", "level=ERROR msg=\"TLS certificate not renewed\""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := newFiles(t, first)
			var log bytes.Buffer
			c, err := OpenCertificate(f.cert, f.key, slog.New(slog.NewTextHandler(&log, nil)))
			if err != nil {
				t.Fatal(err)
			}
			f.write(t, test.cert, test.key)
			for range 3 { // each tells it once
				got, err := c.get(nil)
				if err != nil || got.Leaf.Subject.CommonName != test.want {
					t.Errorf("certificate of %v, %v, want %s", got.Leaf.Subject, err, test.want)
				}
			}
			if strings.Count(log.String(), "\n") != 1 || !strings.Contains(log.String(), test.log) {
				t.Errorf("log = %q, want one line with %q", log.String(), test.log)
			}
			// The next good pair is used, whatever was between.
			f.write(t, second.cert, second.key)
			if got, err := c.get(nil); err != nil || got.Leaf.Subject.CommonName != "second" {
				t.Errorf("certificate of %v, %v, want second", got.Leaf.Subject, err)
			}
		})
	}
}

// TestCertificateGone: a server goes on with a certificate whose file is removed.
func TestCertificateGone(t *testing.T) {
	f := newFiles(t, newPair(t, "first"))
	var log bytes.Buffer
	c, err := OpenCertificate(f.cert, f.key, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.get(nil); err != nil || log.Len() > 0 {
		t.Errorf("files that did not change: %v, log %q", err, log.String())
	}
	if err := os.Remove(f.cert); err != nil {
		t.Fatal(err)
	}
	if got, err := c.get(nil); err != nil || got.Leaf.Subject.CommonName != "first" {
		t.Errorf("certificate of %v, %v, want first", got.Leaf.Subject, err)
	}
}

// trusting is a client for a server with one of these certificates, on a
// connection of its own for each request.
func trusting(t *testing.T, pairs ...pair) *http.Client {
	t.Helper()
	roots := x509.NewCertPool()
	for _, p := range pairs {
		roots.AppendCertsFromPEM(p.cert)
	}
	return &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: true, DisableKeepAlives: true,
	}}
}

// TestTLS asks a server that has its certificate changed under it.
func TestTLS(t *testing.T) {
	first, second := newPair(t, "first"), newPair(t, "second")
	f := newFiles(t, first)
	c, err := OpenCertificate(f.cert, f.key, discard())
	if err != nil {
		t.Fatal(err)
	}
	l := listener(t)
	s := startQuiet(l, http.NotFoundHandler(), Options{TLS: c.TLSConfig()})
	client := trusting(t, first, second)
	ask := func(want string) {
		t.Helper()
		r, err := client.Get(Origin("https", l) + "/healthz")
		if err != nil {
			t.Fatal(err)
		}
		r.Body.Close()
		if got := r.TLS.PeerCertificates[0].Subject.CommonName; got != want {
			t.Errorf("certificate of %s, want %s", got, want)
		}
		if r.Proto != "HTTP/2.0" || r.StatusCode != http.StatusOK {
			t.Errorf("%s with status %d, want HTTP/2.0 with 200", r.Proto, r.StatusCode)
		}
		if got := r.Header.Get("Strict-Transport-Security"); got != "max-age=31536000" {
			t.Errorf("Strict-Transport-Security = %q", got)
		}
	}
	ask("first")
	f.write(t, []byte("broken"), []byte("broken"))
	ask("first")
	f.write(t, second.cert, second.key)
	ask("second")
	if err := s.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestReload reads files that look unchanged.
func TestReload(t *testing.T) {
	f := newFiles(t, newPair(t, "first"))
	var log bytes.Buffer
	c, err := OpenCertificate(f.cert, f.key, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	c.Reload()
	if got, err := c.get(nil); err != nil || got.Leaf.Subject.CommonName != "first" || !strings.Contains(log.String(), "TLS certificate renewed") {
		t.Errorf("certificate of %v, %v, log %q", got.Leaf.Subject, err, log.String())
	}
}

func TestOpenCertificateFails(t *testing.T) {
	if c, err := OpenCertificate("nowhere.crt", "nowhere.key", discard()); c != nil || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("OpenCertificate = %v, %v", c, err)
	}
}

// TestOldTLSIsRefused tries every suite of TLS 1.2 that Go has, with both kinds
// of keys, and the versions before.
func TestOldTLSIsRefused(t *testing.T) {
	prime, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for kind, key := range map[string]crypto.Signer{"ECDSA": newKey(t), "RSA": prime} {
		f := newFiles(t, newPairOf(t, kind, key))
		c, err := OpenCertificate(f.cert, f.key, discard())
		if err != nil {
			t.Fatal(err)
		}
		accepted := map[string]bool{}
		for _, version := range []uint16{tls.VersionTLS10, tls.VersionTLS11, tls.VersionTLS12} {
			for _, suite := range slices.Concat(tls.CipherSuites(), tls.InsecureCipherSuites()) {
				client := &tls.Config{InsecureSkipVerify: true, MinVersion: version, MaxVersion: version, CipherSuites: []uint16{suite.ID}}
				if slices.Contains(suite.SupportedVersions, version) && handshake(client, c.TLSConfig()) == nil {
					accepted[tls.VersionName(version)+" "+suite.Name] = true
				}
			}
		}
		want := map[string]bool{}
		for _, suite := range []string{"AES_128_GCM_SHA256", "AES_256_GCM_SHA384", "CHACHA20_POLY1305_SHA256"} {
			want["TLS 1.2 TLS_ECDHE_"+kind+"_WITH_"+suite] = true
		}
		if !maps.Equal(accepted, want) {
			t.Errorf("%s: accepted %v, want %v", kind, accepted, want)
		}
		if err := handshake(&tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS13}, c.TLSConfig()); err != nil {
			t.Errorf("%s: TLS 1.3: %v", kind, err)
		}
	}
}

// handshake returns the client's error.
func handshake(client, server *tls.Config) error {
	near, far := net.Pipe()
	defer near.Close()
	go func() {
		defer far.Close()
		tls.Server(far, server).Handshake() // of two errors the client's tells enough
	}()
	return tls.Client(near, client).Handshake()
}
