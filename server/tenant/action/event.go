package action

import (
	"crypto/rand"
	"time"

	"twinlock/server/tenant/directory"
)

// An Event is a message of an event stream: event.message of an event-stream Action. Its
// members are those of Auth0's clients:
// https://auth0.github.io/node-auth0/interfaces/index.Management.EventStreamCloudEventUserUpdatedData.html
type Event struct {
	ID          string `json:"id"`
	Source      string `json:"source"`
	SpecVersion string `json:"specversion"`
	Type        Type   `json:"type"`
	Time        string `json:"time"`
	Data        Data   `json:"data"`
	// Tenant is the name of the tenant.
	Tenant string `json:"a0tenant"`
	// Stream is the id of the event stream.
	Stream string `json:"a0stream"`
	// Purpose is "test" for an event that an operator sends to try the stream.
	Purpose string `json:"a0purpose,omitempty"`
}

// A Type is what has happened.
type Type string

// https://auth0.com/docs/events
const (
	Created Type = "user.created"
	Updated Type = "user.updated"
	Deleted Type = "user.deleted"
)

// Data is a user as it is after the change, and, of an update, before it.
type Data struct {
	Object   directory.Representation  `json:"object"`
	Previous *directory.Representation `json:"previous_object,omitempty"`
}

// stream is the id of the only stream.
const stream = "est_emulatoremulatoremulat"

// NewEvent returns the event of a user's change. Before is nil for a new user, after for
// one that is gone.
func NewEvent(tenant string, before, after *directory.User, at time.Time) Event {
	e := Event{
		ID: "evt_" + rand.Text()[:22], Source: "urn:auth0:" + tenant, SpecVersion: "1.0", Type: Updated,
		Time: directory.Timestamp(at), Tenant: tenant, Stream: stream,
	}
	switch {
	case before == nil:
		e.Type, e.Data.Object = Created, after.Represent()
	case after == nil:
		e.Type, e.Data.Object = Deleted, before.Represent()
	default:
		previous := before.Represent()
		e.Data = Data{after.Represent(), &previous}
	}
	return e
}
