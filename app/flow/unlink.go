package flow

import (
	"errors"

	"twinlock/app/history"
	"twinlock/app/linking"
	"twinlock/app/management"
	"twinlock/app/platform"
	"twinlock/app/referral"
)

// askUnlink asks whether to unlink an identity.
func (f *Flow) askUnlink(identity *management.Identity) {
	f.state.Notice = Notice{}
	f.ask(Question{Unlink: identity})
}

// unlinkConfirmed carries out the unlink. Without a fresh proof it asks for one first.
func (f *Flow) unlinkConfirmed(identity *management.Identity) {
	switch {
	case !f.deps.Window.Online(): // nothing is sent, so nothing is left open
		f.fail(platform.ErrNetwork, Next{})
	case !f.fresh(0):
		named := management.Identity{Provider: identity.Provider, UserID: identity.UserID}
		f.prove(actionOf(UnlinkAction, named))
	default:
		f.unlink(identity)
	}
}

func (f *Flow) unlink(identity *management.Identity) {
	user := f.state.User
	profile := linking.AccountOf(user)
	label := f.deps.Words.Identity(*identity, profile)
	retry := Next{Kind: UnlinkAgain, identity: identity}
	f.run(job{says: Work{Kind: Unlinking, Second: label, Identity: identity.ID()}, retry: retry, do: func(w *work) (func(), error) {
		after, err := w.ceremony(f.deps.Session.AccessToken).Unlink(w.ctx, f.settings.Policy, user, *identity)
		if errors.Is(err, linking.ErrUnsettled) || errors.Is(err, linking.ErrUnconfirmed) {
			// It may have been made: the list that is read next shows it.
			return func() { f.fail(err, Next{Kind: ReadAgain}) }, nil
		}
		if err != nil {
			f.note(w.ctx, profile, history.Refused, label, identity.Connection, err)
			return nil, err
		}
		f.note(w.ctx, profile, history.Unlinked, label, identity.Connection, nil)
		w.changed(after)
		return func() {
			f.referredTo("", identity.ID(), referral.Unlinked)
			f.show(after)
			// The person may want the sign-ins of that account to end, too. The Management
			// API lets only administrators end those on other devices.
			f.tell(Notice{Kind: Unlinked, Account: label, Connection: identity.Connection, Next: Next{Kind: SignOutToo}})
		}, nil
	}})
}
