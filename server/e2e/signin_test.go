package e2e

import (
	"context"
	"slices"
	"strings"
	"testing"

	"twinlock/app/provider"
	"twinlock/app/text"
	"twinlock/server/tenant"
)

func TestSignIn(t *testing.T) {
	t.Parallel()
	for _, tt := range cases(1, []struct{ name, email, person string }{
		{"password", ada, "Ada King"},
		{"google", lovelace, "Ada Lovelace"},
		{"facebook", byron, "Ada Byron"},
	}) {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, setup{})
			p := s.open("/")
			p.signIn(tt.email)
			p.see("h1", tt.person)
			p.see(`section[aria-label="`+say.Of(text.Profile)+`"]`, say.Of(text.Verified))
			p.wait("the picture is there", `[...document.querySelectorAll(".avatar img")].some((i) => i.naturalWidth > 0)`)
			p.clean()
			p.keepsNoSecret()
			p.reload()
			p.profileOf(tt.email)
			p.clean()
		})
	}
}

// Who comes back sees how they have signed in before.
func TestLastUsed(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{})
	p := s.open("/")
	p.signIn(lovelace)
	p.link(ada) // which was not signed in with
	p.signOut()
	p.click("#btn-login")
	p.see(`[data-connection="google-oauth2"] .badge`, say.Of(text.LastUsed))
	if n := p.count(".connection .badge"); n != 1 {
		t.Errorf("%d ways to sign in are marked", n)
	}
}

// keepsNoSecret checks that no token is stored in the clear, and no callback in a
// cache. (Attack case 39.)
func (p *page) keepsNoSecret() {
	p.t.Helper()
	type kept struct{ Where, What string }
	list := evaluateAsync[[]kept](p, `(async () => {
		const kept = [];
		for (const [where, area] of [["localStorage", localStorage], ["sessionStorage", sessionStorage]])
			for (const key of Object.keys(area)) kept.push({Where: where, What: key + "=" + area[key]});
		for (const {name} of await indexedDB.databases()) {
			const db = await new Promise((ok, no) => Object.assign(indexedDB.open(name), {onsuccess: (e) => ok(e.target.result), onerror: no}));
			for (const store of db.objectStoreNames) {
				const all = await new Promise((ok, no) => Object.assign(db.transaction(store).objectStore(store).getAll(), {onsuccess: (e) => ok(e.target.result), onerror: no}));
				const text = (v) => v instanceof ArrayBuffer || ArrayBuffer.isView(v) ? new TextDecoder().decode(v)
					: v && typeof v === "object" ? Object.values(v).map(text).join(" ") : String(v);
				for (const v of all) kept.push({Where: name + "/" + store, What: text(v)});
			}
			db.close();
		}
		for (const name of await caches.keys())
			for (const r of await (await caches.open(name)).keys()) kept.push({Where: "cache " + name, What: r.url});
		return kept;
	})()`)
	for _, k := range list {
		for _, secret := range []string{"eyJ", "code=", "access_token", "id_token"} {
			if strings.Contains(k.What, secret) {
				p.t.Errorf("%s keeps %q: %.100s", k.Where, secret, k.What)
			}
		}
	}
}

func TestSignInByPopup(t *testing.T) {
	t.Parallel()
	for _, tt := range cases(1, []struct{ name, email string }{
		{"password", ada},
		{"google", lovelace},
	}) {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, setup{interaction: provider.Popup})
			p := s.open("/")
			p.signIn(tt.email)
			p.alone()
			p.clean()
			p.reload()
			p.profileOf(tt.email)
		})
	}
}

// alone waits until no window that this page has opened is left.
func (p *page) alone() {
	p.t.Helper()
	p.until("the windows are closed", func(ctx context.Context) (bool, error) { return p.windows() == 0, nil })
}

// With "auto" a window opens where there is room for one.
func TestSignInAuto(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{interaction: provider.Auto})
	p := s.blank()
	p.resize(phone)
	p.visit(s.site + "/")
	p.started()
	p.signIn(mary)
	if n := p.windows(); n != 0 {
		t.Errorf("on a phone %d windows were opened", n)
	}
	p.signOut()

	p.resize(desktop)
	p.click("#btn-login")
	p.choose(connectionOf(mary))
	p.window().answer(mary)
	p.profileOf(mary)
}

func TestSignOut(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{})
	p := s.open("/")
	p.signIn(ada)
	p.signOut()
	p.keepsNothing()

	// The tenant's session has ended too: it asks for the password.
	p.visit(s.site + "/")
	p.started()
	p.click("#btn-login")
	p.choose(connectionOf(ada))
	p.appear("input[name=password]")
}

// Attack case 41: nothing comes back with the back button.
func TestBackAfterSignOut(t *testing.T) {
	t.Parallel()
	if *which == "webkit" {
		t.Skip("WebKitGTK's driver does not notice that a page is back from memory")
	}
	s := newStage(t, setup{})
	p := s.open("/")
	p.signIn(ada)
	p.signOut()
	p.back()
	p.started()
	p.appear("#btn-login")
	if text := p.text("body"); strings.Contains(text, ada) {
		t.Errorf("after signing out the back button shows %q", text)
	}
}

// keepsNothing checks that of a session nothing is left, not even sealed, nor
// the key, nor a login of the account's that has not come back; but for the name of the
// connection that was used last.
func (p *page) keepsNothing() {
	p.t.Helper()
	for _, what := range p.vault() {
		p.t.Errorf("after signing out the vault has %q", what)
	}
	p.storesNothing(p.stage.scope().String())
}

// storesNothing checks that localStorage has nothing under keys that begin with a text, but for
// the name of the connection that was used last.
func (p *page) storesNothing(prefix string) {
	p.t.Helper()
	for _, key := range p.stored(prefix) {
		value := evaluate[string](p, js(`localStorage.getItem(%s)`, key))
		if !strings.HasSuffix(key, " last-used") || !slices.Contains([]string{tenant.Database, tenant.Google, tenant.Facebook}, value) {
			p.t.Errorf("after signing out localStorage has %q: %q", key, value)
		}
	}
}

// Without a session at the site, but one at the tenant, a click is enough.
func TestSingleSignOn(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{})
	p := s.open("/")
	p.signIn(ada)
	evaluateAsync[bool](p, `new Promise((ok) => { const r = indexedDB.deleteDatabase("twinlock /"); r.onsuccess = () => ok(true); })`)
	p.visit(s.site + "/")
	p.started()
	p.click("#btn-login")
	p.choose(connectionOf(ada))
	p.profileOf(ada)
}
