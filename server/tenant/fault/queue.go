package fault

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"

	"twinlock/server/tenant/reply"
)

// limit is how many faults can wait at the same time.
const limit = 100

var errTooMany = fmt.Errorf("more than %d faults wait", limit)

// A Queue has the faults that wait for their requests. They are tried in the order in
// which they were added. The zero Queue is empty and ready.
type Queue struct {
	mu      sync.Mutex
	waiting []*waiting
	late    map[*time.Timer]bool // of the work that LateMS has put off
	working sync.WaitGroup       // that work
}

// waiting is a fault with its body as JSON.
type waiting struct {
	Fault
	body []byte
}

// Add checks the fault and adds it. It returns an error that says what is wrong.
func (q *Queue) Add(f Fault) error {
	if err := f.check(); err != nil {
		return err
	}
	body, err := bodyOf(f)
	if err != nil {
		return fmt.Errorf("body: %w", err)
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting) >= limit {
		return errTooMany
	}
	if f.Times == 0 {
		f.Times = 1
	}
	q.waiting = append(q.waiting, &waiting{f, body})
	return nil
}

func bodyOf(f Fault) ([]byte, error) {
	switch body := f.Body.(type) {
	case nil:
		return nil, nil
	case json.RawMessage:
		return bytes.TrimSpace(body), nil // every byte as it was sent
	default:
		return json.Marshal(body)
	}
}

// Clear removes all faults. Work that has been put off is still done.
func (q *Queue) Clear() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting = nil
}

// Stop removes all faults and the work that has been put off, and waits for work that
// has begun.
func (q *Queue) Stop() {
	q.Clear()
	q.mu.Lock()
	for timer := range q.late {
		if timer.Stop() {
			q.working.Done()
		}
	}
	q.mu.Unlock()
	q.working.Wait()
}

// next returns a fault for the request and counts it.
func (q *Queue) next(r *http.Request) (waiting, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	at := slices.IndexFunc(q.waiting, func(w *waiting) bool { return w.matches(r) })
	if at < 0 {
		return waiting{}, false
	}
	found := q.waiting[at]
	if found.Times > 0 {
		found.Times--
		if found.Times == 0 {
			q.waiting = slices.Delete(q.waiting, at, at+1)
		}
	}
	return *found, true
}

// Middleware applies the faults to requests for next.
func (q *Queue) Middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		found, ok := q.next(r)
		if !ok {
			next.ServeHTTP(w, r)
			return
		}
		work := next
		if found.LateMS > 0 {
			work = q.putOff(milliseconds(found.LateMS), next)
			found.After = true
		}
		found.serve(w, r, work)
	})
}

// putOff does the handler's work later. Nobody sees its answer.
func (q *Queue) putOff(delay time.Duration, next http.Handler) http.Handler {
	return http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return // the client left before all of the request was here
		}
		r = r.Clone(context.WithoutCancel(r.Context()))
		r.Body = io.NopCloser(bytes.NewReader(body))
		q.mu.Lock()
		defer q.mu.Unlock()
		if q.late == nil {
			q.late = make(map[*time.Timer]bool)
		}
		q.working.Add(1)
		var timer *time.Timer
		timer = time.AfterFunc(delay, func() {
			defer q.working.Done()
			q.mu.Lock()
			delete(q.late, timer)
			q.mu.Unlock()
			next.ServeHTTP(&discarded{header: http.Header{}}, r)
		})
		q.late[timer] = true
	})
}

func (f *waiting) serve(w http.ResponseWriter, r *http.Request, next http.Handler) {
	r = r.WithContext(withRefusal(withFlaw(r.Context(), f.Token), f.Refuse))
	if f.After {
		next.ServeHTTP(&discarded{header: http.Header{}}, r)
	}
	connected := pause(r.Context(), milliseconds(f.DelayMS))
	switch {
	case !connected || f.Drop:
		panic(http.ErrAbortHandler) // net/http closes the connection and logs nothing
	case f.Status != 0:
		f.answer(w)
	default:
		replaceHeaders(f.Headers, next).ServeHTTP(w, r)
	}
}

func (f *waiting) answer(w http.ResponseWriter) {
	if len(f.body) > 0 {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
	}
	for name, value := range f.Headers {
		w.Header().Set(name, value)
	}
	w.WriteHeader(f.Status)
	if f.Status != http.StatusNoContent && f.Status != http.StatusNotModified {
		w.Write(f.body) // fails only if the client is gone
	}
}

// pause waits and returns whether the client is still connected afterwards.
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

// replaceHeaders replaces headers of the handler just before its answer leaves. An
// empty one removes the handler's.
func replaceHeaders(headers map[string]string, next http.Handler) http.Handler {
	if len(headers) == 0 {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		watched := &reply.Writer{ResponseWriter: w, Before: func() {
			for name, value := range headers {
				if w.Header().Del(name); value != "" {
					w.Header().Set(name, value)
				}
			}
		}}
		next.ServeHTTP(watched, r)
		if watched.Status == 0 {
			watched.WriteHeader(http.StatusOK)
		}
	})
}

// discarded receives an answer that nobody sees.
type discarded struct{ header http.Header }

func (d *discarded) Header() http.Header         { return d.header }
func (d *discarded) Write(b []byte) (int, error) { return len(b), nil }
func (d *discarded) WriteHeader(int)             {}
