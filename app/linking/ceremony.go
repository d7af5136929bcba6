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

// API is what the ceremony needs of the Management API, called as one account.
// [management.Client] implements it, with the errors that its methods name.
type API interface {
	// User returns a user as it is now.
	User(ctx context.Context, id string) (management.User, error)
	// Link makes the account of this ID token an identity of primary, and returns the
	// identities that primary has then.
	Link(ctx context.Context, primary string, linkWith oidc.Secret) ([]management.Identity, error)
	// Unlink takes an identity out of primary, and returns those that remain.
	Unlink(ctx context.Context, primary string, identity management.Identity) ([]management.Identity, error)
	// PatchMetadata changes keys of user_metadata, and returns the user as it is then.
	PatchMetadata(ctx context.Context, id string, patch map[string]any) (management.User, error)
}

// State is what has become of a link.
//
//sentence:none a notice tells what comes of it
type State string

// The states of an [Outcome].
const (
	// NothingPending means that [Ceremony.Resume] found nothing to do.
	NothingPending State = "nothing pending"
	// NotLinked means that both accounts are as they were, as far as can be known.
	NotLinked State = "not linked"
	// Done means that the accounts are linked, and that all that was planned has been
	// taken over except what was skipped.
	Done State = "done"
	// MergeLeft means that the accounts are linked, and that the journal has what is still
	// to be taken over.
	MergeLeft State = "merge left"
	// Unsettled means that it is not known whether the accounts are linked.
	// [Ceremony.Resume] finds out.
	Unsettled State = "unsettled"
)

// Outcome is what has become of a link.
type Outcome struct {
	// State says it in a word.
	State State
	// Entry is the link; zero if there was none.
	Entry Entry
	// User is the profile as it was read last: the primary's, or that of the account which
	// resumes. Zero if it was not read.
	User management.User
	// Left are the keys and values that are still to be taken over.
	Left map[string]any
	// Skipped are those that are not taken over, since somebody else has changed the
	// primary's value meanwhile. They are stored nowhere else.
	Skipped map[string]any
}

// Ceremony carries links and unlinks out. API is required, and Journal for links.
type Ceremony struct {
	// API is called as the primary.
	API API
	// Journal must outlast the page, or a link that breaks off loses data.
	Journal Journal
	// Now is the clock; nil means the system's.
	Now func() time.Time
	// Sleep waits for so long, or returns the context's error; nil means with a timer.
	Sleep func(context.Context, time.Duration) error
	// OnWait is called before the ceremony waits to look once more. Nil means that nobody
	// wants to know.
	OnWait func()
}

// Link carries a plan out. linkWith is the secondary's ID token. The error is nil if and
// only if the outcome is [Done].
//
// It takes two requests, or three where there is data to be taken over. The journal is
// written first. If that fails and there is such data nothing is sent, since the link
// would destroy it. If no answer comes, reading shows what has become of the link, which
// may take until a later visit.
//
// Errors: [ErrTooLarge], [ErrJournal] and [ErrPending], and nothing was sent; [ErrUnsettled];
// [ErrUnconfirmed]; [ErrMerge]; those of [API], which say why there is no link.
//
// Whoever stops a write has to be told what has become of it: the end of the context stops
// a wait, and not the reading and storing after a write.
func (c Ceremony) Link(ctx context.Context, p Plan, linkWith oidc.Secret) (Outcome, error) {
	out := Outcome{State: NotLinked, Entry: p.entry(c.now())}
	if p.Excess() > 0 {
		return out, refused(ErrTooLarge, &p.Secondary)
	}
	earlier, err := c.openEntry(ctx, out.Entry)
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
	user, readErr := c.API.User(context.WithoutCancel(ctx), out.Entry.Primary)
	if readErr != nil {
		out.State = Unsettled
		return out, errors.Join(ErrUnsettled, err, readErr)
	}
	out.User = user
	if out.Entry.in(user) {
		return c.takeOver(ctx, out)
	}
	out.Entry.Looks, out.Entry.Looked = told, c.now()
	_ = c.Journal.Save(context.WithoutCancel(ctx), out.Entry)
	return out, err
}

// Resume brings to its end the link of an earlier visit in which the subject is one of the
// two accounts, over the subject's own API. The error is nil if nothing is left to be done.
// Call it at each visit, and before each [Ceremony.Link].
//
// Errors: [ErrJournal]; [ErrUnsettled]; [ErrMerge].
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

// One look that does not see a link does not prove that there is none: a request may be
// carried out when nobody waits for its answer any more.
const (
	// twice is how many looks one visit takes, so far apart. If they see nothing it is not
	// known yet. One more look, at another visit, decides.
	twice = 2
	apart = 3 * time.Second
	// told is how many looks there are when the person has been told that there is no
	// link. The entry stays in case there is one later all the same.
	told = twice + 1
	// requestLife is the longest that a request can be on its way. After that a single
	// look decides, and the entry is removed.
	requestLife = time.Hour
)

// look reads the subject's profile until it is known what has become of a link, or until
// that has to be left to another visit. cause is what went wrong with the link itself, nil
// if that was at another visit.
func (c Ceremony) look(ctx context.Context, subject string, out Outcome, cause error) (Outcome, error) {
	for {
		known := out.Entry.Looks >= told
		out.State = Unsettled
		if err := c.waitApart(ctx, out.Entry); err != nil {
			return out, errors.Join(ErrUnsettled, cause, err)
		}
		user, err := c.API.User(context.WithoutCancel(ctx), subject)
		switch e := out.Entry; {
		case err != nil && known:
			return Outcome{State: NothingPending}, nil
		case err != nil:
			return out, errors.Join(ErrUnsettled, cause, err)
		case subject == e.Primary && e.in(user):
			out.User = user
			return c.takeOver(ctx, out)
		case subject != e.Primary && has(user, e.Primary): // they were linked the other way round
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

// missed counts a look that has not seen the link.
func (c Ceremony) missed(ctx context.Context, e Entry) Entry {
	now := c.now()
	if now.Sub(e.Created) >= requestLife {
		c.remove(ctx, e)
		e.Looks = told
		return e
	}
	e.Looks, e.Looked = min(e.Looks+1, told), now
	// A look that cannot be stored is taken again.
	_ = c.Journal.Save(context.WithoutCancel(ctx), e)
	return e
}

// waitApart waits until the next look is far enough from the last. It does not wait longer
// if somebody has set the clock.
func (c Ceremony) waitApart(ctx context.Context, e Entry) error {
	now := c.now()
	wait := min(e.Looked.Add(apart).Sub(now), apart)
	if wait <= 0 || e.Looks == 0 || e.Looks >= told || now.Sub(e.Created) >= requestLife {
		return nil
	}
	return c.sleep(ctx, wait)
}

// openEntry stores the entry of a link, so that from here on nothing can be lost. It
// returns the entry of an earlier link that did not take place, which the new one
// replaces; the zero value if there was none.
func (c Ceremony) openEntry(ctx context.Context, e Entry) (earlier Entry, err error) {
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
	return earlier, nil // also unstored: with nothing to take over the link loses nothing unannounced
}

// takeBack makes the journal what it was before a link that has certainly not been carried
// out.
func (c Ceremony) takeBack(ctx context.Context, e, earlier Entry) {
	if earlier.Primary == "" {
		c.remove(ctx, e)
		return
	}
	_ = c.Journal.Save(context.WithoutCancel(ctx), earlier)
}

// remove removes an entry. If that fails the next visit finds nothing to do and removes
// it.
func (c Ceremony) remove(ctx context.Context, e Entry) {
	_ = c.Journal.Remove(context.WithoutCancel(ctx), e.Primary)
}

// takeOver writes what is still missing to the linked primary. It can be done any number
// of times. Where the primary's user_metadata has become one that cannot be merged nothing
// is written: what is left stays in the journal.
func (c Ceremony) takeOver(ctx context.Context, out Outcome) (Outcome, error) {
	cause := ErrUnconfirmed
	if left, _ := out.Entry.compare(out.User); len(left) > 0 && !out.User.OddMetadata {
		user, err := merge(ctx, c.API, out.Entry.Primary, left)
		if err != nil {
			cause = err
		}
		if user.ID != "" {
			out.User = user
		}
	}
	out.Left, out.Skipped = out.Entry.compare(out.User)
	if len(out.Left) > 0 {
		out.State = MergeLeft
		return out, fmt.Errorf("%w: %w", ErrMerge, cause)
	}
	out.State = Done
	// An attempt to link the other way round may have left an entry of the secondary's.
	// The secondary is not an account any more: nobody could bring it to an end.
	_ = c.Journal.Remove(context.WithoutCancel(ctx), out.Entry.Secondary)
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

// merge writes to the primary and returns it as it is afterwards, if that is known, also
// with an error.
func merge(ctx context.Context, api API, primary string, patch map[string]any) (management.User, error) {
	user, err := api.PatchMetadata(ctx, primary, patch)
	if err == nil || !unanswered(err) {
		return user, err
	}
	user, readErr := api.User(context.WithoutCancel(ctx), primary)
	return user, errors.Join(err, readErr)
}

// unanswered tells whether a request that failed may have been carried out all the same, or
// may still be.
func unanswered(err error) bool {
	return !errors.Is(err, management.ErrUnsent) && (errors.Is(err, platform.ErrNetwork) ||
		errors.Is(err, context.Canceled) ||
		errors.Is(err, context.DeadlineExceeded) ||
		errors.Is(err, management.ErrServer) ||
		errors.Is(err, management.ErrAnswer))
}

// repeated tells whether a link was refused in the words in which Auth0 also answers the
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
