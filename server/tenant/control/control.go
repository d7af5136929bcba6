// Package control steers and inspects a tenant: [Control] serves the endpoints under
// [Path] for programs and people on this machine.
package control

import (
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"

	"twinlock/server/tenant/decode"
	"twinlock/server/tenant/directory"
	"twinlock/server/tenant/fault"
	"twinlock/server/tenant/keyring"
	"twinlock/server/tenant/reply"
	"twinlock/server/tenant/requestlog"
)

// Path is where the endpoints are.
const Path = "/_emulator/"

// Grants are what clients were given on behalf of users.
type Grants interface {
	// RevokeSubject ends the grants of a user that has been removed.
	RevokeSubject(userID string)
}

// Control serves the endpoints. All fields must be set.
type Control struct {
	Users    *directory.Directory
	Keys     *keyring.Ring
	Faults   *fault.Queue
	Requests *requestlog.Log
	Grants   Grants
	// Reset restores the seeded users and forgets everything else but the keys.
	Reset func() error
	// Dashboard adds the pages under Path to a mux.
	Dashboard func(*http.ServeMux)
	// Avatars serves the pictures below Path + "avatars/", for everyone.
	Avatars http.Handler
	// NotFound answers for everything else.
	NotFound http.HandlerFunc
	// MaxBody bounds bodies, MaxDocuments those of user documents, in bytes.
	MaxBody, MaxDocuments int64
	Log                   *slog.Logger
}

// Handler serves the endpoints. It refuses everyone who is not on this machine.
func (c *Control) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /_emulator/reset", c.reset)
	mux.HandleFunc("POST /_emulator/faults", c.addFault)
	mux.HandleFunc("DELETE /_emulator/faults", c.clearFaults)
	mux.HandleFunc("POST /_emulator/keys/rotate", c.rotateKeys)
	mux.HandleFunc("GET /_emulator/requests", c.listRequests)
	mux.HandleFunc("GET /_emulator/users", c.listUsers)
	mux.HandleFunc("DELETE /_emulator/users/{id}", c.removeUser)
	c.Dashboard(mux)
	mux.HandleFunc("/", c.NotFound)

	bounded := http.NewServeMux()
	bounded.Handle("POST /_emulator/users", http.MaxBytesHandler(http.HandlerFunc(c.putUsers), c.MaxDocuments))
	bounded.Handle("/", http.MaxBytesHandler(mux, c.MaxBody))

	all := http.NewServeMux()
	all.Handle("GET /_emulator/avatars/{file}", c.Avatars)
	all.Handle("/", thisMachineOnly(http.NewCrossOriginProtection().Handler(bounded)))
	return all
}

func (c *Control) reset(w http.ResponseWriter, _ *http.Request) {
	if err := c.Reset(); err != nil {
		c.Log.Error("reset", "error", err)
		http.Error(w, "the users could not be restored", http.StatusInternalServerError)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (c *Control) addFault(w http.ResponseWriter, r *http.Request) {
	f, err := fault.Parse(r.Body)
	if err == nil {
		err = c.Faults.Add(f)
	}
	if err != nil {
		http.Error(w, "fault: "+err.Error(), http.StatusBadRequest)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (c *Control) clearFaults(w http.ResponseWriter, _ *http.Request) {
	c.Faults.Clear()
	w.WriteHeader(http.StatusNoContent)
}

func (c *Control) rotateKeys(w http.ResponseWriter, r *http.Request) {
	var options struct {
		Drop bool `json:"drop"` // the old keys: their tokens no longer verify
	}
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	if err := decode.One(d, &options); err != nil && !errors.Is(err, io.EOF) {
		http.Error(w, "rotate: "+err.Error(), http.StatusBadRequest)
		return
	}
	key, err := c.Keys.Rotate(options.Drop)
	if err != nil {
		c.Log.Error("rotate keys", "error", err)
		http.Error(w, "the key could not be rotated", http.StatusInternalServerError)
		return
	}
	reply.JSON(w, http.StatusOK, map[string]string{"kid": key.ID()})
}

func (c *Control) listRequests(w http.ResponseWriter, _ *http.Request) {
	reply.JSON(w, http.StatusOK, c.Requests.List())
}

func (c *Control) listUsers(w http.ResponseWriter, _ *http.Request) {
	users := []directory.Representation{}
	for _, u := range c.Users.List() {
		users = append(users, u.Represent())
	}
	reply.JSON(w, http.StatusOK, users)
}

// putUsers adds a document, or a list of them. If one is wrong none is added.
func (c *Control) putUsers(w http.ResponseWriter, r *http.Request) {
	documents, err := readDocuments(r.Body)
	if err == nil {
		err = c.Users.Put(documents)
	}
	switch {
	case err == nil:
		w.WriteHeader(http.StatusNoContent)
	case errors.Is(err, directory.ErrTaken) || errors.Is(err, directory.ErrFull):
		http.Error(w, "users: "+err.Error(), http.StatusConflict)
	default:
		http.Error(w, "users: "+err.Error(), http.StatusBadRequest)
	}
}

func readDocuments(body io.Reader) ([]json.RawMessage, error) {
	data, err := io.ReadAll(body)
	if err != nil {
		return nil, err
	}
	var documents []json.RawMessage
	if json.Unmarshal(data, &documents) != nil || documents == nil {
		documents = []json.RawMessage{data}
	}
	return documents, nil
}

func (c *Control) removeUser(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	if err := c.Users.Remove(id); errors.Is(err, directory.ErrNoUser) {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	} else if err != nil {
		c.Log.Error("remove user", "error", err)
		http.Error(w, "the user could not be removed", http.StatusInternalServerError)
		return
	}
	c.Grants.RevokeSubject(id)
	w.WriteHeader(http.StatusNoContent)
}
