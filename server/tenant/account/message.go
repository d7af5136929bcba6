package account

import (
	"crypto/rand"
	"net/url"
	"sync"
	"time"

	"twinlock/server/tenant/directory"
	"twinlock/server/tenant/expiring"
)

// outboxLimit is how many messages the outbox has; the oldest go first.
const outboxLimit = 100

// ticketTTL is for how long a message's link is valid, Auth0's default.
const ticketTTL = 5 * 24 * time.Hour

// The paths of the links in messages, each with the query parameter ticket.
const (
	VerifyPath  = "/u/email-verification"
	ResetPath   = "/u/reset-verify"
	UnblockPath = "/u/unblock"
)

// A Message is one that Auth0 would send by e-mail, or to a telephone.
type Message struct {
	Time    time.Time `json:"time"`
	To      string    `json:"to"`
	Subject string    `json:"subject"`
	Text    string    `json:"text"`
	// Link leads to one of the paths above. Empty: the message has a code.
	Link string `json:"link,omitempty"`
	// Code is to be entered where somebody signs in.
	Code string `json:"code,omitempty"`
}

// Messages returns those that were sent, the oldest first; never nil.
func (s *Service) Messages() []Message { return s.outbox.list() }

// Receive puts a message of the tenant's operator into the outbox.
func (s *Service) Receive(to, subject, text string) {
	s.outbox.add(Message{Time: s.now(), To: to, Subject: subject, Text: text})
}

type outbox struct {
	mu       sync.Mutex
	messages []Message
}

func (o *outbox) add(m Message) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.messages = append(o.messages, m)
	o.messages = o.messages[max(0, len(o.messages)-outboxLimit):]
}

func (o *outbox) list() []Message {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]Message{}, o.messages...)
}

func (o *outbox) clear() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.messages = nil
}

// A purpose is what the link of a message is for.
type purpose struct{ path, subject, text string }

var (
	verify  = purpose{VerifyPath, "Verify your email", "Follow the link to confirm that this address is yours."}
	reset   = purpose{ResetPath, "Reset your password", "Follow the link to choose a new password."}
	unblock = purpose{UnblockPath, "Your account has been blocked",
		"There were too many wrong passwords. Follow the link to unblock your account."}
)

// tickets are what the links of messages stand for, by the value in the link.
type tickets struct{ *expiring.Map[ticket] }

type ticket struct {
	purpose  purpose
	identity string // key
}

// get returns the identity that a link of the purpose is about, false if it is invalid.
func (t tickets) get(value string, of purpose) (identity string, ok bool) {
	found, ok := t.Get(value)
	return found.identity, ok && found.purpose == of
}

// pop is get, and ends the link.
func (t tickets) pop(value string, of purpose) (identity string, ok bool) {
	found, ok := t.Pop(value)
	return found.identity, ok && found.purpose == of
}

// send puts a message to the owner of the identity into the outbox.
func (s *Service) send(to directory.Identity, p purpose) {
	value := rand.Text()
	s.tickets.Put(value, ticket{p, to.Key()})
	s.outbox.add(Message{
		Time: s.now(), To: to.Profile.Email, Subject: p.subject, Text: p.text,
		Link: s.issuer.URL() + p.path[1:] + "?" + url.Values{"ticket": {value}}.Encode(),
	})
}
