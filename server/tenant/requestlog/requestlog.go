// Package requestlog remembers what a tenant was asked: a [Log] of [Entry] values.
package requestlog

import (
	"net/http"
	"slices"
	"sync"
	"time"

	"twinlock/server/tenant/reply"
)

// limit is how many requests a log remembers; the oldest go first.
const limit = 1000

// An Entry is a request and the status of its answer. It has no secret: of the
// query only harmless parameters, of headers and bodies nothing.
type Entry struct {
	Time   time.Time `json:"time"`
	Method string    `json:"method"`
	// Path is escaped, as it was sent.
	Path string `json:"path"`
	// Status is 0 if the connection was dropped.
	Status int `json:"status"`
	// Query has the parameters named in harmless, those that were sent.
	Query map[string]string `json:"query,omitempty"`
}

// harmless are the query parameters that have no secret and that tests ask for.
var harmless = []string{"response_type", "response_mode", "code_challenge_method", "scope", "audience",
	"connection", "organization", "realm", "owp", "prompt", "max_age", "acr_values", "screen_hint", "fields",
	"include_fields"}

// A Log is a list of entries. The zero Log is empty and ready.
type Log struct {
	mu      sync.Mutex
	entries []Entry
}

// List returns the entries, oldest first; never nil.
func (l *Log) List() []Entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]Entry{}, l.entries...)
}

// Clear removes all entries.
func (l *Log) Clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.entries = nil
}

func (l *Log) add(e Entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.entries) == limit {
		l.entries = slices.Clone(l.entries[1:])
	}
	l.entries = append(l.entries, e)
}

// Middleware logs each request just before its answer leaves, so that a client
// that has its answer finds the request in the log.
func (l *Log) Middleware(next http.Handler, now func() time.Time) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		entry := Entry{Time: now(), Method: r.Method, Path: r.URL.EscapedPath(), Query: harmlessQuery(r)}
		watched := &reply.Writer{ResponseWriter: w}
		watched.Before = sync.OnceFunc(func() {
			entry.Status = watched.Status
			l.add(entry)
		})
		defer watched.Before() // for a dropped connection
		next.ServeHTTP(watched, r)
		if watched.Status == 0 {
			watched.Status = http.StatusOK
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
