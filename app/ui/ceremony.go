package ui

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"twinlock/app/browser"
	"twinlock/app/history"
	"twinlock/app/linking"
	"twinlock/app/lock"
	"twinlock/app/management"
	"twinlock/app/oidc"
	"twinlock/app/platform"
	"twinlock/app/session"
	"twinlock/app/words"
)

// ceremonyLock lets one tab at a time link, or finish a link.
const ceremonyLock = "ceremony"

// consideration is how long a person may take over the question, besides the
// time for which their proof is fresh. It is what a login may take, too.
const consideration = 10 * time.Minute

// startLinking opens the lock that links.
func (h *Home) startLinking() { h.linkTo(wanted{}) }

// linkTo opens the lock that links, and goes straight on to an account that the
// person has named. Who wants to link must have proven just now who they are.
func (h *Home) linkTo(w wanted) {
	if !h.fresh(0) {
		h.prove(actionLink, w)
		return
	}
	h.begin(h.parts.link)
	if w.Subject != "" {
		go h.askFor(w)
	}
}

// secondSignedIn acts on a login of the lock that links: it reads both accounts
// and asks for the person's word. The second account's tokens stay in memory
// and never become the session, unless the person makes it the one that stays.
func (h *Home) secondSignedIn(n lock.Notice) {
	if n.Purpose != purposeLinking {
		return
	}
	h.update(func() {
		if h.phase != ready {
			h.phase = loading
		}
		h.review(n.Result)
	})
}

func (h *Home) review(second *oidc.Result) {
	again := func() { h.review(second) }
	h.run(h.parts.say.CheckingSecond, again, func(ctx context.Context) (func(), error) {
		user, resumed, err := h.read(ctx)
		if err = errors.Join(err, pending(resumed.err)); err != nil {
			return nil, err
		}
		if err := h.resumeSecond(ctx, second); err != nil {
			return nil, ofSecond(err, secondLogin(second))
		}
		other, err := h.secondAccount(ctx, second)
		if err != nil {
			return nil, ofSecond(err, secondLogin(second))
		}
		asked := h.askedFor(ctx, second.Transaction)
		plan, turned, err := h.plan(linking.AccountOf(user), other, asked.Subject)
		if errors.Is(err, linking.ErrWrongAccount) {
			err = &wantedError{err, asked}
		}
		if err != nil {
			h.note(ctx, user.ID, history.Refused, accountLabel(other), other.Connection, err)
			return nil, err
		}
		return func() {
			h.show(user, "")
			h.ask(&pendingLink{plan, user.ID, second, turned, h.chosen(other, second.Transaction)}, nil)
		}, nil
	})
}

// resumeSecond goes on with an earlier link by which the second account would stay:
// one the other way round now would come after it.
func (h *Home) resumeSecond(ctx context.Context, second *oidc.Result) error {
	subject := second.Claims.Subject
	e, found, _ := h.parts.journal.Load(ctx, subject)
	if !found || e.Primary != subject || e.Secondary == h.parts.session.Subject() {
		return nil
	}
	return pending(h.resume(ctx, tokenOf(second), subject).err)
}

// pending is why a link cannot be begun while an earlier one is open.
func pending(err error) error {
	if errors.Is(err, linking.ErrUnsettled) {
		return fmt.Errorf("%w: %w", linking.ErrPending, err)
	}
	return err
}

// plan plans the link of the account that was expected, "" for any, the one that
// is signed in staying; where only the other way round is possible, it plans that,
// and says why.
func (h *Home) plan(user, other linking.Account, expected string) (plan linking.Plan, turned, err error) {
	policy := h.parts.policy()
	policy.Expected = expected
	plan, err = linking.NewPlan(user, other, policy)
	var refused *linking.RefusedError
	if errors.As(err, &refused) && refused.Swap {
		policy.Expected = ""
		plan, err = linking.NewPlan(other, user, policy)
		return plan, refused.Reason, err
	}
	return plan, nil, err
}

// chosen is what the person knows the account by that they signed in to: it may be
// one of those that are linked to the profile whose tokens the tenant gave.
func (h *Home) chosen(profile linking.Account, tx oidc.Transaction) string {
	if tx.Connection == "" || tx.Connection == profile.Connection {
		return accountLabel(profile)
	}
	var by []management.Identity // those that the login may have gone by
	for _, i := range profile.Linked {
		if i.Connection == tx.Connection {
			by = append(by, i)
		}
	}
	switch len(by) {
	case 0:
		return accountLabel(profile)
	case 1:
		return identityLabel(h.parts.say, by[0])
	}
	return h.parts.connection(tx.Connection, "").Label
}

// secondAccount reads the second account with its own token. A tenant may not
// let it be read; the ID token then says what is known.
func (h *Home) secondAccount(ctx context.Context, second *oidc.Result) (linking.Account, error) {
	user, err := h.api(ctx, tokenOf(second)).User(ctx, second.Claims.Subject)
	switch {
	case err == nil:
		account := linking.AccountOf(user)
		if account.Connection == "" {
			account.Connection = second.Transaction.Connection
		}
		return account, nil
	case errors.Is(err, management.ErrScope):
		return linking.AccountOfClaims(second.Claims, second.Transaction.Connection), nil
	}
	return linking.Account{}, err
}

func tokenOf(r *oidc.Result) tokenSource {
	return func(context.Context) (oidc.Secret, error) { return r.Tokens.Access, nil }
}

// swap makes the other account the one that stays. Like all that answers a
// question, it may be called once more when the question has been answered.
func (h *Home) swap(app.Context, app.Event) {
	if h.linking == nil {
		return
	}
	if plan, err := h.linking.plan.Swap(); err == nil {
		h.linking.plan = plan
	}
}

// choose decides about one key of the second account's settings.
func (h *Home) choose(key string, c linking.Choice) {
	if h.linking != nil {
		h.linking.plan = h.linking.plan.With(key, c)
	}
}

// linkConfirmed carries the link out, if it is the one that the person has read.
func (h *Home) linkConfirmed(read string) {
	if h.linking == nil || read != h.linkMeaning(h.linking.plan) {
		return
	}
	pending := *h.linking
	account := secondLogin(pending.second)
	again := func() { h.linkTo(account) }
	h.closeConfirmation()
	switch {
	case !browser.Online(): // what is never sent need not be settled
		h.fail(platform.ErrNetwork, again)
		return
	case !h.fresh(consideration):
		h.fail(oidc.ErrAuthTime, again)
		return
	}
	say := h.parts.say
	first, second := pairLabels(h.parts, pending.plan)
	h.run(words.Fill(say.Linking, "second", second, "first", first), func() { h.retryLink(account) }, func(ctx context.Context) (func(), error) {
		outcome, err := h.link(ctx, pending)
		if pending.swapped() && outcome.State == linking.NotLinked { // over the second account's API
			err = ofSecond(err, account)
		}
		switch outcome.State {
		case linking.MergeLeft: // entered into the history when it is finished
			h.changed(ctx, outcome.User)
			h.showNow(outcome.User) // after a swap the account that was shown is gone
		case linking.Done:
			h.note(ctx, pending.plan.Primary.Subject, history.Linked, second, pending.plan.Secondary.Connection, nil)
			h.changed(ctx, outcome.User)
		case linking.NotLinked:
			h.note(ctx, pending.signed, history.Refused, second, pending.plan.Secondary.Connection, err)
		}
		if elsewhere(err) {
			return nil, &wantedError{err, wantedOf(pending.plan.Secondary)}
		}
		if err != nil {
			return nil, h.leftover(outcome, err)
		}
		status := cmp.Or(h.skipped(outcome, second), words.Fill(say.Linked, "second", second))
		return func() {
			h.show(outcome.User, status)
			h.focus = accountsHeading
		}, nil
	})
}

// retryLink is the next step after a link that did not come to its end: one
// that is half done is finished by reading the profile, any other begins anew
// with the same account.
func (h *Home) retryLink(w wanted) {
	h.loadThen("", func() {
		linked := slices.ContainsFunc(h.user.Identities, func(i management.Identity) bool { return i.ID() == w.Subject })
		if h.failed == nil && !linked {
			h.linkTo(w)
		}
	})
}

// elsewhere tells whether a link was refused because the account that was to move
// is part of another profile.
func elsewhere(err error) bool {
	return errors.Is(err, management.ErrAlreadyLinked) || errors.Is(err, management.ErrSecondaryGone)
}

// link carries the plan out with the tokens of the account that stays. Where
// that is the second one, the session moves to it: the account it was of is
// gone.
func (h *Home) link(ctx context.Context, l pendingLink) (outcome linking.Outcome, err error) {
	token, linkWith := tokenSource(h.parts.session.AccessToken), l.second.Tokens.ID
	if l.swapped() {
		token, linkWith = tokenOf(l.second), h.parts.session.IDToken()
	}
	err = h.parts.scope.Exclusive(ctx, ceremonyLock, func() error {
		outcome, err = h.ceremony(ctx, token).Link(ctx, l.plan, linkWith)
		return err
	})
	linked := outcome.State == linking.Done || outcome.State == linking.MergeLeft
	if linked && l.swapped() {
		ctx := context.WithoutCancel(ctx)
		_ = h.parts.history.Move(ctx, l.signed, l.plan.Primary.Subject)
		moved := h.parts.session.Replace(ctx, l.signed, l.second.Tokens, l.second.Claims)
		if errors.Is(moved, session.ErrOtherSubject) || errors.Is(moved, session.ErrSignedOut) {
			err = errors.Join(err, moved)
		}
	}
	return outcome, err
}

// skipped tells of settings that somebody changed while the link was under way,
// and that were therefore left alone; "" where there are none.
func (h *Home) skipped(o linking.Outcome, second string) string {
	if len(o.Skipped) == 0 {
		return ""
	}
	return words.Fill(h.parts.say.LinkedSkipped, "second", second, "keys", keyList(slices.Sorted(maps.Keys(o.Skipped))))
}

// leftoverError is a link that holds while settings are still to be taken over.
type leftoverError struct {
	error
	outcome linking.Outcome
}

func (e *leftoverError) Unwrap() error { return e.error }

// leftover makes an error carry what is still to be taken over, so that the
// person can save it where the tenant will never take it.
func (h *Home) leftover(o linking.Outcome, err error) error {
	if o.State != linking.MergeLeft || len(o.Left) == 0 {
		return err
	}
	return &leftoverError{err, o}
}

// saveLeftover saves what could not be taken over, and ends the attempts to.
func (h *Home) saveLeftover(app.Context, app.Event) {
	if h.failed == nil || h.failed.left == nil {
		return
	}
	o := *h.failed.left
	data, err := json.MarshalIndent(o.Left, "", "  ")
	if err != nil {
		return
	}
	browser.Download("settings.json", "application/json", data)
	h.failed = nil
	go func() {
		ctx := context.Background()
		_ = h.parts.journal.Remove(ctx, o.Entry.Primary)
		h.enter(ctx, o.Entry.Primary, history.Entry{
			Kind:       history.LinkedInPart,
			Account:    secondOf(o.Entry),
			Connection: o.Entry.Connection,
			Reason:     keyList(slices.Sorted(maps.Keys(o.Left))),
		})
	}()
}

// secondOf is what a person knows the second account of an entry by.
func secondOf(e linking.Entry) string { return firstOf(e.Email, e.Name, e.Secondary) }

// resume goes on with a link that an earlier visit has begun.
func (h *Home) resume(ctx context.Context, token tokenSource, subject string) resumed {
	_, found, err := h.parts.journal.Load(ctx, subject)
	switch {
	case errors.Is(err, platform.ErrSealBroken):
		// It will never be read, and would stand in the way of every link.
		_ = h.parts.journal.Remove(ctx, subject)
		return resumed{err: err}
	case err != nil || !found:
		return resumed{} // where nothing can be kept nothing was begun
	}
	var outcome linking.Outcome
	err = h.parts.scope.Exclusive(ctx, ceremonyLock, func() (err error) {
		outcome, err = h.ceremony(ctx, token).Resume(ctx, subject)
		return err
	})
	e, r := outcome.Entry, resumed{user: outcome.User}
	switch {
	case err != nil:
		r.err = h.leftover(outcome, err)
	case outcome.State == linking.Done:
		h.note(ctx, subject, history.Linked, secondOf(e), e.Connection, nil)
		r.status = cmp.Or(h.skipped(outcome, shorten(secondOf(e))), h.parts.say.ResumeDone)
	case outcome.State == linking.NotLinked:
		r.status = h.parts.say.ResumeNothing
		if e.Primary == subject {
			r.again = &wanted{e.Secondary, e.Connection, e.Email}
		}
	}
	return r
}

// unlinkConfirmed carries the unlink out, after the person has proven who they
// are.
func (h *Home) unlinkConfirmed(string) {
	if h.parting == nil {
		return
	}
	identity := *h.parting
	h.closeConfirmation()
	switch {
	case !browser.Online(): // what is never sent need not be settled
		h.fail(platform.ErrNetwork, nil)
	case !h.fresh(0):
		h.prove(actionUnlink, management.Identity{Provider: identity.Provider, UserID: identity.UserID})
	default:
		h.unlink(identity)
	}
}

func (h *Home) unlink(identity management.Identity) {
	say, user := h.parts.say, h.user
	label := identityLabel(say, identity)
	retry := func() { h.update(func() { h.ask(nil, &identity) }) }
	h.run(words.Fill(say.Unlinking, "account", label), retry, func(ctx context.Context) (func(), error) {
		after, err := h.ceremony(ctx, h.parts.session.AccessToken).Unlink(ctx, h.parts.policy(), user, identity)
		if errors.Is(err, linking.ErrUnsettled) || errors.Is(err, linking.ErrUnconfirmed) {
			// Not refused: what became of it is in the list that is read next.
			return func() { h.fail(err, h.reload) }, nil
		}
		if err != nil {
			h.note(ctx, user.ID, history.Refused, label, identity.Connection, err)
			return nil, err
		}
		h.note(ctx, user.ID, history.Unlinked, label, identity.Connection, nil)
		h.changed(ctx, after)
		return func() {
			h.show(after, words.Fill(say.Unlinked, "account", label))
			h.focus, h.parted = accountsHeading, true
		}, nil
	})
}

// saveCopy saves what the profile knows of the identity that is about to go.
func (h *Home) saveCopy(app.Context, app.Event) {
	if h.parting != nil {
		browser.Download("account.json", "application/json", linking.Copy(*h.parting))
	}
}

// cancelled closes a confirmation; nothing has happened.
func (h *Home) cancelled(app.Context, app.Event) {
	if h.linking == nil && h.parting == nil {
		return
	}
	h.closeConfirmation()
	h.status = h.parts.say.NothingChanged
	if h.outdated {
		h.load(h.parts.say.UpdatedElsewhere)
	}
}

// closeConfirmation closes the question before it is taken from the page, so
// that the focus returns to where it was.
func (h *Home) closeConfirmation() {
	browser.CloseDialog(confirmID)
	h.linking, h.parting = nil, nil
}
