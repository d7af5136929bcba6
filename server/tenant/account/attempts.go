package account

import (
	"net"
	"net/http"
	"strings"
	"time"

	"twinlock/server/tenant/expiring"
	"twinlock/server/tenant/seconds"
)

// A LoginLimit blocks an account for a peer after so many wrong passwords in a row, as
// Auth0's brute-force protection does.
// https://auth0.com/docs/secure/attack-protection/brute-force-protection
type LoginLimit struct {
	// Attempts is how many. 0: a hundred, which no test reaches by accident. Negative:
	// no limit. Auth0's is 10.
	Attempts int `yaml:"attempts"`
	// Window is after how long a block ends by itself. 0: an hour.
	Window seconds.Seconds `yaml:"window"`
}

// attempts counts wrong passwords by address and peer.
type attempts struct {
	limit  int
	failed *expiring.Map[failedLogin]
}

type failedLogin struct {
	identity string // its key; empty if the address has no account
	count    int
}

func newAttempts(limit LoginLimit, now func() time.Time) *attempts {
	if limit.Attempts == 0 {
		limit.Attempts = 100
	}
	return &attempts{limit.Attempts, expiring.New[failedLogin](now, limit.Window.Or(3600), expiring.DefaultLimit)}
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

// fail counts a wrong password and returns whether it was the last attempt.
func (a *attempts) fail(key, identity string) bool {
	count := 1
	if !a.failed.Update(key, func(f *failedLogin) { f.count++; count = f.count }) {
		a.failed.Put(key, failedLogin{identity, count})
	}
	return count == a.limit
}

func (a *attempts) succeed(key string) { a.failed.Pop(key) }

// forgive ends the blocks of the identity for all peers.
func (a *attempts) forgive(identity string) {
	a.failed.DeleteFunc(func(f failedLogin) bool { return f.identity == identity })
}
