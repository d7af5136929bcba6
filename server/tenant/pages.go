package tenant

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"net/url"
	"time"
)

//go:embed pages
var pageFiles embed.FS

var pages = template.Must(template.ParseFS(pageFiles, "pages/*.html"))

const stylePath = "/u/style.css"

func style(w http.ResponseWriter, r *http.Request) {
	css, err := pageFiles.ReadFile("pages/style.css")
	if err != nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Cache-Control", "no-cache")
	http.ServeContent(w, r, "style.css", time.Time{}, bytes.NewReader(css))
}

// A message is a page of its own.
type message struct{ Title, Text string }

func (t *Tenant) errorPage(w http.ResponseWriter, status int, title, text string) {
	t.page(w, status, "", "message", message{title, text})
}

// page renders a hosted page. Its forms may lead to the tenant and on to
// redirectURI: browsers apply form-action to the redirects that follow.
func (t *Tenant) page(w http.ResponseWriter, status int, redirectURI, name string, data any) {
	var body bytes.Buffer
	if err := pages.ExecuteTemplate(&body, name+".html", data); err != nil {
		t.log.Error("render page", "page", name, "error", err)
		http.Error(w, "the page could not be shown", http.StatusInternalServerError)
		return
	}
	action := "'self'"
	if u, err := url.Parse(redirectURI); err == nil && u.Host != "" {
		action += " " + u.Scheme + "://" + u.Host
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; form-action "+action+"; frame-ancestors 'none'; base-uri 'none'")
	w.WriteHeader(status)
	body.WriteTo(w) // fails only if the client is gone
}
