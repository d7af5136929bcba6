package e2e

import (
	"testing"

	"twinlock/app/text"
	"twinlock/server/tenant"
)

// A renewal whose answer is lost leaves the page with a refresh token that has
// been used: the tenant takes who uses it again for a thief, and the session
// ends in every tab, with the reason.
func TestRefreshTokenReused(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{
		scopes:  renewableScopes,
		furnish: func(o *tenant.Options) { o.Clients[0].AccessTokenLifetime = 20 }, // too short to be used twice
	})
	p := s.open("/")
	p.troubles.expect(failed)
	p.signIn(ada)
	other := p.tab("/")
	other.profileOf(ada)
	same := s.same()

	s.fault(fault{Method: "POST", Path: "/oauth/token", Status: 502, After: true})
	p.reload()
	p.alert("")
	p.reload()
	for _, tab := range []*page{p, other} {
		tab.alert(say.Sentences[text.Reused])
		tab.appear("#btn-login")
		tab.vanish("#btn-logout")
	}
	p.reload()
	p.appear("#btn-login")
	p.vanish("#btn-logout")
	same()

	p.click("#btn-login")
	p.choose(connectionOf(ada)) // the tenant still has a session
	p.profileOf(ada)
}
