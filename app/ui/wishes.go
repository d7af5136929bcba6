package ui

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"twinlock/app/flow"
	"twinlock/app/linking"
	"twinlock/app/management"
)

// accountsHeading is the id of the heading that gets the focus when what had it has gone.
const accountsHeading = "accounts-heading"

// wishes passes on what the person asks for. Each wish is about the state that was drawn
// when they pressed, which may be older than the flow's. Each is a method, because go-app
// tells handlers apart by their code: two functions of one line would be the same to it.
type wishes struct {
	flow  *flow.Flow
	drawn *flow.State
	// changed is called after each wish.
	changed func(app.Context)
	// moveFocus moves the focus to the element with an id.
	moveFocus func(id string)
}

func (w wishes) signIn(ctx app.Context, _ app.Event)  { w.flow.SignIn(); w.changed(ctx) }
func (w wishes) signOut(ctx app.Context, _ app.Event) { w.flow.SignOut(); w.changed(ctx) }
func (w wishes) link(ctx app.Context, _ app.Event)    { w.flow.Link(); w.changed(ctx) }
func (w wishes) refresh(ctx app.Context, _ app.Event) { w.flow.Refresh(); w.changed(ctx) }
func (w wishes) stop(ctx app.Context, _ app.Event)    { w.flow.Stop(); w.changed(ctx) }

func (w wishes) followReferral(ctx app.Context, _ app.Event) {
	w.flow.FollowReferral()
	w.changed(ctx)
}

// dropReferral removes what is asked for, and moves the focus from where it was.
func (w wishes) dropReferral(ctx app.Context, _ app.Event) {
	w.flow.DropReferral()
	w.changed(ctx)
	w.moveFocus(w.afterNotice())
}

func (w wishes) follow(ctx app.Context, _ app.Event) {
	w.flow.Follow(w.drawn.Notice.Number)
	w.changed(ctx)
}

// dismiss removes the notice, and moves the focus from where it was.
func (w wishes) dismiss(ctx app.Context, _ app.Event) {
	w.flow.Dismiss(w.drawn.Notice.Number)
	w.changed(ctx)
	w.moveFocus(w.afterNotice())
}

// afterNotice is the id of what comes next when something above it has gone.
func (w wishes) afterNotice() string {
	if w.drawn.SignedIn() {
		return accountsHeading
	}
	return "btn-login"
}

func (w wishes) saveLeftover(ctx app.Context, _ app.Event) {
	w.flow.SaveLeftover(w.drawn.Notice.Number)
	w.changed(ctx)
}

func (w wishes) saveHistory(ctx app.Context, _ app.Event) { w.flow.SaveHistory(); w.changed(ctx) }

func (w wishes) saveCopy(ctx app.Context, _ app.Event) {
	w.flow.SaveCopy(w.drawn.Question.Number)
	w.changed(ctx)
}

func (w wishes) swap(ctx app.Context, _ app.Event) {
	w.flow.Swap(w.drawn.Question.Version)
	w.changed(ctx)
}

func (w wishes) cancel(ctx app.Context, _ app.Event) {
	w.flow.Cancel(w.drawn.Question.Number)
	w.changed(ctx)
}

func (w wishes) confirm(ctx app.Context, version int) {
	w.flow.Confirm(version)
	w.changed(ctx)
}

func (w wishes) choose(ctx app.Context, key string, c linking.Choice) {
	w.flow.Choose(w.drawn.Question.Number, key, c)
	w.changed(ctx)
}

func (w wishes) unlink(ctx app.Context, i management.Identity) {
	w.flow.Unlink(i)
	w.changed(ctx)
}
