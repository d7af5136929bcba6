package main

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"twinlock/app/config"
)

// limits are what one client may take of a server.
type limits struct {
	HeaderTimeout  time.Duration // for a request's header, and the TLS handshake before it
	WriteTimeout   time.Duration // for each piece of an answer
	IdleTimeout    time.Duration // between two requests
	DrainTime      time.Duration // between the wish to stop and the end of listening
	StopTimeout    time.Duration // for the requests that are then under way
	MaxHeaderBytes int
}

var defaultLimits = limits{
	HeaderTimeout:  10 * time.Second,
	WriteTimeout:   30 * time.Second,
	IdleTimeout:    2 * time.Minute,
	StopTimeout:    30 * time.Second,
	MaxHeaderBytes: 32 << 10,
}

// readTimeout is for a request's body, after its header. The site has no use for
// one; the tenant's are forms.
const readTimeout = 20 * time.Second

// piece is how much of an answer has to be taken within WriteTimeout. By the
// defaults that is 4 kB a second: the slowest phone gets the whole program,
// however long it takes, and who takes nothing is cut off soon.
const piece = 128 << 10

// check says which limits cannot be.
func (l limits) check() error {
	var problems []error
	for _, d := range []struct {
		field string
		value time.Duration
		least time.Duration
	}{
		{"header_timeout", l.HeaderTimeout, time.Millisecond},
		{"write_timeout", l.WriteTimeout, time.Millisecond},
		{"idle_timeout", l.IdleTimeout, time.Millisecond},
		{"drain_time", l.DrainTime, 0},
		{"stop_timeout", l.StopTimeout, time.Millisecond},
	} {
		if d.value < d.least || d.value > time.Hour {
			problems = append(problems, &config.FieldError{Field: d.field, Problem: fmt.Sprintf("must be a time from %v to 1h, such as 30s", d.least)})
		}
	}
	if l.MaxHeaderBytes < 1<<10 || l.MaxHeaderBytes > 1<<20 {
		problems = append(problems, &config.FieldError{Field: "max_header_bytes", Problem: "must be from 1024 to 1048576"})
	}
	return errors.Join(problems...)
}

// response follows an answer: each piece gets time of its own, and the log
// learns what was sent.
type response struct {
	http.ResponseWriter
	patience time.Duration

	status int
	bytes  int64
	since  int // bytes since the deadline was set
}

// Unwrap is for [http.ResponseController].
func (w *response) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *response) WriteHeader(status int) {
	if w.status == 0 && status >= http.StatusOK {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *response) Write(p []byte) (written int, err error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	for first := true; first || len(p) > 0; first = false {
		if w.since >= piece {
			if err := w.extend(); err != nil {
				return written, err
			}
		}
		n, err := w.ResponseWriter.Write(p[:min(len(p), piece-w.since)])
		written, w.since, w.bytes = written+n, w.since+n, w.bytes+int64(n)
		if err != nil {
			return written, err
		}
		p = p[n:]
	}
	return written, nil
}

// extend gives the next piece its time; the first has the server's.
func (w *response) extend() error {
	w.since = 0
	err := http.NewResponseController(w.ResponseWriter).SetWriteDeadline(time.Now().Add(w.patience))
	if errors.Is(err, http.ErrNotSupported) { // not a connection, but a test's recorder
		return nil
	}
	return err
}
