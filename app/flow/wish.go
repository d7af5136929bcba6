package flow

import (
	"context"

	"twinlock/app/linking"
	"twinlock/app/management"
	"twinlock/app/referral"
)

// A wish is about what the person saw when they pressed: number and version are those of
// the notice or the question that was drawn. If it has changed meanwhile, the wish is
// ignored.

// SignIn opens the lock that signs in, if nobody is signed in.
func (f *Flow) SignIn() {
	if f.state.SignedIn() {
		return
	}
	f.state.Notice = Notice{}
	f.deps.Locks.Show(SignIn)
}

// SignOut ends the session here, in the other tabs and at the tenant.
func (f *Flow) SignOut() {
	if f.state.SignedIn() {
		f.DropReferral()
		f.signOut()
	}
}

// Link begins a link: the person chooses the second account next.
func (f *Flow) Link() { f.wish(Work{Kind: Linking}, func() { f.linkTo(Wanted{}) }) }

// Unlink asks whether to unlink an identity.
func (f *Flow) Unlink(identity management.Identity) {
	f.wish(Work{Kind: Unlinking, Identity: identity.ID()}, func() { f.askUnlink(&identity) })
}

// Refresh reads the profile once more in place of the copy that is shown.
func (f *Flow) Refresh() {
	switch {
	case f.state.AsOf.IsZero() || f.state.Phase != Ready || f.state.Engaged():
	case f.deps.Window.Online():
		f.refresh()
	default:
		f.refuseOffline()
	}
}

// Swap changes the question: the other account is then the one that stays.
func (f *Flow) Swap(version int) {
	q := f.state.Question
	if q.Version != version || q.Link == nil {
		return
	}
	if plan, err := q.Link.Plan.Swap(); err == nil {
		f.replan(plan)
	}
}

// Choose changes the question: it decides about one key of the second account's
// user_metadata.
func (f *Flow) Choose(number int, key string, c linking.Choice) {
	if q := f.state.Question; q.Number == number && q.Link != nil {
		f.replan(q.Link.Plan.With(key, c))
	}
}

// replan gives the question about a link another plan.
func (f *Flow) replan(plan linking.Plan) {
	link := *f.state.Question.Link
	link.Plan = plan
	f.asked++
	f.state.Question.Link, f.state.Question.Version = &link, f.asked
}

// Confirm answers the question with yes, if the version is what the person has read.
func (f *Flow) Confirm(version int) {
	q := f.state.Question
	if !q.Open() || q.Version != version {
		return
	}
	f.endQuestion()
	if q.Link != nil {
		f.linkConfirmed(q.Link)
	} else {
		f.unlinkConfirmed(q.Unlink)
	}
}

// Cancel answers the question with no. Nothing is changed.
func (f *Flow) Cancel(number int) {
	if q := f.state.Question; !q.Open() || q.Number != number {
		return
	}
	f.endQuestion()
	f.tell(Notice{Kind: NothingChanged})
	if f.state.outdated {
		f.read(reading{tell: Notice{Kind: UpdatedElsewhere}})
	}
}

// SaveCopy saves what the profile knows of the identity to unlink, as account.json. A question
// hides the notice that it was not saved, and so it ends then.
func (f *Flow) SaveCopy(number int) {
	if q := f.state.Question; q.Number == number && q.Unlink != nil {
		if err := f.save("account.json", linking.Data(*q.Unlink)); err != nil {
			f.endQuestion()
			f.fail(err, Next{Kind: UnlinkAgain, identity: q.Unlink})
		}
	}
}

// Refer shows what an application has sent the person here for. Call it before [Flow.Start].
func (f *Flow) Refer(r referral.Referral) {
	f.state.Referral = &r
	f.referredHere()
}

// FollowReferral begins what the application has asked for, as a press on the page's own
// button would.
func (f *Flow) FollowReferral() {
	switch r := f.state.Referral; {
	case !f.referredOpen() || !f.mayChange():
	case r.Link != "":
		f.linkTo(Wanted{Connection: r.Link, Email: r.LoginHint})
	default:
		if identity := f.state.Referred(); identity != nil {
			f.askUnlink(identity)
		}
	}
}

// Follow takes the next step that a notice offers.
func (f *Flow) Follow(number int) {
	n := f.state.Notice
	if n.Number != number || !f.state.MayFollow() {
		return
	}
	switch next := n.Next; next.Kind {
	case SignInAgain:
		f.SignIn()
	case SignInTo:
		f.signInTo(next.Wanted)
	case ReadAgain:
		f.read(reading{})
	case ReviewAgain:
		f.review(next.second)
	case LinkAgain, LinkSuggested, LinkAnother:
		f.linkTo(next.Wanted)
	case FinishLink:
		f.finishLink(next.Wanted)
	case UnlinkAgain:
		f.askUnlink(next.identity)
	case ProveAgain:
		f.prove(*next.action)
	case SignOutToo:
		f.signOut()
	}
}

// Dismiss removes a notice. An account that it suggests is then not suggested again.
func (f *Flow) Dismiss(number int) {
	n := f.state.Notice
	if n.Number != number || !f.state.MayDismiss() {
		return
	}
	f.state.Notice = Notice{}
	if n.Kind == Suggested {
		f.notMine()
	}
}

// SaveLeftover saves the settings that a link could not take over, as settings.json. They
// are not tried again.
func (f *Flow) SaveLeftover(number int) {
	if n := f.state.Notice; n.Number == number && n.Leftover != nil {
		f.saveLeftover(n.Leftover)
	}
}

// Stop ends the work that is under way, if it waits.
func (f *Flow) Stop() {
	if f.state.Work.Wait.Kind != NoWait {
		f.state.Work.Wait = Wait{}
		f.stop()
	}
}

// SaveHistory saves what this device remembers of the account, as history.json.
func (f *Flow) SaveHistory() {
	f.deps.Go(func() {
		ctx := context.Background()
		data, err := f.deps.History.Export(ctx, f.deps.Session.Subject())
		if err != nil {
			return
		}
		if err := f.save("history.json", data); err != nil {
			f.post(func() { f.fail(err, Next{}) })
		}
	})
}
