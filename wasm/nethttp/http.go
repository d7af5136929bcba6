// Package http stands in for net/http in the WebAssembly build.
//
// go-app keeps its server beside its client, and the server imports net/http:
// one megabyte of TLS, HTTP/2 and proxies (compressed: a third of the program)
// that a browser cannot use. The build replaces net/http by this file through
// the go command's -overlay flag, so the packages stay unchanged.
//
// It declares what go-app's code needs to compile and nothing more, which a test
// keeps so. None of it runs in a browser; whatever is called there by mistake
// fails at once, with [ErrAbsent] where a signature has room for an error and a
// panic where it has not. A program that needs HTTP uses the browser's fetch.
package http

import (
	"errors"
	"io"
	"net/url"
)

// ErrAbsent is the answer of every function here.
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
