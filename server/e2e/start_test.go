package e2e

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/chromedp/chromedp"

	"twinlock/app/provider"
	"twinlock/app/text"
)

// A gap is a part of the site that, while it is open, is not to be had.
type gap struct {
	path string // how it begins
	open atomic.Bool
}

func (g *gap) front(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if g.open.Load() && strings.HasPrefix(r.URL.Path, g.path) {
			panic(http.ErrAbortHandler)
		}
		next.ServeHTTP(w, r)
	})
}

// Without its program, or without its configuration, the page says so and offers
// a way on.
func TestStartFails(t *testing.T) {
	t.Parallel()
	for name, path := range map[string]string{"program": "/web/app.", "configuration": "/config.json"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			gap := &gap{path: path}
			s := newStage(t, setup{front: gap.front})
			p := s.blank()
			p.troubles.expect(failed, "Failed to fetch", "ERR_")
			gap.open.Store(true)
			p.visit(s.site + "/")
			p.alert("")
			gap.open.Store(false)
			p.click("[role=alert] ~ button, [role=alert] ~ * button")
			p.started()
			p.signIn(ada)
		})
	}
}

// A program that ends leaves a way on, also under a dialog.
func TestProgramEnds(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{})
	p := s.open("/")
	p.troubles.expect("exit code", "already exited", "broken", "reading 'exports'")
	p.click("#btn-login")
	p.hears("#lock-login")
	evaluate[bool](p, `(HTMLButtonElement.prototype.setAttribute = () => { throw new Error("broken"); }, true)`)
	p.choose(connectionOf(ada))
	p.alert("The page has stopped working.")
	p.click(".boot-panel button")
	p.started()
	p.signIn(ada)
}

// Where a person has forbidden the site to keep data, a window still signs in, also in
// place of a redirect, which needs something to be kept.
func TestBlockedSiteData(t *testing.T) {
	t.Parallel()
	for _, interaction := range []provider.Interaction{provider.Popup, provider.Redirect} {
		t.Run(string(interaction), func(t *testing.T) {
			t.Parallel()
			s := newStage(t, setup{interaction: interaction})
			p := s.withoutSiteData()
			p.visit(s.site + "/")
			p.started()
			if evaluate[bool](p, `(() => { try { indexedDB.open("probe"); return document.cookie = "a=b", document.cookie !== ""; } catch { return false; } })()`) {
				t.Fatal("site data is not blocked")
			}
			p.click("#btn-login")
			p.loginInWindow(ada)
			p.profileOf(ada)
			p.see("[role=status]", say.Of(text.OnlyThisPage))
		})
	}
}

// Where the sealed store is out of order, in whatever way, the page works and says
// that it keeps nothing.
func TestBrokenVault(t *testing.T) {
	t.Parallel()
	for _, tt := range cases(1, []struct{ name, script string }{
		{"it cannot be opened", `IDBFactory.prototype.open = () => { throw new DOMException("", "SecurityError"); }`},
		{"there is none", `Object.defineProperty(window, "indexedDB", {value: undefined})`},
		{"it is damaged", `IDBDatabase.prototype.transaction = () => { throw new DOMException("", "NotFoundError"); }`},
		{"it does not keep keys", `IDBObjectStore.prototype.put = () => { throw new DOMException("", "DataCloneError"); }`},
	}) {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, setup{})
			p := s.blank()
			p.inject(tt.script)
			p.visit(s.site + "/")
			p.started()
			p.signIn(ada)
			p.see("[role=status]", say.Of(text.OnlyThisPage))
		})
	}
}

// withoutSiteData starts a browser that keeps no data for the site, as its
// settings allow people to ask for. The tenant may keep its cookies.
func (s *stage) withoutSiteData() *page {
	s.t.Helper()
	settings, err := json.Marshal(map[string]any{"profile": map[string]any{"content_settings": map[string]any{"exceptions": map[string]any{
		"cookies": map[string]any{s.origin + ",*": map[string]any{"setting": 2}},
	}}}})
	if err != nil {
		s.t.Fatal(err)
	}
	dir := s.t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "Default"), 0o700); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "Default", "Preferences"), settings, 0o600); err != nil {
		s.t.Fatal(err)
	}
	return s.whole(chromedp.UserDataDir(dir))
}
