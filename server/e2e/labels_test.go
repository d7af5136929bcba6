package e2e

import (
	"encoding/json"
	"slices"
	"strconv"
	"testing"

	"twinlock/app/text"
)

// alike is a profile with two accounts of one connection that have one name, no address, and
// a nickname or none.
func alike(email string) string {
	identity := func(connection, id string, profile map[string]any) map[string]any {
		return map[string]any{"connection": connection, "provider": connection, "user_id": id, "isSocial": true, "profile": profile}
	}
	data, err := json.Marshal(map[string]any{"version": 1, "users": []any{map[string]any{
		"identities": []any{
			identity("google-oauth2", "1", map[string]any{"email": "ada\u200b" + email, "email_verified": true, "name": "\u2800\u3164"}),
			identity("facebook", "10218151210185211", map[string]any{"name": "Ada", "nickname": "ada.k"}),
			identity("facebook", "10218151210185222", map[string]any{"name": "A\u200bda"}),
		},
		"created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z",
	}}})
	if err != nil {
		panic(err)
	}
	return string(data)
}

// Two accounts that read alike have different rows, names of buttons and questions, and so
// do the notice and the history after one is unlinked. What is not seen is not drawn.
// (Attack case 38.)
func TestAccountsThatReadAlike(t *testing.T) {
	t.Parallel()
	const email, one, other = "@gmail.example", "Ada (ada.k)", "Ada (…10185222)"
	s := newStage(t, setup{users: alike(email)})
	p := s.open("/")
	p.click("#btn-login")
	p.choose("google-oauth2")
	p.click(`button[name=account]`)
	p.profileOf("ada" + email)
	p.see("h1", "ada"+email)
	p.linked(one, other)
	label := func(account string) string {
		return text.Fill(say.Of(text.UnlinkLabel), "connection", "Facebook", "account", account)
	}
	names := evaluate[[]string](p, `[...document.querySelectorAll(".unlink-account")].map((e) => e.ariaLabel)`)
	if !slices.Equal(names, []string{label(one), label(other)}) {
		t.Errorf("the buttons are called %q", names)
	}
	for _, account := range []string{one, other} {
		p.click(".unlink-account[aria-label=" + strconv.Quote(label(account)) + "]")
		p.see("#confirm", text.Fill(say.Of(text.ConfirmUnlinkTitle), "account", account))
		p.see("#confirm-means", text.Fill(say.Of(text.ConfirmUnlink), "account", account))
		if account == one {
			p.click("#btn-cancel")
		}
	}
	p.click("#btn-confirm")
	p.see("[role=status]", text.Fill(say.Of(text.Unlinked), "account", other))
	p.activity(text.Fill(say.Of(text.HistoryUnlinked), "account", other))
	p.linked("Ada") // nothing reads like it now
	s.wantHeld(map[string]string{
		"google-oauth2|1":            "google-oauth2|1 + facebook|10218151210185211 null",
		"facebook|10218151210185222": "facebook|10218151210185222 null",
	})
}
