package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"twinlock/app/config"
)

// listen opens the address of a setting.
func listen(ctx context.Context, addr string) (net.Listener, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("cannot listen: %w", err)
	}
	return l, nil
}

// origin is the URL of a listener without a path, as a browser on this machine
// reaches it.
func origin(l net.Listener) string { return originBy("http", l) }

func originBy(scheme string, l net.Listener) string {
	host, port, _ := net.SplitHostPort(l.Addr().String())
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return scheme + "://" + net.JoinHostPort(host, port)
}

// checkLoopback refuses an address that others can reach.
func checkLoopback(field, addr string) error {
	host, _, _ := net.SplitHostPort(addr)
	if ip := net.ParseIP(host); host == "localhost" || ip != nil && ip.IsLoopback() {
		return nil
	}
	return &config.FieldError{Field: field, Problem: addr + " can be reached from other machines, and everybody can sign in to " +
		"the embedded tenant: give a loopback address, or --allow-remote"}
}

// server is one that runs.
type server struct {
	http        *http.Server
	listener    net.Listener
	connections *connections
	log         *slog.Logger
	limits      limits
	stopping    atomic.Bool
	failed      chan error
}

// serverOptions are how a server differs from the plainest.
type serverOptions struct {
	Limits    limits      // zero: the defaults
	TLS       *tls.Config // nil: plain HTTP
	AccessLog bool
	Header    http.Header // of the answers of its own
}

// start serves in the background, with /healthz and /readyz beside the handler.
func start(l net.Listener, handler http.Handler, log *slog.Logger, o serverOptions) *server {
	if o.Limits == (limits{}) {
		o.Limits = defaultLimits
	}
	s := &server{listener: l, connections: newConnections(), log: log, limits: o.Limits, failed: make(chan error, 1)}
	s.http = &http.Server{
		Handler:           s.middleware(handler, o),
		TLSConfig:         o.TLS,
		ReadHeaderTimeout: o.Limits.HeaderTimeout,
		ReadTimeout:       o.Limits.HeaderTimeout + readTimeout,
		WriteTimeout:      o.Limits.WriteTimeout,
		IdleTimeout:       o.Limits.IdleTimeout,
		MaxHeaderBytes:    o.Limits.MaxHeaderBytes,
		ConnState:         s.connections.observe,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
		// OPTIONS * is refused like every other method.
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
func (s *server) middleware(handler http.Handler, o serverOptions) http.Handler {
	handler = s.withProbes(handler, o.Header)
	if o.TLS != nil {
		handler = withStrictTransport(handler)
	}
	log := s.log
	if !o.AccessLog {
		log = nil
	}
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		// While stopping the next request goes elsewhere.
		if s.stopping.Load() || framedInDoubt(r) {
			rw.Header().Set("Connection", "close")
		}
		w := &response{ResponseWriter: rw, patience: s.limits.WriteTimeout}
		if log == nil {
			handler.ServeHTTP(w, r)
			return
		}
		began := time.Now()
		defer func() { logAccess(log, r, w, time.Since(began)) }()
		handler.ServeHTTP(w, r)
	})
}

// framedInDoubt tells whether a proxy before us may see another end of the request
// than net/http does, which takes Content-Length away where there is a
// Transfer-Encoding, and that from HTTP/1.0. What follows may be part of it, and
// is not answered (RFC 9112, section 6.1).
func framedInDoubt(r *http.Request) bool {
	return len(r.TransferEncoding) > 0 || !r.ProtoAtLeast(1, 1)
}

// withStrictTransport has browsers come by TLS for a year (RFC 6797).
func withStrictTransport(next http.Handler) http.Handler {
	value := []string{"max-age=31536000"}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header()["Strict-Transport-Security"] = value
		next.ServeHTTP(w, r)
	})
}

// wait returns when ctx ends or a server fails, and stops them all.
func wait(ctx context.Context, log *slog.Logger, servers ...*server) error {
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
		err = errors.Join(err, s.stop(context.WithoutCancel(ctx)))
	}
	return err
}

// stop ends a server and loses no request. For DrainTime it goes on to listen and
// answers as one that is going: whoever asks /readyz hears it, and no connection
// in use is closed but by an answer that says so. Then idle connections are
// closed, and the others with the end of their request.
func (s *server) stop(ctx context.Context) error {
	s.stopping.Store(true)
	if s.limits.DrainTime > 0 {
		time.Sleep(s.limits.DrainTime)
	}
	ctx, cancel := context.WithTimeout(ctx, s.limits.StopTimeout)
	defer cancel()
	s.listener.Close()
	s.http.SetKeepAlivesEnabled(false)
	if !s.connections.settle(ctx) {
		s.log.Warn("requests are cut off", "after", s.limits.StopTimeout)
	}
	if err := s.http.Close(); !errors.Is(err, net.ErrClosed) { // the listener is
		return err
	}
	return nil
}
