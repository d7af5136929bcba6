package flow

import (
	"encoding/json"
	"errors"
)

// ErrNoAction is returned when no action is kept, or none that may go on.
var ErrNoAction = errors.New("no action is waiting")

// ActionKind is what goes on after a proof.
type ActionKind string

// The kinds of actions.
const (
	// LinkAction links the [Wanted] account.
	LinkAction ActionKind = "link"
	// UnlinkAction unlinks an identity.
	UnlinkAction ActionKind = "unlink"
)

// Action is something that the person has begun and that goes on after a redirect:
// what kind, and what its kind needs to know.
type Action struct {
	Kind ActionKind      `json:"kind"`
	Data json.RawMessage `json:"data,omitempty"`
}
