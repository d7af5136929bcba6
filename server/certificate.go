package main

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"twinlock/app/config"
)

// certificate is a TLS certificate that follows its files: whoever renews them
// need not restart the server.
type certificate struct {
	certFile, keyFile string
	log               *slog.Logger

	mu      sync.Mutex
	current *tls.Certificate
	tried   [2]fileState // as the files were when they were last read
}

// fileState tells whether a file is another than before.
type fileState struct {
	modified time.Time
	size     int64
}

func openCertificate(certFile, keyFile string, log *slog.Logger) (*certificate, error) {
	c := &certificate{certFile: certFile, keyFile: keyFile, log: log}
	c.tried = c.state()
	return c, c.read()
}

// checkCertificate says what is wrong with the files of a certificate. None at
// all are right: that is plain HTTP.
func checkCertificate(certFile, keyFile string) error {
	if certFile == "" && keyFile == "" {
		return nil
	}
	if err := errors.Join(checkReadable("tls_cert", certFile), checkReadable("tls_key", keyFile)); err != nil {
		return err
	}
	if _, err := tls.LoadX509KeyPair(certFile, keyFile); err != nil {
		return &config.FieldError{Field: "tls_cert", Problem: "cannot be used with tls_key: " + err.Error()}
	}
	return nil
}

func checkReadable(field, name string) error {
	if name == "" {
		return &config.FieldError{Field: field, Problem: "is missing: TLS needs a certificate and its key"}
	}
	f, err := os.Open(name)
	if err != nil {
		return &config.FieldError{Field: field, Problem: err.Error()}
	}
	return f.Close()
}

// suites are those of TLS 1.2 that encrypt and authenticate in one (AEAD), with
// keys for one connection. TLS 1.3 has no others.
var suites = []uint16{
	tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
	tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
	tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
}

// tlsConfig is a server's. HTTP/2 is added by net/http.
func (c *certificate) tlsConfig() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, CipherSuites: suites, GetCertificate: c.get}
}

// get looks with every handshake whether the files have changed, which costs
// far less than the handshake.
func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if state := c.state(); state != c.tried {
		c.tried = state
		c.reload()
	}
	return c.current, nil
}

// reload keeps the certificate that there is where the new one is none: the
// files may be half written.
func (c *certificate) reload() {
	if err := c.read(); err != nil {
		c.log.Error("TLS certificate not renewed", "file", c.certFile, "error", err)
		return
	}
	c.log.Info("TLS certificate renewed", "file", c.certFile, "expires", c.current.Leaf.NotAfter)
}

func (c *certificate) read() error {
	pair, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
	if err == nil {
		c.current = &pair
	}
	return err
}

// state is zero for a file that cannot be seen.
func (c *certificate) state() (s [2]fileState) {
	for i, name := range []string{c.certFile, c.keyFile} {
		if info, err := os.Stat(name); err == nil {
			s[i] = fileState{info.ModTime(), info.Size()}
		}
	}
	return s
}

// reloadOnHangup reads the files with every SIGHUP, until ctx ends.
func (c *certificate) reloadOnHangup(ctx context.Context) {
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	go func() {
		defer signal.Stop(hangup)
		for {
			select {
			case <-ctx.Done():
				return
			case <-hangup:
				c.mu.Lock()
				c.tried = c.state()
				c.reload()
				c.mu.Unlock()
			}
		}
	}()
}
