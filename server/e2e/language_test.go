package e2e

import (
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/evanw/esbuild/pkg/api"

	"twinlock/app/config"
	"twinlock/app/text"
	"twinlock/app/text/texttest"
)

var german = texttest.In("de")

func bilingual(c *config.Config) { c.Languages = []string{"en", "de"} }

// speaks waits until the page is in a language, and so is the program.
func (p *page) speaks(m *text.Catalogue) {
	p.t.Helper()
	p.started()
	p.wait("the page is in "+m.Language, js(`document.documentElement.lang === %s`, m.Language))
	p.see("#btn-login", m.Of(text.SignIn))
}

// Any of the languages that a person reads may be one of the site's, the first that is counts.
// What they choose is remembered on the device, by the address or by the switch, and is no
// longer in the address.
func TestLanguages(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{configure: bilingual})
	p := s.blank()
	p.speak("fr-CH,de-CH,en")
	p.visit(s.site + "/")
	p.speaks(german)

	p.visit(s.site + "/?lang=en#x")
	p.speaks(say)
	if got := p.location(); got != s.site+"/#x" {
		t.Errorf("the address is %s", got)
	}
	p.reload()
	p.speaks(say)
	p.visit(s.site + "/?lang=tlh") // not one of them
	p.speaks(say)
	p.visit(s.site + "/?lang=de-AT")
	p.speaks(german)

	p.replaced(func() {
		evaluate[bool](p, `((select) => { select.value = "en"; return select.dispatchEvent(new Event("change", { bubbles: true })) })(document.querySelector("#language"))`)
	})
	p.speaks(say)
	p.signIn(ada)
	p.reload()
	p.see("#btn-logout", say.Of(text.SignOut))
	p.replaced(func() {
		evaluate[bool](p, `((select) => { select.value = "de"; return select.dispatchEvent(new Event("change", { bubbles: true })) })(document.querySelector("#language"))`)
	})
	p.see("#btn-logout", german.Of(text.SignOut))
	p.see("#twinlock", german.Of(text.Accounts))
}

// The switch works before the program does, and keeps away where there is one language.
func TestLanguageSwitchBeforeTheProgram(t *testing.T) {
	t.Parallel()
	g := newGate(t, "/web/app.")
	s := newStage(t, setup{front: g.front, configure: bilingual})
	p := s.blank()
	p.visit(s.site + "/")
	p.see("#btn-login", say.Of(text.SignIn))
	p.replaced(func() {
		evaluate[bool](p, `((select) => { select.value = "de"; return select.dispatchEvent(new Event("change", { bubbles: true })) })(document.querySelector("#language"))`)
	})
	p.see("#btn-login", german.Of(text.SignIn))
	g.lift()
	p.speaks(german)

	other := newStage(t, setup{}).open("/")
	if n := other.count("#language:not([hidden] *)"); n != 0 {
		t.Errorf("%d switches where there is one language", n)
	}
}

// The boot script finds a language as RFC 4647 says, section 3.4.
func TestLookup(t *testing.T) {
	t.Parallel()
	script, err := os.ReadFile("../../web/boot/lookup.js")
	if err != nil {
		t.Fatal(err)
	}
	built := api.Transform(string(script), api.TransformOptions{Format: api.FormatIIFE, GlobalName: "lib"})
	if len(built.Errors) > 0 {
		t.Fatal(built.Errors)
	}
	p := newStage(t, setup{}).open("/")
	for _, v := range []struct {
		tags, spoken, want string
	}{
		{"de-CH", "en de", "de"},
		{"fr-CH de-CH en", "en de", "de"},
		{"DE-ch-1996", "en de", "de"},
		{"zh-Hant-CN-x-private1-private2", "zh-Hant zh", "zh-Hant"},
		{"zh-TW", "zh-Hant zh", "zh"},
		{"pt-BR", "pt-BR pt-PT", "pt-BR"},
		{"de", "en de-AT", ""}, // a region that nobody has asked for
		{"tlh", "en de", ""},
		{"d", "en de", ""},
		{"-", "en de", ""},
		{"", "en de", ""},
		{`de"]`, "en de", ""},
	} {
		args, _ := json.Marshal([]any{strings.Split(v.tags, " "), strings.Split(v.spoken, " ")})
		var got string
		p.call("look up", func(context.Context) error {
			got = evaluate[string](p, string(built.Code)+`; lib.lookup(...`+string(args)+`) ?? ""`)
			return nil
		})
		if got != v.want {
			t.Errorf("%s in %s: %q, want %q", v.tags, v.spoken, got, v.want)
		}
	}
}
