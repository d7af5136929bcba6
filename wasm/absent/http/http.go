// Package http stands in for net/http in the WebAssembly build. See package
// twinlock/wasm/absent.
//
// go-app has its server and its client in one package, and the server imports TLS,
// HTTP/2 and proxies: a third of the program. A program in a browser uses fetch.
package http

import (
	"errors"
	"io"
	"net/url"
)

// ErrAbsent is returned by every function here that returns an error. The others
// panic with it.
var ErrAbsent = errors.New("net/http is absent from the WebAssembly build: use the browser's fetch")

// The status codes that go-app names.
const (
	StatusOK                  = 200
	StatusNotModified         = 304
	StatusNotFound            = 404
	StatusInternalServerError = 500
)

// Header is always empty: there are no requests and responses here.
type Header map[string][]string

// Get panics.
func (Header) Get(string) string { panic(ErrAbsent) }

// Set panics.
func (Header) Set(string, string) { panic(ErrAbsent) }

// Handler is the interface that go-app's server implements.
type Handler interface {
	ServeHTTP(ResponseWriter, *Request)
}

// ResponseWriter has no implementation here.
type ResponseWriter interface {
	Header() Header
	Write([]byte) (int, error)
	WriteHeader(int)
}

// Request has the fields that go-app's server reads.
type Request struct {
	URL    *url.URL
	Header Header
	Host   string
	TLS    *struct{} // only compared with nil; the real type would bring crypto/tls
}

// Response has the fields that go-app's server reads.
type Response struct {
	StatusCode int
	Header     Header
	Body       io.ReadCloser
}

// Get returns [ErrAbsent].
func Get(string) (*Response, error) { return nil, ErrAbsent }

// NotFound panics.
func NotFound(ResponseWriter, *Request) { panic(ErrAbsent) }

// Dir is a directory. Nothing opens it.
type Dir string

// FileServer panics.
func FileServer(Dir) Handler { panic(ErrAbsent) }
