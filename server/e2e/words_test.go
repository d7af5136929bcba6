package e2e

import (
	"encoding/json"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"twinlock/app/text"
	"twinlock/server/e2e/programs"
	"twinlock/web"
)

// A made-up language has the English words with accents, and two fifths longer. It takes the
// place of Japanese, or, written from the right, of Persian: their dates and numbers have no
// Latin letters either.
func madeUp(t *testing.T, language string) fs.FS {
	t.Helper()
	entries := map[string]any{}
	read(t, "en", &entries)
	for key, entry := range entries {
		if forms, plural := entry.(map[string]any); plural {
			for form, said := range forms {
				forms[form] = accented(said.(string))
			}
			continue
		}
		entries[key] = accented(entry.(string))
	}
	entries["language"], entries["direction"] = language, "ltr"
	if language == "fa" {
		entries["direction"] = "rtl"
	}
	data, err := json.Marshal(entries)
	if err != nil {
		t.Fatal(err)
	}
	return overlay{fstest.MapFS{"catalogues/" + language + ".json": {Data: data}}}
}

func read(t *testing.T, language string, into any) {
	t.Helper()
	data, err := web.Files.ReadFile("catalogues/" + language + ".json")
	if err == nil {
		err = json.Unmarshal(data, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// overlay has some files in place of the site's own.
type overlay struct{ files fstest.MapFS }

func (o overlay) Open(name string) (fs.File, error) {
	if _, own := o.files[name]; own {
		return o.files.Open(name)
	}
	return web.Files.Open(name)
}

var place = regexp.MustCompile(`\{[^}]*\}`)

// accented writes a sentence with other letters, and words behind it.
func accented(sentence string) string {
	changed := func(s string) string {
		return strings.NewReplacer("a", "ȧ", "b", "ƀ", "c", "ç", "d", "đ", "e", "ë", "f", "ƒ", "g", "ğ", "h", "ħ", "i", "ï",
			"j", "ĵ", "k", "ķ", "l", "ļ", "m", "ɱ", "n", "ñ", "o", "ö", "p", "þ", "q", "ǫ", "r", "ŕ", "s", "š", "t", "ţ",
			"u", "ü", "v", "ʋ", "w", "ŵ", "x", "ẋ", "y", "ÿ", "z", "ž").Replace(strings.ToLower(s))
	}
	var out strings.Builder
	rest := sentence
	for _, p := range place.FindAllString(sentence, -1) {
		before, after, _ := strings.Cut(rest, p)
		out.WriteString(changed(before) + p)
		rest = after
	}
	out.WriteString(changed(rest))
	for more := len([]rune(sentence)) * 2 / 5; more > 0; more -= 7 {
		out.WriteString(" " + strings.Repeat("ö", min(more, 6)))
	}
	return out.String()
}

// english finds words of the page in Latin letters without accents. What is data, or somebody
// else's words, or for the operator, is marked.
const english = `(() => {
	const others = "[translate=no], bdi, [lang=en], .said, script, style, noscript, template";
	const data = [...document.querySelectorAll("[translate=no]")].map((e) => e.textContent.trim()).filter(Boolean).sort((a, b) => b.length - a.length);
	const without = (said) => data.reduce((rest, d) => rest.replaceAll(d, ""), said); // what labels fill in
	const found = [], look = (where, said) => { if (/[A-Za-z]{2,}/.test(said)) found.push(where + ": " + said); };
	const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	for (let text; (text = texts.nextNode());) if (!text.parentElement.closest(others)) look(text.parentElement.tagName, text.data);
	for (const e of document.querySelectorAll("*"))
		for (const name of ["aria-label", "aria-description", "title", "alt", "placeholder"])
			if (e.hasAttribute(name) && !e.closest("[translate=no]")) look(e.tagName + " " + name, without(e.getAttribute(name)));
	look("title", without(document.title));
	return found;
})()`

// Nothing of the page is left in another language, and nothing is cut off or sticks out, in each
// state, at the width of the smallest phones, with large text, from the left and from the right.
func TestMadeUpLanguage(t *testing.T) {
	inSweeps(t)
	t.Parallel()
	for _, language := range []string{"ja", "fa"} {
		languageOf := func(open func(t *testing.T) *page) func(t *testing.T) {
			return func(t *testing.T) {
				t.Parallel()
				p := open(t)
				if !strings.HasPrefix(p.location(), p.stage.site) {
					return // the state is one of the tenant's own page
				}
				p.inOneLanguage(language)
				p.textSize(32)
				p.fitsWhole()
			}
		}
		for _, state := range newStage(t, setup{}).states() {
			t.Run(state.Name+"-"+language, languageOf(func(t *testing.T) *page {
				p := newStage(t, setup{static: madeUp(t, language), configure: speaks(language)}).blank()
				p.resize(narrow)
				p.visit(p.stage.site + "/")
				p.started()
				p.meet(state)
				return p
			}))
		}
		for _, sc := range scenes {
			t.Run(sc.name+"-"+language, languageOf(func(t *testing.T) *page {
				sc.setup.static = madeUp(t, language)
				return sc.openIn(t, narrow, "light", language, language)
			}))
		}
	}
}

func (p *page) inOneLanguage(language string) {
	p.t.Helper()
	if got := evaluate[string](p, `document.documentElement.lang`); got != language {
		p.t.Errorf("the page is in %s", got)
	}
	for _, said := range evaluate[[]string](p, english) {
		p.t.Errorf("at %s: %s", p.location(), said)
	}
}

// fitsWhole is fits, and looks at each button, heading and label too.
func (p *page) fitsWhole() {
	p.t.Helper()
	p.fits()
	p.none("cut off", seen("button, .button, h1, h2, summary, label, legend, select, .badge, .quiet")+
		`.filter((e) => !e.closest(".visually-hidden") && getComputedStyle(e).overflow !== "visible" && e.scrollWidth > e.clientWidth + 1)
		.map((e) => e.outerHTML.slice(0, 120))`)
}

// Each language fits a narrow screen with large text: the page's longest ones do not stick out.
func TestLanguagesFit(t *testing.T) {
	inSweeps(t)
	t.Parallel()
	for _, language := range text.Languages() {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			for _, name := range []string{"question", "unlink"} {
				drawable(t, language)
				sc := scenes[slices.IndexFunc(scenes, func(sc scene) bool { return sc.name == name })]
				p := sc.openIn(t, narrow, "light", language, language)
				p.fitsWhole()
				p.textSize(32)
				p.fitsWhole()
			}
		})
	}
}

// drawable leaves a test out where the fonts are missing that a language needs.
func drawable(t *testing.T, language string) {
	t.Helper()
	if !slices.Contains([]string{"hi", "ja", "ko", "th", "zh-Hans", "zh-Hant"}, language) {
		return
	}
	if _, err := programs.Fonts.Find(); err != nil {
		t.Skip(err)
	}
}

// The plural categories that the catalogues are held to are those of browsers.
func TestPluralCategories(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("../../app/text/testdata/plurals.json")
	if err != nil {
		t.Fatal(err)
	}
	var known map[string][]string
	if err := json.Unmarshal(data, &known); err != nil {
		t.Fatal(err)
	}
	p := newStage(t, setup{}).open("/")
	for _, language := range text.Languages() {
		got := evaluate[[]string](p, js(`new Intl.PluralRules(%s).resolvedOptions().pluralCategories.toSorted()`, language))
		if !slices.Equal(got, known[language]) {
			t.Errorf("%s has %q, the file says %q", language, got, known[language])
		}
	}
	if len(known) != len(text.Languages()) {
		t.Errorf("%d languages", len(known))
	}
}
