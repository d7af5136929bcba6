package e2e

import (
	"cmp"
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/evanw/esbuild/pkg/api"
	"golang.org/x/text/language"

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

// languageVectors have what somebody reads, the languages of a site, and the one that suits best;
// "" where none does. TestLookup holds the boot script to them, and TestLookupIsUsual the
// matcher of golang.org/x/text, where it is as strict.
var languageVectors = []struct {
	tags, spoken, want string
	looser             string // what x/text returns, which finds more
}{
	{tags: "de-CH", spoken: "en de", want: "de"},
	{tags: "fr-CH de-CH en", spoken: "en de", want: "de"},
	{tags: "DE-ch-1996", spoken: "en de", want: "de"},
	{tags: "en-GB", spoken: "de en", want: "en"},
	{tags: "es-419", spoken: "en es", want: "es"},
	{tags: "no", spoken: "en nb", want: "nb"},
	{tags: "nn-NO", spoken: "en nb", want: "nb"},
	{tags: "nb-NO", spoken: "en nb", want: "nb"},
	{tags: "iw", spoken: "en he", want: "he"},
	{tags: "iw-IL", spoken: "en he", want: "he"},
	{tags: "pt", spoken: "pt-PT pt-BR", want: "pt-BR"},
	{tags: "pt-BR", spoken: "pt-PT pt-BR", want: "pt-BR"},
	{tags: "pt-PT", spoken: "pt-BR pt-PT", want: "pt-PT"},
	{tags: "pt-AO", spoken: "pt-BR pt-PT", want: "pt-PT"},
	{tags: "pt-MZ", spoken: "pt-BR pt-PT", want: "pt-PT"},
	{tags: "pt-AO", spoken: "en pt-BR", want: "pt-BR"},
	{tags: "pt", spoken: "en pt-PT", want: "pt-PT"},
	{tags: "pt-BR", spoken: "en pt-PT", want: "pt-PT"},
	{tags: "sr", spoken: "en sr", want: "sr"},
	{tags: "sr-Cyrl-RS", spoken: "en sr", want: "sr"},
	{tags: "sr-RS", spoken: "hr sr", want: "sr"},
	{tags: "ar-EG", spoken: "en ar", want: "ar"},
	{tags: "zh", spoken: "zh-Hant zh-Hans", want: "zh-Hans"},
	{tags: "zh-CN", spoken: "zh-Hant zh-Hans", want: "zh-Hans"},
	{tags: "zh-Hans-HK", spoken: "zh-Hant zh-Hans", want: "zh-Hans"},
	{tags: "zh-TW", spoken: "zh-Hans zh-Hant", want: "zh-Hant"},
	{tags: "zh-HK", spoken: "zh-Hans zh-Hant", want: "zh-Hant"},
	{tags: "zh-Hant-TW", spoken: "zh-Hans zh-Hant", want: "zh-Hant"},
	{tags: "ko-KR", spoken: "en ko", want: "ko"},
	{tags: "fa-AF", spoken: "en fa", want: "fa"},
	{tags: "ja-JP", spoken: "en ja", want: "ja"},
	{tags: "uk-UA ru", spoken: "en uk", want: "uk"},
	{tags: "tlh", spoken: "en de", want: "", looser: "en"},
	{tags: "nonsense-de", spoken: "en de", want: ""},
	{tags: "d", spoken: "en de", want: ""},
	{tags: "-", spoken: "en de", want: ""},
	{tags: "", spoken: "en de", want: ""},
	{tags: `de"]`, spoken: "en de", want: ""},
	// Their readers may well read the other one, but nobody has asked for it.
	{tags: "af", spoken: "en nl", want: "", looser: "nl"},
	{tags: "gsw", spoken: "en de", want: "", looser: "de"},
	{tags: "da", spoken: "en nb", want: "", looser: "nb"},
	{tags: "sr-Latn", spoken: "en sr", want: "sr"},
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
	for _, v := range languageVectors {
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

func TestLookupIsUsual(t *testing.T) {
	t.Parallel()
	for _, v := range languageVectors {
		var spoken, tags []language.Tag
		for _, s := range strings.Fields(v.spoken) {
			spoken = append(spoken, language.Make(s))
		}
		for _, s := range strings.Fields(v.tags) {
			if tag, err := language.Parse(s); err == nil {
				tags = append(tags, tag)
			}
		}
		_, i, confidence := language.NewMatcher(spoken).Match(tags...)
		got := strings.Fields(v.spoken)[i]
		if confidence == language.No {
			got = ""
		}
		if want := cmp.Or(v.looser, v.want); got != want {
			t.Errorf("%s in %s: %q, want %q", v.tags, v.spoken, got, want)
		}
	}
}
