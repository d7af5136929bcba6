package oidc

import (
	"cmp"
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
	// clockStep is how far a device's clock may be set back while a
	// transaction waits.
	clockStep = time.Minute
)

// The ways a person is sent to the tenant.
const (
	ModeRedirect = "redirect"
	ModePopup    = "popup"
)

// Transaction is one begun authorization request. What comes back is accepted
// by the transaction that its state names, once.
//
// One in a pop-up window waits in memory: the page that opened the window
// finishes it or nobody does. Any other waits in the store as JSON under "twinlock.tx." + State, in a format that
// other code of this origin may write too:
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
type Transaction struct {
	Issuer, ClientID                                                               string
	State, Purpose, Connection, Nonce, Verifier, Subject, Expected, ReturnTo, Mode string

	MaxAge  *int // seconds
	Created time.Time
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
}

// MarshalJSON writes the stored format.
func (tx Transaction) MarshalJSON() ([]byte, error) {
	return json.Marshal(storedTransaction{
		Version: transactionVersion,
		Issuer:  tx.Issuer, ClientID: tx.ClientID,
		State: tx.State, Purpose: tx.Purpose, Connection: tx.Connection,
		Nonce: tx.Nonce, Verifier: tx.Verifier, MaxAge: tx.MaxAge,
		Subject: tx.Subject, Expected: tx.Expected,
		ReturnTo: tx.ReturnTo, Mode: tx.Mode,
		Created: tx.Created.UnixMilli(),
	})
}

// UnmarshalJSON reads the stored format and refuses what no Begin wrote.
func (tx *Transaction) UnmarshalJSON(data []byte) error {
	var s storedTransaction
	if err := json.Unmarshal(data, &s); err != nil {
		return fmt.Errorf("stored transaction: %w", err)
	}
	if s.Version != transactionVersion || !validState(s.State) || !validMaxAge(s.MaxAge) ||
		len(s.Nonce) != len(encode32) || len(s.Verifier) != len(encode32) {
		return fmt.Errorf("stored transaction: not of version %d", transactionVersion)
	}
	*tx = Transaction{
		Issuer: s.Issuer, ClientID: s.ClientID,
		State: s.State, Purpose: s.Purpose, Connection: s.Connection,
		Nonce: s.Nonce, Verifier: s.Verifier, MaxAge: s.MaxAge,
		Subject: s.Subject, Expected: s.Expected,
		ReturnTo: localPath(s.ReturnTo), Mode: s.Mode,
		Created: time.UnixMilli(s.Created),
	}
	return nil
}

// Lengths of 16 and 32 bytes in base64url without padding.
var (
	encode16 = strings.Repeat("A", 22)
	encode32 = strings.Repeat("A", 43)
)

// validState reports whether a state is of the form that Begin gives. It is
// asked before a state from outside becomes part of a store's key.
func validState(state string) bool {
	purpose, random, ok := strings.Cut(state, ".")
	return ok && validPurpose(purpose) && len(random) == len(encode16) &&
		!strings.ContainsFunc(random, notBase64URL)
}

func validPurpose(purpose string) bool {
	return purpose != "" && len(purpose) <= 16 &&
		!strings.ContainsFunc(purpose, func(r rune) bool { return r < 'a' || r > 'z' })
}

// validMaxAge bounds seconds to what a time.Duration can hold with ease.
func validMaxAge(seconds *int) bool {
	return seconds == nil || *seconds >= 0 && *seconds <= math.MaxInt32
}

func notBase64URL(r rune) bool {
	return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_')
}

// keep stores a new transaction after clearing away what is of no use any more.
func (c *Client) keep(tx Transaction) error {
	data, err := json.Marshal(tx)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	store := c.deps.Store
	if tx.Mode == ModePopup {
		store = &c.windows
	}
	c.prune(store)
	if err := store.Set(transactionPrefix+tx.State, string(data)); err != nil {
		return fmt.Errorf("keep the transaction: %w", err)
	}
	return nil
}

// prune removes transactions that are expired or unreadable, and the oldest
// beyond the number that may wait.
func (c *Client) prune(store platform.Storage) {
	var waiting []Transaction
	for _, key := range store.Keys() {
		if !strings.HasPrefix(key, transactionPrefix) {
			continue
		}
		tx, err := c.read(store, key)
		if err != nil || c.expired(tx) {
			store.Delete(key)
			continue
		}
		waiting = append(waiting, tx)
	}
	slices.SortFunc(waiting, func(a, b Transaction) int {
		return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.State, b.State))
	})
	for len(waiting) >= maxTransactions {
		store.Delete(transactionPrefix + waiting[0].State)
		waiting = waiting[1:]
	}
}

// read returns the transaction under a key, if it is this client's.
func (c *Client) read(store platform.Storage, key string) (Transaction, error) {
	tx, err := read(store, key)
	if err == nil && (tx.Issuer != c.settings.Issuer || tx.ClientID != c.settings.ClientID) {
		return Transaction{}, ErrNoTransaction
	}
	return tx, err
}

func read(store platform.Storage, key string) (Transaction, error) {
	text, ok := store.Get(key)
	if !ok {
		return Transaction{}, ErrNoTransaction
	}
	var tx Transaction
	if err := json.Unmarshal([]byte(text), &tx); err != nil {
		return Transaction{}, err
	}
	if transactionPrefix+tx.State != key {
		return Transaction{}, ErrNoTransaction
	}
	return tx, nil
}

// take removes and returns the transaction of a state. It is gone from here
// on, whatever becomes of it.
func (c *Client) take(state string) (Transaction, error) {
	if !validState(state) {
		return Transaction{}, ErrNoTransaction
	}
	key := transactionPrefix + state
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, store := range c.stores() {
		tx, err := c.read(store, key)
		store.Delete(key)
		if err == nil {
			return tx, nil
		}
	}
	return Transaction{}, ErrNoTransaction
}

func (c *Client) stores() []platform.Storage { return []platform.Storage{&c.windows, c.deps.Store} }

func (c *Client) expired(tx Transaction) bool {
	age := c.deps.Now().Sub(tx.Created)
	return age > c.settings.MaxTransactionAge || age < -clockStep
}

// Cancel forgets a begun transaction. What may still come back for it is then
// refused.
func (c *Client) Cancel(state string) {
	if validState(state) {
		c.mu.Lock()
		defer c.mu.Unlock()
		for _, store := range c.stores() {
			store.Delete(transactionPrefix + state)
		}
	}
}

// ForgetAccounts removes the transactions that name an account from a store:
// nobody who has signed out finishes them. A transaction that cannot be read
// goes, too.
func ForgetAccounts(store platform.Storage) {
	for _, key := range store.Keys() {
		if !strings.HasPrefix(key, transactionPrefix) {
			continue
		}
		if tx, err := read(store, key); err != nil || tx.Subject != "" || tx.Expected != "" {
			store.Delete(key)
		}
	}
}
