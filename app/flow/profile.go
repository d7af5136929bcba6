package flow

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"twinlock/app/history"
	"twinlock/app/linking"
	"twinlock/app/management"
	"twinlock/app/offline"
	"twinlock/app/platform"
)

// CeremonyMutex is the name under which one tab at a time links, or finishes a link.
const CeremonyMutex = "ceremony"

// reading says how the profile is to be read.
type reading struct {
	// quiet is true if the page need not say that it reads.
	quiet bool
	// calm is true if nobody waits for it: while the browser says that there is no network
	// the copy is shown and nothing is told.
	calm bool
	// keepNotice leaves the notice as it is, unless there is a new one.
	keepNotice bool
	// tell is what the person is told once it is read.
	tell Notice
	// then is called once it is read; nil for nothing.
	then func()
}

// read reads the profile, and finishes a link that an earlier visit left half done.
func (f *Flow) read(r reading) {
	kind := Reading
	if f.state.Phase != Ready {
		f.state.Phase, r.quiet = Loading, true // the phase says it
	}
	if r.quiet {
		kind = Refreshing
	}
	f.state.outdated = false // also if it fails: no second time by itself
	// One that offers to sign in is of a login before the one that went well.
	r.keepNotice = r.keepNotice && f.state.Notice.Next.Kind != SignInAgain
	again := Next{Kind: ReadAgain}
	f.run(job{says: Work{Kind: kind}, keepNotice: r.keepNotice, retry: again, do: func(w *work) (func(), error) {
		subject := f.deps.Session.Subject()
		user, earlier, err := w.profile()
		if err != nil {
			if last, ok := w.copyFor(subject, err); ok {
				return func() {
					f.showCopy(last)
					if !r.calm || f.deps.Window.Online() {
						f.fail(err, again)
					}
				}, nil
			}
			return nil, err
		}
		return func() {
			f.show(user)
			f.referredHere()
			f.report(earlier, r.tell)
			if r.then != nil && f.state.SignedIn() {
				r.then()
			}
		}, nil
	}})
}

// report tells what became of an earlier link. If there was none, it tells the notice.
func (f *Flow) report(earlier earlierLink, n Notice) {
	switch {
	case earlier.err != nil:
		f.fail(earlier.err, Next{Kind: ReadAgain})
	case earlier.notice.Kind != NoNotice:
		f.tell(earlier.notice)
	case n.Kind != NoNotice:
		f.tell(n)
	}
}

// earlierLink is what became of a link of an earlier visit: nothing, a notice, or an
// error. The profile is shown in any case.
type earlierLink struct {
	notice Notice
	user   management.User // the subject's profile after it, zero if it was not read
	err    error
}

// profile reads the profile of the account that is signed in, and finishes the link that
// an earlier visit left unfinished.
func (w *work) profile() (management.User, earlierLink, error) {
	f := w.flow
	token, subject := Token(f.deps.Session.AccessToken), f.deps.Session.Subject()
	user, err := w.api(token).User(w.ctx, subject)
	var earlier earlierLink
	if err == nil {
		w.showNow(user) // before anything else can fail
		w.keepCopy(user)
		if earlier = w.resume(token, subject); earlier.user.ID == subject {
			user = earlier.user
			w.keepCopy(user)
		}
	}
	f.showHistory(w.ctx, subject)
	w.post(func() {
		if err != nil && f.state.Phase == Loading && f.deps.Session.Subject() != "" {
			f.state.Phase = Unavailable
		}
	})
	return user, earlier, err
}

// resume finishes a link that an earlier visit has begun.
func (w *work) resume(token Token, subject string) earlierLink {
	f := w.flow
	_, found, err := f.deps.Journal.Load(w.ctx, subject)
	switch {
	case errors.Is(err, platform.ErrSealBroken):
		// It can never be read, and no link could begin while it is there.
		_ = f.deps.Journal.Remove(w.ctx, subject)
		return earlierLink{err: err}
	case err != nil || !found:
		return earlierLink{} // a link begins only if the journal can be written
	}
	var outcome linking.Outcome
	err = f.deps.Site.Exclusive(w.ctx, CeremonyMutex, func() (err error) {
		outcome, err = w.ceremony(token).Resume(w.ctx, subject)
		return err
	})
	e, earlier := &outcome.Entry, earlierLink{user: outcome.User}
	switch {
	case err != nil:
		earlier.err = withLeftover(&outcome, err)
	case outcome.State == linking.Done:
		second := f.second(e, outcome.User)
		f.note(w.ctx, linking.Account{Subject: subject}, history.Linked, second, e.Connection, nil)
		earlier.notice = linkedNotice(&outcome, second, Notice{Kind: LinkFinished})
	case outcome.State == linking.NotLinked:
		earlier.notice = Notice{Kind: LinkNotMade}
		if e.Primary == subject {
			earlier.notice.Next = Next{Kind: LinkAgain, Wanted: Wanted{e.Secondary, e.Connection, e.Email}}
		}
	}
	return earlier
}

// second returns what a person knows the second account of a journal entry by, beside the
// others of the profile that it joins.
func (f *Flow) second(e *linking.Entry, profile management.User) string {
	second := linking.Account{Subject: e.Secondary, Connection: e.Connection, Name: e.Name, Email: e.Email}
	return f.deps.Words.Account(second, linking.AccountOf(profile))
}

// linkedNotice returns the notice of a link that is done: n, or, if somebody has changed
// settings meanwhile, the one that names those that were left alone.
func linkedNotice(o *linking.Outcome, second string, n Notice) Notice {
	if len(o.Skipped) == 0 {
		return n
	}
	return Notice{Kind: LinkedSkipped, Account: second, Keys: slices.Sorted(maps.Keys(o.Skipped))}
}

// show shows a profile as it is.
func (f *Flow) show(user management.User) {
	f.state.User, f.state.Phase, f.state.AsOf = user, Ready, time.Time{}
	f.state.withoutSession = false
}

// showCopy shows a profile as it was.
func (f *Flow) showCopy(c offline.Copy) {
	f.show(c.User)
	f.state.AsOf = c.Read
}

// showNow shows a profile while the work still runs.
func (w *work) showNow(user management.User) { w.post(func() { w.flow.show(user) }) }

// keepCopy stores the profile for a visit without a network, unless the person has signed
// out meanwhile.
func (w *work) keepCopy(u management.User) {
	d := w.flow.deps
	keep := func(ctx context.Context) error {
		account, _ := d.Session.Account()
		return d.Copies.Keep(ctx, u, account.Ends)
	}
	_ = d.Session.While(w.ctx, u.ID, keep)
}

// changed tells the other tabs that the profile has changed, and stores the copy.
func (w *work) changed(u management.User) {
	w.keepCopy(u)
	w.flow.deps.Session.Updated()
}

// copyFor returns the copy to show if the profile could not be read for want of a network,
// and whether there is one.
func (w *work) copyFor(subject string, err error) (offline.Copy, bool) {
	if !errors.Is(err, platform.ErrNetwork) && !errors.Is(err, context.DeadlineExceeded) {
		return offline.Copy{}, false
	}
	last, err := w.flow.deps.Copies.Last(w.ctx, subject)
	return last, err == nil
}
