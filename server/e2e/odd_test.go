package e2e

import (
	"encoding/json"
	"strings"
	"testing"

	"twinlock/app/text"
	"twinlock/server/tenant"
)

// oddDocuments are two accounts of which parts cannot be used.
func oddDocuments(o *tenant.Options) {
	o.UserDocuments = []json.RawMessage{
		json.RawMessage(`{"user_id":"google-oauth2|1","email":"odd@gmail.example","email_verified":true,"user_metadata":[],
			"padding":"` + strings.Repeat("x", 2<<20) + `",
			"identities":[{"provider":"google-oauth2","user_id":"1","connection":"google-oauth2","isSocial":true},
				{"provider":"facebook","user_id":null,"connection":"facebook","profileData":{"name":"Augusta"}},
				{"provider":"facebook","user_id":"3","connection":"facebook","profileData":{"email":"third@facebook.example"}},
				null]}`),
		json.RawMessage(`{"user_id":"facebook|2","email":"even@facebook.example","email_verified":true,"user_metadata":{"theme":"\ud800"},
			"identities":[{"provider":"facebook","user_id":"2","connection":"facebook","isSocial":true}]}`),
	}
}

// What cannot be used of a profile is shown with its reason, and hides nothing else.
func TestOddProfile(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{furnish: oddDocuments})
	p := s.open("/")
	p.click("#btn-login")
	p.choose(tenant.Google)
	p.click(`button[name=account][value="odd@gmail.example"]`)
	p.profileOf("odd@gmail.example")
	p.linked("Augusta", "third@facebook.example", say.Of(text.NamelessAccount))
	p.see("#linked-accounts-list", say.Of(text.NoID))
	if n := p.count("#linked-accounts-list .unlink-account"); n != 1 {
		t.Errorf("%d rows can be unlinked, want the one with an id", n)
	}
	p.fits()

	p.click("#btn-link-account")
	p.choose(tenant.Facebook)
	p.click(`button[name=account][value="even@facebook.example"]`)
	p.see("#confirm .warnings", "They are not changed")
	p.see("#confirm", "theme") // lost
	p.fits()
	p.click("#btn-confirm")
	p.linked("Augusta", "third@facebook.example", say.Of(text.NamelessAccount), "even@facebook.example")
}
