package site_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/net/html"

	"twinlock/app/config"
	"twinlock/app/text"
	"twinlock/app/text/texttest"
	"twinlock/server/site"
	"twinlock/web"
	"twinlock/web/asset"
)

// maxCatalogue is what a language may cost a visitor.
const maxCatalogue = 8 << 10 // bytes, with Brotli

// Each language is one file, which may be cached for ever, and small.
func TestCatalogues(t *testing.T) {
	o := options(t)
	o.BasePath, o.Config.Languages = "/accounts", text.Languages()
	s := render(t, o)
	files, sizes := map[string]*site.File{}, map[string]int{}
	for f := range s.Files() {
		if name, is := strings.CutPrefix(f.Path, "/web/"); is && strings.HasSuffix(name, ".json") {
			language, _, _ := strings.Cut(name, ".")
			files[language] = f
		}
	}
	for _, language := range text.Languages() {
		f := files[language]
		if f == nil {
			t.Errorf("no catalogue of %s", language)
			continue
		}
		if got := f.Header.Get("Cache-Control"); !strings.Contains(got, "immutable") {
			t.Errorf("%s: Cache-Control: %s", language, got)
		}
		for _, form := range f.Forms {
			if form.Encoding == asset.Brotli {
				sizes[language] = len(form.Body)
			}
		}
		if size := sizes[language]; size == 0 || size > maxCatalogue {
			t.Errorf("%s: %d bytes, want at most %d", language, size, maxCatalogue)
		}
	}
	if len(files) != len(text.Languages()) {
		t.Errorf("%d files of %d languages", len(files), len(text.Languages()))
	}
	all := slices.Sorted(maps.Values(sizes))
	t.Logf("brotli: %d to %d bytes, English %d, Arabic %d", all[0], all[len(all)-1], sizes["en"], sizes["ar"])
}

func catalogueOf(t *testing.T, s *site.Site, language string) map[string]any {
	t.Helper()
	var c map[string]any
	if err := json.Unmarshal(body(t, ask(s, "GET", find(t, s, "/web/"+language+".", ".json"))), &c); err != nil {
		t.Fatal(err)
	}
	return c
}

// The operator's words and labels are in the catalogue of their language, and in the page that
// is drawn in it. They are not in the configuration.
func TestOwnWords(t *testing.T) {
	o := options(t)
	o.Config.Languages = []string{"de", "en"}
	o.Config.Connections = []config.Connection{
		{Name: "google-oauth2"},
		{Name: "corp", Labels: map[string]string{"en": "Work", "de": "Arbeit"}},
	}
	o.Config = o.Config.WithDefaults()
	o.Texts = site.Texts{
		"de": {"welcome": "Willkommen & \"hallo\"", "found": map[string]any{"one": "{count}/{total} A", "other": "{count}/{total} B"}},
		"en": {"link_title": "Join with:"},
	}
	s := render(t, o)
	german, english := catalogueOf(t, s, "de"), catalogueOf(t, s, "en")
	if german["welcome"] != `Willkommen & "hallo"` || english["link_title"] != "Join with:" || english["welcome"] != texttest.In("en").Of(text.Welcome) {
		t.Errorf("the words are %q, %q, %q", german["welcome"], english["link_title"], english["welcome"])
	}
	if german["label.corp"] != "Arbeit" || english["label.corp"] != "Work" {
		t.Errorf("the labels are %q and %q", german["label.corp"], english["label.corp"])
	}
	page, configuration := string(body(t, ask(s, "GET", "/"))), string(body(t, ask(s, "GET", "/config.json")))
	if brand := `<bdi translate="no">` + html.EscapeString(o.Config.Brand.Name) + `</bdi>`; !strings.Contains(page, brand) {
		t.Errorf("the page has no %s: data has no key", brand)
	}
	for _, want := range []string{
		`data-say="welcome">Willkommen &amp; &#34;hallo&#34;<`,
		`data-label="Arbeit"`, `label.corp@data-label`, `<bdi translate="no" data-say="initial">A</bdi>`,
		`data-say="continue_with">Weiter mit <bdi translate="no" data-say="label.corp" data-is="connection">Arbeit</bdi>`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %s", want)
		}
	}
	if strings.Contains(configuration, "Willkommen") {
		t.Error("the words are in the configuration")
	}
}

// TestCheckTexts: each mistake in the operator's words is named.
func TestCheckTexts(t *testing.T) {
	for _, tt := range []struct {
		name, language, key string
		value               any
		problem             string
	}{
		{"a text", "de", "welcome", "Hallo", ""},
		{"a plural as a text", "de", "found", "{count} von {total}", ""},
		{"a plural", "pl", "fields_kept", map[string]any{"one": "{count}", "few": "{count}", "many": "{count}", "other": "{count}"}, ""},
		{"places in another order", "en", "wrong_account", "Not {wanted}: {account}", ""},
		{"no such language", "tlh", "", "x", "there is no such language"},
		{"no such key", "de", "velcome", "x", "there is no such text"},
		{"no text at all", "de", "language", "en", "there is no such text"},
		{"the direction", "de", "direction", "rtl", "there is no such text"},
		{"the key of a label", "de", "label.corp", "x", "there is no such text"},
		{"empty", "de", "welcome", " ", "must not be empty"},
		{"a number", "de", "welcome", 1, "must be text (perhaps in quotation marks)"},
		{"nothing", "de", "welcome", nil, "must be text (perhaps in quotation marks)"},
		{"a place is missing", "de", "continue_with", "Weiter", "must contain {connection} once"},
		{"a place twice", "en", "continue_with", "{connection} or {connection}", "must contain {connection} once"},
		{"a place is foreign", "de", "welcome", "Hallo {name}", "must not contain {name}: nothing is filled in for it"},
		{"a place is misspelt", "de", "continue_with", "Weiter mit {Connection} {connection}", "must not contain {Connection}: nothing is filled in for it"},
		{"markup", "de", "welcome", "<b>Hallo</b>", "must be plain text: markup would be shown as it stands"},
		{"an entity", "de", "welcome", "Hallo&#33;", "must be plain text: markup would be shown as it stands"},
		{"less than", "de", "welcome", "1 < 2 & 3", ""},
		{"two lines", "de", "welcome", "a\nb", "must be one line without control characters and marks of direction"},
		{"a mark of direction", "de", "welcome", "a\u202eb", "must be one line without control characters and marks of direction"},
		{"a mark of a key", "de", "welcome", "\ue000a\ue002", "must be one line without control characters and marks of direction"},
		{"too long", "de", "welcome", strings.Repeat("a", 1001), "must have at most 1000 bytes"},
		{"a plural where there is none", "de", "welcome", map[string]any{"other": "x"}, "must be a text"},
		{"forms of another language", "pl", "found", map[string]any{"one": "{count} {total}", "other": "{count} {total}"}, "must be a text, or have the forms few, many, one, other"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := site.CheckTexts(site.Texts{tt.language: {tt.key: tt.value}})
			var wrong *site.TextError
			switch {
			case tt.problem == "":
				if err != nil {
					t.Error(err)
				}
			case !errors.As(err, &wrong) || wrong.Problem != tt.problem || wrong.Language != tt.language || wrong.Key != tt.key:
				t.Errorf("%v, want %q", err, tt.problem)
			}
		})
	}
	if err := site.CheckTexts(site.Texts{"xx": nil, "de": {"a": "x", "b": "y"}}); err == nil || strings.Count(err.Error(), "\n") != 2 {
		t.Errorf("not each is named: %v", err)
	}
}

// With a made-up language as the only one, what the server itself writes has no English word
// left: each page before its program, what is shown instead of it, without scripts, at a path
// without a page, and what the system is told that installs it.
func TestNothingEnglishIsLeft(t *testing.T) {
	entries := map[string]any{}
	data, err := web.Files.ReadFile("catalogues/en.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &entries); err != nil {
		t.Fatal(err)
	}
	place := regexp.MustCompile(`\{[a-z]+\}`)
	for key, entry := range entries {
		if said, is := entry.(string); is {
			entries[key] = strings.Join(append([]string{"ŵöŕđ"}, place.FindAllString(said, -1)...), " ")
		}
	}
	entries["language"], entries["direction"] = "fa", "rtl"
	if data, err = json.Marshal(entries); err != nil {
		t.Fatal(err)
	}
	o := options(t)
	o.Config.Languages, o.Config.SupportURL = []string{"fa"}, "https://acme.example/help"
	o.Static = overlay{o.Static, "catalogues/fa.json", data}
	s := render(t, o)
	english := regexp.MustCompile(`[A-Za-z]{2,}`)
	for _, path := range []string{"/", "/callback", "/nothing/here"} {
		doc, err := html.ParseWithOptions(strings.NewReader(string(body(t, ask(s, "GET", path)))), html.ParseOptionEnableScripting(false))
		if err != nil {
			t.Fatal(err)
		}
		for n := range doc.Descendants() {
			if n.Type == html.TextNode && english.MatchString(place.ReplaceAllString(n.Data, "")) && !isData(n) {
				t.Errorf("%s says %q", path, n.Data)
			}
			for _, a := range n.Attr {
				if slices.Contains([]string{"aria-label", "title", "alt", "placeholder"}, a.Key) && english.MatchString(a.Val) {
					t.Errorf("%s: %s=%q", path, a.Key, a.Val)
				}
			}
		}
	}
	var manifest map[string]any
	if err := json.Unmarshal(body(t, ask(s, "GET", "/manifest.webmanifest")), &manifest); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"description", "shortcuts", "screenshots"} {
		said, _ := json.Marshal(manifest[key])
		for _, m := range regexp.MustCompile(`"(?:name|label|description)":"([^"]*)"`).FindAllStringSubmatch(string(said), -1) {
			if english.MatchString(m[1]) {
				t.Errorf("the manifest's %s is %q", key, m[1])
			}
		}
	}
	if said, _ := manifest["description"].(string); !strings.Contains(said, "ŵöŕđ") {
		t.Errorf("the manifest says %q", said)
	}
}

// isData tells whether a text belongs to no language, or is no text.
func isData(n *html.Node) bool {
	for ; n != nil; n = n.Parent {
		if slices.Contains([]string{"script", "style", "title"}, n.Data) {
			return true
		}
		for _, a := range n.Attr {
			if a.Key == "translate" && a.Val == "no" {
				return true
			}
		}
	}
	return false
}

// overlay has one file besides the others.
type overlay struct {
	fs.FS
	name string
	data []byte
}

func (o overlay) Open(name string) (fs.File, error) {
	if name == o.name {
		return fstest.MapFS{name: {Data: o.data}}.Open(name)
	}
	return o.FS.Open(name)
}
