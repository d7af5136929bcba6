// Package page renders the tenant's HTML: a [Renderer] shows a page of [Templates],
// which each room brings along, in the tenant's [Branding].
package page

import (
	"bytes"
	"cmp"
	"embed"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"twinlock/server/tenant/issuer"
	"twinlock/server/tenant/reply"
)

//go:embed *.html style.css
var files embed.FS

var (
	layout      = template.Must(template.ParseFS(files, "layout.html"))
	messagePage = Parse(files).Page("message")
)

// Templates are the pages of a room.
type Templates struct{ all *template.Template }

// Parse reads the .html files of a file system. They may use the layout's templates:
// "head" is the beginning of a page in the tenant's style, "bare" that of one without,
// each with the title as its data. It panics if a file is wrong.
func Parse(fsys fs.FS) Templates {
	return Templates{template.Must(template.Must(layout.Clone()).ParseFS(fsys, "*.html"))}
}

// Page returns the page of name.html. It panics if there is none.
func (t Templates) Page(name string) *template.Template {
	found := t.all.Lookup(name + ".html")
	if found == nil {
		panic("no page " + name)
	}
	return found
}

// A Renderer shows the pages of a tenant.
type Renderer struct {
	host     string
	branding Branding
	log      *slog.Logger
}

// New returns a renderer for the tenant of that host.
func New(host string, branding Branding, log *slog.Logger) *Renderer {
	return &Renderer{host, branding, log}
}

// Name returns what the pages call the tenant.
func (p *Renderer) Name() string { return cmp.Or(p.branding.Name, p.host) }

// StylePath is where ServeStyle must answer.
const StylePath = "/u/style.css"

// ServeStyle serves the stylesheet of all pages.
func (p *Renderer) ServeStyle(w http.ResponseWriter, r *http.Request) {
	css, err := files.ReadFile("style.css")
	if err != nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Cache-Control", "no-cache")
	http.ServeContent(w, r, "style.css", time.Time{}, bytes.NewReader(append(css, p.branding.style()...)))
}

// Show shows a page that cannot be framed and has no script. Its forms may lead to the
// tenant and on to next, which may be empty: browsers apply form-action to the
// redirects that follow.
func (p *Renderer) Show(w http.ResponseWriter, page *template.Template, status int, next string, data any) {
	h := w.Header()
	h.Set("X-Frame-Options", "DENY")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action "+
		strings.TrimSpace("'self' "+issuer.Origin(next))+"; frame-ancestors 'none'; base-uri 'none'")
	p.Write(w, page, status, data)
}

// Write shows a page without any policy.
func (p *Renderer) Write(w http.ResponseWriter, page *template.Template, status int, data any) {
	var body bytes.Buffer
	if err := page.Execute(&body, data); err != nil {
		p.log.Error("render page", "page", page.Name(), "error", err)
		http.Error(w, "the page could not be shown", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	reply.NoStore(w)
	w.WriteHeader(status)
	body.WriteTo(w) // fails only if the client is gone
}

type message struct{ Title, Text string }

// Message shows a page that only tells something.
func (p *Renderer) Message(w http.ResponseWriter, status int, title, text string) {
	p.Show(w, messagePage, status, "", message{title, text})
}

// NotFound says that there is no such page.
func (p *Renderer) NotFound(w http.ResponseWriter, _ *http.Request) {
	p.Message(w, http.StatusNotFound, "Not found", "The tenant has no such page.")
}

// Fail logs an error that no person can do anything about, and says so.
func (p *Renderer) Fail(w http.ResponseWriter, doing string, err error) {
	p.log.Error(doing, "error", err)
	p.Message(w, http.StatusInternalServerError, "Something went wrong",
		"The tenant could not do this. Go back and try again.")
}
