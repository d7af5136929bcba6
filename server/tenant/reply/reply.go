// Package reply writes HTTP answers: [JSON] writes a body, [NoStore] forbids to
// cache it, and [Writer] tells of the status just before an answer leaves.
package reply

import (
	"encoding/json"
	"net/http"
)

// JSON answers with the status and with v as JSON, in which <, > and & are not
// escaped.
func JSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.Encode(v) // fails only if the client is gone
}

// NoStore forbids every cache to store the answer (RFC 9111, section 5.2.2.5).
func NoStore(w http.ResponseWriter) { w.Header().Set("Cache-Control", "no-store") }
