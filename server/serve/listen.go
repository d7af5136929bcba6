package serve

import (
	"context"
	"fmt"
	"net"
)

// Listen opens a TCP address "host:port"; port 0 is a free one.
func Listen(ctx context.Context, addr string) (net.Listener, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("cannot listen: %w", err)
	}
	return l, nil
}

// Origin returns the URL of a listener for a browser on this machine, without a
// path: "http://127.0.0.1:8000". The scheme is "http" or "https".
func Origin(scheme string, l net.Listener) string {
	host, port, _ := net.SplitHostPort(l.Addr().String())
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return scheme + "://" + net.JoinHostPort(host, port)
}
