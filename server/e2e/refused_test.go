package e2e

import (
	"net/url"
	"strings"
	"testing"

	"twinlock/app/config"
	"twinlock/app/provider"
	"twinlock/app/text"
	"twinlock/server/tenant"
)

// again is the button beside a failure that begins anew.
const again = ".notice-bad .notice-actions .button"

// An Action's refusal, with what nobody may make a page of.
const (
	refusal     = "Please verify your <b>email</b>\u202e before logging in. <img src=x onerror=alert(1)>"
	refusalSaid = "Please verify your <b>email</b> before logging in. <img src=x onerror=alert(1)>"
)

// refuse has an Action refuse the next sign-in, after the password or the choice of an
// account.
func (s *stage) refuse(email string) {
	s.t.Helper()
	path := "/u/login"
	if connectionOf(email) != tenant.Database {
		path += "/accounts"
	}
	s.fault(fault{Method: "POST", Path: path, Refuse: map[string]string{"error": "access_denied", "error_description": refusal}})
}

// said waits for the service's own words in the alert, marked as such.
func (p *page) said() {
	p.t.Helper()
	p.alert(say.Of(text.Refused))
	p.see(`[role=alert] .said`, say.Of(text.ServiceSays)+" "+refusalSaid)
	p.see(`[role=alert] .said bdi[lang=und]:not([translate])`, refusalSaid)
	p.inert()
}

// What the tenant says when it refuses reaches the person, in each way that a login goes.
func TestTheServicesOwnWords(t *testing.T) {
	t.Parallel()
	for _, interaction := range []provider.Interaction{provider.Redirect, provider.Popup} {
		t.Run(string(interaction), func(t *testing.T) {
			t.Parallel()
			s := newStage(t, setup{interaction: interaction})
			p := s.open("/")
			p.click("#btn-login")
			s.refuse(ada)
			p.login(ada)
			p.said()
			p.clean()
			p.vanish("#btn-logout")
			p.click(again)
			p.login(ada)
			p.profileOf(ada)
			p.vanish("[role=alert]")

			untouched := s.untouched()
			p.click("#btn-link-account")
			s.refuse(lovelace)
			p.login(lovelace)
			p.said()
			p.profileOf(ada)
			p.linked()
			untouched()
			p.see(again, say.Of(text.LinkAnother))
			p.click(again)
			p.login(lovelace)
			p.click("#btn-confirm")
			p.linked(lovelace)
		})
	}
	t.Run("before the program", func(t *testing.T) {
		t.Parallel()
		g := newGate(t, "/web/app.")
		s := newStage(t, setup{front: g.front})
		p := s.blank()
		p.visit(s.site + "/")
		p.click("#btn-login")
		s.refuse(ada)
		p.login(ada)
		p.see("[role=status], .skeleton", "")
		g.lift()
		p.said()
		p.clean()
	})
}

// Anybody can make a link to the callback. What it says is not repeated.
func TestAStrangersWords(t *testing.T) {
	t.Parallel()
	const words = "Call 0900 123456"
	s := newStage(t, setup{})
	p := s.open("/")
	p.signIn(ada)
	for _, state := range []string{"login.AAAAAAAAAAAAAAAAAAAAAA", "linking.AAAAAAAAAAAAAAAAAAAAAA", ""} {
		p.visit(s.site + "/callback?" + url.Values{
			"error": {"access_denied"}, "error_description": {words}, "state": {state},
		}.Encode())
		p.alert("")
		p.profileOf(ada)
		if shown := p.text("body"); strings.Contains(shown, words) || strings.Contains(shown, say.Of(text.ServiceSays)) {
			t.Errorf("state %q: the page repeats a stranger: %s", state, shown)
		}
		p.vanish(again)
	}
}

// What a tenant or an application that is not set up as it must be answers has a sentence,
// and no button where trying again does not help, unless with another account.
func TestAnswersOfATenant(t *testing.T) {
	t.Parallel()
	refused := func(code, description string) fault {
		return fault{Path: "/authorize", Refuse: map[string]string{"error": code, "error_description": description}}
	}
	answered := func(status int, code string) fault {
		return fault{Path: "/oauth/token", Method: "POST", Status: status, Body: map[string]string{"error": code}}
	}
	s := newStage(t, setup{})
	p := s.open("/")
	p.troubles.expect(failed)
	p.signIn(ada)
	untouched := s.untouched()
	for _, tt := range cases(3, []struct {
		name     string
		fault    fault
		sentence text.Key
		again    text.Key // what the button says; "" for none
	}{
		{"HS256", fault{Path: "/oauth/token", Token: map[string]any{"alg": "HS256"}}, text.Algorithm, ""},
		{"second factor", answered(403, "mfa_required"), text.SecondFactor, text.TryAgain},
		{"unknown audience", refused("access_denied", "Service not found: https://t/api/v2"), text.NoAccess, ""},
		{"no auth_time", fault{Path: "/oauth/token", Token: map[string]any{"auth_time": nil}}, text.NoAuthTime, ""},
		{"unknown connection", refused("invalid_request", "the connection was not found"), text.Connection, text.LinkAnother},
		{"unauthorized", refused("unauthorized", "Not on Sundays."), text.NotLetIn, text.LinkAnother},
		{"blocked", answered(403, "blocked_user"), text.Blocked, text.LinkAnother},
		{"too many attempts", answered(429, "too_many_attempts"), text.Attempts, text.LinkAnother},
		{"rate limit", answered(429, "too_many_requests"), text.RateLimited, text.TryAgain},
		{"unavailable", answered(503, ""), text.Server, text.TryAgain},
		{"not a public client", answered(401, "access_denied"), text.Configuration, ""},
	}) {
		t.Run(tt.name, func(t *testing.T) {
			p := p.in(t)
			p.click("#btn-link-account")
			s.fault(tt.fault)
			p.choose(connectionOf(lovelace))
			if tt.fault.Refuse == nil {
				p.answer(lovelace)
			}
			p.alert(say.Of(tt.sentence))
			p.clean()
			p.stays(ada)
			if tt.again != "" {
				p.see(again+":enabled", say.Of(tt.again))
			} else {
				p.vanish(again)
			}
		})
	}
	untouched()
}

// The rules of a connection are seen before the second login: in the dialog that links, and at
// the row of an account that stays. Signing in is not concerned.
func TestRulesOfConnections(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{configure: func(c *config.Config) {
		for i := range c.Connections {
			switch one := &c.Connections[i]; one.Name {
			case tenant.Facebook:
				one.Link, one.Reason = config.LinkNo, []config.Sentence{{Words: "Facebook is for the shop alone. Ask eva@acme.example."}}
			case tenant.Google:
				one.Max, one.Unlink = 1, config.UnlinkNo
			}
		}
	}})
	p := s.open("/")
	p.resize(phone)
	p.signIn(ada)
	p.click("#btn-link-account")
	disabled := func(connection string) string { return `#lock-linking [data-connection="` + connection + `"]:disabled` }
	p.see(disabled(tenant.Facebook), "Ask eva@acme.example.")
	p.fits()
	p.choose(tenant.Google)
	p.answer(lovelace)
	p.click("#btn-confirm")
	p.linked(lovelace)
	p.see("#linked-accounts-list", say.Of(text.NoUnlink))
	if n := p.count(".unlink-account"); n != 0 {
		t.Errorf("%d accounts can be unlinked", n)
	}
	p.click("#btn-link-account")
	p.see(disabled(tenant.Google), text.Fill(say.Of(text.SameConnection), "connection", "Google"))

	other := s.open("/")
	other.signIn("ada@facebook.example")
	other.click("#btn-link-account")
	other.alert("Ask eva@acme.example.")
}
