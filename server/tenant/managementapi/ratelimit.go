package managementapi

import (
	"math"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// A RateLimit is a token bucket. If either field is 0, both are 50.
type RateLimit struct {
	// PerSecond is how many calls a second may be made on average.
	PerSecond float64 `yaml:"per_second"`
	// Burst is how many calls may be made at once.
	Burst int `yaml:"burst"`
}

// FreePlan is the Management API's limit of a tenant without a paid plan.
// https://auth0.com/docs/troubleshoot/customer-support/operational-policies/rate-limit-policy
var FreePlan = RateLimit{PerSecond: 2, Burst: 2}

var generous = RateLimit{PerSecond: 50, Burst: 50}

type bucket struct {
	limit RateLimit
	now   func() time.Time

	mu     sync.Mutex
	tokens float64
	filled time.Time
}

func newBucket(limit RateLimit, now func() time.Time) *bucket {
	if limit.PerSecond == 0 || limit.Burst == 0 {
		limit = generous
	}
	return &bucket{limit: limit, now: now, tokens: float64(limit.Burst), filled: now()}
}

// allow returns whether a call may pass, how many more could, and when the bucket will be
// full again.
func (b *bucket) allow() (ok bool, remaining int, reset time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	b.tokens = min(float64(b.limit.Burst), b.tokens+now.Sub(b.filled).Seconds()*b.limit.PerSecond)
	b.filled = now
	if ok = b.tokens >= 1; ok {
		b.tokens--
	}
	missing := (float64(b.limit.Burst) - b.tokens) / b.limit.PerSecond
	return ok, int(b.tokens), now.Add(time.Duration(missing * float64(time.Second)))
}

// refill makes the bucket full.
func (b *bucket) refill() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.tokens = float64(b.limit.Burst)
}

// limited lets a call pass, or answers 429 as Auth0 does.
func (b *bucket) limited(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ok, remaining, reset := b.allow()
		h := w.Header()
		h.Set("X-RateLimit-Limit", strconv.Itoa(b.limit.Burst))
		h.Set("X-RateLimit-Remaining", strconv.Itoa(remaining))
		h.Set("X-RateLimit-Reset", strconv.FormatInt(int64(math.Ceil(float64(reset.UnixMilli())/1000)), 10))
		if !ok {
			writeError(w, apiError{http.StatusTooManyRequests, "Global limit has been reached", "too_many_requests", false})
			return
		}
		next.ServeHTTP(w, r)
	})
}
