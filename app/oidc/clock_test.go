package oidc

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"twinlock/app/platform"
)

// skews are how far a device's clock can be wrong.
var skews = []time.Duration{
	-20 * time.Hour, -10 * time.Minute, -2 * time.Minute, 0, 2 * time.Minute, 10 * time.Minute, 20 * time.Hour,
}

// times are the claims of a token that the tenant issues at iat, after the person has proven
// who they are at auth.
func (p *idp) times(nonce string, iat, auth time.Time) jwt.MapClaims {
	claims := p.claims(nonce)
	claims["iat"], claims["auth_time"], claims["exp"] = iat.Unix(), auth.Unix(), iat.Add(10*time.Hour).Unix()
	return claims
}

// Attack case 44: a login takes a minute, and its exchange four seconds. However far the
// device's clock is off, the login is accepted, a proof from before it is not, and the
// tenant's clock is learnt.
func TestClockSkew(t *testing.T) {
	for _, skew := range skews {
		for _, test := range []struct {
			name    string
			proven  time.Duration // before the login began
			maxAge  *time.Duration
			wantErr error
		}{
			{"proven meanwhile", -30 * time.Second, seconds(0), nil},
			{"proven as it began", 0, seconds(0), nil},
			{"proven within half the round trip", 3 * time.Second, seconds(0), nil},
			{"proven before", 4 * time.Second, seconds(0), ErrAuthTime},
			{"proven within the max age", 5 * time.Minute, seconds(300), nil},
			{"proven before the max age", 5*time.Minute + 4*time.Second, seconds(300), ErrAuthTime},
		} {
			t.Run(skew.String()+" "+test.name, func(t *testing.T) {
				p := newIDP(t)
				c, _, clock := newClient(p)
				clock.put(skew)
				tx := begin(t, c, Request{MaxAge: test.maxAge})
				clock.add(time.Minute)
				claims := p.times(tx.Nonce, start.Add(62*time.Second), start.Add(-test.proven))
				p.token = func(w http.ResponseWriter, _ url.Values) {
					clock.add(4 * time.Second)
					respond(w, 200, tokenAnswer(sign(claims)))
				}
				got, err := c.Finish(t.Context(), Callback{State: tx.State, Code: "c"}, "")
				if !errors.Is(err, test.wantErr) || (err == nil) != (test.wantErr == nil) {
					t.Fatalf("Finish: %v, want %v", err, test.wantErr)
				}
				if want := (Clock{Offset: -skew, Tolerance: 3 * time.Second}); err == nil && got.Tokens.Clock != want {
					t.Errorf("the clock is %+v, want %+v", got.Tokens.Clock, want)
				}
			})
		}
	}
}

// Beyond a day the device's clock is told as what is wrong. A renewal that shows it is
// accepted, since its refresh token is used up, and teaches nothing.
func TestClockADayOff(t *testing.T) {
	for _, skew := range []time.Duration{-25 * time.Hour, 25 * time.Hour} {
		p := newIDP(t)
		c, _, clock := newClient(p)
		clock.put(skew)
		tx := begin(t, c, Request{})
		p.answer(sign(p.times(tx.Nonce, start, start)))
		if _, err := c.Finish(t.Context(), Callback{State: tx.State, Code: "c"}, ""); !errors.Is(err, ErrTime) {
			t.Errorf("skew %v: %v", skew, err)
		}
		if tokens, _, err := c.Refresh(t.Context(), "refresh-0", ada); err != nil || tokens.Clock.Known() {
			t.Errorf("skew %v: a renewal: %v, learnt %+v", skew, err, tokens.Clock)
		}
	}
}

// The tenant's clock is learnt from what is checked, and from nothing else.
func TestClockIsLearnt(t *testing.T) {
	p := newIDP(t)
	c, _, clock := newClient(p)
	clock.put(-10 * time.Minute)
	claims := p.times("", start, start)
	p.answer(sign(claims))
	tokens, _, err := c.Refresh(t.Context(), "refresh-0", ada)
	if want := (Clock{Offset: 10 * time.Minute, Tolerance: time.Second}); err != nil || tokens.Clock != want {
		t.Errorf("a renewal: %v, learnt %+v", err, tokens.Clock)
	}
	for name, answer := range map[string]string{
		"no ID token": "",
		"another's":   signWith(otherKey(), jwt.SigningMethodRS256, map[string]any{"kid": testKey}, claims),
	} {
		p.answer(answer)
		if tokens, _, _ := c.Refresh(t.Context(), "refresh-0", ada); tokens.Clock.Known() {
			t.Errorf("%s: learnt %+v", name, tokens.Clock)
		}
	}
}

// Attack case 44: who has found the page open puts the clock back between the tokens and their
// check, while the keys are fetched. The tenant's time does not go back with it.
func TestClockIsPutWhileTheKeysAreFetched(t *testing.T) {
	for _, test := range []struct {
		name       string
		put, later time.Duration
		wantOffset time.Duration
	}{
		{"not at all", 0, 10 * time.Second, 0},
		{"back", -time.Hour, 10 * time.Second, time.Hour},
		{"forward", time.Hour, 10 * time.Second, 0}, // nobody can tell it from an hour's sleep
	} {
		p := newIDP(t)
		c, _, clock := newClient(p)
		fetch := c.deps.Fetch
		c.deps.Fetch = func(ctx context.Context, r platform.Request) (*platform.Response, error) {
			if strings.HasSuffix(r.URL, "jwks.json") {
				clock.add(test.later)
				clock.put(test.put)
			}
			return fetch(ctx, r)
		}
		tx := begin(t, c, Request{})
		p.answer(sign(p.times(tx.Nonce, start, start)))
		got, err := c.Finish(t.Context(), Callback{State: tx.State, Code: "c"}, "")
		if err != nil {
			t.Fatalf("%s: %v", test.name, err)
		}
		if got.Tokens.Clock.Offset != test.wantOffset || !got.Tokens.Expires.Equal(start.Add(24*time.Hour)) {
			t.Errorf("%s: %v, and the token ends at %v", test.name, got.Tokens.Clock, got.Tokens.Expires)
		}
	}
}

// Somebody sets the clock while the exchange goes on, or the device sleeps then: nobody
// knows what the token's time is to be compared with.
func TestClockIsPutDuringTheExchange(t *testing.T) {
	for _, test := range []struct {
		name    string
		put     time.Duration
		wantErr error
	}{
		{"forward", 20 * time.Hour, ErrTime},
		{"back", -20 * time.Hour, nil}, // it counts as it is when the answer comes
	} {
		t.Run(test.name, func(t *testing.T) {
			p := newIDP(t)
			c, _, clock := newClient(p)
			tx := begin(t, c, Request{})
			p.token = func(w http.ResponseWriter, _ url.Values) {
				clock.put(test.put)
				respond(w, 200, tokenAnswer(sign(p.times(tx.Nonce, start, start))))
			}
			got, err := c.Finish(t.Context(), Callback{State: tx.State, Code: "c"}, "")
			if !errors.Is(err, test.wantErr) {
				t.Fatalf("Finish: %v, want %v", err, test.wantErr)
			}
			if err == nil && got.Tokens.Clock.Offset != -test.put {
				t.Errorf("learnt %+v", got.Tokens.Clock)
			}
		})
	}
}

// A login's ten minutes, and somebody who sets the clock meanwhile. After a redirect only
// the device's clock counts: put forward beyond the ten minutes, or back by more than a
// minute, the answer is refused, and the next login is accepted. For a window its page has
// seen the time pass.
func TestClockIsPutDuringALogin(t *testing.T) {
	for _, test := range []struct {
		name    string
		mode    string
		lasts   time.Duration
		put     time.Duration
		wantErr error
	}{
		{"redirect, put right a little", ModeRedirect, 2 * time.Minute, 2 * time.Minute, nil},
		{"redirect, put right", ModeRedirect, 2 * time.Minute, 20 * time.Hour, ErrTransactionExpired},
		{"redirect, put back", ModeRedirect, 2 * time.Minute, -10 * time.Minute, ErrTransactionExpired},
		{"window, put right", ModePopup, 2 * time.Minute, 20 * time.Hour, ErrTransactionExpired},
		{"window, put back", ModePopup, 2 * time.Minute, -10 * time.Minute, nil},
		{"window, too late and put back", ModePopup, 11 * time.Minute, -5 * time.Minute, ErrTransactionExpired},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := newIDP(t)
			c, _, clock := newClient(p)
			login := func(lasts, put time.Duration) error {
				began := start.Add(clock.uptime())
				tx := begin(t, c, Request{Mode: test.mode, MaxAge: seconds(0)})
				clock.add(lasts)
				clock.put(put)
				p.answer(sign(p.times(tx.Nonce, began.Add(lasts), began.Add(time.Second))))
				_, err := c.Finish(t.Context(), Callback{State: tx.State, Code: "c"}, "")
				return err
			}
			if err := login(test.lasts, test.put); !errors.Is(err, test.wantErr) {
				t.Errorf("Finish: %v, want %v", err, test.wantErr)
			}
			if err := login(time.Minute, 0); err != nil {
				t.Errorf("the next login: %v", err)
			}
		})
	}
}
