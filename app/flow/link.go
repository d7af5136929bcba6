package flow

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"twinlock/app/history"
	"twinlock/app/linking"
	"twinlock/app/management"
	"twinlock/app/oidc"
	"twinlock/app/platform"
	"twinlock/app/referral"
	"twinlock/app/session"
)

// consideration is how long a person may think about the question. It is added to the time
// for which a proof is fresh, and as long as a login may take.
const consideration = 10 * time.Minute

// wantedOf names an account to ask for again. By now it may be an identity of another
// profile.
func wantedOf(a linking.Account) Wanted { return Wanted{a.Subject, a.Connection, a.Email} }

// secondLogin names the account of a login of the purpose [Second].
func secondLogin(r *oidc.Result) Wanted {
	return Wanted{r.Claims.Subject, r.Transaction.Connection, r.Claims.Email}
}

// linkTo opens the lock that links. If the account, or its connection, is named, it begins the
// login to it at once. Without a fresh proof of who the person is, it asks for one first.
//
// Whose profile can be linked with no other is told so before either login, once the
// profile has been read again: the reason may be gone since, and what is shown may be a copy.
func (f *Flow) linkTo(w Wanted) {
	if f.refusal() == nil {
		f.loginTo(w)
		return
	}
	f.read(reading{then: func() {
		switch err := f.refusal(); {
		case f.state.Notice.Bad(): // what became of an earlier link comes first
		case err != nil:
			f.fail(err, Next{})
		default:
			f.loginTo(w)
		}
	}})
}

// refusal returns why the profile that is shown can be linked with no other account; nil
// if nothing is known against it.
func (f *Flow) refusal() error {
	own := linking.AccountOf(f.state.User)
	return f.settings.Policy.CheckAlone(&own)
}

func (f *Flow) loginTo(w Wanted) {
	if !f.fresh(0) {
		f.prove(actionOf(LinkAction, w))
		return
	}
	f.state.Notice = Notice{}
	f.deps.Locks.Show(Second)
	if w.Connection != "" {
		f.deps.Go(func() { f.askFor(w) })
	}
}

// ask puts a question to the person.
func (f *Flow) ask(q Question) {
	f.asked++
	q.Number, q.Version = f.asked, f.asked
	f.state.Question = q
}

// review reads both accounts and asks the person whether to link them. The second
// account's tokens stay in memory. They become the session only if the person decides that
// the second account stays.
func (f *Flow) review(second *oidc.Result) {
	if f.state.Phase != Ready {
		f.state.Phase = Loading
	}
	again := Next{Kind: ReviewAgain, second: second}
	f.run(job{says: Work{Kind: CheckingSecond}, retry: again, do: func(w *work) (func(), error) {
		user, earlier, err := w.profile()
		if err = errors.Join(err, pending(earlier.err)); err != nil {
			return nil, err
		}
		question, err := w.question(user, second)
		if err != nil {
			return nil, err
		}
		return func() {
			f.show(user)
			earlier.notice.Next = Next{} // the link that it would offer is under way
			f.report(earlier, Notice{})
			f.ask(Question{Link: question})
			f.remember(f.asked, secondLogin(second))
		}, nil
	}})
}

// question plans the link of a profile and the account of a second login.
func (w *work) question(user management.User, second *oidc.Result) (*LinkQuestion, error) {
	f := w.flow
	if err := w.resumeSecond(second); err != nil {
		return nil, ofSecond(err, secondLogin(second))
	}
	other, err := w.secondAccount(second)
	if err != nil {
		return nil, ofSecond(err, secondLogin(second))
	}
	asked := w.askedFor(second.Transaction)
	profile := linking.AccountOf(user)
	plan, reversed, err := f.plan(profile, other, asked.Subject)
	if errors.Is(err, linking.ErrWrongAccount) {
		err = Wanting(err, asked)
	}
	if err != nil {
		f.note(w.ctx, profile, history.Refused, f.deps.Words.Account(other, profile), other.Connection, err)
		return nil, err
	}
	return &LinkQuestion{
		Plan:     plan,
		Reversed: reversed,
		Chosen:   ChosenOf(other, second.Transaction.Connection),
		SignedIn: user.ID,
		second:   second,
	}, nil
}

// resumeSecond finishes an earlier link in which the second account stays and another one
// than the signed-in account joins it. It must come before a new link.
func (w *work) resumeSecond(second *oidc.Result) error {
	subject := second.Claims.Subject
	e, found, _ := w.flow.deps.Journal.Load(w.ctx, subject)
	if !found || e.Primary != subject || e.Secondary == w.flow.deps.Session.Subject() {
		return nil
	}
	return pending(w.resume(tokenOf(second), subject).err)
}

// pending returns the error for a new link if err leaves open what became of an earlier
// one, and otherwise err itself.
func pending(err error) error {
	if errors.Is(err, linking.ErrUnsettled) {
		return fmt.Errorf("%w: %w", linking.ErrPending, err)
	}
	return err
}

// secondAccount reads the second account with its own token. If the tenant does not allow
// that, the ID token says what is known.
func (w *work) secondAccount(second *oidc.Result) (linking.Account, error) {
	user, err := w.api(tokenOf(second)).User(w.ctx, second.Claims.Subject)
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

// tokenOf returns the access token of a login.
func tokenOf(r *oidc.Result) Token {
	return func(context.Context) (oidc.Secret, error) { return r.Tokens.Access, nil }
}

// askedFor returns the account that a login was asked for; the zero value for any.
func (w *work) askedFor(tx oidc.Transaction) Wanted {
	asked := Wanted{Subject: tx.Expected, Connection: tx.Connection}
	if asked.Subject == "" {
		return asked
	}
	var kept Wanted
	action, err := w.flow.deps.Actions.Pop(w.ctx, w.flow.deps.Session.Subject())
	if err == nil && json.Unmarshal(action.Data, &kept) == nil && kept.Subject == asked.Subject {
		return kept
	}
	return asked
}

// plan plans the link of the account that was expected ("" for any) to the one that is
// signed in, or the other way round if only the other account has a verified address. If
// only the other direction is possible, it plans that, and reversed is why.
func (f *Flow) plan(user, other linking.Account, expected string) (plan linking.Plan, reversed, err error) {
	policy := f.settings.Policy
	policy.Expected = expected
	plan, err = linking.NewPlan(user, other, policy)
	var refused *linking.RefusedError
	if errors.As(err, &refused) && refused.Swap {
		policy.Expected = ""
		plan, err = linking.NewPlan(other, user, policy)
		return plan, refused.Reason, err
	}
	if err != nil {
		return plan, nil, err
	}
	if swapped, no := plan.Swap(); no == nil && swapped.OnlyPrimaryVerified() {
		plan = swapped
	}
	return plan, nil, nil
}

// ChosenOf returns which account of a profile the person has signed in to, if they used
// that connection.
func ChosenOf(profile linking.Account, connection string) Chosen {
	c := Chosen{Connection: connection}
	if connection == "" || connection == profile.Connection {
		c.Own = true
		return c
	}
	found := 0
	for i := range profile.Linked {
		if profile.Linked[i].Connection == connection {
			c.Linked = &profile.Linked[i]
			found++
		}
	}
	if found > 1 || found == 1 && c.Linked.Unusable != "" {
		c.Linked = nil
	}
	c.Own = found == 0
	return c
}

// linkConfirmed carries out the link that the question was about.
func (f *Flow) linkConfirmed(q *LinkQuestion) {
	account := secondLogin(q.second)
	again := Next{Kind: LinkAgain, Wanted: account}
	switch {
	case !f.deps.Window.Online(): // nothing is sent, so nothing is left open
		f.fail(platform.ErrNetwork, again)
		return
	case !f.fresh(consideration):
		f.fail(oidc.ErrAuthTime, again)
		return
	}
	first, second := f.deps.Words.Pair(q.Plan)
	says := Work{Kind: Linking, First: first, Second: second}
	f.run(job{says: says, retry: Next{Kind: FinishLink, Wanted: account}, do: func(w *work) (func(), error) {
		// A page that goes from here on has not left the question open.
		_ = f.deps.Unfinished.Drop(w.ctx)
		outcome, err := w.link(q)
		if q.Swapped() && outcome.State == linking.NotLinked { // over the second account's API
			err = ofSecond(err, account)
		}
		w.enterLink(q, &outcome, second, err)
		if linkedElsewhere(err) {
			return nil, Wanting(err, wantedOf(q.Plan.Secondary))
		}
		if err != nil {
			return nil, withLeftover(&outcome, err)
		}
		return func() {
			f.referredTo(account.Connection, "", referral.Linked)
			f.show(outcome.User)
			f.tell(linkedNotice(&outcome, second, Notice{Kind: Linked, Account: second}))
		}, nil
	}})
}

// enterLink tells the history and the other tabs what has become of a link.
func (w *work) enterLink(q *LinkQuestion, o *linking.Outcome, second string, err error) {
	f, connection := w.flow, q.Plan.Secondary.Connection
	switch o.State {
	case linking.MergeLeft: // entered into the history when it is finished
		w.changed(o.User)
		w.showNow(o.User) // after a swap the account that was shown is gone
	case linking.Done:
		f.note(w.ctx, q.Plan.Primary, history.Linked, second, connection, nil)
		w.changed(o.User)
	case linking.NotLinked:
		f.note(w.ctx, q.own(), history.Refused, second, connection, err)
	}
}

// link carries out the plan with the tokens of the account that stays. If that is the
// second one, the session moves to it, since the first is no longer an account.
func (w *work) link(q *LinkQuestion) (outcome linking.Outcome, err error) {
	d := w.flow.deps
	token, linkWith := Token(d.Session.AccessToken), q.second.Tokens.ID
	if q.Swapped() {
		token, linkWith = tokenOf(q.second), d.Session.IDToken()
	}
	err = d.Site.Exclusive(w.ctx, CeremonyMutex, func() error {
		outcome, err = w.ceremony(token).Link(w.ctx, q.Plan, linkWith)
		return err
	})
	linked := outcome.State == linking.Done || outcome.State == linking.MergeLeft
	if linked && q.Swapped() {
		ctx := context.WithoutCancel(w.ctx)
		_ = d.History.Move(ctx, q.SignedIn, q.Plan.Primary.Subject)
		moved := d.Session.Replace(ctx, q.SignedIn, q.second.Tokens, q.second.Claims)
		switch {
		case errors.Is(moved, session.ErrOtherSubject), errors.Is(moved, session.ErrSignedOut):
			err = errors.Join(err, moved)
		case d.Session.Subject() != q.Plan.Primary.Subject: // it could not be moved, and its account is gone
			err = errors.Join(err, session.ErrSignedOut, moved)
		}
	}
	return outcome, err
}

// finishLink continues after a link that has failed. Reading the profile finishes a link
// that is half done; any other is begun again, with the same account.
func (f *Flow) finishLink(w Wanted) {
	f.read(reading{then: func() {
		if !f.state.Notice.Bad() && !f.state.has(w) {
			f.linkTo(w)
		}
	}})
}

// saveLeftover saves the settings that could not be taken over as a file, and removes the
// link from the journal: they are not tried again. If they are not saved, all stays as it was.
func (f *Flow) saveLeftover(o *linking.Outcome) {
	data, err := json.MarshalIndent(o.Left, "", "  ")
	if err != nil {
		return
	}
	if err := f.save("settings.json", data); err != nil {
		f.state.Notice.Err = err
		return
	}
	f.state.Notice = Notice{}
	second := f.second(&o.Entry, f.state.User)
	f.deps.Go(func() {
		ctx := context.Background()
		_ = f.deps.Journal.Remove(ctx, o.Entry.Primary)
		f.enter(ctx, o.Entry.Primary, history.Entry{
			Kind:       history.LinkedInPart,
			Account:    second,
			Connection: o.Entry.Connection,
			Reason:     strings.Join(slices.Sorted(maps.Keys(o.Left)), ", "),
		})
	})
}
