package ui

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"twinlock/app/linking"
	"twinlock/app/lock"
	"twinlock/app/management"
	"twinlock/app/oidc"
	"twinlock/app/session"
)

// wanted is the account that a login is asked for because the person has named
// it before; the zero value stands for any.
type wanted struct {
	Subject    string `json:"subject,omitempty"`
	Connection string `json:"connection,omitempty"`
	Email      string `json:"email,omitempty"`
}

// wantedOf asks for an account again. Its tenant may know it as part of another
// profile by now.
func wantedOf(a linking.Account) wanted { return wanted{a.Subject, a.Connection, a.Email} }

// secondLogin is the account that a login of the linking lock was of.
func secondLogin(r *oidc.Result) wanted {
	return wanted{r.Claims.Subject, r.Transaction.Connection, r.Claims.Email}
}

func (w wanted) label() string { return shorten(firstOf(w.Email, w.Subject)) }

// wantedError is a failure after which the account that was wanted is wanted
// still.
type wantedError struct {
	error
	wanted wanted
}

func (e *wantedError) Unwrap() error { return e.error }

// errSecond: the tenant no longer takes the second account's tokens, or does not
// know it any more. It says nothing about the account that is signed in.
var errSecond = errors.New("the second account")

// ofSecond has such an error told as the second account's, which is then wanted
// still. Any other stays as it is.
func ofSecond(err error, w wanted) error {
	for _, kind := range []error{management.ErrUnauthorized, management.ErrExpiredToken, management.ErrNoUser} {
		if errors.Is(err, kind) {
			return &wantedError{fmt.Errorf("%w: %w", errSecond, err), w}
		}
	}
	return err
}

// askFor sends the person to sign in to an account that they have named.
func (h *Home) askFor(w wanted) {
	ctx := context.Background()
	if data, err := json.Marshal(w); err == nil {
		// Sealed, since its address outlasts the page. Where it cannot be kept it is
		// told by its id.
		_ = h.parts.pending.Put(ctx, h.parts.session.Subject(), session.Action{Kind: actionLink, Data: data})
	}
	h.parts.link.LoginAs(w.Connection, w.Email, w.Subject)
}

// askedFor is the account that a login was asked for.
func (h *Home) askedFor(ctx context.Context, tx oidc.Transaction) wanted {
	w := wanted{Subject: tx.Expected, Connection: tx.Connection}
	if w.Subject == "" {
		return w
	}
	var kept wanted
	action, err := h.parts.pending.Take(ctx, h.parts.session.Subject())
	if err == nil && json.Unmarshal(action.Data, &kept) == nil && kept.Subject == w.Subject {
		return kept
	}
	return w
}

// signInTo ends the session here and signs in to another account, to link from
// there: it belongs to a profile of its own.
func (h *Home) signInTo(w wanted) {
	h.run(h.parts.say.SigningOut, nil, func(ctx context.Context) (func(), error) {
		_ = h.parts.session.SignOut(ctx)
		h.parts.move.LoginAs(w.Connection, w.Email, "")
		return func() {
			h.forget()
			h.busy, h.status = true, h.parts.say.SigningIn
		}, nil
	})
}

// moveFailed tells that such a sign-in could not begin.
func (h *Home) moveFailed(n lock.Notice) { h.brokenOff(n.Err) }

// brokenOff tells why a login that began by itself has come to nothing.
func (h *Home) brokenOff(err error) {
	h.update(func() {
		h.busy, h.status = false, ""
		h.fail(err, nil)
	})
}
