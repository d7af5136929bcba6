package tenant

import (
	"bytes"
	"crypto/rand"
	"embed"
	"html/template"
	"net/http"
	"strings"
	"time"

	"twinlock/server/tenant/issuer"
	"twinlock/server/tenant/reply"
)

//go:embed pages
var pageFiles embed.FS

var pages = template.Must(template.ParseFS(pageFiles, "pages/*.html"))

const stylePath = "/u/style.css"

func (t *Tenant) style(w http.ResponseWriter, r *http.Request) {
	css, err := pageFiles.ReadFile("pages/style.css")
	if err != nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Cache-Control", "no-cache")
	http.ServeContent(w, r, "style.css", time.Time{}, bytes.NewReader(append(css, t.branding.style()...)))
}

// A message is a page of its own.
type message struct{ Title, Text string }

func (t *Tenant) errorPage(w http.ResponseWriter, status int, title, text string) {
	t.page(w, status, "", "message", message{title, text})
}

// failPage answers an error that no person can do anything about.
func (t *Tenant) failPage(w http.ResponseWriter, doing string, err error) {
	t.log.Error(doing, "error", err)
	t.errorPage(w, http.StatusInternalServerError, "Something went wrong", "The tenant could not do this. Go back and try again.")
}

// page renders a hosted page. Its forms may lead to the tenant and on to
// redirectURI: browsers apply form-action to the redirects that follow.
func (t *Tenant) page(w http.ResponseWriter, status int, redirectURI, name string, data any) {
	h := w.Header()
	h.Set("X-Frame-Options", "DENY")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action "+
		strings.TrimSpace("'self' "+issuer.Origin(redirectURI))+"; frame-ancestors 'none'; base-uri 'none'")
	t.render(w, status, name, data)
}

// scriptPage renders a page that hands an answer on: by posting it to the
// windows of target, who may frame it, or by a form that leads there.
func (t *Tenant) scriptPage(w http.ResponseWriter, name, target string, data scriptPage) {
	data.Nonce = rand.Text()
	ancestors, action := "'none'", "'none'"
	switch name {
	case "form_post":
		action = issuer.Origin(target)
	default:
		ancestors = target
	}
	w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'nonce-"+data.Nonce+"'; form-action "+action+
		"; frame-ancestors "+ancestors+"; base-uri 'none'")
	t.render(w, http.StatusOK, name, data)
}

func (t *Tenant) render(w http.ResponseWriter, status int, name string, data any) {
	var body bytes.Buffer
	if err := pages.ExecuteTemplate(&body, name+".html", data); err != nil {
		t.log.Error("render page", "page", name, "error", err)
		http.Error(w, "the page could not be shown", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	reply.NoStore(w)
	w.WriteHeader(status)
	body.WriteTo(w) // fails only if the client is gone
}
