package tenant

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"time"

	"twinlock/server/tenant/directory"
)

// A session is a browser's single sign-on: through which identity, and when.
// It names the identity and not the user, so that after linking the session of
// either account signs in to the one user.
type session struct {
	sid        string // the public name, unlike the cookie's value
	identity   string
	connection string
	client     string // the one signed in for last
	authTime   time.Time
}

// Cookies are shared by all ports of a host, so their names tell the tenant.
func (t *Tenant) cookieName(purpose string) string {
	sum := sha256.Sum256([]byte(t.issuer.URL()))
	return purpose + "-" + hex.EncodeToString(sum[:4])
}

// setCookie sets one that frames of other sites get too, as silent sign-in wants
// and as the vendor's do. Browsers allow that on https only.
func (t *Tenant) setCookie(w http.ResponseWriter, purpose, value string, maxAge int) {
	c := &http.Cookie{Name: t.cookieName(purpose), Value: value, Path: "/", MaxAge: maxAge, HttpOnly: true, SameSite: http.SameSiteLaxMode}
	if !t.issuer.Insecure() {
		c.Secure, c.SameSite = true, http.SameSiteNoneMode
	}
	http.SetCookie(w, c)
}

func (t *Tenant) cookie(r *http.Request, purpose string) string {
	c, err := r.Cookie(t.cookieName(purpose))
	if err != nil {
		return ""
	}
	return c.Value
}

func (t *Tenant) session(r *http.Request) (session, bool) {
	value := t.cookie(r, "sso")
	if value == "" {
		return session{}, false
	}
	return t.storage.sessions.Get(value)
}

// startSession replaces the browser's session, whoever it belonged to.
func (t *Tenant) startSession(w http.ResponseWriter, r *http.Request, id directory.Identity, client string) session {
	t.storage.sessions.Pop(t.cookie(r, "sso"))
	s := session{sid: rand.Text(), identity: id.Key(), connection: id.Connection, client: client, authTime: t.now()}
	value := rand.Text() + rand.Text()
	t.storage.sessions.Put(value, s)
	t.setCookie(w, "sso", value, int(sessionTTL/time.Second))
	return s
}

func (t *Tenant) endSession(w http.ResponseWriter, r *http.Request) {
	t.storage.sessions.Pop(t.cookie(r, "sso"))
	t.setCookie(w, "sso", "", -1)
}

// browser names the browser, so that an authorization request can be finished
// only where it began: the hosted pages' protection from forged forms, and from
// a victim signing in on an attacker's behalf.
func (t *Tenant) browser(w http.ResponseWriter, r *http.Request) string {
	if value := t.cookie(r, "did"); value != "" {
		return value
	}
	value := rand.Text()
	t.setCookie(w, "did", value, int(sessionTTL/time.Second))
	return value
}
