package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"twinlock/app/config"
)

// The forms of a log.
const (
	logText = "text"
	logJSON = "json"
)

// newLog makes a log the one of the whole process, also for what libraries have
// to say.
func newLog(w io.Writer, format string) *slog.Logger {
	var log *slog.Logger
	if format == logJSON {
		log = slog.New(slog.NewJSONHandler(w, nil))
	} else {
		log = slog.New(slog.NewTextHandler(w, nil))
	}
	slog.SetDefault(log)
	return log
}

func checkLogFormat(format string) error {
	if format == logText || format == logJSON {
		return nil
	}
	return &config.FieldError{Field: "log_format", Problem: fmt.Sprintf("must be %s or %s", logText, logJSON)}
}

// logAccess writes one line for a request. It knows nothing of queries: a
// callback's holds a code.
func logAccess(log *slog.Logger, r *http.Request, w *response, took time.Duration) {
	encoding := w.Header().Get("Content-Encoding")
	if encoding == "" {
		encoding = "identity"
	}
	log.LogAttrs(context.Background(), slog.LevelInfo, "request",
		slog.String("client", clientAddress(r)),
		slog.String("method", r.Method),
		slog.String("path", loggedPath(r.URL.Path)),
		slog.Int("status", w.status),
		slog.Int64("bytes", w.bytes),
		slog.Float64("ms", float64(took.Microseconds())/1000),
		slog.String("encoding", encoding),
		slog.String("protocol", r.Proto),
	)
}

func clientAddress(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// maxLogged is how much of a path is logged, in bytes. Ours are shorter.
const maxLogged = 200

// loggedPath leaves out what may be a query in disguise: an escaped question
// mark makes one part of the path.
func loggedPath(path string) string {
	if i := strings.IndexAny(path, "?&;=#%"); i >= 0 {
		path = path[:i] + "…"
	}
	if len(path) > maxLogged {
		path = path[:maxLogged] + "…"
	}
	return path
}
