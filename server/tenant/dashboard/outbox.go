package dashboard

import (
	"encoding/json"
	"net/http"

	"twinlock/server/tenant/decode"
)

// receiveMessage takes a message as a service for e-mail does, so that code of a tenant's
// operator has where to send it.
// https://resend.com/docs/api-reference/emails/send-email
func (d *Dashboard) receiveMessage(w http.ResponseWriter, r *http.Request) {
	var message struct {
		To, Subject, Text string
	}
	if err := decode.One(json.NewDecoder(r.Body), &message); err != nil || message.To == "" {
		http.Error(w, "outbox: the body must have to, subject and text", http.StatusBadRequest)
		return
	}
	d.Accounts.Receive(message.To, message.Subject, message.Text)
	w.WriteHeader(http.StatusNoContent)
}
