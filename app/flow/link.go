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
	"twinlock/app/session"
)

// consideration is how long a person may take over the question, besides the time for
// which their proof is fresh. It is what a login may take, too.
const consideration = 10 * time.Minute

// wantedOf asks for an account again. Its tenant may know it as part of another profile
// by now.
func wantedOf(a linking.Account) Wanted { return Wanted{a.Subject, a.Connection, a.Email} }

// secondLogin is the account that a login of the linking lock was of.
func secondLogin(r *oidc.Result) Wanted {
	return Wanted{r.Claims.Subject, r.Transaction.Connection, r.Claims.Email}
}

// linkTo opens the lock that links, and goes straight on to an account that the person
// has named. Who wants to link must have proven just now who they are.
func (f *Flow) linkTo(w Wanted) {
	if !f.fresh(0) {
		f.prove(actionOf(LinkAction, w))
		return
	}
	f.state.Notice = Notice{}
	f.deps.Locks.Show(Second)
	if w.Subject != "" {
		f.deps.Go(func() { f.askFor(w) })
	}
}

// ask puts a question to the person.
func (f *Flow) ask(q Question) {
	f.asked++
	q.Number, q.Version = f.asked, f.asked
	f.state.Question = q
}

// review reads both accounts and asks for the person's word. The second account's
// tokens stay in memory and never become the session, unless the person makes it the one
// that stays.
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
			earlier.notice.Next = Next{} // what it would offer is under way
			f.report(earlier, Notice{})
			f.ask(Question{Link: question})
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
	plan, reversed, err := f.plan(linking.AccountOf(user), other, asked.Subject)
	if errors.Is(err, linking.ErrWrongAccount) {
		err = Wanting(err, asked)
	}
	if err != nil {
		f.note(w.ctx, user.ID, history.Refused, f.deps.Words.Account(other), other.Connection, err)
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

// resumeSecond goes on with an earlier link by which the second account would stay: one
// the other way round now would come after it.
func (w *work) resumeSecond(second *oidc.Result) error {
	subject := second.Claims.Subject
	e, found, _ := w.flow.deps.Journal.Load(w.ctx, subject)
	if !found || e.Primary != subject || e.Secondary == w.flow.deps.Session.Subject() {
		return nil
	}
	return pending(w.resume(tokenOf(second), subject).err)
}

// pending is why a link cannot be begun while an earlier one is open.
func pending(err error) error {
	if errors.Is(err, linking.ErrUnsettled) {
		return fmt.Errorf("%w: %w", linking.ErrPending, err)
	}
	return err
}

// secondAccount reads the second account with its own token. A tenant may not let it be
// read; the ID token then says what is known.
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

func tokenOf(r *oidc.Result) Token {
	return func(context.Context) (oidc.Secret, error) { return r.Tokens.Access, nil }
}

// askedFor is the account that a login was asked for.
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

// plan plans the link of the account that was expected, "" for any, the one that is
// signed in staying; where only the other way round is possible, it plans that, and says
// why.
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
	return plan, nil, err
}

// ChosenOf is the account that a person has signed in to by a connection, of those that
// are one profile.
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
	if found > 1 {
		c.Linked = nil
	}
	c.Own = found == 0
	return c
}

// linkConfirmed carries the link of the question out.
func (f *Flow) linkConfirmed(q *LinkQuestion) {
	account := secondLogin(q.second)
	again := Next{Kind: LinkAgain, Wanted: account}
	switch {
	case !f.deps.Window.Online(): // what is never sent need not be settled
		f.fail(platform.ErrNetwork, again)
		return
	case !f.fresh(consideration):
		f.fail(oidc.ErrAuthTime, again)
		return
	}
	first, second := f.deps.Words.Pair(q.Plan)
	says := Work{Kind: Linking, First: first, Second: second}
	f.run(job{says: says, retry: Next{Kind: FinishLink, Wanted: account}, do: func(w *work) (func(), error) {
		outcome, err := w.link(q)
		if q.Swapped() && outcome.State == linking.NotLinked { // over the second account's API
			err = ofSecond(err, account)
		}
		w.enterLink(q, &outcome, second, err)
		if ElsewhereLinked(err) {
			return nil, Wanting(err, wantedOf(q.Plan.Secondary))
		}
		if err != nil {
			return nil, withLeftover(&outcome, err)
		}
		return func() {
			f.show(outcome.User)
			f.tell(linkedNotice(&outcome, second, Notice{Kind: Linked, Account: second}))
		}, nil
	}})
}

// enterLink makes known what has become of a link.
func (w *work) enterLink(q *LinkQuestion, o *linking.Outcome, second string, err error) {
	f, connection := w.flow, q.Plan.Secondary.Connection
	switch o.State {
	case linking.MergeLeft: // entered into the history when it is finished
		w.changed(o.User)
		w.showNow(o.User) // after a swap the account that was shown is gone
	case linking.Done:
		f.note(w.ctx, q.Plan.Primary.Subject, history.Linked, second, connection, nil)
		w.changed(o.User)
	case linking.NotLinked:
		f.note(w.ctx, q.SignedIn, history.Refused, second, connection, err)
	}
}

// link carries the plan out with the tokens of the account that stays. Where that is the
// second one, the session moves to it: the account it was of is gone.
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

// finishLink goes on after a link that did not come to its end: one that is half done is
// finished by reading the profile, any other begins anew with the same account.
func (f *Flow) finishLink(w Wanted) {
	f.read(reading{then: func() {
		linked := slices.ContainsFunc(f.state.User.Identities, func(i management.Identity) bool { return i.ID() == w.Subject })
		if !f.state.Notice.Bad() && !linked {
			f.linkTo(w)
		}
	}})
}

// saveLeftover saves what could not be taken over, and ends the attempts to.
func (f *Flow) saveLeftover(o *linking.Outcome) {
	data, err := json.MarshalIndent(o.Left, "", "  ")
	if err != nil {
		return
	}
	f.deps.Window.Save("settings.json", "application/json", data)
	f.state.Notice = Notice{}
	f.deps.Go(func() {
		ctx := context.Background()
		_ = f.deps.Journal.Remove(ctx, o.Entry.Primary)
		f.enter(ctx, o.Entry.Primary, history.Entry{
			Kind:       history.LinkedInPart,
			Account:    f.second(&o.Entry),
			Connection: o.Entry.Connection,
			Reason:     strings.Join(slices.Sorted(maps.Keys(o.Left)), ", "),
		})
	})
}
