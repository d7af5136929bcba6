package reply

import "net/http"

// A Writer passes an answer on, remembers its status, and calls Before once the
// status is known.
type Writer struct {
	http.ResponseWriter
	// Status is the answer's. 0: nothing has been written yet.
	Status int
	// Before is called with Status set, before anything is sent. It may change the
	// headers. It must be set.
	Before func()
}

// WriteHeader implements http.ResponseWriter.
func (w *Writer) WriteHeader(status int) {
	if w.Status == 0 && status >= http.StatusOK {
		w.Status = status
		w.Before()
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (w *Writer) Write(b []byte) (int, error) {
	if w.Status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap returns the writer beneath, for http.ResponseController.
func (w *Writer) Unwrap() http.ResponseWriter { return w.ResponseWriter }
