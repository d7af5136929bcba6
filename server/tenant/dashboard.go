package tenant

import (
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"twinlock/server/tenant/directory"
	"twinlock/server/tenant/reply"
)

// userPage is what the templates of the dashboard see of a user.
type userPage struct {
	directory.Representation
	Connections string
	Metadata    string // as JSON
	Raw         string // the identities, as JSON
}

func (t *Tenant) showUsers(w http.ResponseWriter, _ *http.Request) {
	page := struct {
		Tenant string
		Users  []userPage
	}{Tenant: t.issuer.Host()}
	for _, u := range t.directory.List() {
		page.Users = append(page.Users, newUserPage(u))
	}
	t.page(w, http.StatusOK, "", "users", page)
}

func (t *Tenant) showUser(w http.ResponseWriter, r *http.Request) {
	u := t.directory.Get(r.PathValue("id"))
	if u == nil {
		t.errorPage(w, http.StatusNotFound, "The user does not exist", "It may have been linked to another user.")
		return
	}
	t.page(w, http.StatusOK, "", "user", newUserPage(u))
}

func newUserPage(u *directory.User) userPage {
	p := userPage{Representation: u.Represent(), Metadata: "{}"}
	var names []string
	for _, i := range u.Identities {
		names = append(names, i.Connection)
	}
	p.Connections = strings.Join(names, ", ")
	if len(u.Metadata) > 0 {
		p.Metadata = indented(u.Metadata)
	}
	p.Raw = indented(p.Identities)
	return p
}

func indented(v any) string {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// showOutbox shows the messages that the vendor would have sent.
func (t *Tenant) showOutbox(w http.ResponseWriter, r *http.Request) {
	messages := t.outbox.list()
	if !strings.Contains(r.Header.Get("Accept"), "text/html") {
		reply.JSON(w, http.StatusOK, messages)
		return
	}
	slices.Reverse(messages)
	t.page(w, http.StatusOK, "", "outbox", struct {
		Tenant   string
		Messages []mailing
	}{t.issuer.Host(), messages})
}

// avatar draws the picture of an account: its initials.
func (t *Tenant) avatar(w http.ResponseWriter, r *http.Request) {
	name, ok := t.directory.NameOf(t.issuer.URL() + strings.TrimPrefix(r.URL.EscapedPath(), "/"))
	if !ok {
		t.notFound(w, r)
		return
	}
	first, rest, _ := strings.Cut(name, " ")
	w.Header().Set("Content-Type", "image/svg+xml")
	w.Header().Set("Cache-Control", "public, max-age=3600")
	w.Header().Set("Content-Security-Policy", "default-src 'none'")
	w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
	fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96"><rect width="96" height="96" fill="#5b6472"/>`+
		`<text x="48" y="60" font-family="system-ui,sans-serif" font-size="36" fill="#fff" text-anchor="middle">%s</text></svg>`,
		html.EscapeString(strings.ToUpper(initial(first)+initial(rest))))
}

func initial(name string) string {
	_, size := utf8.DecodeRuneInString(name)
	return name[:size]
}
