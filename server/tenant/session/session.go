// Package session knows the browsers of a tenant: a [Store] has the [Session] of each
// that is signed in, and [Cookies] are how a browser is known.
package session

import (
	"crypto/rand"
	"net/http"
	"time"

	"twinlock/server/tenant/expiring"
	"twinlock/server/tenant/issuer"
)

// ttl is for how long a browser is known, Auth0's idle limit.
const ttl = 72 * time.Hour

// The purposes of cookies.
const (
	sessionCookie = "sso"
	browserCookie = "did"
)

// A Session is a browser's single sign-on. It names the identity and not the user, so
// that after linking the session of either account signs in to the one user.
type Session struct {
	// ID is the public name, the sid claim. It is not the cookie's value.
	ID string
	// Identity is the key of the one signed in with.
	Identity string
	// Connection is the name of the identity's connection.
	Connection string
	// Client is the id of the one signed in for.
	Client string
	// Factor: a second one was checked.
	Factor bool
	// Time is when the credentials were checked.
	Time time.Time
}

// A Store has the sessions of all browsers.
type Store struct {
	Cookies
	now      func() time.Time
	sessions *expiring.Map[Session] // by the cookie's value
}

// New returns a store without sessions.
func New(of issuer.Issuer, now func() time.Time) *Store {
	return &Store{Cookies{of}, now, expiring.New[Session](now, ttl, expiring.DefaultLimit)}
}

// Of returns the session of the browser, false if there is none.
func (s *Store) Of(r *http.Request) (Session, bool) {
	value := s.Get(r, sessionCookie)
	if value == "" {
		return Session{}, false
	}
	return s.sessions.Get(value)
}

// Start gives the browser a new session, in the place of any other, and returns it with
// ID and Time.
func (s *Store) Start(w http.ResponseWriter, r *http.Request, started Session) Session {
	s.sessions.Pop(s.Get(r, sessionCookie))
	started.ID, started.Time = rand.Text(), s.now()
	value := rand.Text() + rand.Text()
	s.sessions.Put(value, started)
	s.Set(w, sessionCookie, value, int(ttl/time.Second))
	return started
}

// Confirm records a second factor in the browser's session.
func (s *Store) Confirm(r *http.Request) {
	s.sessions.Update(s.Get(r, sessionCookie), func(of *Session) { of.Factor = true })
}

// End ends the browser's session.
func (s *Store) End(w http.ResponseWriter, r *http.Request) {
	s.sessions.Pop(s.Get(r, sessionCookie))
	s.Set(w, sessionCookie, "", -1)
}

// EndAll signs the identity out of every browser.
func (s *Store) EndAll(identity string) {
	s.sessions.DeleteFunc(func(of Session) bool { return of.Identity == identity })
}

// Clear ends every session.
func (s *Store) Clear() { s.sessions.Clear() }

// Browser returns a secret name of the browser and gives it one if it has none. With
// it an authorization request can be finished only in the browser in which it began:
// the hosted pages' protection from forged forms, and from a victim signing in on an
// attacker's behalf.
func (s *Store) Browser(w http.ResponseWriter, r *http.Request) string {
	if value := s.Get(r, browserCookie); value != "" {
		return value
	}
	value := rand.Text()
	s.Set(w, browserCookie, value, int(ttl/time.Second))
	return value
}

// IsBrowser reports whether the request comes from the browser that Browser has named.
func (s *Store) IsBrowser(r *http.Request, name string) bool {
	return s.Get(r, browserCookie) == name
}
