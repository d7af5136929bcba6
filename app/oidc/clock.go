package oidc

import "time"

// maxOffset is how far the device's clock may differ from the tenant's.
const maxOffset = 24 * time.Hour

// Clock is how the tenant's clock differs from this device's. It is learnt only from an ID
// token that answers a request of this page, after its signature, issuer, audience and
// nonce are checked. The zero Clock means that the difference is not known.
type Clock struct {
	// Offset is what has to be added to the device's time to get the tenant's.
	Offset time.Duration `json:"offset"`
	// Tolerance is how far Offset may be wrong: half of the time that the request took, and
	// the second that iat is cut to. It is never 0 where Offset is known.
	Tolerance time.Duration `json:"tolerance"`
}

// Known reports whether the difference is known.
func (c Clock) Known() bool { return c.Tolerance > 0 }

// roundTrip is a request to the token endpoint and its answer.
type roundTrip struct {
	answered time.Time     // by the device's clock as it was then
	uptime   time.Duration // the same by the clock that nobody can set
	took     time.Duration
}

// learn compares the time at which an ID token was issued within the round trip with the
// device's clock as it is now: somebody may have put it back since, while the keys were
// fetched. Nothing is learnt if they are too far apart, or if the trip took longer than a
// request can.
func (c *Client) learn(r roundTrip, t *Tokens, issued time.Time) {
	middle, now := r.answered.Add(-r.took/2), c.deps.Now()
	since := max(c.deps.Uptime()-r.uptime, now.UTC().Sub(r.answered.UTC()))
	offset := issued.Sub(now.Add(-since - r.took/2))
	if offset > maxOffset || offset < -maxOffset || r.took > fetchTimeout {
		return
	}
	t.Clock = Clock{Offset: offset, Tolerance: r.took/2 + time.Second}
	t.Expires = t.Expires.Add(issued.Sub(middle))
}
