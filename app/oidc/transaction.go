package oidc

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"twinlock/app/platform"
)

const (
	transactionPrefix  = "twinlock.tx."
	transactionVersion = 2
	maxTransactions    = 20
)

// The ways in which a person is sent to the tenant.
const (
	// ModeRedirect means that the page itself goes there and comes back.
	ModeRedirect = "redirect"
	// ModePopup means that a window goes there and gives the answer to this page.
	ModePopup = "popup"
)

// Transaction is an authorization request that waits for its answer. The answer is
// accepted for the transaction that its state names, once.
//
// That of a pop-up window waits in memory: only the page that opened the window can
// finish it. Any other waits in a store as JSON under "twinlock.tx." + State, in a form
// that other code of this origin, such as a boot script, may write too:
//
//	{
//	  "v": 2,
//	  "issuer":     "https://tenant…/", exactly as in discovery
//	  "client_id":  "…",                both are the client's that finishes it
//	  "state":      "<purpose>.<16 random bytes, base64url without padding>",
//	  "purpose":    "login",            [a-z]{1,16}, the same word as in state
//	  "connection": "google-oauth2",    "" or absent: the tenant asks
//	  "nonce":      "<32 random bytes, base64url without padding>",
//	  "verifier":   "<32 random bytes, base64url without padding>",
//	  "max_age":    0,                  seconds; absent: not asked for
//	  "subject":    "auth0|…",          "" or absent: nobody was signed in
//	  "expected":   "auth0|…",          "" or absent: any account may answer
//	  "return_to":  "/",                path on this origin
//	  "mode":       "redirect",         or "popup"
//	  "created":    1700000000000       Unix time in milliseconds
//	}
//
// The fields are those of [Request], besides:
type Transaction struct {
	// Issuer and ClientID are those of [Settings].
	Issuer   string
	ClientID string
	// State names the transaction: the purpose, a dot, and 128 random bits.
	State      string
	Purpose    string
	Connection string
	// Nonce is what the ID token must repeat: 256 random bits.
	Nonce string
	// Verifier is PKCE's code_verifier: 256 random bits. It is sent to the token endpoint
	// and nowhere else.
	Verifier string
	// MaxAge is in whole seconds; nil: not asked for.
	MaxAge   *time.Duration
	Subject  string
	Expected string
	ReturnTo string
	Mode     string
	// Created is when the request was made, by this device's clock, in milliseconds.
	Created time.Time

	uptime time.Duration // when a window's was made, see [Deps]
}

// BelongsTo reports whether a transaction is that of who is signed in now, "" for nobody,
// once an account has answered it. Who is signed in must be who it was when it was begun.
// Where nobody was, it may also be the account that answers: another tab has been faster.
func (tx Transaction) BelongsTo(signedIn, answers string) bool {
	return signedIn == tx.Subject || tx.Subject == "" && signedIn == answers
}

type storedTransaction struct {
	Version    int    `json:"v"`
	Issuer     string `json:"issuer"`
	ClientID   string `json:"client_id"`
	State      string `json:"state"`
	Purpose    string `json:"purpose"`
	Connection string `json:"connection,omitempty"`
	Nonce      string `json:"nonce"`
	Verifier   string `json:"verifier"`
	MaxAge     *int   `json:"max_age,omitempty"`
	Subject    string `json:"subject,omitempty"`
	Expected   string `json:"expected,omitempty"`
	ReturnTo   string `json:"return_to"`
	Mode       string `json:"mode"`
	Created    int64  `json:"created"`
	// Uptime is a window's only, so it is never in the store.
	Uptime time.Duration `json:"uptime,omitempty"`
}

// MarshalJSON writes the stored form.
func (tx Transaction) MarshalJSON() ([]byte, error) {
	return json.Marshal(storedTransaction{
		Version: transactionVersion,
		Issuer:  tx.Issuer, ClientID: tx.ClientID,
		State: tx.State, Purpose: tx.Purpose, Connection: tx.Connection,
		Nonce: tx.Nonce, Verifier: tx.Verifier, MaxAge: secondsOf(tx.MaxAge),
		Subject: tx.Subject, Expected: tx.Expected,
		ReturnTo: tx.ReturnTo, Mode: tx.Mode,
		Created: tx.Created.UnixMilli(), Uptime: tx.uptime,
	})
}

// UnmarshalJSON reads the stored form and refuses what Begin would not write.
func (tx *Transaction) UnmarshalJSON(data []byte) error {
	var s storedTransaction
	if err := json.Unmarshal(data, &s); err != nil {
		return fmt.Errorf("stored transaction: %w", err)
	}
	if s.Version != transactionVersion || !validState(s.State) || !validMaxAge(maxAgeOf(s.MaxAge)) ||
		len(s.Nonce) != len(encode32) || len(s.Verifier) != len(encode32) {
		return fmt.Errorf("stored transaction: not of version %d", transactionVersion)
	}
	*tx = Transaction{
		Issuer: s.Issuer, ClientID: s.ClientID,
		State: s.State, Purpose: s.Purpose, Connection: s.Connection,
		Nonce: s.Nonce, Verifier: s.Verifier, MaxAge: maxAgeOf(s.MaxAge),
		Subject: s.Subject, Expected: s.Expected,
		ReturnTo: localPath(s.ReturnTo), Mode: s.Mode,
		Created: time.UnixMilli(s.Created), uptime: s.Uptime,
	}
	return nil
}

// Lengths of 16 and 32 bytes in base64url without padding.
var (
	encode16 = strings.Repeat("A", 22)
	encode32 = strings.Repeat("A", 43)
)

// validState tells whether a state is of the form that Begin makes. A state from outside
// must be, before it becomes part of a store's key.
func validState(state string) bool {
	purpose, random, ok := strings.Cut(state, ".")
	return ok && validPurpose(purpose) && len(random) == len(encode16) &&
		!strings.ContainsFunc(random, notBase64URL)
}

func validPurpose(purpose string) bool {
	return purpose != "" && len(purpose) <= 16 &&
		!strings.ContainsFunc(purpose, func(r rune) bool { return r < 'a' || r > 'z' })
}

// maxMaxAge is 68 years: the tenant reads max_age as a number of seconds.
const maxMaxAge = math.MaxInt32 * time.Second

func validMaxAge(age *time.Duration) bool { return age == nil || *age >= 0 && *age <= maxMaxAge }

// secondsOf is a max age as it is sent and stored, rounded down; nil for none.
func secondsOf(age *time.Duration) *int {
	if age == nil {
		return nil
	}
	return new(int(*age / time.Second))
}

// maxAgeOf is a max age that is given in seconds; nil for none. A number that is not valid
// becomes a max age that is not.
func maxAgeOf(seconds *int) *time.Duration {
	switch {
	case seconds == nil:
		return nil
	case *seconds < 0, *seconds > math.MaxInt32:
		return new(time.Duration(-1))
	}
	return new(time.Duration(*seconds) * time.Second)
}

func notBase64URL(r rune) bool {
	return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_')
}

// save stores a new transaction where it can be read back. It first removes from there
// those that nobody can finish.
func (c *Client) save(tx Transaction) error {
	data, err := json.Marshal(tx)
	if err != nil {
		return err
	}
	stores := c.stores()[1:]
	if tx.Mode == ModePopup {
		stores = []platform.Storage{&c.windows}
	}
	key, text, err := transactionPrefix+tx.State, string(data), ErrNotKept
	for _, store := range stores {
		c.prune(store)
		refused := store.Set(key, text)
		if kept, _ := store.Get(key); kept == text {
			return nil
		}
		store.Delete(key)
		if refused != nil {
			err = fmt.Errorf("%w: %w", err, refused)
		}
	}
	return err
}

// prune removes the transactions that have expired or cannot be read, and the oldest ones
// beyond the number that may wait.
func (c *Client) prune(store platform.Storage) {
	// By their time, and sorted as text: to sort transactions would add 25 kB to a program.
	var waiting []string
	for _, key := range store.Keys() {
		if !strings.HasPrefix(key, transactionPrefix) {
			continue
		}
		text, _ := store.Get(key)
		tx, err := c.own(key, text)
		if err != nil || c.expired(tx.Created) {
			store.Delete(key)
			continue
		}
		waiting = append(waiting, tx.Created.UTC().Format("2006-01-02 15:04:05.000000000 ")+tx.State)
	}
	slices.Sort(waiting)
	for len(waiting) >= maxTransactions {
		state := waiting[0][strings.LastIndexByte(waiting[0], ' ')+1:]
		store.Delete(transactionPrefix + state)
		waiting = waiting[1:]
	}
}

// own returns the transaction that was stored under a key, if it is this client's.
func (c *Client) own(key, text string) (Transaction, error) {
	tx, err := stored(key, text)
	if err == nil && (tx.Issuer != c.settings.Issuer || tx.ClientID != c.settings.ClientID) {
		return Transaction{}, ErrNoTransaction
	}
	return tx, err
}

// stored returns the transaction that was stored under a key.
func stored(key, text string) (Transaction, error) {
	var tx Transaction
	if err := json.Unmarshal([]byte(text), &tx); err != nil {
		return Transaction{}, err
	}
	if transactionPrefix+tx.State != key {
		return Transaction{}, ErrNoTransaction
	}
	return tx, nil
}

// pop removes the transaction of a state and returns it. Nothing brings it back, whatever
// comes of it.
func (c *Client) pop(state string) (Transaction, error) {
	if !validState(state) {
		return Transaction{}, ErrNoTransaction
	}
	key := transactionPrefix + state
	for _, store := range c.stores() {
		if text, found := store.Pop(key); found {
			if tx, err := c.own(key, text); err == nil {
				return tx, nil
			}
		}
	}
	return Transaction{}, ErrNoTransaction
}

// stores returns where transactions are, in the order in which they are looked for.
func (c *Client) stores() []platform.Storage {
	list := []platform.Storage{&c.windows}
	for _, store := range []platform.Storage{c.deps.Store, c.deps.Fallback} {
		if store != nil {
			list = append(list, store)
		}
	}
	return list
}

// begun returns when the request of a transaction was made. For a window this page has seen
// the time pass: it counts also if somebody has put the clock back.
func (c *Client) begun(tx Transaction) time.Time {
	if tx.Mode != ModePopup {
		return tx.Created
	}
	now := c.deps.Now()
	return now.Add(-max(now.Sub(tx.Created), c.deps.Uptime()-tx.uptime))
}

// expired tells whether what is from that time is older than a sign-in may get.
func (c *Client) expired(created time.Time) bool {
	age := c.deps.Now().Sub(created)
	return age > c.settings.MaxTransactionAge || age < -platform.ClockSkew
}

// Cancel removes a transaction. An answer to it is then refused.
func (c *Client) Cancel(state string) {
	_, _ = c.pop(state)
}

// ForgetAccounts removes from a store the transactions that name an account: nobody can
// finish them after a sign-out. One that cannot be read is removed, too.
func ForgetAccounts(store platform.Storage) {
	for _, key := range store.Keys() {
		if !strings.HasPrefix(key, transactionPrefix) {
			continue
		}
		text, _ := store.Get(key)
		if tx, err := stored(key, text); err != nil || tx.Subject != "" || tx.Expected != "" {
			store.Delete(key)
		}
	}
}
