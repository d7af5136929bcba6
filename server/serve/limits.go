package serve

import (
	"errors"
	"net/http"
	"time"
)

// Limits are what one client may take of a server, and how long its end may take.
// A field that is zero means zero, not a default: change a copy of [DefaultLimits].
type Limits struct {
	// HeaderTimeout is for the header of a request and the TLS handshake before it.
	HeaderTimeout time.Duration
	// WriteTimeout is for the client to take the next 128 kB of an answer. A slow
	// client gets the whole answer, however long it takes; a stalled one is cut off.
	WriteTimeout time.Duration
	// IdleTimeout is for the next request on a connection.
	IdleTimeout time.Duration
	// DrainTime is how long the server still listens after the wish to stop. Load
	// balancers need it to see the 503 of /readyz.
	DrainTime time.Duration
	// StopTimeout is for the requests under way after DrainTime. Those that take
	// longer are cut off.
	StopTimeout time.Duration
	// MaxHeaderBytes bounds the header of a request; a larger one gets status 431.
	MaxHeaderBytes int
}

// DefaultLimits let the slowest phone get the whole program: the timeouts ask for
// 4 kB a second. There is no DrainTime: without a load balancer it only delays.
var DefaultLimits = Limits{
	HeaderTimeout:  10 * time.Second,
	WriteTimeout:   30 * time.Second,
	IdleTimeout:    2 * time.Minute,
	StopTimeout:    30 * time.Second,
	MaxHeaderBytes: 32 << 10,
}

// bodyTimeout is for a request's body, after its header. The site reads no bodies;
// the tenant's are forms.
const bodyTimeout = 20 * time.Second

// pieceSize is how much of an answer, in bytes, a client must take within
// WriteTimeout.
const pieceSize = 128 << 10

// response gives each piece of an answer its own time, and counts what was sent for
// the access log.
type response struct {
	http.ResponseWriter
	writeTimeout time.Duration

	status int
	bytes  int64
	piece  int // bytes written since the deadline was set
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
		if w.piece >= pieceSize {
			if err := w.nextPiece(); err != nil {
				return written, err
			}
		}
		n, err := w.ResponseWriter.Write(p[:min(len(p), pieceSize-w.piece)])
		written, w.piece, w.bytes = written+n, w.piece+n, w.bytes+int64(n)
		if err != nil {
			return written, err
		}
		p = p[n:]
	}
	return written, nil
}

// nextPiece sets the deadline of the next piece. That of the first is the server's.
func (w *response) nextPiece() error {
	w.piece = 0
	err := http.NewResponseController(w.ResponseWriter).SetWriteDeadline(time.Now().Add(w.writeTimeout))
	if errors.Is(err, http.ErrNotSupported) { // a test's recorder has no connection
		return nil
	}
	return err
}
