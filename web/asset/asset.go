// Package asset names and compresses what is served: the build does it with the
// program, the server with everything else.
package asset

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"math/bits"
	"path"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
)

// Encoding is a content coding, as RFC 9110 §8.4.1 names it.
type Encoding string

// The codings, and Identity for none.
const (
	Brotli   Encoding = "br"
	Zstd     Encoding = "zstd"
	Gzip     Encoding = "gzip"
	Identity Encoding = "identity"
)

// Encodings lists the codings, the best for these files first: on the program
// brotli is a fifth smaller than zstd.
var Encodings = []Encoding{Brotli, Zstd, Gzip}

// Extension is the suffix that hosts expect of a file in this coding.
func (e Encoding) Extension() string {
	switch e {
	case Brotli:
		return ".br"
	case Zstd:
		return ".zst"
	case Gzip:
		return ".gz"
	}
	return ""
}

// Compress encodes body as small as the coding can, whatever time it takes.
func (e Encoding) Compress(body []byte) ([]byte, error) {
	return e.compress(body, brotli.BestCompression)
}

// CompressSoon encodes body in a third of the time of [Encoding.Compress], and with brotli less
// than one percent larger.
func (e Encoding) CompressSoon(body []byte) ([]byte, error) {
	return e.compress(body, brotli.BestCompression-1)
}

func (e Encoding) compress(body []byte, quality int) ([]byte, error) {
	var out bytes.Buffer
	w, err := e.writer(&out, len(body), quality)
	if err != nil {
		return nil, fmt.Errorf("compress with %s: %w", e, err)
	}
	if _, err := w.Write(body); err != nil {
		return nil, fmt.Errorf("compress with %s: %w", e, err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("compress with %s: %w", e, err)
	}
	return out.Bytes(), nil
}

// writer encodes size bytes; the quality is for brotli. A window that is larger than these gains nothing, and
// the memory for it is what a start of the server would take most of.
func (e Encoding) writer(w io.Writer, size, quality int) (io.WriteCloser, error) {
	window := min(max(bits.Len(uint(size)), 10), 24) // as a power of two
	switch e {
	case Brotli:
		return brotli.NewWriterOptions(w, brotli.WriterOptions{Quality: quality, LGWin: window}), nil
	case Zstd:
		// One thread: more would make the output depend on the machine.
		return zstd.NewWriter(w, zstd.WithEncoderLevel(zstd.SpeedBestCompression), zstd.WithEncoderConcurrency(1),
			// RFC 9659 §3: browsers refuse a window above 8 MiB.
			zstd.WithWindowSize(min(1<<window, 8<<20)))
	case Gzip:
		return gzip.NewWriterLevel(w, gzip.BestCompression)
	}
	return nil, fmt.Errorf("unknown coding")
}

// Sum is the SHA-256 of body in hexadecimal.
func Sum(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

// HashedName puts the first 64 bits of a [Sum] before the name's extension:
// another content is another URL, so that a cache may keep each for ever.
func HashedName(name, sum string) string {
	ext := path.Ext(name)
	return strings.TrimSuffix(name, ext) + "." + sum[:16] + ext
}
