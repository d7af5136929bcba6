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
	middle time.Time // by the device's clock as it was when the answer came
	took   time.Duration
}

// learn compares the time at which an ID token was issued within the round trip with the
// device's clock. Nothing is learnt if they are too far apart, or if the trip took longer
// than a request can.
func (r roundTrip) learn(t *Tokens, issued time.Time) {
	offset := issued.Sub(r.middle)
	if offset > maxOffset || offset < -maxOffset || r.took > fetchTimeout {
		return
	}
	t.Clock = Clock{Offset: offset, Tolerance: r.took/2 + time.Second}
	t.Expires = t.Expires.Add(offset)
}
