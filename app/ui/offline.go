package ui

import (
	"context"
	"errors"
	"fmt"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"twinlock/app/browser"
	"twinlock/app/management"
	"twinlock/app/offline"
	"twinlock/app/platform"
	"twinlock/app/session"
	"twinlock/app/text"
	"twinlock/app/words"
)

// keepCopy keeps the profile for looking at without a network, unless the person
// has signed out meanwhile.
func (h *Home) keepCopy(ctx context.Context, u management.User) {
	_ = h.parts.session.While(ctx, u.ID, func(ctx context.Context) error { return h.parts.offline.Keep(ctx, u) })
}

// changed makes a change of the profile known: to the other tabs, and for looking
// at without a network.
func (h *Home) changed(ctx context.Context, u management.User) {
	h.keepCopy(ctx, u)
	h.parts.session.Updated()
}

// copyFor is the profile to show in place of the one that could not be read: the
// one on the page, or the one of an earlier visit.
func (h *Home) copyFor(ctx context.Context, subject string, err error) (offline.Copy, bool) {
	if !errors.Is(err, platform.ErrNetwork) && !errors.Is(err, context.DeadlineExceeded) {
		return offline.Copy{}, false
	}
	last, err := h.parts.offline.Last(ctx, subject)
	return last, err == nil
}

// showCopy shows a profile as it was.
func (h *Home) showCopy(c offline.Copy) {
	h.show(c.User, "")
	h.asOf = c.Read
}

// reconnected follows the browser's word on the network.
func (h *Home) reconnected() {
	h.update(func() {
		h.unconnected = !browser.Online()
		if h.unconnected || h.phase != ready || h.engaged() {
			return
		}
		if h.parts.session.Subject() != "" {
			h.load("")
			return
		}
		// What was shown is of a session that has run out.
		h.forget()
		h.fail(session.ErrExpired, nil)
	})
}

const asOfID = "as-of"

// asItWas says that the profile may have changed since, and what cannot be done.
func (h *Home) asItWas() app.UI {
	if h.busy || h.asOf.IsZero() && !h.unconnected {
		return app.Div().Hidden(true)
	}
	say := h.parts.say
	sentence := say.NotConnected
	if !h.asOf.IsZero() {
		sentence = text.Fill(say.AsOf, "time", browser.FormatTime(h.asOf, say.Language))
	}
	return app.P().ID(asOfID).TabIndex(-1).Class("notice notice-quiet").Body(words.Of(sentence))
}

// refuseOffline tells whether what the person asks for needs a network that is
// not there, and tells the person. Nothing is queued: what it would have done
// might be wrong by the time it is.
func (h *Home) refuseOffline() bool {
	if h.asOf.IsZero() && browser.Online() {
		return false
	}
	h.fail(fmt.Errorf("%w: nothing was sent", platform.ErrNetwork), h.reload)
	h.update(func() { h.focus = asOfID }) // or a phone would not show why
	return true
}
