package e2e

import (
	"net/http"
	"strings"
	"sync"
	"testing"
)

// A courier stands where the tenant's answers to authorization requests pass: it
// remembers them, and on demand keeps one back, as who wants to deliver it
// elsewhere or later would.
type courier struct {
	callback string // the URL that answers go to

	mu        sync.Mutex
	answers   []string
	withholds bool
}

func (c *courier) carry(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(&carried{ResponseWriter: w, courier: c}, r)
	})
}

// withheld is the title of the page that comes in place of an answer.
const withheld = "withheld"

// withhold keeps answers from the browser from now on, or no longer: it gets a page
// that says so and leads nowhere.
func (c *courier) withhold(yes bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.withholds = yes
}

// count is the number of answers so far.
func (c *courier) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.answers)
}

// last is the newest answer: the URL of a callback.
func (c *courier) last(t *testing.T) string {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.answers) == 0 {
		t.Fatal("the tenant has not answered")
	}
	return c.answers[len(c.answers)-1]
}

type carried struct {
	http.ResponseWriter
	courier *courier
	kept    bool // the answer is kept back, its body too
}

// WriteHeader implements http.ResponseWriter.
func (w *carried) WriteHeader(status int) {
	c := w.courier
	if answer := w.Header().Get("Location"); strings.HasPrefix(answer, c.callback+"?") {
		c.mu.Lock()
		c.answers = append(c.answers, answer)
		w.kept = c.withholds
		c.mu.Unlock()
	}
	if !w.kept {
		w.ResponseWriter.WriteHeader(status)
		return
	}
	w.Header().Del("Location")
	w.Header().Del("Content-Length")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.ResponseWriter.WriteHeader(http.StatusOK)
	_, _ = w.ResponseWriter.Write([]byte("<!doctype html><title>" + withheld + "</title>"))
}

// Write implements http.ResponseWriter. What would go with a redirect is no loss.
func (w *carried) Write(b []byte) (int, error) {
	if w.kept {
		return len(b), nil
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap is for http.ResponseController.
func (w *carried) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// withheldAnswer signs in to a second account for linking, has the answer withheld,
// and returns it.
func (p *page) withheldAnswer(email string) string {
	p.t.Helper()
	c := p.stage.courier
	before := c.count()
	c.withhold(true)
	p.startLink(email)
	p.awaitWithheld(before)
	c.withhold(false)
	return c.last(p.t)
}
