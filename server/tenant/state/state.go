// Package state has the states that people may meet the app in: a [State] is data, and
// [Tenant.Enter] brings a tenant into it.
package state

import (
	"encoding/json"
	"slices"
	"time"

	"twinlock/server/tenant/directory"
	"twinlock/server/tenant/fault"
)

// A State is what a tenant holds and does wrong, and what a person then sees.
type State struct {
	// Name is in the address of its button, and of its pictures.
	Name string `json:"name"`
	// Label is on the button.
	Label string `json:"label"`
	// See says what one does then, and what one sees.
	See string `json:"see"`
	// Account is the one to sign in to, by its e-mail address.
	Account string `json:"account"`
	// SignIn: it shows when one signs in, not on the page of the account.
	SignIn bool `json:"sign_in"`

	// documents take the places of the seeded users with their ids.
	documents []string
	// removed are the ids of the users that are gone.
	removed []string
	// faults are what goes wrong from that moment on.
	faults func(now time.Time) []fault.Fault
}

// Find returns the state of that name, false if there is none.
func Find(name string) (State, bool) {
	at := slices.IndexFunc(all, func(s State) bool { return s.Name == name })
	if at < 0 {
		return State{}, false
	}
	return all[at], true
}

// All returns the states in the order to show them in.
func All() []State { return slices.Clone(all) }

// A Tenant is what states change. All fields must be set.
type Tenant struct {
	Users  *directory.Directory
	Faults *fault.Queue
	// Revoke ends the grants of a user that is gone.
	Revoke func(userID string)
	Now    func() time.Time
}

// Enter brings the tenant into the state, out of whichever it was in. Who is signed in
// stays so: most states are met by people who are.
func (t Tenant) Enter(s State) error {
	t.Faults.Stop()
	if err := t.Users.Reset(); err != nil {
		return err
	}
	var documents []json.RawMessage
	for _, d := range s.documents {
		documents = append(documents, json.RawMessage(d))
	}
	if err := t.Users.Put(documents); err != nil {
		return err
	}
	for _, id := range s.removed {
		if err := t.Users.Remove(id); err != nil {
			return err
		}
		t.Revoke(id)
	}
	if s.faults == nil {
		return nil
	}
	for _, f := range s.faults(t.Now()) {
		if err := t.Faults.Add(f); err != nil {
			return err
		}
	}
	return nil
}
