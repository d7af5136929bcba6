package e2e

import (
	"testing"

	"twinlock/app/text"
)

// What the tenant says of the second account is no reason to sign anybody out, in
// this tab or another.
func TestSecondAccountFails(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{})
	p := s.open("/")
	p.troubles.expect("status of 401", "status of 404")
	p.signIn(ada)
	other := p.tab("/")
	other.profileOf(ada)
	same := s.same()
	second := "/api/v2/users/" + lovelaceID

	t.Log("it is not known any more")
	s.fault(fault{Method: "GET", Path: second, Status: 404, Body: map[string]any{"statusCode": 404, "message": "The user does not exist."}})
	p.startLink(lovelace)
	p.alert(say.Sentences[text.SecondNotAccepted])
	p.stays(ada)
	other.stays(ada)

	t.Log("its token is not accepted")
	s.fault(fault{Method: "GET", Path: second, Status: 401, Body: map[string]any{"statusCode": 401, "message": "Expired token received for JSON Web Token validation"}})
	p.pressButton(say.Sentences[text.TryAgain])
	p.answer(lovelace)
	p.alert(say.Sentences[text.SecondNotAccepted])
	p.stays(ada)

	t.Log("nor where it is the one that stays")
	p.pressButton(say.Sentences[text.TryAgain])
	p.answer(lovelace)
	p.click("#btn-swap")
	p.see("#btn-confirm", text.Fill(say.ConfirmLink, "first", lovelace, "second", ada))
	s.fault(fault{Method: "POST", Path: second + "/identities", Status: 401, Body: map[string]any{"statusCode": 401, "message": "Invalid token"}})
	p.click("#btn-confirm")
	p.alert(say.Sentences[text.SecondNotAccepted])
	p.stays(ada)
	other.stays(ada)
	other.reload()
	other.profileOf(ada)
	p.reload()
	p.profileOf(ada)
	p.linked()
	same()
}
