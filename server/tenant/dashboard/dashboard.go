// Package dashboard shows in a browser what a tenant holds: a [Dashboard] has pages of
// its users, of the messages that it would have sent, and of the states that it can be in.
package dashboard

import (
	"embed"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"twinlock/server/tenant/account"
	"twinlock/server/tenant/directory"
	"twinlock/server/tenant/page"
	"twinlock/server/tenant/reply"
	"twinlock/server/tenant/state"
)

//go:embed *.html
var files embed.FS

var (
	templates  = page.Parse(files)
	outboxPage = templates.Page("outbox")
	statesPage = templates.Page("states")
	userPage   = templates.Page("user")
	usersPage  = templates.Page("users")
)

// A Dashboard shows a tenant. All fields must be set.
type Dashboard struct {
	// Host is that of the tenant, which the pages call it.
	Host     string
	Users    *directory.Directory
	Accounts *account.Service
	Renderer *page.Renderer
	States   state.Tenant
	// Reset restores the seeded users and forgets everything else but the keys.
	Reset func() error
}

// Register adds the pages to the mux.
func (d *Dashboard) Register(mux *http.ServeMux) {
	mux.HandleFunc("GET /_emulator/{$}", d.showUsers)
	mux.HandleFunc("GET /_emulator/users/{id}", d.showUser)
	mux.HandleFunc("GET /_emulator/outbox", d.showOutbox)
	mux.HandleFunc("POST /_emulator/outbox", d.receiveMessage)
	mux.HandleFunc("GET /_emulator/states", d.showStates)
	mux.HandleFunc("POST /_emulator/states/{name}", d.enterState)
	mux.HandleFunc("POST /_emulator/states/reset", d.leaveState)
}

// userData is what the templates see of a user.
type userData struct {
	directory.Representation
	Connections string // their names
	Metadata    string // as JSON
	Raw         string // the identities, as JSON
	OTP         string // the one-time code of now
}

func newUserData(u *directory.User) userData {
	data := userData{Representation: u.Represent(), Metadata: "{}"}
	var names []string
	for _, i := range u.Identities {
		names = append(names, i.Connection)
	}
	data.Connections = strings.Join(names, ", ")
	if len(u.Metadata) > 0 {
		data.Metadata = indented(u.Metadata)
	}
	data.Raw = indented(data.Identities)
	return data
}

func indented(v any) string {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err.Error()
	}
	return string(text)
}

func (d *Dashboard) showUsers(w http.ResponseWriter, _ *http.Request) {
	data := struct {
		Tenant string
		Users  []userData
	}{Tenant: d.Host}
	for _, u := range d.Users.List() {
		data.Users = append(data.Users, newUserData(u))
	}
	d.Renderer.Show(w, usersPage, http.StatusOK, "", data)
}

func (d *Dashboard) showUser(w http.ResponseWriter, r *http.Request) {
	u := d.Users.Get(r.PathValue("id"))
	if u == nil {
		d.Renderer.Message(w, http.StatusNotFound, "The user does not exist", "It may have been linked to another user.")
		return
	}
	data := newUserData(u)
	data.OTP = d.Accounts.OTP(u)
	d.Renderer.Show(w, userPage, http.StatusOK, "", data)
}

// showOutbox shows the messages that Auth0 would have sent, to programs as JSON.
func (d *Dashboard) showOutbox(w http.ResponseWriter, r *http.Request) {
	messages := d.Accounts.Messages()
	if !strings.Contains(r.Header.Get("Accept"), "text/html") {
		reply.JSON(w, http.StatusOK, messages)
		return
	}
	slices.Reverse(messages)
	d.Renderer.Show(w, outboxPage, http.StatusOK, "", struct {
		Tenant   string
		Messages []account.Message
	}{d.Host, messages})
}
