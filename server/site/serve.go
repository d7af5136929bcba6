package site

import (
	"bytes"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"time"

	"twinlock/web/asset"
)

// ServeHTTP answers GET and HEAD from memory: in the coding that the client
// likes best, with a strong ETag, 304 and ranges.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.base != "" && r.URL.Path == s.base {
		target := s.base + "/"
		if r.URL.RawQuery != "" {
			target += "?" + r.URL.RawQuery
		}
		http.Redirect(w, r, target, http.StatusPermanentRedirect)
		return
	}
	f, ok := s.byURL[r.URL.Path]
	if !ok {
		f = s.lost
	}
	f.serve(w, r)
}

func (f *File) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	maps.Copy(h, f.Header.Clone())
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.Set("Allow", "GET, HEAD")
		h.Set("Cache-Control", never)
		http.Error(w, "this address answers GET and HEAD", http.StatusMethodNotAllowed)
		return
	}
	accept := strings.Join(r.Header.Values("Accept-Encoding"), ",")
	coding := negotiate(accept, func(e asset.Encoding) bool {
		_, has := f.Forms[e]
		return has
	})
	form := f.Forms[coding]
	if coding != asset.Identity {
		h.Set("Content-Encoding", string(coding))
	}
	// ServeContent leaves this out where there is a coding, except for ranges.
	h.Set("Content-Length", strconv.Itoa(len(form.Body)))
	if f.Status != http.StatusOK {
		w.WriteHeader(f.Status)
		if r.Method == http.MethodGet {
			w.Write(form.Body)
		}
		return
	}
	h.Set("ETag", form.ETag)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(form.Body))
}
