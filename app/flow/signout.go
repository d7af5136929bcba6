package flow

// signOut ends the session here, in the other tabs and at the tenant.
func (f *Flow) signOut() {
	f.run(job{says: Work{Kind: SigningOut}, do: func(w *work) (func(), error) {
		// An error means that there is no storage, and so nothing was stored. The
		// tenant's session is ended in any case.
		_ = f.deps.Session.SignOut(w.ctx)
		_ = f.deps.Copies.Forget(w.ctx) // also if its session has ended before
		kind := SignedOutHere
		if f.deps.Window.Online() {
			kind = SigningOutThere
			f.deps.Site.NoteSignOut()
			f.deps.Window.Leave(f.deps.Locks.LogoutURL())
		}
		return func() {
			f.forget()
			f.tell(Notice{Kind: kind})
		}, nil
	}})
}

// signInTo ends the session here and asks the person to sign in to another account, which is
// part of another profile, to link from there.
func (f *Flow) signInTo(wanted Wanted) {
	account := wanted.account()
	step := Step{
		For: LinkAction, Account: f.deps.Words.Account(account, account),
		Connection: wanted.Connection, Address: wanted.Email,
	}
	f.run(job{says: Work{Kind: SigningOut}, do: func(w *work) (func(), error) {
		_ = f.deps.Session.SignOut(w.ctx)
		return func() {
			f.forget()
			f.tell(Notice{Kind: SignedOutThere})
			f.deps.Locks.Ask(Move, step)
		}, nil
	}})
}
