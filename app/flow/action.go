package flow

import (
	"encoding/json"
	"errors"
)

// ErrNoAction is returned when no action waits, or none that may still go on.
//
//sentence:none the page then does nothing
var ErrNoAction = errors.New("no action is waiting")

// ActionKind is a kind of [Action].
//
//sentence:none the work that follows is told
type ActionKind string

// The kinds of actions.
const (
	// LinkAction links the [Wanted] account.
	LinkAction ActionKind = "link"
	// UnlinkAction unlinks an identity.
	UnlinkAction ActionKind = "unlink"
)

// Action is a link or an unlink that waits while the person is at the tenant to prove who
// they are.
type Action struct {
	// Kind says which of the two.
	Kind ActionKind `json:"kind"`
	// Data is the JSON of what it is about: the [Wanted] account of a link, or provider
	// and user_id of the identity to unlink, as in [management.Identity].
	Data json.RawMessage `json:"data,omitempty"`
}

// actionOf makes an action. What it is about is a struct of strings, which json always
// writes.
func actionOf(kind ActionKind, about any) Action {
	data, _ := json.Marshal(about)
	return Action{Kind: kind, Data: data}
}
