package linking

import (
	"context"
	"errors"
	"fmt"

	"twinlock/app/browser"
	"twinlock/app/management"
)

// API is what the ceremony needs of the Management API, as the primary.
type API interface {
	User(ctx context.Context, id string) (management.User, error)
	Link(ctx context.Context, primary, linkWith string) ([]management.Identity, error)
	Unlink(ctx context.Context, primary string, identity management.Identity) ([]management.Identity, error)
	PatchMetadata(ctx context.Context, id string, patch map[string]any) (management.User, error)
}

// State is how a link has come out.
type State string

// The states of an [Outcome].
const (
	// NothingPending: [Resume] found nothing to do.
	NothingPending State = "nothing pending"
	// NotLinked: both accounts are as they were.
	NotLinked State = "not linked"
	// Done: linked, and all that was planned has been taken over, but for what
	// was skipped.
	Done State = "done"
	// MergeLeft: linked; the journal has what is still to be taken over.
	MergeLeft State = "merge left"
	// Unsettled: linked or not, to be settled by [Resume].
	Unsettled State = "unsettled"
)

// Outcome is what has become of a link.
type Outcome struct {
	State State
	Entry Entry           // the link; zero where there was none
	User  management.User // the primary as last read; zero where it was not
	// Left are the keys and values that are still to be taken over.
	Left map[string]any
	// Skipped are those that were not since the primary's value was changed by
	// somebody else meanwhile. Nothing else keeps them any more.
	Skipped map[string]any
}

// Link carries a plan out with the secondary's ID token, over the API of the
// plan's primary. The error is nil if and only if the outcome is [Done].
//
// An answer that never came is settled by reading. It takes two requests, three
// where there is data to be taken over. Such data is journalled first: where
// that fails nothing is sent, for the link would destroy it ([ErrJournal]).
func Link(ctx context.Context, api API, journal Journal, p Plan, linkWith string) (Outcome, error) {
	out := Outcome{State: NotLinked, Entry: p.entry()}
	if err := begin(ctx, journal, out.Entry); err != nil {
		return out, err
	}
	_, err := api.Link(ctx, out.Entry.Primary, linkWith)
	if err != nil && !unanswered(err) && !repeated(err) {
		end(ctx, journal, out.Entry)
		return out, err
	}
	user, readErr := api.User(settle(ctx), out.Entry.Primary)
	if readErr != nil {
		out.State = Unsettled
		return out, fmt.Errorf("%w: %w", ErrUnsettled, errors.Join(err, readErr))
	}
	out.User = user
	switch {
	case has(user, out.Entry.Secondary):
		return finish(ctx, api, journal, out)
	case err == nil:
		out.State = Unsettled
		return out, ErrUnconfirmed
	case repeated(err):
		end(ctx, journal, out.Entry)
	}
	// What was not answered may still be on its way: the entry stays until a
	// later visit.
	return out, err
}

// Resume ends the link of an earlier visit, over the API of its primary. The
// error is nil if nothing is left to be settled. Call it at each visit, and
// before each [Link].
func Resume(ctx context.Context, api API, journal Journal, primary string) (Outcome, error) {
	entry, found, err := journal.Load(ctx, primary)
	if err != nil {
		return Outcome{State: Unsettled}, fmt.Errorf("%w: %w", ErrJournal, err)
	}
	if !found {
		return Outcome{State: NothingPending}, nil
	}
	out := Outcome{State: Unsettled, Entry: entry}
	user, err := api.User(ctx, primary)
	if err != nil {
		return out, fmt.Errorf("%w: %w", ErrUnsettled, err)
	}
	out.User = user
	if !has(user, entry.Secondary) {
		out.State = NotLinked
		end(ctx, journal, entry)
		return out, nil
	}
	return finish(ctx, api, journal, out)
}

// begin makes sure that nothing can be lost from here on.
func begin(ctx context.Context, journal Journal, e Entry) error {
	_, found, err := journal.Load(ctx, e.Primary)
	switch {
	case err != nil:
		return fmt.Errorf("%w: %w", ErrJournal, err)
	case found:
		return ErrPending
	case len(e.Merge) == 0:
		return nil // nothing that the link could destroy unannounced
	}
	if err := journal.Save(ctx, e); err != nil {
		end(ctx, journal, e)
		return fmt.Errorf("%w: %w", ErrJournal, err)
	}
	return nil
}

// end removes the entry. If that fails the next visit finds nothing to do and
// removes it.
func end(ctx context.Context, journal Journal, e Entry) {
	if len(e.Merge) > 0 {
		_ = journal.Remove(settle(ctx), e.Primary)
	}
}

// finish takes over what is still missing at the linked primary. It can be done
// any number of times.
func finish(ctx context.Context, api API, journal Journal, out Outcome) (Outcome, error) {
	cause := ErrUnconfirmed
	if left, _ := out.Entry.compare(out.User.Metadata); len(left) > 0 {
		user, err := merge(ctx, api, out.Entry.Primary, left)
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
	_ = journal.Remove(settle(ctx), out.Entry.Secondary)
	end(ctx, journal, out.Entry)
	return out, nil
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
	return errors.Is(err, browser.ErrNetwork) ||
		errors.Is(err, context.Canceled) ||
		errors.Is(err, context.DeadlineExceeded) ||
		errors.Is(err, management.ErrServer) ||
		errors.Is(err, management.ErrAnswer)
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
