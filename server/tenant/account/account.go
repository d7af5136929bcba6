// Package account has what people do with their accounts in a tenant's databases: a
// [Service] signs them in with a password, makes accounts, and sends the messages with
// which an address is verified, a password is chosen or a block ended. It checks one-time
// codes. Nothing here
// tells a stranger which accounts there are.
package account

import (
	"cmp"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/mail"
	"strings"
	"sync"
	"time"

	"twinlock/server/tenant/connection"
	"twinlock/server/tenant/directory"
	"twinlock/server/tenant/expiring"
	"twinlock/server/tenant/issuer"
	"twinlock/server/tenant/password"
	"twinlock/server/tenant/seed"
)

// A Service has the accounts of a tenant. It may be used by several goroutines at the
// same time.
type Service struct {
	users    *directory.Directory
	issuer   issuer.Issuer
	now      func() time.Time
	attempts *attempts
	tickets  tickets
	codes    *expiring.Map[sentCode] // by the id of an authorization request
	outbox   outbox

	otpChecks   sync.Mutex              // a code that comes twice at once is right once
	usedCodes   *expiring.Map[struct{}] // one-time codes, by user_id and code
	enrollments *expiring.Map[string]   // secrets that wait for their first code, by the id of an authorization request
}

// New returns a service for the users. Links of messages have the issuer's first name.
func New(users *directory.Directory, of issuer.Issuer, limit LoginLimit, now func() time.Time) *Service {
	return &Service{
		users: users, issuer: of, now: now, attempts: newAttempts(limit, now),
		codes:       expiring.New[sentCode](now, codeTTL, expiring.DefaultLimit),
		tickets:     tickets{expiring.New[ticket](now, ticketTTL, expiring.DefaultLimit)},
		usedCodes:   expiring.New[struct{}](now, usedTTL, expiring.DefaultLimit),
		enrollments: expiring.New[string](now, enrollmentTTL, expiring.DefaultLimit),
	}
}

// Clear forgets messages, their links and failed attempts.
func (s *Service) Clear() {
	s.tickets.Clear()
	s.codes.Clear()
	s.usedCodes.Clear()
	s.enrollments.Clear()
	s.attempts.failed.Clear()
	s.outbox.clear()
}

// SignIn checks a password of the database c and returns the identity. It counts
// failures for the peer of r. Errors: ErrWrongPassword, for an unknown address too;
// ErrTooManyAttempts, ErrBlocked.
func (s *Service) SignIn(r *http.Request, c connection.Connection, email, given string) (directory.Identity, error) {
	key := attemptKey(r, email)
	if s.attempts.blocked(key) {
		return directory.Identity{}, ErrTooManyAttempts
	}
	id, ok := s.users.Authenticate(c.Name, email, given)
	if !ok {
		known := id.Key()
		if s.attempts.fail(key, known) && known != "" {
			s.send(id, unblock)
		}
		return directory.Identity{}, ErrWrongPassword
	}
	s.attempts.succeed(key)
	if owner := s.users.Owner(id.Key()); owner == nil || owner.Blocked {
		return directory.Identity{}, ErrBlocked
	}
	return id, nil
}

// Register makes an account in the database c, sends its owner a message to verify the
// address, and returns its identity. Errors: Error, password.WeakError, and those of
// the directory.
func (s *Service) Register(c connection.Connection, of seed.Identity, given string,
	metadata map[string]any) (directory.Identity, error) {
	if c.DisableSignup {
		return directory.Identity{}, errSignupsDisabled
	}
	of.Email = strings.ToLower(strings.TrimSpace(of.Email))
	if parsed, err := mail.ParseAddress(of.Email); err != nil || parsed.Address != of.Email {
		return directory.Identity{}, ErrInvalidEmail
	}
	if err := check(c.PasswordPolicy, given); err != nil {
		return directory.Identity{}, err
	}
	of.Connection, of.Password, of.ID = c.Name, given, newID()
	id, err := s.users.NewIdentity(of)
	if err != nil {
		return directory.Identity{}, err
	}
	if _, err := s.users.Create(id, metadata); err != nil {
		return directory.Identity{}, createError(c, err)
	}
	s.send(id, verify)
	return id, nil
}

// newID returns an id in the form of those that Auth0 makes.
func newID() string {
	var random [12]byte
	rand.Read(random[:]) // never fails
	return hex.EncodeToString(random[:])
}

// createError returns the error of the Authentication API for one of the directory.
func createError(c connection.Connection, err error) error {
	switch {
	case errors.Is(err, directory.ErrUserExists) && c.GenericSignupErrors:
		return errSignupGeneric
	case errors.Is(err, directory.ErrUserExists):
		return errSignupUser
	case errors.Is(err, directory.ErrFull):
		return errSignupFull
	}
	return err
}

// check is password.Check with the errors of the Authentication API.
func check(policy, given string) error {
	err := password.Check(policy, given)
	if errors.Is(err, password.ErrTooLong) {
		return databaseError(400, "invalid_password", fmt.Sprintf("Password is longer than %d bytes", password.MaxBytes))
	}
	return err
}

// Forgot sends the owner of the address, if there is one, a message with which a new
// password can be chosen.
func (s *Service) Forgot(c connection.Connection, email string) {
	if id, found := s.users.Find(c.Name, strings.TrimSpace(email)); found {
		s.send(id, reset)
	}
}

// VerifyEmail marks the address as verified whose owner got the ticket. Errors:
// ErrTicket, and those of the directory.
func (s *Service) VerifyEmail(ticket string) error {
	key, ok := s.tickets.pop(ticket, verify)
	if !ok {
		return ErrTicket
	}
	return s.users.ChangeIdentity(key, func(i *directory.Identity) { i.Profile.EmailVerified = true })
}

// Unblock ends the block after too many attempts. Errors: ErrTicket.
func (s *Service) Unblock(ticket string) error {
	key, ok := s.tickets.pop(ticket, unblock)
	if !ok {
		return ErrTicket
	}
	s.attempts.forgive(key)
	return nil
}

// CanReset reports whether a new password can be chosen with the ticket.
func (s *Service) CanReset(ticket string) bool {
	_, ok := s.tickets.get(ticket, reset)
	return ok
}

// ResetPassword sets a new password, ends a block, and returns the key of the identity.
// Who has read the message owns the address, so that it is verified too. Errors:
// ErrTicket, Error and password.WeakError, after which the ticket is still valid, and
// those of the directory.
func (s *Service) ResetPassword(ticket, given string) (identity string, err error) {
	key, ok := s.tickets.get(ticket, reset)
	if !ok {
		return "", ErrTicket
	}
	hash, err := s.hash(key, given)
	if err != nil {
		return "", err
	}
	if _, ok := s.tickets.pop(ticket, reset); !ok {
		return "", ErrTicket // two have used the link at the same time
	}
	err = s.users.ChangeIdentity(key, func(i *directory.Identity) { i.PasswordHash, i.Profile.EmailVerified = hash, true })
	if err != nil {
		return "", err
	}
	s.attempts.forgive(key)
	return key, nil
}

// hash checks the password by the policy of the identity's database.
func (s *Service) hash(key, given string) ([]byte, error) {
	owner := s.users.Owner(key)
	if owner == nil {
		return nil, directory.ErrNoUser
	}
	c, _ := s.users.Connections().Find(owner.Identity(key).Connection)
	if err := check(cmp.Or(c.PasswordPolicy, "none"), given); err != nil {
		return nil, err
	}
	return password.Hash(given)
}
