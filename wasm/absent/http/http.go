// Package http stands in for net/http in the WebAssembly build. See package
// twinlock/wasm/absent.
//
// go-app keeps its server beside its client, and the server imports TLS, HTTP/2
// and proxies: a third of the program. A program in a browser uses fetch.
package http

import (
	"errors"
	"io"
	"net/url"
)

// ErrAbsent is the answer of every function here: returned where there is room for
// an error, and else the value of a panic.
var ErrAbsent = errors.New("net/http is absent from the WebAssembly build: use the browser's fetch")

// The status codes that go-app names.
const (
	StatusOK                  = 200
	StatusNotModified         = 304
	StatusNotFound            = 404
	StatusInternalServerError = 500
)

// Header holds nothing: no request or response exists here.
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
	// TLS is only compared with nil. The real type would bring crypto/tls.
	TLS *struct{}
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

// Dir is a directory that nobody opens.
type Dir string

// FileServer panics.
func FileServer(Dir) Handler { panic(ErrAbsent) }
