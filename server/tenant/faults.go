package tenant

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"sync"
	"time"
)

// faultLimit is how many faults can wait at the same time.
const faultLimit = 100

// maxDelay is the longest delay of a fault.
const maxDelay = time.Minute

// A fault makes the tenant misbehave towards matching requests.
type fault struct {
	Method string `json:"method"` // empty: any
	// Path is a glob of the whole path; a * stays within its segment. It is
	// compared with the path as sent, and with each segment decoded.
	Path string `json:"path"`
	// Status answers instead of the endpoint. 0: the endpoint answers.
	Status int `json:"status"`
	// Headers are the answer's. Where the endpoint answers they replace its own, and
	// an empty one takes it away.
	Headers map[string]string `json:"headers"`
	Body    json.RawMessage   `json:"body"`
	DelayMS int               `json:"delay_ms"`
	// Times is how often the fault applies. 0: once. Negative: until deleted.
	Times int `json:"times"`
	// Drop closes the connection without an answer.
	Drop bool `json:"drop"`
	// After does the endpoint's work before the fault delays, answers or drops.
	After bool `json:"after"`
	// LateMS does it so much later instead, when the client has long had the
	// fault's answer or none.
	LateMS int `json:"late_ms"`
	// Token spoils the next ID token that the token endpoint mints.
	Token map[string]any `json:"token"`
	// Refuse has the authorization request answered with an error, see refusal.
	Refuse refusal `json:"refuse"`
}

func (f *fault) check() error {
	if !strings.HasPrefix(f.Path, "/") {
		return errors.New("path must begin with /")
	}
	if _, err := path.Match(f.Path, ""); err != nil {
		return fmt.Errorf("path: %w", err)
	}
	if f.Status != 0 && (f.Status < 200 || f.Status > 599) {
		return errors.New("status must be between 200 and 599")
	}
	for name, ms := range map[string]int{"delay_ms": f.DelayMS, "late_ms": f.LateMS} {
		if ms < 0 || time.Duration(ms)*time.Millisecond > maxDelay {
			return fmt.Errorf("%s must be between 0 and %d", name, maxDelay.Milliseconds())
		}
	}
	if (f.After || f.LateMS > 0) && f.Status == 0 && !f.Drop {
		return errors.New("after and late_ms need a status or drop")
	}
	if _, err := newFlaw(f.Token); err != nil {
		return fmt.Errorf("token: %w", err)
	}
	return f.Refuse.check()
}

func (f *fault) matches(r *http.Request) bool {
	if f.Method != "" && !strings.EqualFold(f.Method, r.Method) {
		return false
	}
	globs, sent := strings.Split(f.Path, "/"), strings.Split(r.URL.EscapedPath(), "/")
	if len(globs) != len(sent) {
		return false
	}
	for n := range globs {
		if !matchSegment(globs[n], sent[n]) {
			return false
		}
	}
	return true
}

func matchSegment(glob, sent string) bool {
	if ok, err := path.Match(glob, sent); ok && err == nil {
		return true
	}
	decodedSent, err := url.PathUnescape(sent)
	if err != nil {
		return false
	}
	decodedGlob, err := url.PathUnescape(glob)
	if err != nil {
		return false
	}
	ok, err := path.Match(decodedGlob, decodedSent)
	return ok && err == nil
}

// faults are tried in the order in which they came.
type faults struct {
	mu      sync.Mutex
	waiting []*fault
	late    map[*time.Timer]bool // of work that was put off
	working sync.WaitGroup
}

var errTooManyFaults = fmt.Errorf("more than %d faults wait", faultLimit)

func (f *faults) add(next fault) error {
	if err := next.check(); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.waiting) >= faultLimit {
		return errTooManyFaults
	}
	if next.Times == 0 {
		next.Times = 1
	}
	f.waiting = append(f.waiting, &next)
	return nil
}

func (f *faults) clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.waiting = nil
}

// forget is clear, and none of the work that was put off is done any more.
func (f *faults) forget() {
	f.clear()
	f.mu.Lock()
	for timer := range f.late {
		if timer.Stop() {
			f.working.Done()
		}
	}
	f.mu.Unlock()
	f.working.Wait()
}

// later puts a handler's work off. Nobody sees its answer.
func (f *faults) later(d time.Duration, next http.Handler) http.Handler {
	return http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return // the client was gone before all of the request was here
		}
		r = r.Clone(context.WithoutCancel(r.Context()))
		r.Body = io.NopCloser(bytes.NewReader(body))
		f.mu.Lock()
		defer f.mu.Unlock()
		if f.late == nil {
			f.late = make(map[*time.Timer]bool)
		}
		f.working.Add(1)
		var timer *time.Timer
		timer = time.AfterFunc(d, func() {
			defer f.working.Done()
			f.mu.Lock()
			delete(f.late, timer)
			f.mu.Unlock()
			next.ServeHTTP(&discarded{header: http.Header{}}, r)
		})
		f.late[timer] = true
	})
}

// next returns the fault for the request, and counts it.
func (f *faults) next(r *http.Request) (fault, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	at := slices.IndexFunc(f.waiting, func(w *fault) bool { return w.matches(r) })
	if at < 0 {
		return fault{}, false
	}
	found := f.waiting[at]
	if found.Times > 0 {
		found.Times--
		if found.Times == 0 {
			f.waiting = slices.Delete(f.waiting, at, at+1)
		}
	}
	return *found, true
}

func (f *faults) middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if found, ok := f.next(r); ok {
			work := next
			if found.LateMS > 0 {
				work = f.later(time.Duration(found.LateMS)*time.Millisecond, next)
				found.After = true
			}
			found.serve(w, r, work)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (f fault) serve(w http.ResponseWriter, r *http.Request, next http.Handler) {
	if spoil, err := newFlaw(f.Token); err == nil && f.Token != nil {
		r = r.WithContext(context.WithValue(r.Context(), flawKey{}, spoil))
	}
	r = r.WithContext(f.Refuse.within(r.Context()))
	if f.After {
		next.ServeHTTP(&discarded{header: http.Header{}}, r)
	}
	gone := !pause(r.Context(), time.Duration(f.DelayMS)*time.Millisecond)
	switch {
	case gone || f.Drop:
		panic(http.ErrAbortHandler) // net/http closes the connection and logs nothing
	case f.Status != 0:
		f.answer(w)
	default:
		withHeaders(f.Headers, next).ServeHTTP(w, r)
	}
}

func (f fault) answer(w http.ResponseWriter) {
	if len(f.Body) > 0 {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
	}
	for name, value := range f.Headers {
		w.Header().Set(name, value)
	}
	w.WriteHeader(f.Status)
	if f.Status != http.StatusNoContent && f.Status != http.StatusNotModified {
		w.Write(bytes.TrimSpace(f.Body)) // fails only if the client is gone
	}
}

// pause tells whether the client is still there afterwards.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// discarded takes an answer that nobody will see.
type discarded struct{ header http.Header }

func (d *discarded) Header() http.Header         { return d.header }
func (d *discarded) Write(b []byte) (int, error) { return len(b), nil }
func (d *discarded) WriteHeader(int)             {}

// A flaw is what is wrong with an ID token. Claims replace those of the token;
// a nil one removes it.
type flaw struct {
	claims         map[string]any
	alg            string // "none" or "HS256"
	kid            string
	wrongSignature bool
}

type flawKey struct{}

func flawIn(ctx context.Context) flaw {
	f, _ := ctx.Value(flawKey{}).(flaw)
	return f
}

// newFlaw reads a fault's token: alg, kid and signature are about the token,
// all other names are claims.
func newFlaw(token map[string]any) (flaw, error) {
	f := flaw{claims: map[string]any{}}
	for name, value := range token {
		switch name {
		case "alg":
			f.alg, _ = value.(string)
			if f.alg != "none" && f.alg != "HS256" {
				return flaw{}, errors.New(`alg must be "none" or "HS256"`)
			}
		case "kid":
			f.kid, _ = value.(string)
			if f.kid == "" {
				return flaw{}, errors.New("kid must be a string")
			}
		case "signature":
			if value != "wrong" {
				return flaw{}, errors.New(`signature must be "wrong"`)
			}
			f.wrongSignature = true
		default:
			f.claims[name] = value
		}
	}
	return f, nil
}
