package e2e

import (
	"slices"
	"strings"
	"testing"

	"twinlock/app/provider"
	"twinlock/app/text"
)

// What the tenant holds of the seeded accounts before and after.
const (
	adaAlone     = adaID + ` {"phone":"+1","theme":"dark"}`
	adaAndGoogle = adaID + ` + ` + lovelaceID + adaRicher
	adaAgain     = adaID + adaRicher
	// What only the second account had set is taken over unless it is left behind.
	adaRicher     = ` {"newsletter":true,"phone":"+1","theme":"dark"}`
	lovelaceAlone = lovelaceID + ` {"newsletter":true,"theme":"light"}`
	lovelaceBare  = lovelaceID + ` null`
)

func TestLink(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{})
	p := s.open("/")
	p.signIn(ada)
	p.linked()

	untouched := s.untouched()
	p.startLink(lovelace)
	for _, name := range []string{ada, lovelace, say.Of(text.CardStays), say.Of(text.CardMoves), "theme"} {
		p.see("#confirm", name)
	}
	p.clean()
	p.click("#btn-cancel")
	p.see("[role=status]", say.Of(text.NothingChanged))
	p.vanish("#confirm")
	p.linked()
	untouched()
	s.wantHeld(map[string]string{adaID: adaAlone, lovelaceID: lovelaceAlone})

	p.startLink(lovelace)
	p.see("#confirm-means", text.Fill(say.Of(text.ConfirmLinkMeans), "first", ada, "second", lovelace))
	p.click("#btn-confirm")
	p.linked(lovelace)
	p.see("[role=status]", text.Fill(say.Of(text.Linked), "second", lovelace))
	s.wantHeld(map[string]string{adaID: adaAndGoogle, lovelaceID: ""})
	if got, want := s.writes(), []string{"POST /api/v2/users/" + adaID + "/identities 201", "PATCH /api/v2/users/" + adaID + " 200"}; !slices.Equal(got, want) {
		t.Errorf("the tenant was asked to %q, want %q", got, want)
	}
	p.clean()
	p.keepsNoSecret()

	// The second account never becomes the session.
	p.reload()
	p.profileOf(ada)
	p.linked(lovelace)

	// It now opens the first one's profile.
	other := s.open("/")
	other.click("#btn-login")
	other.choose(connectionOf(lovelace))
	other.answer(lovelace)
	other.profileOf(ada)
	other.linked(lovelace)
}

func TestLinkByPopup(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{interaction: provider.Popup})
	p := s.open("/")
	p.signIn(ada)
	evaluate[bool](p, "window.staysHere = true")

	p.startLink(lovelace)
	p.click("#btn-confirm")
	p.linked(lovelace)
	p.alone()
	if !evaluate[bool](p, "window.staysHere === true") {
		t.Error("the page was loaded anew although a window was open")
	}
	s.wantHeld(map[string]string{adaID: adaAndGoogle, lovelaceID: ""})
	p.reload()
	p.profileOf(ada)
	p.linked(lovelace)
}

// The tenant is asked for fresh credentials, proven by auth_time.
func TestLinkAsksForFreshCredentials(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{})
	p := s.open("/")
	p.signIn(ada)
	p.click("#btn-link-account")
	p.choose(connectionOf(charles)) // the connection that the session at the tenant is of
	p.appear("input[name=password]")
	requests := s.requests()
	at := slices.IndexFunc(requests, func(r request) bool {
		return r.Path == "/authorize" && r.Query["prompt"] == "login" && r.Query["max_age"] == "0"
	})
	if at < 0 {
		t.Errorf("no authorization request with prompt=login and max_age=0 in %+v", requests)
	}
	p.answer(charles)
	p.see("#confirm", charles)
}

func TestLinkRefused(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{})
	p := s.open("/")
	p.signIn(ada)
	untouched := s.untouched()
	refused := func(sentence string) {
		t.Helper()
		p.alert(sentence)
		p.profileOf(ada)
		p.linked()
		p.vanish("#confirm")
		untouched()
	}

	t.Log("attack case 14: the second account's address is not verified")
	p.startLink(mallory)
	refused(unverified(mallory))

	t.Log("attack case 11: the second account is the first")
	p.startLink(ada)
	refused(say.Of(text.SameAccount))

	t.Log("attack case 47: consent is denied")
	p.pressButton(say.Of(text.LinkAnother))
	p.choose(connectionOf(lovelace))
	p.click("button[name=deny]")
	refused(say.Of(text.Denied))

	t.Log("attack case 11: the second account is linked to the first")
	p.link(lovelace)
	untouched = s.untouched()
	p.startLink(lovelace)
	p.alert(say.Of(text.SameAccount))
	p.linked(lovelace)
	untouched()
}

// Attack case 15: who has no verified address cannot catch another's account.
func TestLinkFromUnverifiedAccount(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{})
	p := s.open("/")
	p.signIn(mallory)
	p.see(`section[aria-label="`+say.Of(text.Profile)+`"]`, say.Of(text.NotVerified))
	untouched := s.untouched()
	p.click("#btn-link-account")
	p.alert(unverified(mallory) + " " + say.Of(text.AskOperator))
	p.vanish("[role=dialog]") // before the second login
	untouched()
}

// unverified is what the page says of an account in the database.
func unverified(email string) string {
	return text.Fill(say.Of(text.Unverified), "account", email, "connection", "Email and password")
}

// Attack case 46: a token without the scope cannot link, and the page says so.
func TestLinkWithoutScope(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{scopes: []string{"openid", "profile", "email", "read:current_user"}})
	p := s.open("/")
	p.troubles.expect("status of 403")
	p.signIn(ada)
	same := s.same()
	p.startLink(lovelace)
	p.click("#btn-confirm")
	p.alert(say.Of(text.Scope))
	p.linked()
	same()
}

// Attack case 19: an account that others are linked to can only be the one that
// stays.
func TestLinkOfLinkedAccount(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{})
	s.linkElsewhere(lovelace, byron)
	p := s.open("/")
	p.signIn(ada)
	untouched := s.untouched()
	t.Log("what cannot be is said first, then what can, and whose profile ends")
	p.startLink(byron)
	p.see("#confirm-means", text.Fill(say.Of(text.ConfirmLinkMeans), "first", lovelace, "second", ada))
	p.see("#confirm-title", say.Of(text.ReversedTitle))
	p.see("#confirm-lead", text.Fill(say.Of(text.ReversedBelongs), "account", byron, "owner", lovelace)+" "+text.Fill(say.Of(text.ReversedOffer), "first", lovelace, "second", ada))
	p.see("#confirm", say.Of(text.LinkKeepsOther))
	p.see(".account-stays", say.Of(text.CardOtherStays))
	p.appear("#btn-confirm.button-grave")
	p.vanish("#btn-swap")
	p.click("#btn-cancel")
	p.profileOf(ada)
	p.linked()
	untouched()

	p.startLink(byron)
	p.click("#btn-confirm")
	p.profileOf(lovelace)
	p.linked(byron, ada)
	s.wantHeld(map[string]string{
		adaID: "", byronID: "",
		lovelaceID: lovelaceID + " + " + byronID + " + " + adaID + ` {"newsletter":true,"phone":"+1","theme":"light"}`,
	})
}

func TestUnlink(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{})
	p := s.open("/")
	p.signIn(ada)
	// Attack case 25: the primary identity cannot be taken away.
	if n := p.count(".unlink-account"); n != 0 {
		t.Errorf("nothing is linked, but %d buttons unlink", n)
	}
	p.link(lovelace)

	untouched := s.untouched()
	p.click(".unlink-account")
	for _, sentence := range []string{lovelace, say.Of(text.UnlinkSeparate), say.Of(text.UnlinkNoData), say.Of(text.UnlinkNoSignIn)} {
		p.see("#confirm", sentence)
	}
	p.click("#btn-cancel")
	p.see("[role=status]", say.Of(text.NothingChanged))
	p.linked(lovelace)
	untouched()

	p.click(".unlink-account")
	p.see("#confirm-means", text.Fill(say.Of(text.ConfirmUnlink), "account", lovelace))
	p.click("#btn-confirm")
	p.linked()
	p.see("main", say.Of(text.NoLinked))
	p.see("[role=status]", text.Fill(say.Of(text.Unlinked), "account", lovelace))
	s.wantHeld(map[string]string{adaID: adaAgain, lovelaceID: lovelaceBare})
	p.reload()
	p.profileOf(ada)
	p.linked()

	// Attack case 29: the account no longer opens the profile.
	other := s.open("/")
	other.signIn(lovelace)
	other.linked()
	if text := other.text("body"); strings.Contains(text, ada) {
		t.Errorf("the unlinked account still shows %s: %s", ada, text)
	}

	// Attack case 36: linked again it is there once.
	p.link(lovelace)
	s.wantHeld(map[string]string{adaID: adaAndGoogle, lovelaceID: ""})
}

// Attack case 26: the same account unlinked in two tabs at once.
func TestUnlinkInTwoTabs(t *testing.T) {
	t.Parallel()
	s, p := joined(t)
	other := p.tab("/")
	p.troubles.expect("status of 4")
	for _, tab := range []*page{p, other} {
		tab.click(".unlink-account")
		tab.appear("#btn-confirm")
	}
	p.click("#btn-confirm")
	other.click("#btn-confirm")
	p.linked()
	other.linked()
	s.wantHeld(map[string]string{adaID: adaAlone, lovelaceID: lovelaceBare})
	for _, tab := range []*page{p, other} {
		tab.reload()
		tab.profileOf(ada)
	}
}
