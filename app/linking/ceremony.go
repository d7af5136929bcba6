package linking

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"twinlock/app/management"
	"twinlock/app/oidc"
	"twinlock/app/platform"
)

// API is what the ceremony needs of the Management API, as the primary.
type API interface {
	User(ctx context.Context, id string) (management.User, error)
	Link(ctx context.Context, primary string, linkWith oidc.Secret) ([]management.Identity, error)
	Unlink(ctx context.Context, primary string, identity management.Identity) ([]management.Identity, error)
	PatchMetadata(ctx context.Context, id string, patch map[string]any) (management.User, error)
}

// State is how a link has come out.
type State string

// The states of an [Outcome].
const (
	// NothingPending: [Ceremony.Resume] found nothing to do.
	NothingPending State = "nothing pending"
	// NotLinked: both accounts are as they were, as far as can be known.
	NotLinked State = "not linked"
	// Done: linked, and all that was planned has been taken over, but for what
	// was skipped.
	Done State = "done"
	// MergeLeft: linked; the journal has what is still to be taken over.
	MergeLeft State = "merge left"
	// Unsettled: linked or not, to be settled by [Ceremony.Resume].
	Unsettled State = "unsettled"
)

// Outcome is what has become of a link.
type Outcome struct {
	State State
	Entry Entry           // the link; zero where there was none
	User  management.User // as last read, the primary or whoever resumes; zero where not read
	// Left are the keys and values that are still to be taken over.
	Left map[string]any
	// Skipped are those that were not since the primary's value was changed by
	// somebody else meanwhile. Nothing else keeps them any more.
	Skipped map[string]any
}

// Ceremony carries links and unlinks out.
type Ceremony struct {
	API     API // as the primary
	Journal Journal
	Now     func() time.Time                           // nil: time.Now
	Sleep   func(context.Context, time.Duration) error // nil: a timer
	// OnWait, if not nil, is told before the ceremony waits to look once more.
	OnWait func()
}

// Link carries a plan out with the secondary's ID token. The error is nil if and
// only if the outcome is [Done].
//
// It takes two requests, three where there is data to be taken over. The link is
// journalled first: where that fails and there is such data nothing is sent, for
// the link would destroy it ([ErrJournal]). An answer that never came is settled
// by reading, which may take until a later visit ([ErrUnsettled]).
func (c Ceremony) Link(ctx context.Context, p Plan, linkWith oidc.Secret) (Outcome, error) {
	out := Outcome{State: NotLinked, Entry: p.entry(c.now())}
	earlier, err := c.begin(ctx, out.Entry)
	if err != nil {
		return out, err
	}
	_, err = c.API.Link(ctx, out.Entry.Primary, linkWith)
	switch {
	case err == nil || unanswered(err):
		return c.look(ctx, out.Entry.Primary, out, cmp.Or(err, ErrUnconfirmed))
	case !repeated(err):
		c.takeBack(ctx, out.Entry, earlier)
		return out, err
	}
	user, readErr := c.API.User(settle(ctx), out.Entry.Primary)
	if readErr != nil {
		out.State = Unsettled
		return out, errors.Join(ErrUnsettled, err, readErr)
	}
	out.User = user
	if out.Entry.in(user) {
		return c.finish(ctx, out)
	}
	out.Entry.Looks, out.Entry.Looked = told, c.now()
	_ = c.Journal.Save(settle(ctx), out.Entry)
	return out, err
}

// Resume goes on with the link of an earlier visit that the subject has a part
// in, over the subject's own API. The error is nil if nothing is left to be
// settled. Call it at each visit, and before each [Ceremony.Link].
func (c Ceremony) Resume(ctx context.Context, subject string) (Outcome, error) {
	entry, found, err := c.Journal.Load(ctx, subject)
	if err != nil {
		return Outcome{State: Unsettled}, fmt.Errorf("%w: %w", ErrJournal, err)
	}
	if !found {
		return Outcome{State: NothingPending}, nil
	}
	if now := c.now(); entry.Created.After(now) { // the clock was set back since
		entry.Created = now
	}
	return c.look(ctx, subject, Outcome{Entry: entry}, nil)
}

// That a link did not take place is never known at one look: a request that
// nobody waits for any more may be carried out later.
const (
	// twice looks, so far apart, leave it open. One more, at another visit, tells.
	twice = 2
	apart = 3 * time.Second
	// told is the number of looks after which the person has been told. The entry
	// stays for what nobody expects any more.
	told = twice + 1
	// flight is the longest that a request can be on its way: after that a single
	// look tells, and the entry goes.
	flight = time.Hour
)

// look reads the subject's profile until it is known what has become of a link,
// or has to be left to another visit. The cause is what went wrong with the link
// itself, nil if that was at another visit.
func (c Ceremony) look(ctx context.Context, subject string, out Outcome, cause error) (Outcome, error) {
	for {
		known := out.Entry.Looks >= told
		out.State = Unsettled
		if err := c.keepApart(ctx, out.Entry); err != nil {
			return out, errors.Join(ErrUnsettled, cause, err)
		}
		user, err := c.API.User(settle(ctx), subject)
		switch e := out.Entry; {
		case err != nil && known:
			return Outcome{State: NothingPending}, nil
		case err != nil:
			return out, errors.Join(ErrUnsettled, cause, err)
		case subject == e.Primary && e.in(user):
			out.User = user
			return c.finish(ctx, out)
		case subject != e.Primary && has(user, e.Primary): // the other way round they are one
			c.remove(ctx, e)
			return Outcome{State: NothingPending, User: user}, nil
		}
		out.User, out.Entry = user, c.missed(ctx, out.Entry)
		switch {
		case known:
			return Outcome{State: NothingPending, User: user}, nil
		case out.Entry.Looks >= told:
			out.State = NotLinked
			return out, cause
		case out.Entry.Looks == twice:
			return out, errors.Join(ErrUnsettled, cause)
		}
	}
}

// missed enters a look that has not seen the link.
func (c Ceremony) missed(ctx context.Context, e Entry) Entry {
	now := c.now()
	if now.Sub(e.Created) >= flight {
		c.remove(ctx, e)
		e.Looks = told
		return e
	}
	e.Looks, e.Looked = min(e.Looks+1, told), now
	// A look that cannot be entered is taken again.
	_ = c.Journal.Save(settle(ctx), e)
	return e
}

// keepApart waits until the next look means something. Clocks that were moved
// make it wait no longer.
func (c Ceremony) keepApart(ctx context.Context, e Entry) error {
	now := c.now()
	wait := min(e.Looked.Add(apart).Sub(now), apart)
	if wait <= 0 || e.Looks == 0 || e.Looks >= told || now.Sub(e.Created) >= flight {
		return nil
	}
	return c.sleep(ctx, wait)
}

// begin makes sure that nothing can be lost from here on. It returns what the
// journal had about a link that did not take place, of which the new entry takes
// the place; the zero value where it had nothing.
func (c Ceremony) begin(ctx context.Context, e Entry) (earlier Entry, err error) {
	known, found, err := c.Journal.Load(ctx, e.Primary)
	switch {
	case err != nil:
		return Entry{}, fmt.Errorf("%w: %w", ErrJournal, err)
	case found && known.Primary == e.Primary && known.Looks < told:
		return Entry{}, ErrPending
	case found && known.Primary == e.Primary:
		earlier = known
	}
	if err := c.Journal.Save(ctx, e); err != nil && len(e.Merge) > 0 {
		c.takeBack(ctx, e, earlier)
		return Entry{}, fmt.Errorf("%w: %w", ErrJournal, err)
	}
	return earlier, nil // with nothing to take over the link destroys nothing unannounced
}

// takeBack makes the journal what it was before a link that is certain not to
// have been carried out.
func (c Ceremony) takeBack(ctx context.Context, e, earlier Entry) {
	if earlier.Primary == "" {
		c.remove(ctx, e)
		return
	}
	_ = c.Journal.Save(settle(ctx), earlier)
}

// remove ends an entry. If that fails the next visit finds nothing to do and
// removes it.
func (c Ceremony) remove(ctx context.Context, e Entry) {
	_ = c.Journal.Remove(settle(ctx), e.Primary)
}

// finish takes over what is still missing at the linked primary. It can be done
// any number of times.
func (c Ceremony) finish(ctx context.Context, out Outcome) (Outcome, error) {
	cause := ErrUnconfirmed
	if left, _ := out.Entry.compare(out.User.Metadata); len(left) > 0 {
		user, err := merge(ctx, c.API, out.Entry.Primary, left)
		if err != nil {
			cause = err
		}
		if user.ID != "" {
			out.User = user
		}
	}
	out.Left, out.Skipped = out.Entry.compare(out.User.Metadata)
	if len(out.Left) > 0 {
		out.State = MergeLeft
		return out, fmt.Errorf("%w: %w", ErrMerge, cause)
	}
	out.State = Done
	// The secondary is no account any more: nobody could settle an entry of its
	// own, left by an attempt to link the other way round.
	_ = c.Journal.Remove(settle(ctx), out.Entry.Secondary)
	c.remove(ctx, out.Entry)
	return out, nil
}

func (c Ceremony) now() time.Time {
	now := time.Now
	if c.Now != nil {
		now = c.Now
	}
	return now().UTC().Truncate(time.Millisecond)
}

func (c Ceremony) sleep(ctx context.Context, d time.Duration) error {
	if c.OnWait != nil {
		c.OnWait()
	}
	if c.Sleep != nil {
		return c.Sleep(ctx, d)
	}
	return platform.Sleep(ctx, d)
}

// merge writes and returns the primary as it is afterwards, as far as that is
// known, also with an error.
func merge(ctx context.Context, api API, primary string, patch map[string]any) (management.User, error) {
	user, err := api.PatchMetadata(ctx, primary, patch)
	if err == nil || !unanswered(err) {
		return user, err
	}
	user, readErr := api.User(settle(ctx), primary)
	return user, errors.Join(err, readErr)
}

// settle is the context for what follows a write: who stops the write has to be
// told what has become of it.
func settle(ctx context.Context) context.Context { return context.WithoutCancel(ctx) }

// unanswered tells whether a failed request may have been carried out all the
// same, or may yet be.
func unanswered(err error) bool {
	return !errors.Is(err, management.ErrUnsent) && (errors.Is(err, platform.ErrNetwork) ||
		errors.Is(err, context.Canceled) ||
		errors.Is(err, context.DeadlineExceeded) ||
		errors.Is(err, management.ErrServer) ||
		errors.Is(err, management.ErrAnswer))
}

// repeated tells whether a link was refused in the words that also answer the
// second of two equal requests.
func repeated(err error) bool {
	return errors.Is(err, management.ErrAlreadyLinked) || errors.Is(err, management.ErrSecondaryGone)
}

func has(u management.User, id string) bool {
	for _, i := range u.Identities {
		if i.ID() == id {
			return true
		}
	}
	return false
}
