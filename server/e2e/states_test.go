package e2e

import (
	"encoding/json"
	"flag"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"twinlock/app/config"
)

var (
	sheet = flag.String("sheet", "", "the folder to write the pictures of every state into, see make screens")
	only  = flag.String("state", "", "the one state to take pictures of")
)

// languages are those of the pictures.
var languages = []string{"en", "de"}

// speaks sets a site up in these languages.
func speaks(languages ...string) func(*config.Config) {
	return func(c *config.Config) { c.Languages = languages }
}

// state is one that the tenant's page of states has a button for.
type state struct {
	Name, Label, See, Account string
	SignIn                    bool `json:"sign_in"`
}

// states asks a tenant for those that there are.
func (s *stage) states() (list []state) {
	s.t.Helper()
	if err := json.Unmarshal(s.control("GET", "states", nil), &list); err != nil {
		s.t.Fatal(err)
	}
	return list
}

// meet signs in and has the page meet the state.
func (p *page) meet(state state) {
	p.t.Helper()
	p.troubles.expect(failed, "status of", "net::ERR", "Failed to fetch")
	if state.SignIn {
		p.stage.control("POST", "states/"+state.Name, nil)
	}
	p.click("#btn-login")
	p.choose(connectionOf(state.Account))
	if state.Name != "refused" { // before there is a page of the tenant
		p.answer(state.Account)
	}
	if state.SignIn {
		p.appear("[role=alert]")
		return
	}
	p.appear("#btn-logout")
	p.appear("#btn-link-account")
	p.stage.control("POST", "states/"+state.Name, nil)
	p.visit(p.stage.site + "/")
	if state.Name == "slow" { // which ends before a busy machine has come to rest
		p.appear(".skeleton .notice-busy")
		return
	}
	p.started()
	p.wait("the state shows", `document.querySelector("#btn-link-account:enabled, main [role=alert]:not(:empty), main [role=status]:not(:empty)")`)
	p.pictures()
}

// TestRefusedState: a state's button brings the page into what the button says.
func TestRefusedState(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{})
	p := s.open("/")
	for _, state := range s.states() {
		if state.Name == "refused" {
			p.meet(state)
			p.see("[role=alert]", "Please call 555-0100.")
			return
		}
	}
	t.Error("there is no such state")
}

// TestSheet takes a picture of each state, size, scheme and language, and writes a page
// with all of them. It is no test of anything: make screens runs it.
func TestSheet(t *testing.T) {
	if *sheet == "" {
		t.Skip("make screens")
	}
	if err := os.MkdirAll(*sheet, 0o755); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString("<!doctype html><html lang=en><meta charset=utf-8><title>Twinlock: every state</title>" +
		"<style>body{font:16px sans-serif}figure{display:inline-block;margin:8px;vertical-align:top}" +
		"img{height:370px;border:1px solid}</style><h1>Every state</h1>\n")
	t.Run("pictures", func(t *testing.T) {
		take := func(name, label, see string, open func(t *testing.T, size screen, scheme, language string) *page) {
			if *only != "" && *only != name {
				return
			}
			fmt.Fprintf(&b, "<h2>%s</h2><p>%s</p>\n", html.EscapeString(label), html.EscapeString(see))
			everyLook(func(size screen, scheme, language string) {
				file := strings.Join([]string{name, size.name, scheme, language}, "-")
				fmt.Fprintf(&b, "<figure><a href=%[1]s.png><img src=%[1]s.png alt='' loading=lazy></a>"+
					"<figcaption>%[1]s</figcaption></figure>\n", file)
				t.Run(file, func(t *testing.T) {
					t.Parallel()
					open(t, size, scheme, language).save(filepath.Join(*sheet, file+".png"))
				})
			})
		}
		for _, state := range newStage(t, setup{}).states() {
			take(state.Name, state.Label, state.See, state.open)
		}
		for _, sc := range scenes {
			take(sc.name, sc.label, "", sc.open)
		}
	})
	if err := os.WriteFile(filepath.Join(*sheet, "index.html"), []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// open opens a site and has its page meet the state.
func (state state) open(t *testing.T, size screen, scheme, language string) *page {
	t.Helper()
	p := newStage(t, setup{configure: speaks(languages...)}).blank()
	p.resize(size)
	p.colours(scheme)
	p.speak(language)
	p.visit(p.stage.site + "/")
	p.started()
	p.meet(state)
	return p
}

// everyLook calls take for every way to look at a state.
func everyLook(take func(size screen, scheme, language string)) {
	for _, size := range []screen{phone, desktop} {
		for _, scheme := range []string{"light", "dark"} {
			for _, language := range languages {
				take(size, scheme, language)
			}
		}
	}
}
