//go:build !js

package main

import (
	"bytes"
	"fmt"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"twinlock/web/asset"
)

// serve serves the page on a free port and prints its URL. The program's file is
// the argument. Everything is compressed as Twinlock's site is, which go-app's
// handler by itself does not do.
func serve() {
	program, err := os.ReadFile(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	handler := &app.Handler{Name: "Hello", Version: "1", Icon: app.Icon{Default: "/i", Large: "/i", SVG: "/i", Maskable: "/i"}, Resources: app.RemoteBucket("")}
	files := map[string]file{}
	add := func(url, contentType string, body []byte) {
		small, err := asset.Brotli.Compress(body)
		if err != nil {
			log.Fatal(err)
		}
		files[url] = file{contentType, small, fmt.Sprintf("%q", asset.Sum(body)[:16])}
	}
	for _, url := range []string{"/", "/app.js", "/wasm_exec.js", "/app.css", "/app-worker.js", "/manifest.webmanifest"} {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, url, nil))
		body := w.Body.Bytes()
		if url == "/" {
			// The picture of the author's site, should it be there, is not what is measured.
			body = bytes.ReplaceAll(body, []byte("https://raw.githubusercontent.com"), nil)
		}
		contentType := w.Header().Get("Content-Type")
		if contentType == "" {
			contentType = map[string]string{".js": "text/javascript", ".css": "text/css"}[path.Ext(url)]
		}
		add(url, contentType, body)
	}
	add("/web/app.wasm", "application/wasm", program)
	add("/i", "image/svg+xml", []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("http://%s/\n", l.Addr())
	log.Fatal(http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f, ok := files[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		f.serve(w, r)
	})))
}

type file struct {
	contentType string
	brotli      []byte
	etag        string
}

func (f file) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("ETag", f.etag)
	h.Set("Cache-Control", "no-cache") // as go-app's own
	if strings.Contains(r.Header.Get("If-None-Match"), f.etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", f.contentType)
	h.Set("Content-Encoding", "br")
	_, _ = w.Write(f.brotli)
}
