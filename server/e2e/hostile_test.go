package e2e

import (
	"encoding/json"
	"strings"
	"testing"

	"twinlock/app/config"
)

// hostile is a person whose provider lets them write whatever they like.
// (Attack cases 20 and 38.)
func hostile() (users string, first, second string) {
	const markup = `"><img src=x onerror=alert(1)><script>alert(2)</script>`
	long := strings.Repeat("A very long name that goes on and on. ", 270) // 10 kB
	first, second = "first@gmail.example", `"'><b>second</b>"@facebook.example`
	identity := func(connection, id string, profile map[string]any) map[string]any {
		profile["email_verified"] = true
		return map[string]any{"connection": connection, "provider": connection, "user_id": id, "isSocial": true, "profile": profile}
	}
	data, err := json.Marshal(map[string]any{"version": 1, "users": []any{
		map[string]any{
			"identities": []any{
				identity("google-oauth2", "1", map[string]any{"email": first, "name": markup + "\u202egnp.exe", "nickname": markup, "picture": "javascript:alert(3)"}),
				identity("google-oauth2", `a/../b%2F..?x=1#<!--`, map[string]any{"email": "third@gmail.example", "name": long, "picture": `https://pictures.invalid/"><script>alert(4)</script>`}),
			},
			"user_metadata": map[string]any{"__proto__": map[string]any{"admin": true}, markup: markup},
			"created_at":    "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z",
		},
		map[string]any{
			"identities":    []any{identity("facebook", "2", map[string]any{"email": second, "name": "\u202e" + long, "picture": "data:image/svg+xml,<svg onload=alert(5)>"})},
			"user_metadata": map[string]any{markup: 1, "constructor": 2},
			"created_at":    "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z",
		},
	}})
	if err != nil {
		panic(err)
	}
	return string(data), first, second
}

func TestHostileProfile(t *testing.T) {
	t.Parallel()
	users, first, second := hostile()
	s := newStage(t, setup{users: users, configure: func(c *config.Config) { c.ProfileLimit = 100 }})
	p := s.blank()
	p.troubles.expect("pictures.invalid")
	p.visit(s.site + "/")
	p.started()
	p.resize(narrow)
	p.click("#btn-login")
	p.choose("google-oauth2")
	p.click(`button[name=account][value="` + first + `"]`)
	p.profileOf(first)
	p.see("h1", "<script>alert(2)</script>")
	p.inert()
	p.fits()

	p.click("#btn-link-account")
	p.choose("facebook")
	p.click(`button[name=account]`)
	p.see("#confirm", "<b>second</b>")
	p.inert()
	p.fits()
	p.click("#btn-confirm")
	p.linked("third@gmail.example", second)
	p.inert()
	p.fits()

	// The identity with the path in its id is the one that is taken away.
	p.click(`li:has(bdi) .unlink-account`)
	p.see("#confirm", "third@gmail.example")
	p.fits()
	p.click("#btn-confirm")
	p.linked(second)
	p.inert()
	s.wantHeld(map[string]string{`google-oauth2|a/../b%2F..?x=1#<!--`: `google-oauth2|a/../b%2F..?x=1#<!-- null`})
}

// inert checks that nothing of what a provider wrote has become an element.
func (p *page) inert() {
	p.t.Helper()
	if n := evaluate[int](p, `document.querySelectorAll("#main script, #main b, main [onerror], main [onload], dialog script, dialog b, img[src=x], img[src^=javascript], img[src^=data]").length`); n != 0 {
		p.t.Errorf("%d elements were made of a profile", n)
	}
	if evaluate[bool](p, `Object.prototype.admin !== undefined`) {
		p.t.Error("the prototype of all objects was changed")
	}
	if strings.ContainsRune(p.text("body"), '\u202e') {
		p.t.Error("text is turned around")
	}
}

// fits checks that nothing has to be scrolled sideways, in dialogs neither.
func (p *page) fits() {
	p.t.Helper()
	wide := evaluate[[]string](p, `(() => {
		const boxes = [document.scrollingElement, ...document.querySelectorAll("dialog[open], dialog[open] .dialog-box, main, header")];
		return boxes.filter((e) => e.scrollWidth > Math.ceil(e.clientWidth)).map((e) => e.tagName + "." + e.className + " is " + e.scrollWidth + " wide in " + e.clientWidth);
	})()`)
	for _, what := range wide {
		p.t.Errorf("at %s: %s", p.location(), what)
	}
	out := evaluate[[]string](p, `(() => {
		const dialog = document.querySelector("dialog[open]");
		return [...(dialog || document.body).querySelectorAll("*")]
			.filter((e) => e.checkVisibility({visibilityProperty: true}) && !e.closest(".visually-hidden"))
			.filter((e) => { const r = e.getBoundingClientRect(); return r.width > 0 && (r.right > innerWidth + 1 || r.left < -1); })
			.map((e) => e.tagName + "." + e.className + " reaches from " + e.getBoundingClientRect().left + " to " + e.getBoundingClientRect().right + " of " + innerWidth);
	})()`)
	for _, what := range out {
		p.t.Errorf("at %s: %s", p.location(), what)
	}
}
