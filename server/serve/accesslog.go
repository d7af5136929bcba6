package serve

import (
	"cmp"
	"context"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"
)

// withAccessLog writes one line for each request. The writer must be a *response.
func withAccessLog(next http.Handler, log *slog.Logger) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		defer func() { logAccess(log, r, w.(*response), time.Since(start)) }()
		next.ServeHTTP(w, r)
	})
}

// logAccess leaves out queries, which contain a code when they are a callback's, and
// all headers of the request.
func logAccess(log *slog.Logger, r *http.Request, w *response, duration time.Duration) {
	encoding := w.Header().Get("Content-Encoding")
	if encoding == "" {
		encoding = "identity"
	}
	log.LogAttrs(context.Background(), slog.LevelInfo, "request",
		slog.String("client", clientAddress(r)),
		slog.String("method", r.Method),
		slog.String("path", loggedPath(r.URL.Path)),
		slog.Int("status", cmp.Or(w.status, http.StatusOK)), // net/http's own where a handler writes nothing
		slog.Int64("bytes", w.bytes),
		slog.Float64("ms", float64(duration.Microseconds())/1000),
		slog.String("encoding", encoding),
		slog.String("protocol", r.Proto),
	)
}

// clientAddress is the client's IP address without the port.
func clientAddress(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// maxLogged bounds how much of a path is logged, in bytes. The site's own paths are
// shorter.
const maxLogged = 200

// loggedPath cuts off what may be a query after all: where a client has escaped the
// question mark, the query is a part of the path.
func loggedPath(path string) string {
	if i := strings.IndexAny(path, "?&;=#%"); i >= 0 {
		path = path[:i] + "…"
	}
	if len(path) > maxLogged {
		path = path[:maxLogged] + "…"
	}
	return path
}
