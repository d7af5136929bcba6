package e2e

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"twinlock/app/config"
	"twinlock/app/provider"
	"twinlock/server/site"
	"twinlock/server/tenant"
)

// render makes a site of a configuration, to be served beside or in the place
// of a stage's own.
func render(t *testing.T, c config.Config, basePath string) http.Handler {
	t.Helper()
	rendered, err := site.New(site.Options{Config: c, BasePath: basePath, Version: "e2e"})
	if err != nil {
		t.Fatal(err)
	}
	return rendered
}

// stored lists the keys of localStorage that begin with a text.
func (p *page) stored(prefix string) []string {
	p.t.Helper()
	return evaluate[[]string](p, js(`Object.keys(localStorage).filter((key) => key.startsWith(%s))`, prefix))
}

// The site is another tenant's from one visit to the next: what is kept is not
// sent there, and not kept any more.
func TestTenantChanges(t *testing.T) {
	t.Parallel()
	for _, tt := range cases(1, []struct {
		name   string
		config func(old, other config.Config) config.Config
	}{
		{"another tenant", func(_, other config.Config) config.Config { return other }},
		{"another client", func(c, _ config.Config) config.Config { c.ClientID = "another"; return c }},
		{"another audience", func(c, other config.Config) config.Config { c.Audience = other.Audience; return c }},
	}) {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var moved atomic.Pointer[http.Handler]
			first := newStage(t, setup{scopes: renewableScopes, front: func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					switch now := moved.Load(); {
					case strings.HasSuffix(r.URL.Path, "worker.js"): // it would keep the pages of before
						http.NotFound(w, r)
					case now != nil:
						(*now).ServeHTTP(w, r)
					default:
						next.ServeHTTP(w, r)
					}
				})
			}})
			second := newStage(t, setup{furnish: func(o *tenant.Options) {
				o.Clients[0].Callbacks, o.Clients[0].WebOrigins = []string{first.site + "/callback"}, []string{first.origin}
			}})
			p := first.blank()
			p.troubles.expect("404", "500")
			p.visit(first.site + "/")
			p.started()
			p.signIn(ada)
			first.fault(fault{Method: "PATCH", Path: "/api/v2/users/*", Status: 500, Times: 1000})
			p.startLink(lovelace)
			p.click("#btn-confirm")
			p.linked(lovelace)
			if kept := p.vault(); !slices.Contains(kept, "session") || !slices.Contains(kept, "journal") || !slices.Contains(kept, "offline") {
				t.Fatalf("before, the vault has %q", kept)
			}

			configuration := tt.config(first.config, second.config)
			now := render(t, configuration, "")
			moved.Store(&now)
			asked, untouched := len(first.requests()), second.untouched()
			p.visit(first.site + "/")
			p.started()
			p.appear("#btn-login")
			p.vanish("#btn-logout")
			if kept := p.vault(); len(kept) != 0 {
				t.Errorf("the vault still has %q", kept)
			}
			if kept := p.stored(first.scope().String()); len(kept) != 0 {
				t.Errorf("localStorage still has %q", kept)
			}
			for _, r := range slices.Concat(first.requests()[asked:], second.requests()) {
				t.Errorf("asked a tenant: %s %s", r.Method, r.Path)
			}
			if configuration.Issuer != second.issuer {
				return
			}
			// The same person, by the same id, with a link that the other tenant knows
			// nothing of.
			p.signIn(ada)
			p.linked()
			untouched()
		})
	}
}

// Two sites on one origin, with the same tenant and client, as of two
// repositories of one account.
func TestTwoSitesOnOneOrigin(t *testing.T) {
	t.Parallel()
	var beside http.Handler
	root := newStage(t, setup{
		furnish: func(o *tenant.Options) {
			c := &o.Clients[0]
			c.Callbacks = append(c.Callbacks, c.WebOrigins[0]+"/staging/callback")
			c.LogoutURLs = append(c.LogoutURLs, c.WebOrigins[0]+"/staging/")
		},
		front: func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if strings.HasPrefix(r.URL.Path, "/staging") {
					beside.ServeHTTP(w, r)
					return
				}
				next.ServeHTTP(w, r)
			})
		},
	})
	beside = render(t, root.config, "/staging")
	p := root.open("/")
	other := p.tab("/staging/")
	staging := *root
	staging.site += "/staging"
	other.stage = &staging

	// The tenant knows ada by then.
	signInAgain := func(p *page) {
		t.Helper()
		p.click("#btn-login")
		p.choose(connectionOf(ada))
		p.profileOf(ada)
	}
	p.signIn(ada)
	other.reload()
	other.appear("#btn-login")
	other.vanish("#btn-logout")
	signInAgain(other)
	p.reload()
	p.profileOf(ada)

	t.Log("what tabs have left long ago goes, where it is the site's own")
	long := func(s *stage) string { return s.scope().String() + "tab closed twinlock.tx.login.x" }
	for _, key := range []string{long(root), long(&staging)} {
		evaluate[bool](p, js(`localStorage.setItem(%s, JSON.stringify({created: 1})) ?? true`, key))
	}
	p.reload()
	if kept := p.stored(long(root)); len(kept) != 0 {
		t.Errorf("left: %q", kept)
	}
	if kept := p.stored(long(&staging)); len(kept) != 1 {
		t.Error("the neighbour's is gone")
	}

	p.signOut()
	p.keepsNothing()
	other.profileOf(ada)
	other.reload()
	other.profileOf(ada)

	p.signIn(ada)
	other.signOut()
	other.keepsNothing()
	p.profileOf(ada)
	p.reload()
	p.profileOf(ada)
}

// What a version has kept that knew no scopes goes unread.
func TestUnscopedIsWiped(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{})
	p := s.blank()
	p.visit(s.site + "/config.json")
	evaluateAsync[bool](p, `new Promise((done, fail) => {
		localStorage.setItem("twinlock.hint", "1");
		localStorage.setItem("twinlock.tab.x.twinlock.tx.login.y", JSON.stringify({created: Date.now()}));
		localStorage.setItem("somebody's", "1");
		const opening = indexedDB.open("twinlock", 1);
		opening.onerror = fail;
		opening.onupgradeneeded = () => opening.result.createObjectStore("vault").put({}, "entry:session");
		opening.onsuccess = () => { opening.result.close(); done(true); };
	})`)
	p.visit(s.site + "/")
	p.started()
	p.appear("#btn-login")
	if kept := p.stored("twinlock."); len(kept) != 0 {
		t.Errorf("localStorage still has %q", kept)
	}
	if kept := p.stored("somebody's"); len(kept) != 1 {
		t.Error("what is somebody's is gone")
	}
	p.until("the database is gone", func(ctx context.Context) (bool, error) {
		return valueOf[bool](ctx, p, `indexedDB.databases().then((all) => !all.some(({name}) => name === "twinlock"))`)
	})
}

// The configuration was edited by hand, and leaves out what has a default: the
// boot script and the program mean the same site all the same.
func TestPopupWithDefaults(t *testing.T) {
	t.Parallel()
	edited := ""
	s := newStage(t, setup{interaction: provider.Popup, front: func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/config.json" {
				fmt.Fprint(w, edited)
				return
			}
			next.ServeHTTP(w, r)
		})
	}})
	edited = js(`{"issuer": %s, "client_id": %s, "interaction": "popup", "connections": [{"name": %s}]}`,
		strings.TrimSuffix(s.issuer, "/"), s.config.ClientID, connectionOf(ada))
	p := s.open("/")
	p.signIn(ada)
	p.alone()
}
