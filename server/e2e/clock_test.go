package e2e

import (
	"testing"
	"time"

	"twinlock/app/text"
)

// Attack case 44: the tenant's clock and the browser's are not the same. Within a day a
// person notices nothing.
func TestClockSkew(t *testing.T) {
	t.Parallel()
	for _, tt := range cases(2, []struct {
		name string
		skew time.Duration
	}{
		{"ahead for hours", 20 * time.Hour},
		{"behind for minutes", -10 * time.Minute},
		{"ahead for minutes", 2 * time.Minute},
		{"behind for two minutes", -2 * time.Minute},
		{"ahead for ten minutes", 10 * time.Minute},
		{"behind for hours", -20 * time.Hour},
	}) {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, setup{skew: tt.skew, configure: oneMinute})
			p := s.open("/")
			p.signIn(ada)
			p.reload()
			p.profileOf(ada)
			p.link(lovelace)
			p.click(".unlink-account")
			p.click("#btn-confirm")
			p.linked()
			s.wantHeld(map[string]string{adaID: adaAgain, lovelaceID: lovelaceBare})
		})
	}
}

// Attack case 44: beyond a day it is said that the clock is wrong, and nobody is signed in.
func TestClockDaysOff(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{skew: 48 * time.Hour})
	p := s.open("/")
	untouched := s.untouched()
	p.click("#btn-login")
	p.login(ada)
	p.alert(say.Of(text.Clock))
	p.vanish("#btn-logout")
	untouched()
}

// Attack case 44: the clock is put right while the person is at the tenant. It cannot be known
// how long they were there; the answer is theirs all the same, and the next one is accepted.
func TestClockIsPutRightAtTheTenant(t *testing.T) {
	t.Parallel()
	for _, tt := range cases(1, []struct{ name, script string }{
		{"kept in the database", fillStorage},
		{"kept in localStorage", ""},
	}) {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, setup{})
			p := s.blank()
			p.needsChromium("scripts before the page's own")
			p.inject(onSite(tt.script))
			p.visit(s.site + "/")
			p.click("#btn-login")
			p.choose(connectionOf(ada))
			p.appear("input[name=username]")
			p.inject(`{
				const now = Date.now, time = Date.prototype.getTime, by = 20 * 3600e3;
				Date.now = () => now() + by;
				Date.prototype.getTime = function () { return time.call(this) + by; };
			}`)
			p.answer(ada)
			p.alert(say.Of(text.TransactionExpired))
			p.click("#btn-login")
			p.choose(connectionOf(ada)) // the tenant still has a session
			p.profileOf(ada)
			p.link(lovelace)
		})
	}
}

// Attack case 44: an hour passes on a page that is left open, and somebody puts the clock
// back by that hour. The page asks for a proof.
func TestClockIsPutBack(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{furnish: linkedBefore(ada, lovelace)})
	p := s.open("/")
	p.inject(`{
		const now = performance.now.bind(performance);
		window.passed = 0;
		performance.now = () => now() + window.passed;
	}`)
	p.signIn(ada)
	p.linked(lovelace)
	untouched := s.untouched()
	evaluate[float64](p, `window.passed = 3600e3`)
	p.click(".unlink-account")
	p.click("#confirm #btn-confirm")
	p.goOn("proof")
	p.appear("input[name=password]")
	untouched()
	p.prove(ada)
	p.linked()
}

// The end of a token is a hint: one that the tenant does not accept is renewed once. Without
// a refresh token there is the sentence.
func TestTokenIsRefused(t *testing.T) {
	t.Parallel()
	refusal := fault{
		Method: "GET", Path: "/api/v2/users/*", Status: 401, Times: 1,
		Body: map[string]any{"statusCode": 401, "error": "Unauthorized", "message": "Expired token received for JSON Web Token validation"},
	}
	t.Run("renewed", func(t *testing.T) {
		t.Parallel()
		s := newStage(t, setup{scopes: renewableScopes})
		p := s.open("/")
		p.signIn(ada)
		p.troubles.expect("status of 401")
		s.fault(refusal)
		p.reload()
		p.profileOf(ada)
		if n := s.asked("POST", "/oauth/token", 200); n != 2 {
			t.Errorf("%d exchanges, want the sign-in's and one renewal", n)
		}
	})
	t.Run("not renewed", func(t *testing.T) {
		t.Parallel()
		s := newStage(t, setup{})
		p := s.open("/")
		p.signIn(ada)
		p.troubles.expect("status of 401")
		s.fault(refusal)
		p.reload()
		p.alert(say.Of(text.Unauthorized))
		p.appear("#btn-login")
	})
	t.Run("ended", func(t *testing.T) {
		t.Parallel()
		s := newStage(t, setup{tokenLife: 3600})
		p := s.open("/")
		p.signIn(ada)
		p.inject(`{
			const now = Date.now, time = Date.prototype.getTime, by = 2 * 3600e3;
			Date.now = () => now() + by;
			Date.prototype.getTime = function () { return time.call(this) + by; };
		}`)
		p.reload()
		p.profileOf(ada) // the device thinks that the token has ended, the tenant does not
		p.troubles.expect("status of 401")
		s.fault(refusal)
		p.reload()
		p.alert(say.Of(text.SessionExpired))
		p.appear("#btn-login")
	})
}
