package flow

// signOut ends the session here, in the other tabs and at the tenant.
func (f *Flow) signOut() {
	f.run(job{says: Work{Kind: SigningOut}, do: func(w *work) (func(), error) {
		// What cannot be wiped (no storage) was never kept: the tenant's session is
		// ended all the same.
		_ = f.deps.Session.SignOut(w.ctx)
		_ = f.deps.Copies.Forget(w.ctx) // also where its session has run out
		kind := SignedOutHere
		if f.deps.Window.Online() {
			kind = SigningOutThere
			f.deps.Window.Leave(f.deps.Locks.LogoutURL())
		}
		return func() {
			f.forget()
			f.tell(Notice{Kind: kind})
		}, nil
	}})
}

// signInTo ends the session here and signs in to another account, to link from there:
// it belongs to a profile of its own.
func (f *Flow) signInTo(wanted Wanted) {
	f.run(job{says: Work{Kind: SigningOut}, do: func(w *work) (func(), error) {
		_ = f.deps.Session.SignOut(w.ctx)
		return func() {
			f.forget()
			w.leave(SigningIn)
			f.deps.Locks.LoginAs(Move, wanted.Connection, wanted.Email, "")
		}, nil
	}})
}
