// Package linking is the ceremony that makes two accounts one, and one two
// again, as plain data and functions: it draws nothing and keeps nothing.
package linking

import (
	"context"
	"errors"
	"fmt"
	"sort"

	"twinlock/app/browser"
	"twinlock/app/management"
)

// Reasons for which a link or an unlink is refused before anything is sent.
var (
	// ErrSameAccount: both logins are of one and the same account.
	ErrSameAccount = errors.New("both logins are the same account")
	// ErrAlreadyHere: the second login is an identity of this profile already.
	ErrAlreadyHere = errors.New("already linked to this profile")
	// ErrUnverified: an account's e-mail address is not verified.
	ErrUnverified = errors.New("e-mail address not verified")
	// ErrPrimary: the identity is the profile's primary one.
	ErrPrimary = errors.New("the primary identity cannot be unlinked")
	// ErrNotHere: the identity is not part of this profile.
	ErrNotHere = errors.New("not an identity of this profile")
	// ErrUnconfirmed: the tenant answered, but what it holds afterwards is not
	// what was asked for.
	ErrUnconfirmed = errors.New("the change cannot be seen at the tenant")
)

// UnverifiedError names the account whose e-mail address is not verified. It is
// an [ErrUnverified].
type UnverifiedError struct{ Account Account }

func (e *UnverifiedError) Error() string { return ErrUnverified.Error() + ": " + e.Account.Subject }

// Is makes the error an [ErrUnverified].
func (e *UnverifiedError) Is(target error) bool { return target == ErrUnverified }

// Account is one of the two accounts of a link.
type Account struct {
	Subject       string
	Connection    string
	Name          string
	Email         string
	EmailVerified bool
	Picture       string
	// Linked are the identities that the account has besides its primary one.
	Linked []management.Identity
	// Metadata are the keys of its user_metadata, sorted.
	Metadata []string
}

// AccountOf describes a user as one side of a link.
func AccountOf(u management.User) Account {
	a := Account{
		Subject:       u.ID,
		Name:          u.Name,
		Email:         u.Email,
		EmailVerified: u.EmailVerified,
		Picture:       u.Picture,
		Linked:        u.Linked(),
	}
	if primary, ok := u.Primary(); ok {
		a.Connection = primary.Connection
	}
	for key := range u.Metadata {
		a.Metadata = append(a.Metadata, key)
	}
	sort.Strings(a.Metadata)
	return a
}

// Plan says what a link will do.
type Plan struct {
	// Primary keeps its id, profile and metadata.
	Primary Account
	// Secondary becomes an identity of the primary; its metadata is lost.
	Secondary Account
}

// NewPlan checks two accounts, both proven by a login, and plans their link.
// The error is the reason why they cannot be linked.
func NewPlan(primary, secondary Account) (Plan, error) {
	if primary.Subject == secondary.Subject {
		return Plan{}, ErrSameAccount
	}
	for _, a := range []Account{primary, secondary} {
		if !a.EmailVerified {
			return Plan{}, &UnverifiedError{a}
		}
	}
	for _, i := range primary.Linked {
		if i.ID() == secondary.Subject {
			return Plan{}, ErrAlreadyHere
		}
	}
	return Plan{Primary: primary, Secondary: secondary}, nil
}

// API is what the ceremony needs of the Management API.
type API interface {
	User(ctx context.Context, id string) (management.User, error)
	Link(ctx context.Context, primary, linkWith string) ([]management.Identity, error)
	Unlink(ctx context.Context, primary string, identity management.Identity) ([]management.Identity, error)
}

// Link carries the plan out with the second account's ID token and returns the
// profile as the tenant then holds it. An answer that never came is settled by
// reading: the link holds if the identity is there.
func Link(ctx context.Context, api API, p Plan, linkWith string) (management.User, error) {
	_, err := api.Link(ctx, p.Primary.Subject, linkWith)
	if err != nil && !uncertain(err) {
		return management.User{}, err
	}
	user, readErr := api.User(settle(ctx), p.Primary.Subject)
	switch {
	case readErr != nil && err != nil:
		return management.User{}, err
	case readErr != nil:
		return management.User{}, fmt.Errorf("%w: %w", ErrUnconfirmed, readErr)
	case has(user, p.Secondary.Subject):
		return user, nil
	case err != nil:
		return user, err
	}
	return user, ErrUnconfirmed
}

// Unlink takes an identity out of a profile and returns the profile as the
// tenant then holds it, settled by reading as in [Link].
func Unlink(ctx context.Context, api API, u management.User, identity management.Identity) (management.User, error) {
	switch {
	case identity.ID() == u.ID:
		return u, ErrPrimary
	case !has(u, identity.ID()):
		return u, ErrNotHere
	}
	_, err := api.Unlink(ctx, u.ID, identity)
	if err != nil && !uncertain(err) {
		return u, err
	}
	after, readErr := api.User(settle(ctx), u.ID)
	switch {
	case readErr != nil && err != nil:
		return u, err
	case readErr != nil:
		return u, fmt.Errorf("%w: %w", ErrUnconfirmed, readErr)
	case !has(after, identity.ID()):
		return after, nil
	case err != nil:
		return after, err
	}
	return after, ErrUnconfirmed
}

// settle is the context for the reading that follows a write: who stops the
// write has to be told what has become of it.
func settle(ctx context.Context) context.Context { return context.WithoutCancel(ctx) }

// uncertain tells whether a failed request may have been carried out all the same.
func uncertain(err error) bool {
	return errors.Is(err, browser.ErrNetwork) ||
		errors.Is(err, context.Canceled) ||
		errors.Is(err, context.DeadlineExceeded) ||
		errors.Is(err, management.ErrServer) ||
		errors.Is(err, management.ErrAnswer)
}

func has(u management.User, id string) bool {
	for _, i := range u.Identities {
		if i.ID() == id {
			return true
		}
	}
	return false
}
