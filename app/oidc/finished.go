package oidc

import (
	"strconv"
	"strings"
	"time"
)

// finishedPrefix begins the keys of the states that have been finished. Behind it stands
// the state's hash, because the state itself may be in the tenant's pages still; the value
// is when that was, as Unix time in milliseconds.
const finishedPrefix = "twinlock.finished."

func finishedKey(state string) string { return finishedPrefix + challenge(state) }

// noteFinished remembers that a sign-in has been finished, for as long as another answer
// to it may be expected. What is older is forgotten. Where it cannot be stored, a second
// answer is an error like any other without a transaction.
func (c *Client) noteFinished(state string) {
	store := c.deps.Finished
	for _, key := range store.Keys() {
		if strings.HasPrefix(key, finishedPrefix) && !c.finishedLately(key) {
			store.Delete(key)
		}
	}
	_ = store.Set(finishedKey(state), strconv.FormatInt(c.deps.Now().UnixMilli(), 10))
}

// hasFinished tells whether the sign-in of a state has been finished lately.
func (c *Client) hasFinished(state string) bool { return c.finishedLately(finishedKey(state)) }

func (c *Client) finishedLately(key string) bool {
	value, _ := c.deps.Finished.Get(key)
	at, err := strconv.ParseInt(value, 10, 64)
	return err == nil && !c.expired(time.UnixMilli(at))
}
