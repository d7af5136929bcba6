package serve

import (
	"io"
	"maps"
	"net/http"
)

// withProbes answers /healthz, whether the process lives, and /readyz, whether it
// wants more requests.
func (s *Server) withProbes(next http.Handler, header http.Header) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/healthz":
			probe(w, r, header, true)
		case "/readyz":
			probe(w, r, header, !s.stopping.Load())
		default:
			next.ServeHTTP(w, r)
		}
	})
}

func probe(w http.ResponseWriter, r *http.Request, header http.Header, ok bool) {
	maps.Copy(w.Header(), header)
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	switch {
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		w.Header().Set("Allow", "GET, HEAD")
		w.WriteHeader(http.StatusMethodNotAllowed)
	case ok:
		io.WriteString(w, "ok\n")
	default:
		w.WriteHeader(http.StatusServiceUnavailable)
		io.WriteString(w, "stopping\n")
	}
}
