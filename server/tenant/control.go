package tenant

import (
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"twinlock/server/tenant/decode"
	"twinlock/server/tenant/directory"
	"twinlock/server/tenant/fault"
	"twinlock/server/tenant/reply"
)

// controlPath is where the emulator is steered and inspected.
const controlPath = "/_emulator/"

// control serves the endpoints under controlPath. Avatars are for everyone, all
// else is for programs and people on this machine.
func (t *Tenant) control() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /_emulator/reset", t.reset)
	mux.HandleFunc("POST /_emulator/faults", t.addFault)
	mux.HandleFunc("DELETE /_emulator/faults", t.clearFaults)
	mux.HandleFunc("POST /_emulator/keys/rotate", t.rotateKeys)
	mux.HandleFunc("GET /_emulator/requests", t.listRequests)
	mux.HandleFunc("GET /_emulator/users", t.listUsers)
	mux.HandleFunc("DELETE /_emulator/users/{id}", t.removeUser)
	mux.HandleFunc("GET /_emulator/outbox", t.showOutbox)
	mux.HandleFunc("GET /_emulator/users/{id}", t.showUser)
	mux.HandleFunc("GET /_emulator/{$}", t.showUsers)
	mux.HandleFunc("/", t.notFound)

	bounded := http.NewServeMux()
	bounded.Handle("POST /_emulator/users", http.MaxBytesHandler(http.HandlerFunc(t.putUsers), maxFile))
	bounded.Handle("/", http.MaxBytesHandler(mux, maxBody))

	all := http.NewServeMux()
	all.HandleFunc("GET /_emulator/avatars/{file}", t.avatar)
	all.Handle("/", thisMachineOnly(http.NewCrossOriginProtection().Handler(bounded)))
	return all
}

// thisMachineOnly refuses peers from elsewhere, names that others can give to this
// machine (DNS rebinding), and what a proxy on this machine hands on from others.
func thisMachineOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !isLoopback(r.RemoteAddr) || !isLoopbackName(r.Host) || isForwarded(r.Header) {
			http.Error(w, "the emulator is controlled from its own machine only, by a loopback name and past no proxy", http.StatusForbidden)
			return
		}
		reply.NoStore(w)
		next.ServeHTTP(w, r)
	})
}

// isLoopback tells whether a peer's address is of this machine.
func isLoopback(remote string) bool {
	peer, err := netip.ParseAddrPort(remote)
	return err == nil && peer.Addr().Unmap().IsLoopback()
}

// isLoopbackName tells whether a Host header can mean nothing but this machine.
func isLoopbackName(host string) bool {
	name := strings.ToLower((&url.URL{Host: host}).Hostname())
	return name == "localhost" || strings.HasSuffix(name, ".localhost") || net.ParseIP(name).IsLoopback()
}

// isForwarded tells whether a proxy says that it stands between.
func isForwarded(h http.Header) bool {
	for name := range h {
		if name == "Forwarded" || name == "Via" || name == "X-Real-Ip" || strings.HasPrefix(name, "X-Forwarded-") {
			return true
		}
	}
	return false
}

// reset restores the seeded users and forgets everything else but the keys.
func (t *Tenant) reset(w http.ResponseWriter, _ *http.Request) {
	t.faults.Stop()
	if err := t.directory.Reset(); err != nil {
		t.log.Error("reset", "error", err)
		http.Error(w, "the users could not be restored", http.StatusInternalServerError)
		return
	}
	t.storage.forget()
	t.requests.Clear()
	t.attempts.failed.Clear()
	t.outbox.clear()
	t.bucket.refill()
	w.WriteHeader(http.StatusNoContent)
}

func (t *Tenant) addFault(w http.ResponseWriter, r *http.Request) {
	f, err := fault.Parse(r.Body)
	if err == nil {
		err = t.faults.Add(f)
	}
	if err != nil {
		http.Error(w, "fault: "+err.Error(), http.StatusBadRequest)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (t *Tenant) clearFaults(w http.ResponseWriter, _ *http.Request) {
	t.faults.Clear()
	w.WriteHeader(http.StatusNoContent)
}

func (t *Tenant) rotateKeys(w http.ResponseWriter, r *http.Request) {
	var options struct {
		Drop bool `json:"drop"` // the old keys: their tokens stop verifying
	}
	if err := readStrict(r.Body, &options); err != nil && !errors.Is(err, io.EOF) {
		http.Error(w, "rotate: "+err.Error(), http.StatusBadRequest)
		return
	}
	key, err := t.keys.Rotate(options.Drop)
	if err != nil {
		t.log.Error("rotate keys", "error", err)
		http.Error(w, "the key could not be rotated", http.StatusInternalServerError)
		return
	}
	reply.JSON(w, http.StatusOK, map[string]string{"kid": key.ID()})
}

func (t *Tenant) listRequests(w http.ResponseWriter, _ *http.Request) {
	reply.JSON(w, http.StatusOK, t.requests.List())
}

func (t *Tenant) listUsers(w http.ResponseWriter, _ *http.Request) {
	users := []directory.Representation{}
	for _, u := range t.directory.List() {
		users = append(users, u.Represent())
	}
	reply.JSON(w, http.StatusOK, users)
}

// putUsers takes a document, or a list of them. One that is wrong spoils all.
func (t *Tenant) putUsers(w http.ResponseWriter, r *http.Request) {
	documents, err := readDocuments(r.Body)
	if err == nil {
		err = t.directory.Put(documents)
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

func (t *Tenant) removeUser(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	if err := t.directory.Remove(id); errors.Is(err, directory.ErrNoUser) {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	} else if err != nil {
		t.log.Error("remove user", "error", err)
		http.Error(w, "the user could not be removed", http.StatusInternalServerError)
		return
	}
	t.storage.revokeSubject(id)
	w.WriteHeader(http.StatusNoContent)
}

// readStrict reads one JSON value without unknown fields.
func readStrict(body io.Reader, v any) error {
	d := json.NewDecoder(body)
	d.DisallowUnknownFields()
	return decode.One(d, v)
}
