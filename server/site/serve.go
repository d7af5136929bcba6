package site

import (
	"bytes"
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"

	"twinlock/web/asset"
)

// finish sorts the forms and makes the headers of each, so that an answer only copies
// them.
func (f *File) finish() {
	slices.SortFunc(f.Forms, func(a, b Form) int { return cmp.Compare(len(a.Body), len(b.Body)) })
	for i := range f.Forms {
		form := &f.Forms[i]
		form.header = f.Header.Clone()
		form.header.Set("Content-Length", strconv.Itoa(len(form.Body)))
		if form.Encoding != asset.Identity {
			form.header.Set("Content-Encoding", string(form.Encoding))
		}
		if f.Status == http.StatusOK {
			form.header.Set("Accept-Ranges", "bytes")
			form.header.Set("ETag", form.ETag)
		}
	}
}

// ServeHTTP answers GET and HEAD from memory, in the coding that the client prefers, with a
// strong ETag, status 304, and ranges of the encoded content. It answers 404 with a page
// for a path that is not of the site, 405 for other methods, 406 if the client accepts no
// coding that there is, and 308 for the base path without its slash.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		s.refuse(w, http.StatusMethodNotAllowed, "this address answers GET and HEAD")
		return
	}
	if s.base != "" && r.URL.Path == s.base {
		s.addSlash(w, r)
		return
	}
	f, ok := s.byURL[r.URL.Path]
	if !ok {
		f = s.notFound
	}
	form := negotiate(r.Header, f.Forms)
	if form == nil {
		w.Header().Set("Vary", "Accept-Encoding")
		s.refuse(w, http.StatusNotAcceptable, "this address has no content in the codings that you accept")
		return
	}
	maps.Copy(w.Header(), form.header)
	if f.Status == http.StatusOK && conditional(r.Header) {
		serveConditional(w, r, form)
		return
	}
	w.WriteHeader(f.Status)
	if r.Method == http.MethodGet {
		w.Write(form.Body)
	}
}

func (s *Site) refuse(w http.ResponseWriter, status int, sentence string) {
	maps.Copy(w.Header(), s.headers)
	w.Header().Set("Cache-Control", never)
	http.Error(w, sentence, status)
}

func (s *Site) addSlash(w http.ResponseWriter, r *http.Request) {
	target := s.base + "/"
	if r.URL.RawQuery != "" {
		target += "?" + r.URL.RawQuery
	}
	maps.Copy(w.Header(), s.headers)
	w.Header().Set("Cache-Control", revalidate)
	http.Redirect(w, r, target, http.StatusPermanentRedirect)
}

// conditional reports whether the answer may be something else than the whole content
// (RFC 9110 sections 13 and 14). Dates do not count: no file has one.
func conditional(h http.Header) bool {
	for _, name := range [...]string{"If-None-Match", "If-Match", "Range"} {
		if _, present := h[name]; present {
			return true
		}
	}
	return false
}

func serveConditional(w http.ResponseWriter, r *http.Request, form *Form) {
	if _, present := r.Header["If-Match"]; present {
		w.Header().Del("Content-Length") // it would be wrong for 412
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(form.Body))
}
