package e2e

import (
	"net/http"
	"testing"

	"twinlock/app/config"
	"twinlock/app/text"
)

// ownPages are an operator's pages on the origin of the site, besides the site.
func ownPages(site http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/home" && r.URL.Path != "/help" {
			site.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<!doctype html><title>" + r.URL.Path + "</title><h1>" + r.URL.Path + "</h1>"))
	})
}

func withLinks(c *config.Config) {
	c.HomeURL, c.SupportURL, c.PrivacyURL, c.TermsURL = "/home", "/help", "https://acme.example/privacy", "/terms"
	c.Languages = []string{"en", "de"}
	c.Links = []config.Link{
		{Label: "Change your password", URL: "https://acme.example/password", Language: "en"},
		{Label: "Passwort ändern", URL: "https://acme.example/passwort", Language: "de"},
	}
}

// The operator's links are in the page before the program, stay where they are when it comes,
// and lead where they say, in this tab.
func TestOwnLinks(t *testing.T) {
	t.Parallel()
	g := newGate(t, "/web/app.")
	s := newStage(t, setup{
		front: func(site http.Handler) http.Handler { return ownPages(g.front(site)) }, basePath: "/link", configure: withLinks,
	})
	p := s.blank()
	p.resize(phone)
	p.visit(s.site + "/")
	p.appear(".own-links a")
	const places = `JSON.stringify([...document.querySelectorAll(".brand, .back a, .own-links a")].map((a) =>
		[a.getAttribute("href"), a.textContent, a.getBoundingClientRect().y, a.getBoundingClientRect().height]))`
	before := evaluate[string](p, places)
	g.lift()
	p.started()
	if after := evaluate[string](p, places); after != before {
		t.Errorf("the links were %s and are %s", before, after)
	}
	if n := evaluate[int](p, `[...document.querySelectorAll("a.brand, .back a, .own-links a")]
		.filter((a) => !a.closest("[hidden]") && a.getBoundingClientRect().height < 44 || !a.closest("[hidden]") && a.getBoundingClientRect().width < 44).length`); n != 0 {
		t.Errorf("%d links are too small to press", n)
	}
	p.fits()
	p.click(".back a")
	p.see("h1", "/home")
	if n := p.windows(); n != 0 {
		t.Errorf("%d more windows", n)
	}
}

// Who has signed out is told so when the page is back from the tenant, before the program is
// there. Nobody else is told.
func TestSignedOutIsSaid(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{configure: withLinks})
	p := s.open("/")
	const said = `[role=status]:not(:empty)`
	p.vanish(said)
	p.signIn(ada)
	// What the page shows when the boot script knows, before the program runs.
	p.inject(`new MutationObserver(() => {
		window.early ??= getComputedStyle(document.querySelector(".if-just-signed-out")).display;
	}).observe(document, { subtree: true, attributeFilter: ["data-hint"] })`)
	p.signOut()
	p.see(said, say.Of(text.SignedOutThere))
	if early := evaluate[string](p, `window.early ?? "nothing"`); early != "flex" {
		t.Errorf("before the program it is %s", early)
	}
	if y := evaluate[float64](p, `document.querySelector("[role=status]").getBoundingClientRect().bottom - innerHeight`); y > 0 {
		t.Errorf("it is %v px below the screen", y)
	}
	p.storesNothing("twinlock / " + s.issuer)
	p.reload()
	p.started()
	p.vanish(said)
}
