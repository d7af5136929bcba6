package main

import (
	"fmt"
	"net/http"
	"path"
	"strings"

	"twinlock/web/asset"
)

// pages are the files of another contender, by path. Like Twinlock's they are compressed
// and served from memory.
type pages map[string]file

// file is one of them.
type file struct {
	contentType  string
	cacheControl string
	etag         string
	brotli       []byte
}

// The values of Cache-Control.
const (
	revalidate = "no-cache"
	forever    = "max-age=31536000, immutable"
)

var contentTypes = map[string]string{
	"":             "text/html",
	".js":          "text/javascript",
	".css":         "text/css",
	".svg":         "image/svg+xml",
	".wasm":        "application/wasm",
	".webmanifest": "application/manifest+json",
}

func newFile(extension, cacheControl string, brotli []byte) file {
	return file{contentTypes[extension], cacheControl, fmt.Sprintf("%q", asset.Sum(brotli)[:16]), brotli}
}

func (s pages) add(url, cacheControl string, body []byte) error {
	small, err := asset.Brotli.Compress(body)
	if err != nil {
		return fmt.Errorf("%s: %w", url, err)
	}
	s[url] = newFile(path.Ext(url), cacheControl, small)
	return nil
}

// ServeHTTP implements http.Handler.
func (s pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f, ok := s[r.URL.Path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("ETag", f.etag)
	h.Set("Cache-Control", f.cacheControl)
	if strings.Contains(r.Header.Get("If-None-Match"), f.etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", f.contentType)
	h.Set("Content-Encoding", "br")
	_, _ = w.Write(f.brotli)
}
