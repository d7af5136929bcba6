package site_test

import (
	"bytes"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	dom "golang.org/x/net/html"

	"twinlock/app/config"
	"twinlock/app/provider"
	"twinlock/server/site"
)

func exported(t *testing.T, o site.Options) fs.FS {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "out")
	if err := render(t, o).Export(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	return os.DirFS(dir)
}

func read(t *testing.T, folder fs.FS, name string) []byte {
	t.Helper()
	b, err := fs.ReadFile(folder, name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestExport compares the folder with what is served: every address in every
// coding is there, with the headers that _headers gives it.
func TestExport(t *testing.T) {
	o := options(t)
	o.BasePath = "/link"
	s := render(t, o)
	folder := exported(t, o)
	rules := parseRules(t, read(t, folder, "_headers"))
	names := map[string]string{"/": "index.html", "/callback": "callback.html", "/404": "404.html"}
	for f := range s.Files() {
		name, ok := names[f.Path]
		if !ok {
			name = strings.TrimPrefix(f.Path, "/")
		}
		for coding, extension := range map[string]string{"": "", "br": ".br", "zstd": ".zst", "gzip": ".gz"} {
			if name == "config.json" && coding != "" {
				if _, err := fs.Stat(folder, name+extension); err == nil {
					t.Errorf("%s would be served whatever is written into %s", name+extension, name)
				}
				continue
			}
			r := ask(s, "GET", "/link"+f.Path, "Accept-Encoding", coding)
			if r.Header.Get("Content-Encoding") != coding {
				if _, err := fs.Stat(folder, name+extension); err == nil {
					t.Errorf("%s is there and not served", name+extension)
				}
				continue
			}
			if !bytes.Equal(read(t, folder, name+extension), body(t, r)) {
				t.Errorf("%s is not what is served", name+extension)
			}
			for header, values := range f.Header {
				want := values[0]
				if header == "Vary" {
					want = ""
				}
				if got := rules["/link"+f.Path][header]; got != want {
					t.Errorf("_headers: %s: %s = %q, want %q", f.Path, header, got, want)
				}
			}
		}
	}
	// Hosts look for a page under one of several names.
	for _, name := range []string{"callback/index.html", "callback/index.html.br"} {
		if !bytes.Equal(read(t, folder, name), read(t, folder, strings.Replace(name, "/index", "", 1))) {
			t.Errorf("%s is another page", name)
		}
	}
	for _, path := range []string{
		"/link/index.html", "/link/callback.html", "/link/callback/", "/link/callback/index.html", "/link/404.html",
	} {
		if rules[path]["Content-Security-Policy"] == "" {
			t.Errorf("_headers has nothing about %s", path)
		}
	}
	for _, path := range []string{"/link/callback", "/link/callback/", "/link/callback.html"} {
		if got := rules[path]["Cache-Control"] + ", " + rules[path]["Cross-Origin-Opener-Policy"]; got != "no-store, unsafe-none" {
			t.Errorf("_headers: %s: %s", path, got)
		}
	}
}

// parseRules reads _headers: a path, and below it headers with two spaces before
// them.
func parseRules(t *testing.T, file []byte) map[string]map[string]string {
	t.Helper()
	rules, path := map[string]map[string]string{}, ""
	for line := range strings.Lines(string(file)) {
		line = strings.TrimSuffix(line, "\n")
		header, indented := strings.CutPrefix(line, "  ")
		name, value, found := strings.Cut(header, ": ")
		switch {
		case indented && found:
			rules[path][name] = value
		case strings.HasPrefix(line, "/"):
			if path = line; rules[path] != nil {
				t.Errorf("two rules for %s: a host adds one to the other", path)
			}
			rules[path] = map[string]string{}
		default:
			t.Errorf("_headers: line %q", line)
		}
	}
	return rules
}

// TestMetaPolicy: for hosts that send no headers the page has them itself, before
// everything but its own scripts, which run later.
func TestMetaPolicy(t *testing.T) {
	s := render(t, options(t))
	for _, path := range []string{"/", "/callback", "/nothing"} {
		r := ask(s, "GET", path)
		header := r.Header.Get("Content-Security-Policy")
		doc, err := dom.Parse(bytes.NewReader(body(t, r)))
		if err != nil {
			t.Fatal(err)
		}
		policy, referrer := "", ""
		for n := range doc.Descendants() {
			attr := map[string]string{}
			for _, a := range n.Attr {
				attr[a.Key] = a.Val
			}
			_, async := attr["async"]
			_, deferred := attr["defer"]
			later := n.Data == "script" && strings.HasPrefix(attr["src"], "/web/") && (async || deferred)
			if policy == "" && !later && slices.Contains([]string{"script", "link", "style", "body"}, n.Data) {
				t.Fatalf("%s: <%s> comes before the policy", path, n.Data)
			}
			switch {
			case attr["http-equiv"] == "Content-Security-Policy":
				policy = attr["content"]
			case attr["name"] == "referrer":
				referrer = attr["content"]
			}
		}
		if policy+"; frame-ancestors 'none'" != header || referrer != "no-referrer" {
			t.Errorf("%s: the page says %q, referrer %q, and the header %q", path, policy, referrer, header)
		}
	}
}

// TestTrustedTypes: the policy wants Trusted Types of our one policy, in the headers of all that
// is served, workers' scripts too, and in the exported ones. The page's element has what the
// header has: see TestMetaPolicy.
func TestTrustedTypes(t *testing.T) {
	s := render(t, options(t))
	rules := parseRules(t, read(t, exported(t, options(t)), "_headers"))
	for f := range s.Files() {
		if strings.HasPrefix(f.Header.Get("Content-Type"), "image/") {
			continue // an operator's picture has a policy of its own
		}
		policies := map[string]string{
			"header":   ask(s, "GET", f.Path).Header.Get("Content-Security-Policy"),
			"_headers": rules[f.Path]["Content-Security-Policy"],
		}
		for place, policy := range policies {
			said := strings.Split(policy, "; ")
			for _, want := range []string{"require-trusted-types-for 'script'", "trusted-types twinlock"} {
				if !slices.Contains(said, want) {
					t.Errorf("%s: %s: %s is not in %q", f.Path, place, want, policy)
				}
			}
		}
	}
}

var configSum = regexp.MustCompile(`data-config-sum="[^"]+"`)

// TestConfigIsNotBaked: what the pages do not show at once is in config.json alone, which
// people can edit in the exported folder. The pages have the sum of what was exported.
func TestConfigIsNotBaked(t *testing.T) {
	before := options(t)
	after := before
	after.Config.Interaction = provider.Popup
	after.Config.MaxAuthAge = 60
	after.Config.UnverifiedEmail = config.WarnUnverified
	after.Config.History = config.WipeHistory
	first, second := exported(t, before), exported(t, after)
	err := fs.WalkDir(first, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || name == "config.json" {
			return err
		}
		switch one, other := read(t, first, name), read(t, second, name); {
		case bytes.Equal(one, other):
		case path.Ext(name) == ".html" && bytes.Equal(configSum.ReplaceAll(one, nil), configSum.ReplaceAll(other, nil)):
		case strings.Contains(name, ".html.") || strings.HasPrefix(name, "app-worker.js"): // those pages, and their sums
		default:
			t.Errorf("%s holds something of the configuration", name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
