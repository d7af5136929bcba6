package serve

import (
	"crypto/tls"
	"log/slog"
	"os"
	"sync"
	"time"
)

// Certificate is a TLS certificate that follows its two files: after a renewal the
// server need not start again.
type Certificate struct {
	certFile, keyFile string
	log               *slog.Logger

	mu      sync.Mutex
	current *tls.Certificate
	read    [2]fileState // what the files were like when they were last read
}

// fileState tells whether a file has changed.
type fileState struct {
	modified time.Time
	size     int64
}

// OpenCertificate reads a certificate chain and its key, two PEM files. The error is
// that of [tls.LoadX509KeyPair]. Later changes of the files are written to the log.
func OpenCertificate(certFile, keyFile string, log *slog.Logger) (*Certificate, error) {
	c := &Certificate{certFile: certFile, keyFile: keyFile, log: log}
	if err := c.load(); err != nil {
		return nil, err
	}
	return c, nil
}

// suites are those of TLS 1.2 with authenticated encryption (AEAD) and forward
// secrecy. TLS 1.3 has no others.
var suites = []uint16{
	tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
	tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
	tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
}

// TLSConfig returns a server's configuration: TLS 1.3, or 1.2 with an AEAD suite.
// net/http adds HTTP/2.
func (c *Certificate) TLSConfig() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, CipherSuites: suites, GetCertificate: c.get}
}

// get looks at the files with every handshake, which costs far less than the
// handshake itself.
func (c *Certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state() != c.read {
		c.reload()
	}
	return c.current, nil
}

// Reload reads the files, changed or not. If they cannot be used, the certificate
// stays as it is and the log says why.
func (c *Certificate) Reload() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reload()
}

// reload expects c.mu to be locked. The files may be half written: then the old
// certificate stays, and the next change is read again.
func (c *Certificate) reload() {
	if err := c.load(); err != nil {
		c.log.Error("TLS certificate not renewed", "file", c.certFile, "error", err)
		return
	}
	c.log.Info("TLS certificate renewed", "file", c.certFile, "expires", c.current.Leaf.NotAfter)
}

// load notes the state of the files before it reads them: a change in between is
// seen by the next handshake.
func (c *Certificate) load() error {
	c.read = c.state()
	pair, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
	if err == nil {
		c.current = &pair
	}
	return err
}

// state is zero for a file that cannot be read.
func (c *Certificate) state() (s [2]fileState) {
	for i, name := range []string{c.certFile, c.keyFile} {
		if info, err := os.Stat(name); err == nil {
			s[i] = fileState{info.ModTime(), info.Size()}
		}
	}
	return s
}
