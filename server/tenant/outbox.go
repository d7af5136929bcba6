package tenant

import (
	"cmp"
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"sync"
	"time"

	"twinlock/server/tenant/directory"
	"twinlock/server/tenant/password"
)

// outboxLimit is how many messages the outbox keeps; older ones go first.
const outboxLimit = 100

// ticketTTL is for how long a message's link works; the vendor's default.
const ticketTTL = 5 * 24 * time.Hour

// A mailing is a message that the vendor would send by e-mail.
type mailing struct {
	Time    time.Time `json:"time"`
	To      string    `json:"to"`
	Subject string    `json:"subject"`
	Text    string    `json:"text"`
	Link    string    `json:"link"`
}

type outbox struct {
	mu       sync.Mutex
	messages []mailing
}

func (o *outbox) add(m mailing) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.messages = append(o.messages, m)
	o.messages = o.messages[max(0, len(o.messages)-outboxLimit):]
}

func (o *outbox) list() []mailing {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]mailing{}, o.messages...)
}

func (o *outbox) clear() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.messages = nil
}

// A purpose is what the link of a message is for.
type purpose struct{ path, subject, text string }

var (
	purposeVerify = purpose{"/u/email-verification", "Verify your email", "Follow the link to confirm that this address is yours."}
	purposeReset  = purpose{"/u/reset-verify", "Reset your password", "Follow the link to choose a new password."}
	purposeUnlock = purpose{"/u/unblock", "Your account has been blocked", "There were too many wrong passwords. Follow the link to unblock your account."}
)

// A ticket is what the link of a message stands for.
type ticket struct {
	purpose  purpose
	identity string
}

// post puts a message to the owner of the identity into the outbox.
func (t *Tenant) post(to directory.Identity, p purpose) {
	value := rand.Text()
	t.storage.tickets.Put(value, ticket{p, to.Key()})
	t.outbox.add(mailing{
		Time: t.now(), To: to.Profile.Email, Subject: p.subject, Text: p.text,
		Link: t.issuer.URL() + p.path[1:] + "?" + url.Values{"ticket": {value}}.Encode(),
	})
}

// ticketOf returns the identity that the link is about; once if it is spent.
func (t *Tenant) ticketOf(w http.ResponseWriter, r *http.Request, p purpose, spend bool) (string, bool) {
	value := r.FormValue("ticket")
	found, ok := t.storage.tickets.Get(value)
	if ok && spend {
		found, ok = t.storage.tickets.Pop(value)
	}
	if !ok || found.purpose != p {
		t.errorPage(w, http.StatusBadRequest, "This link does not work", "It has been used or has expired. Ask for a new message.")
		return "", false
	}
	return found.identity, true
}

func (t *Tenant) verifyEmail(w http.ResponseWriter, r *http.Request) {
	key, ok := t.ticketOf(w, r, purposeVerify, true)
	if !ok {
		return
	}
	if err := t.directory.ChangeIdentity(key, func(i *directory.Identity) { i.Profile.EmailVerified = true }); err != nil {
		t.failPage(w, "verify address", err)
		return
	}
	t.page(w, http.StatusOK, "", "message", message{"Email verified", "Your email address has been verified."})
}

func (t *Tenant) unblock(w http.ResponseWriter, r *http.Request) {
	key, ok := t.ticketOf(w, r, purposeUnlock, true)
	if !ok {
		return
	}
	t.attempts.forgive(key)
	t.page(w, http.StatusOK, "", "message", message{"Account unblocked", "You can sign in again."})
}

// resetPage is what the template of the page that asks for a new password sees.
type resetPage struct{ Tenant, Ticket, Alert string }

func (t *Tenant) showReset(w http.ResponseWriter, r *http.Request) {
	if _, ok := t.ticketOf(w, r, purposeReset, false); ok {
		t.page(w, http.StatusOK, "", "reset", resetPage{Tenant: t.displayName(), Ticket: r.FormValue("ticket")})
	}
}

// reset sets the new password. Whoever has read the message owns the address,
// so that it counts as verified.
func (t *Tenant) resetPassword(w http.ResponseWriter, r *http.Request) {
	key, ok := t.ticketOf(w, r, purposeReset, false)
	if !ok {
		return
	}
	hash, err := t.newPassword(key, r.PostFormValue("password"))
	if weak := asRefusal(err); weak != "" {
		t.page(w, http.StatusBadRequest, "", "reset", resetPage{t.displayName(), r.FormValue("ticket"), weak})
		return
	}
	if err != nil {
		t.failPage(w, "reset password", err)
		return
	}
	if _, ok := t.ticketOf(w, r, purposeReset, true); !ok {
		return // two have used the link at the same time
	}
	if err := t.directory.ChangeIdentity(key, func(i *directory.Identity) { i.PasswordHash, i.Profile.EmailVerified = hash, true }); err != nil {
		t.failPage(w, "reset password", err)
		return
	}
	t.attempts.forgive(key)
	t.storage.endSessions(key)
	t.page(w, http.StatusOK, "", "message", message{"Password changed", "Your password has been changed. You can sign in with it now."})
}

// newPassword checks the password by the policy of the identity's database.
func (t *Tenant) newPassword(key, given string) ([]byte, error) {
	owner := t.directory.Owner(key)
	if owner == nil {
		return nil, directory.ErrNoUser
	}
	c, _ := t.directory.Connections().Find(owner.Identity(key).Connection)
	if err := checkPassword(cmp.Or(c.PasswordPolicy, "none"), given); err != nil {
		return nil, err
	}
	return password.Hash(given)
}

// asRefusal is the sentence for a person whose input was refused, or empty.
func asRefusal(err error) string {
	var weak password.WeakError
	if errors.As(err, &weak) {
		return weak.Message + ". It needs:\n" + weak.Policy
	}
	var known authError
	if errors.As(err, &known) {
		return known.Description
	}
	return ""
}
