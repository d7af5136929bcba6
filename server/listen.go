package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"twinlock/app/config"
)

// How long one connection may take. Writing the program to a slow phone takes a
// minute.
const (
	headerTimeout = 10 * time.Second
	readTimeout   = 30 * time.Second
	writeTimeout  = 5 * time.Minute
	idleTimeout   = 2 * time.Minute
	graceTime     = 5 * time.Second // for requests under way when the server ends
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
func origin(l net.Listener) string {
	host, port, _ := net.SplitHostPort(l.Addr().String())
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port)
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
	http   *http.Server
	failed chan error
}

// start serves in the background, with /healthz beside the handler.
func start(l net.Listener, handler http.Handler, log *slog.Logger) *server {
	s := &server{
		http: &http.Server{
			Handler:           withHealth(handler),
			ReadHeaderTimeout: headerTimeout,
			ReadTimeout:       readTimeout,
			WriteTimeout:      writeTimeout,
			IdleTimeout:       idleTimeout,
			MaxHeaderBytes:    32 << 10,
			ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
		},
		failed: make(chan error, 1),
	}
	go func() {
		if err := s.http.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			s.failed <- err
		}
	}()
	return s
}

func withHealth(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/healthz" {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		fmt.Fprintln(w, "ok")
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
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), graceTime)
	defer cancel()
	for _, s := range servers {
		if s.http.Shutdown(grace) != nil {
			err = errors.Join(err, s.http.Close())
		}
	}
	return err
}
