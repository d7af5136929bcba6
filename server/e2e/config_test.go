package e2e

import (
	"bytes"
	"encoding/json"
	"net/http"
	"sync/atomic"
	"testing"

	"twinlock/app/config"
	"twinlock/app/text"
	"twinlock/app/text/texttest"
	"twinlock/server/site"
	"twinlock/server/tenant"
)

// edition is a config.json that somebody has edited; as it was made as long as it is nil.
type edition struct{ body atomic.Pointer[[]byte] }

func (e *edition) front(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if body := e.body.Load(); body != nil && r.URL.Path == "/config.json" {
			w.Header().Set("Content-Type", "application/json")
			w.Write(*body)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// edit changes fields of the site's configuration.
func (e *edition) edit(s *stage, changes map[string]any) {
	s.t.Helper()
	body, err := json.Marshal(s.config)
	if err != nil {
		s.t.Fatal(err)
	}
	fields := map[string]any{}
	if err := json.Unmarshal(body, &fields); err != nil {
		s.t.Fatal(err)
	}
	for name, value := range changes {
		fields[name] = value
	}
	if body, err = json.Marshal(fields); err != nil {
		s.t.Fatal(err)
	}
	e.body.Store(&body)
}

// answerableAt lets a tenant call back to the site of another stage.
func answerableAt(s *stage) func(*tenant.Options) {
	return func(o *tenant.Options) {
		o.Clients[0].Callbacks, o.Clients[0].WebOrigins = []string{s.site + "/callback"}, []string{s.origin}
	}
}

// The boot script begins no login with a configuration that the program refuses, and the
// program says why. Nobody is asked anything.
func TestEditedConfiguration(t *testing.T) {
	t.Parallel()
	german := texttest.In("de")
	for _, tt := range []struct {
		name, language string
		changes        func(other *stage) map[string]any
		want           string
	}{
		{"another tenant", "de-AT", func(other *stage) map[string]any {
			return map[string]any{"issuer": other.issuer, "audience": other.config.Audience}
		}, german.Of(text.OtherTenant)},
		{"rights that it must not have", "en", func(*stage) map[string]any {
			return map[string]any{"scopes": append([]string{"read:user_idp_tokens"}, config.DefaultScopes...)}
		}, say.Of(text.Configuration)},
		{"another client", "en", func(*stage) map[string]any {
			return map[string]any{"client_id": "another"}
		}, say.Of(text.OtherTenant)},
		{"plain http to a name like this machine's", "en", func(*stage) map[string]any {
			return map[string]any{"issuer": "http://127.0.0.1.example/"}
		}, say.Of(text.Configuration)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e, g := &edition{}, newGate(t, "/web/app.")
			s := newStage(t, setup{
				front:     func(next http.Handler) http.Handler { return g.front(e.front(next)) },
				configure: func(c *config.Config) { c.Languages = []string{"en", "de"} },
			})
			other := newStage(t, setup{furnish: answerableAt(s)})
			e.edit(s, tt.changes(other))
			p := s.blank()
			p.speak(tt.language)
			p.visit(s.site + "/")
			p.click("#btn-login")
			p.choose(connectionOf(ada))
			p.appear(`[role=dialog] [aria-busy=true]`)
			g.lift()
			p.alert(tt.want)
			p.appear(".notice-actions .button")
			for _, r := range append(s.requests(), other.requests()...) {
				t.Errorf("a tenant was asked for %s", r.Path)
			}
			if kept := p.stored("twinlock / " + s.issuer); len(kept) != 0 {
				t.Errorf("localStorage has %q", kept)
			}
		})
	}
}

// An edited configuration of the same tenant is good, and so is one that a host or an editor has
// written in another way: a choice from before the program is there is not lost.
func TestEditedLabel(t *testing.T) {
	t.Parallel()
	for _, tt := range cases(1, []struct {
		name    string
		rewrite func([]byte) []byte
	}{
		{"byte order", func(body []byte) []byte { return append([]byte("\ufeff"), body...) }},
		{"edited", func(body []byte) []byte { return body }},
		{"line ends", func(body []byte) []byte { return bytes.ReplaceAll(body, []byte(`,"`), []byte(",\r\n\"")) }},
	}) {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e, g := &edition{}, newGate(t, "/web/app.")
			s := newStage(t, setup{front: func(next http.Handler) http.Handler { return g.front(e.front(next)) }})
			e.edit(s, map[string]any{"max_auth_age": 60})
			body := tt.rewrite(*e.body.Load())
			e.body.Store(&body)
			p := s.blank()
			p.visit(s.site + "/")
			p.click("#btn-login")
			p.choose(connectionOf(ada))
			p.appear(`[role=dialog] [aria-busy=true]`)
			g.lift()
			p.answer(ada)
			p.profileOf(ada)
		})
	}
}

// A site moves to another tenant. Whoever has kept the page from before, with the new
// configuration, gets the new page by itself, and signs in there. Where the page is not
// new, because only the configuration was edited, a sentence says it instead.
func TestKeptPageOfAnotherTenant(t *testing.T) {
	t.Parallel()
	e, v := &edition{}, &versions{}
	s := newStage(t, setup{front: func(first http.Handler) http.Handler { return e.front(v.front(first)) }})
	other := newStage(t, setup{furnish: answerableAt(s)})
	p := s.open("/")
	p.kept()

	// It is written by hand, and leaves out what has a default.
	e.edit(s, map[string]any{"issuer": "", "domain": "tenant.eu.auth0.com", "audience": ""})
	p.visit(s.site + "/")
	p.started()
	p.appear("#update") // the worker has kept the new configuration
	p.visit(s.site + "/")
	p.alert(say.Of(text.OtherTenant))

	moved := s.config
	moved.Issuer, moved.Audience = other.issuer, other.config.Audience
	p.kept() // by a worker of this page, once more
	v.serve(t, site.Options{Config: moved, Version: "next"})
	e.body.Store(nil)
	p.click(".notice-actions .button")
	p.wait("the new version is shown", versionShown+` === "next"`)
	p.started()
	p.signIn(ada)
	if len(s.authorizations()) != 0 || len(other.authorizations()) != 1 {
		t.Error("it was not the new tenant that was asked")
	}

	t.Log("and back, with the worker of the moved site")
	p.kept()
	p.visit(s.site + "/")
	p.started()
	v.deploy(t, s, "back")
	p.visit(s.site + "/")
	p.started()
	p.appear("#update")
	p.visit(s.site + "/")
	p.wait("the new page is shown", versionShown+` === "back"`)
	p.started()
	p.signIn(ada)
	if len(s.authorizations()) != 1 {
		t.Error("it was not the tenant of the page that was asked")
	}
}
