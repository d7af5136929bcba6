package e2e

import (
	"encoding/json"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"

	"twinlock/app/config"
	"twinlock/app/text"
	"twinlock/server/tenant"
)

// choosing are accounts that differ in their metadata in every way that there is
// something to choose about.
func choosing(o *tenant.Options) {
	o.Users = []tenant.User{
		{
			Identity:     tenant.Identity{Connection: tenant.Database, ID: "5d1018150a1b2c3d4e5f6a01", Email: ada, EmailVerified: true, Password: tenant.Password},
			UserMetadata: map[string]any{"theme": "dark", "tags": []any{"sums", "music"}, "font": "large"},
			AppMetadata:  map[string]any{"roles": []any{"reader"}, "plan": "free"},
		},
		{
			Identity:     tenant.Identity{Connection: tenant.Google, ID: "118151210185211271536", Email: lovelace, EmailVerified: true},
			UserMetadata: map[string]any{"theme": "light", "tags": []any{"music", "poetry"}, "font": "large", "newsletter": true, "city": "London"},
			AppMetadata:  map[string]any{"roles": []any{"owner"}, "plan": "gold"},
		},
	}
}

// decide picks what becomes of one key of the second account's settings.
func (p *page) decide(key, choice string) {
	p.t.Helper()
	p.unfold("#confirm .fields")
	radio := `input[name="field-` + key + `"][value="` + choice + `"]`
	p.click(`label:has(` + radio + `)`)
	p.decided(key, choice)
}

// unfold opens a fold that is closed.
func (p *page) unfold(details string) {
	p.t.Helper()
	p.wait(details+" is there", js(`document.querySelector(%s)`, details))
	if !evaluate[bool](p, js(`document.querySelector(%s).open`, details)) {
		p.click(details + " > summary")
		p.wait(details+" is open", js(`document.querySelector(%s).open`, details))
	}
}

// decided waits until a choice about a key is the one that stands.
func (p *page) decided(key, choice string) {
	p.t.Helper()
	p.wait(key+" is decided: "+choice, js(`document.querySelector(%s + ":checked")?.value === %s`, `input[name="field-`+key+`"]`, choice))
}

// account returns all that the tenant holds of an account, nil if it has none.
func (s *stage) account(id string) map[string]any {
	s.t.Helper()
	var users []map[string]any
	if err := json.Unmarshal(s.control("GET", "users", nil), &users); err != nil {
		s.t.Fatal(err)
	}
	for _, u := range users {
		if u["user_id"] == id {
			return u
		}
	}
	return nil
}

// wantWrites checks what the tenant was asked to change, in order.
func (s *stage) wantWrites(want ...string) {
	s.t.Helper()
	if got := s.writes(); !slices.Equal(got, want) {
		s.t.Errorf("the tenant was asked to\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

// Attack cases 32, 34 and 35: what was chosen is taken over, and nothing else is
// touched.
func TestCeremonyChoices(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{furnish: choosing})
	p := s.open("/")
	p.signIn(ada)
	before := s.account(adaID)
	p.startLink(lovelace)
	p.appear("#btn-confirm")
	// What both have alike is no question.
	if n := p.count(`input[name="field-font"]`); n != 0 {
		t.Errorf("%d options for what both accounts have alike", n)
	}
	p.decided("theme", "primary")
	p.decided("tags", "primary")
	p.decided("city", "secondary")
	p.decided("newsletter", "secondary")
	p.see("#confirm", text.Fill(say.Of(text.LinkLosesMetadata), "keys", "tags and theme"))
	p.see("#confirm", text.Fill(say.Of(text.LinkLosesAppMetadata), "keys", "plan and roles"))

	p.decide("theme", "secondary")
	p.see("#confirm", text.Fill(say.Of(text.LinkReplaces), "keys", "theme"))
	p.decide("tags", "both")
	p.decide("newsletter", "primary")
	p.see("#confirm", text.Fill(say.Of(text.LinkLosesMetadata), "keys", "newsletter"))
	p.click("#btn-confirm")
	p.linked(lovelace)
	p.see("[role=status]", text.Fill(say.Of(text.Linked), "second", lovelace))
	p.vanish("[role=alert]")

	after := s.account(adaID)
	if got, want := after["user_metadata"], map[string]any{
		"theme": "light", "tags": []any{"sums", "music", "poetry"}, "font": "large", "city": "London",
	}; !reflect.DeepEqual(got, want) {
		t.Errorf("user_metadata is %v, want %v", got, want)
	}
	if s.account(lovelaceID) != nil {
		t.Error("the second account is still there")
	}
	for _, changes := range []string{"user_metadata", "identities", "updated_at"} {
		delete(before, changes)
		delete(after, changes)
	}
	if !reflect.DeepEqual(before, after) {
		t.Errorf("of the account that stays\n\t%v\nwas there before, and after it\n\t%v", before, after)
	}
	s.wantWrites("POST /api/v2/users/"+adaID+"/identities 201", "PATCH /api/v2/users/"+adaID+" 200")
}

func TestSwap(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{furnish: choosing})
	p := s.open("/")
	p.signIn(ada)
	other := p.tab("/")
	other.profileOf(ada)

	p.startLink(lovelace)
	p.see("#confirm-means", text.Fill(say.Of(text.ConfirmLinkMeans), "first", ada, "second", lovelace))
	p.decide("theme", "secondary") // its value stays chosen
	p.decide("tags", "both")
	p.click("#btn-swap")
	p.see("#confirm-means", text.Fill(say.Of(text.ConfirmLinkMeans), "first", lovelace, "second", ada))
	p.decided("theme", "primary")
	p.decided("tags", "both")
	p.click("#btn-confirm")
	p.profileOf(lovelace)
	p.linked(ada)
	p.see("[role=status]", text.Fill(say.Of(text.Linked), "second", ada))

	users := s.users()
	want := lovelaceID + `: ` + lovelaceID + ` + ` + adaID +
		` {"city":"London","font":"large","newsletter":true,"tags":["music","poetry","sums"],"theme":"light"}`
	if !slices.Equal(users, []string{want}) {
		t.Errorf("the tenant holds\n\t%s\nwant\n\t%s", strings.Join(users, "\n\t"), want)
	}
	s.wantWrites("POST /api/v2/users/"+lovelaceID+"/identities 201", "PATCH /api/v2/users/"+lovelaceID+" 200")
	p.keepsNoSecret()

	// The session is the account's that stays, in every tab and after a reload.
	other.profileOf(lovelace)
	other.linked(ada)
	p.reload()
	p.profileOf(lovelace)
	p.linked(ada)

	p.click(".unlink-account")
	p.click("#btn-confirm")
	p.linked()
	s.wantHeld(map[string]string{adaID: adaID + " null"})
	if s.account(lovelaceID) == nil {
		t.Error("the account that stays is gone")
	}
}

// Attack case 14: where the operator only wants a warning there is one, in sight
// before anything happens.
func TestLinkUnverifiedWarns(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{configure: func(c *config.Config) { c.UnverifiedEmail = config.WarnUnverified }})
	p := s.open("/")
	p.signIn(ada)
	p.startLink(mallory)
	p.see("#confirm .warnings", text.Fill(say.Of(text.SecondaryUnverified), "second", mallory))
	p.click("#btn-confirm")
	p.linked(mallory)
	account := s.account(adaID)
	if account["email"] != ada || account["email_verified"] != true { // attack case 35
		t.Errorf("the profile is %v's, verified: %v", account["email"], account["email_verified"])
	}
	if linked := account["identities"].([]any); len(linked) != 2 {
		t.Errorf("the profile has the identities %v", linked)
	}
}

func TestUnlinkSavesCopy(t *testing.T) {
	t.Parallel()
	s, p := joined(t)
	untouched := s.untouched()
	p.click(".unlink-account")
	p.appear("#btn-confirm")
	var copied map[string]any
	data := string(p.download("account.json", "#btn-save-copy"))
	if err := json.Unmarshal([]byte(data), &copied); err != nil {
		t.Fatalf("saved %q: %v", data, err)
	}
	profile, _ := copied["profileData"].(map[string]any)
	if copied["provider"] != "google-oauth2" || "google-oauth2|"+copied["user_id"].(string) != lovelaceID ||
		profile["email"] != lovelace || profile["email_verified"] != true {
		t.Errorf("the copy is %s", data)
	}
	if strings.Contains(data, "token") || strings.Contains(data, "eyJ") {
		t.Errorf("there is a token in the copy: %s", data)
	}
	untouched()
	p.click("#btn-confirm")
	p.linked()
	s.wantHeld(map[string]string{lovelaceID: lovelaceBare})
}

// asked counts the requests of a kind that the tenant has answered in one way;
// status 0 means any.
func (s *stage) asked(method, path string, status int) int {
	s.t.Helper()
	n := 0
	for _, r := range s.requests() {
		sent, _ := url.PathUnescape(r.Path)
		if r.Method == method && strings.HasPrefix(sent, path) && (status == 0 || r.Status == status) {
			n++
		}
	}
	return n
}

// Each choice that is shown as made is one, also where a swap moves the keys.
func TestChoicesAfterASwap(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{furnish: func(o *tenant.Options) {
		choosing(o)
		o.Users[0].UserMetadata = map[string]any{"a": 1, "b": 1, "c": 1}
		o.Users[1].UserMetadata = map[string]any{"b": 2, "c": 2, "d": 2}
	}})
	p := s.open("/")
	p.signIn(ada)
	p.startLink(lovelace)
	p.decide("c", "secondary")
	for range 2 {
		for _, key := range []string{"b", "c", "d"} {
			p.wait("a choice about "+key+" is shown", `document.querySelector('input[name="field-`+key+`"]:checked')`)
		}
		p.click("#btn-swap")
		p.see(".account-stays", lovelace[:12])
		for _, key := range []string{"a", "b", "c"} {
			p.wait("a choice about "+key+" is shown", `document.querySelector('input[name="field-`+key+`"]:checked')`)
		}
		p.click("#btn-swap")
		p.see(".account-stays", ada)
	}
	p.decided("b", "primary")
	p.decided("c", "secondary")
	p.decided("d", "secondary")
}
