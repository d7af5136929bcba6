package tenant

import (
	"net/http"
	"sync"
	"time"
)

// requestLogLimit is how many requests the log remembers; older ones go first.
const requestLogLimit = 1000

// A loggedRequest holds no secret: of the query only harmless parameters, of
// headers and bodies nothing.
type loggedRequest struct {
	Time   time.Time         `json:"time"`
	Method string            `json:"method"`
	Path   string            `json:"path"`   // escaped, as sent
	Status int               `json:"status"` // 0 if the connection was dropped
	Query  map[string]string `json:"query,omitempty"`
}

// harmless are the query parameters that tests like to see.
var harmless = []string{"response_type", "response_mode", "code_challenge_method", "scope", "audience",
	"connection", "realm", "owp", "prompt", "max_age", "screen_hint", "fields", "include_fields"}

type requestLog struct {
	mu      sync.Mutex
	entries []loggedRequest
}

func (l *requestLog) list() []loggedRequest {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]loggedRequest{}, l.entries...)
}

func (l *requestLog) clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.entries = nil
}

func (l *requestLog) add(e loggedRequest) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.entries) == requestLogLimit {
		l.entries = append([]loggedRequest{}, l.entries[1:]...)
	}
	l.entries = append(l.entries, e)
}

// middleware logs a request just before its answer leaves: who has the answer
// finds the request in the log.
func (l *requestLog) middleware(next http.Handler, now func() time.Time) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		entry := loggedRequest{Time: now(), Method: r.Method, Path: r.URL.EscapedPath(), Query: harmlessQuery(r)}
		sw := &statusWriter{ResponseWriter: w}
		sw.before = sync.OnceFunc(func() {
			entry.Status = sw.status
			l.add(entry)
		})
		defer sw.before() // for a dropped connection
		next.ServeHTTP(sw, r)
		if sw.status == 0 {
			sw.status = http.StatusOK
		}
	})
}

func harmlessQuery(r *http.Request) map[string]string {
	found := map[string]string{}
	query := r.URL.Query()
	for _, name := range harmless {
		if query.Has(name) {
			found[name] = query.Get(name)
		}
	}
	return found
}

// A statusWriter remembers the status, and calls before with it in place.
type statusWriter struct {
	http.ResponseWriter
	status int
	before func()
}

// WriteHeader implements http.ResponseWriter.
func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 && status >= http.StatusOK {
		w.status = status
		w.before()
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (w *statusWriter) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap is for http.ResponseController.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
