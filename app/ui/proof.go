package ui

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"twinlock/app/lock"
	"twinlock/app/management"
	"twinlock/app/oidc"
	"twinlock/app/session"
)

// The actions that wait while the person proves who they are.
const (
	actionLink   = "link"
	actionUnlink = "unlink"
)

// errOtherPerson: the person who was to prove who they are is somebody else.
var errOtherPerson = errors.New("another account answered than the one that is signed in")

// fresh tells whether the person has proven just now who they are, or at most
// so much longer ago.
func (h *Home) fresh(more time.Duration) bool {
	account, ok := h.parts.session.Account()
	return ok && account.Fresh(time.Now(), h.parts.maxAuthAge()+more)
}

// prove has the person sign in once more, to the account they are signed in
// with. The action goes on by itself when they are back, once.
func (h *Home) prove(kind string, about any) {
	connection := ""
	if primary, ok := h.user.Primary(); ok {
		connection = primary.Connection
	}
	hint := h.user.Email
	h.run(h.parts.say.ProveYou, nil, func(ctx context.Context) (func(), error) {
		data, err := json.Marshal(about)
		if err != nil {
			return nil, err
		}
		// Where it cannot be kept the person repeats the click: that is all.
		_ = h.parts.pending.Put(ctx, h.parts.session.Subject(), session.Action{Kind: kind, Data: data})
		h.parts.proof.LoginAs(connection, hint, "")
		return func() { h.busy, h.status = true, h.parts.say.ProveYou }, nil
	})
}

// proved takes up the action that waited.
func (h *Home) proved(n lock.Notice) {
	if n.Purpose != purposeProof {
		return
	}
	ctx := context.Background()
	if err := h.parts.session.Renew(ctx, n.Result.Tokens, n.Result.Claims); errors.Is(err, session.ErrOtherSubject) || errors.Is(err, session.ErrSignedOut) {
		// Nothing waits for the next proof: it goes on only if the person says so.
		action, err := h.parts.pending.Take(ctx, h.parts.session.Subject())
		var again func()
		if err == nil {
			again = func() { h.prove(action.Kind, action.Data) }
		}
		h.update(func() { h.fail(errOtherPerson, again) })
		return
	}
	action, err := h.parts.pending.Take(ctx, h.parts.session.Subject())
	h.update(func() {
		if err != nil {
			h.load("")
			return
		}
		h.phase = loading
		h.loadThen(h.parts.say.ProvedYou, func() { h.goOn(action) })
	})
}

func (h *Home) goOn(action session.Action) {
	if !h.fresh(0) { // never a proof after a proof: clocks that differ would make it go round for ever
		h.fail(oidc.ErrAuthTime, nil)
		return
	}
	switch action.Kind {
	case actionLink:
		var w wanted
		_ = json.Unmarshal(action.Data, &w)
		h.linkTo(w)
	case actionUnlink:
		var named management.Identity
		_ = json.Unmarshal(action.Data, &named)
		for _, identity := range h.user.Linked() {
			if identity.Same(named) {
				h.unlink(identity)
			}
		}
	}
}

// proofFailed drops the action: nothing is left that could go on later.
func (h *Home) proofFailed(n lock.Notice) {
	if n.Purpose != purposeProof {
		return
	}
	_ = h.parts.pending.Drop(context.Background())
	h.brokenOff(n.Err)
}
