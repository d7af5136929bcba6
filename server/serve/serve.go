// Package serve is an HTTP server for the open network. [Start] makes a [Server]
// of a listener and a handler, [Options] and [Limits] say how it treats its
// clients, and a [Certificate] makes it serve by TLS and follows its files. [Wait]
// runs servers until a context ends and then stops them without losing a request.
//
// Beside the handler every server answers /healthz (the process lives) and /readyz
// (it wants requests: 200, or 503 while it stops).
package serve

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// Options are how a server differs from the plainest. The zero value is plain HTTP
// with [DefaultLimits] and without an access log.
type Options struct {
	// Limits bound what a client may take. Zero: DefaultLimits.
	Limits Limits
	// TLS is a server's configuration, as of [Certificate.TLSConfig]. It adds HTTP/2
	// and Strict-Transport-Security to all answers: browsers will refuse plain HTTP
	// from this host for a year. Nil: plain HTTP.
	TLS *tls.Config
	// AccessLog writes a line for each request. Default: none.
	AccessLog bool
	// Header is added to the answers of the probes, which the handler never sees.
	// Default: none.
	Header http.Header
	// Log gets the server's own messages and the access log. Nil: slog.Default().
	Log *slog.Logger
}

// Server is a server that runs, from [Start] to [Server.Stop].
type Server struct {
	http        *http.Server
	listener    net.Listener
	connections *connections
	log         *slog.Logger
	limits      Limits
	stopping    atomic.Bool
	failed      chan error // has the error that ended the serving before Stop
}

// Start serves in the background. The listener is the server's from now on.
func Start(l net.Listener, handler http.Handler, o Options) *Server {
	if o.Limits == (Limits{}) {
		o.Limits = DefaultLimits
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	s := &Server{listener: l, connections: newConnections(), log: o.Log, limits: o.Limits, failed: make(chan error, 1)}
	s.http = &http.Server{
		Handler:           s.middleware(handler, o),
		TLSConfig:         o.TLS,
		ReadHeaderTimeout: o.Limits.HeaderTimeout,
		ReadTimeout:       o.Limits.HeaderTimeout + bodyTimeout,
		WriteTimeout:      o.Limits.WriteTimeout,
		IdleTimeout:       o.Limits.IdleTimeout,
		MaxHeaderBytes:    o.Limits.MaxHeaderBytes,
		ConnState:         s.connections.observe,
		ErrorLog:          slog.NewLogLogger(o.Log.Handler(), slog.LevelWarn),
		// Else net/http itself would answer "OPTIONS *", with 200 and without our headers.
		DisableGeneralOptionsHandler: true,
	}
	serve := s.http.Serve
	if o.TLS != nil {
		serve = func(l net.Listener) error { return s.http.ServeTLS(l, "", "") }
	}
	go func() {
		if err := serve(l); !errors.Is(err, http.ErrServerClosed) {
			s.failed <- err
		}
	}()
	return s
}

// middleware puts around a handler what all servers do.
func (s *Server) middleware(handler http.Handler, o Options) http.Handler {
	handler = s.withProbes(handler, o.Header)
	if o.TLS != nil {
		handler = withStrictTransport(handler)
	}
	if o.AccessLog {
		handler = withAccessLog(handler, s.log)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// While the server stops, a client's next request must go to another server.
		if s.stopping.Load() || ambiguousLength(r) {
			w.Header().Set("Connection", "close")
		}
		handler.ServeHTTP(&response{ResponseWriter: w, writeTimeout: s.limits.WriteTimeout}, r)
	})
}

// ambiguousLength reports whether a proxy before us may see another end of this
// request than net/http does. With both Transfer-Encoding and Content-Length,
// net/http drops the second; in HTTP/1.0 it drops the first. What follows on the
// connection may be a part of this request, so it must not be answered (RFC 9112,
// section 6.1).
func ambiguousLength(r *http.Request) bool {
	return len(r.TransferEncoding) > 0 || !r.ProtoAtLeast(1, 1)
}

// withStrictTransport tells browsers to use TLS only, for a year (RFC 6797).
func withStrictTransport(next http.Handler) http.Handler {
	value := []string{"max-age=31536000"}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header()["Strict-Transport-Security"] = value
		next.ServeHTTP(w, r)
	})
}

// Wait returns when ctx ends or one of the servers fails, and has then stopped all
// of them. The error is that of the server that failed, joined with those of
// stopping; nil if ctx ended and all went well.
func Wait(ctx context.Context, log *slog.Logger, servers ...*Server) error {
	failed := make(chan error, len(servers))
	for _, s := range servers {
		go func() {
			select {
			case err := <-s.failed:
				failed <- err
			case <-ctx.Done():
			}
		}()
	}
	var err error
	select {
	case err = <-failed:
	case <-ctx.Done():
		log.Info("stopping")
	}
	for _, s := range servers {
		err = errors.Join(err, s.Stop(context.WithoutCancel(ctx)))
	}
	return err
}

// Stop ends a server without losing a request. For Limits.DrainTime it still
// listens, /readyz answers 503, and each answer closes its connection. Then it
// closes idle connections, and each busy one after its answer. Requests that are
// not answered within Limits.StopTimeout, or when ctx ends, are cut off, which is
// logged and no error.
func (s *Server) Stop(ctx context.Context) error {
	s.stopping.Store(true)
	if s.limits.DrainTime > 0 {
		sleep(ctx, s.limits.DrainTime)
	}
	ctx, cancel := context.WithTimeout(ctx, s.limits.StopTimeout)
	defer cancel()
	s.listener.Close()
	s.http.SetKeepAlivesEnabled(false)
	if !s.connections.waitIdle(ctx) {
		s.log.Warn("requests are cut off", "after", s.limits.StopTimeout)
	}
	if err := s.http.Close(); !errors.Is(err, net.ErrClosed) { // the listener is closed already
		return err
	}
	return nil
}

// sleep returns after d, or earlier when ctx ends.
func sleep(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
