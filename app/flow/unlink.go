package flow

import (
	"errors"

	"twinlock/app/history"
	"twinlock/app/linking"
	"twinlock/app/management"
	"twinlock/app/platform"
)

// askUnlink asks whether an identity is to go.
func (f *Flow) askUnlink(identity *management.Identity) {
	f.state.Notice = Notice{}
	f.ask(Question{Unlink: identity})
}

// unlinkConfirmed carries the unlink out, after the person has proven who they are.
func (f *Flow) unlinkConfirmed(identity *management.Identity) {
	switch {
	case !f.deps.Window.Online(): // what is never sent need not be settled
		f.fail(platform.ErrNetwork, Next{})
	case !f.fresh(0):
		named := management.Identity{Provider: identity.Provider, UserID: identity.UserID}
		f.prove(actionOf(UnlinkAction, named))
	default:
		f.unlink(identity)
	}
}

func (f *Flow) unlink(identity *management.Identity) {
	user, label := f.state.User, f.deps.Words.Identity(*identity)
	retry := Next{Kind: UnlinkAgain, identity: identity}
	f.run(job{says: Work{Kind: Unlinking, Second: label}, retry: retry, do: func(w *work) (func(), error) {
		after, err := w.ceremony(f.deps.Session.AccessToken).Unlink(w.ctx, f.settings.Policy, user, *identity)
		if errors.Is(err, linking.ErrUnsettled) || errors.Is(err, linking.ErrUnconfirmed) {
			// Not refused: what became of it is in the list that is read next.
			return func() { f.fail(err, Next{Kind: ReadAgain}) }, nil
		}
		if err != nil {
			f.note(w.ctx, user.ID, history.Refused, label, identity.Connection, err)
			return nil, err
		}
		f.note(w.ctx, user.ID, history.Unlinked, label, identity.Connection, nil)
		w.changed(after)
		return func() {
			f.show(after)
			// Whoever unlinks an account may want its sign-ins to end. The API ends those
			// of other devices for administrators only.
			f.tell(Notice{Kind: Unlinked, Account: label, Next: Next{Kind: SignOutToo}})
		}, nil
	}})
}
