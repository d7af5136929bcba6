// Package avatar draws pictures for accounts that have none: [URL] is where one is,
// and a [Painter] serves it.
package avatar

import (
	"cmp"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"strings"
	"unicode"

	"twinlock/app/inert"
)

// Path is below which a Painter must answer.
const Path = "/_emulator/avatars/"

// URL returns the address of the picture for an account of that name at the issuer, a
// URL with a trailing slash.
func URL(issuer, name string) string {
	words := strings.FieldsFunc(strings.ToLower(name),
		func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return issuer + Path[1:] + url.PathEscape(cmp.Or(strings.Join(words, "-"), "account")) + ".svg"
}

// Accounts knows whose pictures there are.
type Accounts interface {
	// NameOf returns the name of an account with that picture, false if there is none.
	NameOf(picture string) (name string, ok bool)
}

// A Painter serves the initials of accounts as pictures.
type Painter struct {
	// Issuer is the tenant's URL with a trailing slash.
	Issuer   string
	Accounts Accounts
	// NotFound answers for pictures that no account has.
	NotFound http.HandlerFunc
}

// ServeHTTP implements http.Handler.
func (p Painter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name, ok := p.Accounts.NameOf(p.Issuer + strings.TrimPrefix(r.URL.EscapedPath(), "/"))
	if !ok {
		p.NotFound(w, r)
		return
	}
	first, rest, _ := strings.Cut(name, " ")
	h := w.Header()
	h.Set("Content-Type", "image/svg+xml")
	h.Set("Cache-Control", "public, max-age=3600")
	h.Set("Content-Security-Policy", "default-src 'none'")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96"><rect width="96" height="96" fill="#5b6472"/>`+
		`<text x="48" y="60" font-family="system-ui,sans-serif" font-size="36" fill="#fff" text-anchor="middle">%s</text></svg>`,
		html.EscapeString(strings.ToUpper(inert.Initial(first)+inert.Initial(rest))))
}
