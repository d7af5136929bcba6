package e2e

import (
	"encoding/json"
	"testing"

	"twinlock/app/config"
	"twinlock/app/text"
	"twinlock/server/tenant"
)

const (
	addressless   = "twitter|77"       // X, without an address
	addresslessID = addressless        // it has no other name
	corporate     = "ada@corp.example" // an organisation's, of which the tenant does not say true
	corporateID   = "samlp|corp|1"
)

// variety furnishes a tenant with accounts of every state of an address.
func variety(o *tenant.Options) {
	linkedBefore(charles, byron)(o)
	o.Connections = []tenant.Connection{
		{Name: tenant.Database, Strategy: "auth0"}, {Name: tenant.Google, Strategy: tenant.Google},
		{Name: tenant.Facebook, Strategy: tenant.Facebook},
		{Name: "twitter", Strategy: "twitter"}, {Name: "corp-saml", Strategy: "samlp"},
	}
	o.Users = append(o.Users, tenant.User{
		Identity: tenant.Identity{Connection: tenant.Database, ID: "6", Email: mallory, Password: tenant.Password},
	})
	o.UserDocuments = []json.RawMessage{
		json.RawMessage(`{"user_id":"twitter|77","name":"Countess",
			"identities":[{"provider":"twitter","user_id":"77","connection":"twitter","isSocial":true}]}`),
		json.RawMessage(`{"user_id":"samlp|corp|1","email":"` + corporate + `","email_verified":"true",
			"identities":[{"provider":"samlp","user_id":"corp|1","connection":"corp-saml","isSocial":false}]}`),
	}
}

// variously offers its connections.
func variously(c *config.Config) {
	c.Connections = append(c.Connections, config.Connection{Name: "twitter"},
		config.Connection{Name: "corp-saml", Strategy: "samlp", Label: "Corp"})
}

// startLinkBy begins a link with the account of a connection's stand-in.
func (p *page) startLinkBy(connection, account string) {
	p.t.Helper()
	p.click("#btn-link-account")
	p.choose(connection)
	p.click(`button[name=account][value="` + account + `"]`)
}

// An account without an address is linked with a note. The one with a verified address is
// to stay, and if the other is, the question says what that means.
func TestLinkWithoutAddress(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{furnish: variety, configure: variously})
	p := s.open("/")
	p.click("#btn-login")
	p.choose("twitter")
	p.click(`button[name=account][value="` + addressless + `"]`)
	p.see(`section[aria-label="`+say.Of(text.Profile)+`"]`, say.Of(text.NoEmail))

	p.startLink(lovelace)
	p.see("#confirm-lead", text.Fill(say.Of(text.VerifiedStays), "first", lovelace))
	p.see("#confirm .account-stays", say.Of(text.CardOtherStays))
	p.see("#confirm .warnings", text.Fill(say.Of(text.SecondaryNoEmail), "second", "Countess"))
	p.fits()
	p.click("#btn-swap")
	p.see("#confirm .warnings", text.Fill(say.Of(text.PrimaryNoEmail), "first", "Countess"))
	p.click("#btn-swap")
	p.see("#confirm-means", text.Fill(say.Of(text.ConfirmLinkMeans), "first", lovelace, "second", "Countess"))
	p.click("#btn-confirm")
	p.profileOf(lovelace)
	p.linked("Countess")
	s.wantHeld(map[string]string{addresslessID: "", lovelaceID: lovelaceID + " + " + addresslessID + " null"})
}

// Attack cases 14 and 15: what an organisation says of an address counts only where the
// operator vouches for its connection, and who has no address is refused where that is set.
func TestAddressesThatDoNotCount(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{furnish: variety, configure: func(c *config.Config) {
		variously(c)
		c.NoEmail, c.VerifyEmailURL = config.RefuseNoEmail, "/verify"
	}})
	p := s.open("/")
	p.signIn(ada)
	untouched := s.untouched()
	p.startLinkBy("twitter", addressless)
	p.alert(text.Fill(say.Of(text.NeedsEmail), "account", "Countess", "connection", "X") + " " + say.Of(text.AskOperator))
	p.startLinkBy("corp-saml", corporate)
	p.alert(text.Fill(say.Of(text.Unvouched), "account", corporate, "connection", "Corp") + " " + say.Of(text.AskOperator))
	if n := p.count(".notice a"); n != 0 {
		t.Error("it can be verified")
	}
	p.startLink(mallory)
	p.alert(unverified(mallory) + " " + say.Of(text.VerifyFirst))
	p.see(`.notice a[href="/verify"][target="_blank"]`, say.Of(text.VerifyEmail))
	p.fits()
	untouched()
}

// Where the operator vouches for the connection, its account can be the one that stays.
func TestTrustedAddress(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{furnish: variety, configure: func(c *config.Config) {
		variously(c)
		c.TrustedEmail = []string{"corp-saml"}
	}})
	p := s.open("/")
	p.signIn(ada)
	p.startLinkBy("corp-saml", corporate)
	p.unfold("#confirm .fold:has(.about)")
	p.see("#confirm .about-stays", say.Of(text.Verified))
	p.click("#btn-confirm")
	p.profileOf(corporate)
	p.linked(ada)
	s.wantHeld(map[string]string{adaID: "", corporateID: corporateID + " + " + adaID + " null"})
}
