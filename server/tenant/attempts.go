package tenant

import (
	"errors"
	"net"
	"net/http"
	"strings"
	"time"

	"twinlock/server/tenant/directory"
	"twinlock/server/tenant/expiring"
	"twinlock/server/tenant/password"
)

// A LoginLimit blocks an account for a peer after so many wrong passwords in a
// row, as the vendor's brute-force protection does.
type LoginLimit struct {
	// Attempts is how many. 0: a hundred, which no test trips over. Negative: no
	// limit. The vendor's is 10.
	Attempts int `yaml:"attempts"`
	// Window is after how long a block ends by itself. 0: an hour.
	Window Seconds `yaml:"window"`
}

// attempts counts wrong passwords by address and peer.
type attempts struct {
	limit  int
	failed *expiring.Map[failedLogin]
}

type failedLogin struct {
	identity string // key; empty if the address has no account
	count    int
}

func newAttempts(limit LoginLimit, now func() time.Time) *attempts {
	if limit.Attempts == 0 {
		limit.Attempts = 100
	}
	return &attempts{limit.Attempts, expiring.New[failedLogin](now, limit.Window.or(3600), expiring.DefaultLimit)}
}

func attemptKey(r *http.Request, email string) string {
	host, _, _ := net.SplitHostPort(r.RemoteAddr)
	return host + " " + strings.ToLower(strings.TrimSpace(email))
}

func (a *attempts) blocked(key string) bool {
	if a.limit < 0 {
		return false
	}
	f, ok := a.failed.Get(key)
	return ok && f.count >= a.limit
}

// fail counts, and tells whether that was the last attempt.
func (a *attempts) fail(key, identity string) bool {
	count := 1
	if !a.failed.Update(key, func(f *failedLogin) { f.count++; count = f.count }) {
		a.failed.Put(key, failedLogin{identity, count})
	}
	return count == a.limit
}

func (a *attempts) succeed(key string) { a.failed.Pop(key) }

// forgive lets the identity be signed in to from everywhere.
func (a *attempts) forgive(identity string) {
	a.failed.DeleteFunc(func(f failedLogin) bool { return f.identity == identity })
}

// The failures of signing in with a password.
var (
	errWrongPassword   = authError{Status: 403, Code: "access_denied", Description: "Wrong email or password."}
	errTooManyAttempts = authError{Status: 429, Code: "too_many_attempts", Description: "Your account has been blocked after multiple consecutive login attempts. " +
		"We've sent you a notification via your preferred contact method with instructions on how to unblock it."}
	errBlockedUser = authError{Status: 403, Code: "unauthorized", Description: "user is blocked"}
)

// checkPassword is password.Check with the error of the Authentication API.
func checkPassword(policy, given string) error {
	err := password.Check(policy, given)
	if errors.Is(err, password.ErrTooLong) {
		return authError{Status: 400, Name: "BadRequestError", Code: "invalid_password", Description: err.Error()}
	}
	return err
}

// checkLogin checks a password of the database c. One text for an unknown
// address and a wrong password: it must not tell which accounts there are.
func (t *Tenant) checkLogin(r *http.Request, c Connection, email, password string) (directory.Identity, error) {
	key := attemptKey(r, email)
	if t.attempts.blocked(key) {
		return directory.Identity{}, errTooManyAttempts
	}
	id, ok := t.directory.Authenticate(c.Name, email, password)
	if !ok {
		known := id.Key()
		if t.attempts.fail(key, known) && known != "" {
			t.post(id, purposeUnlock)
		}
		return directory.Identity{}, errWrongPassword
	}
	t.attempts.succeed(key)
	if owner := t.directory.Owner(id.Key()); owner == nil || owner.Blocked {
		return directory.Identity{}, errBlockedUser
	}
	return id, nil
}
