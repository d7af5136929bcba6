// Package server_test has the rules for the whole module: which package may import which,
// what the documents must say, and where tokens are readable.
package server_test

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"twinlock/wasm/bundle"
)

const (
	root   = ".." // of the module
	module = "twinlock/"
	goApp  = "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// arrows has, for each of our packages, those that it may import. They point from what is
// put together to its parts. The domain uses the interfaces of app/platform. app/browser is
// the one package that touches JavaScript, and implements them.
var arrows = map[string][]string{
	"wasm": {"app", "app/config", "app/browser", "app/text"},
	"app":  {"app/ui", "app/config", "app/browser", "app/text"},
	"app/ui": {
		"app/browser", "app/config", "app/flow", "app/history", "app/inert", "app/linking", "app/lock", "app/management",
		"app/offline", "app/oidc", "app/platform", "app/provider", "app/referral", "app/session", "app/text", "app/words",
	},
	"app/flow": {
		"app/history", "app/linking", "app/management", "app/offline", "app/oidc", "app/platform", "app/referral",
		"app/sealed", "app/session",
	},
	"app/lock":          {"app/browser", "app/inert", "app/oidc", "app/platform", "app/provider", "app/text", "app/words"},
	"app/session":       {"app/oidc", "app/platform", "app/sealed"},
	"app/history":       {"app/inert", "app/platform", "app/sealed"},
	"app/offline":       {"app/management", "app/platform", "app/sealed"},
	"app/linking":       {"app/management", "app/oidc", "app/platform", "app/provider", "app/sealed"},
	"app/management":    {"app/inert", "app/platform", "app/secret", "app/strictjson"},
	"app/oidc":          {"app/inert", "app/platform", "app/secret", "app/strictjson"},
	"app/referral":      {},
	"app/sealed":        {"app/platform"},
	"app/secret":        {},
	"app/platform":      {},
	"app/config":        {"app/provider", "app/strictjson", "app/text"},
	"app/provider":      {},
	"app/text":          {},
	"app/text/texttest": {"app/text", "web"},
	"app/words":         {},
	"app/inert":         {},
	"app/strictjson":    {},
	"app/browser":       {"app/platform"},

	"server":          {},
	"server/twinlock": {"app", "app/config", "server/doctor", "server/serve", "server/setup", "server/settings", "server/site", "server/tenant"},
	"server/settings": {
		"app/config", "app/provider", "app/strictjson", "app/text", "server/picture", "server/serve", "server/site",
		"server/strictyaml",
	},
	"server/serve":      {},
	"server/doctor":     {"app/config", "app/provider"},
	"server/setup":      {"app/config"},
	"server/strictyaml": {},
	"server/picture":    {"web/asset"},
	"server/site": {
		"app", "app/config", "app/lock", "app/provider", "app/text", "server/picture", "wasm/bundle", "web", "web/asset",
	},
	"server/tenant": {
		"server/tenant/account", "server/tenant/action", "server/tenant/authapi", "server/tenant/authorize", "server/tenant/avatar",
		"server/tenant/connection", "server/tenant/control", "server/tenant/dashboard", "server/tenant/datadir",
		"server/tenant/directory", "server/tenant/fault", "server/tenant/hosted", "server/tenant/issuer",
		"server/tenant/keyring", "server/tenant/leftout", "server/tenant/managementapi", "server/tenant/oauth",
		"server/tenant/organization", "server/tenant/page", "server/tenant/password", "server/tenant/requestlog",
		"server/tenant/seconds", "server/tenant/seed", "server/tenant/session", "server/tenant/state", "server/strictyaml",
	},
	"server/tenant/account": {
		"server/tenant/connection", "server/tenant/directory", "server/tenant/expiring", "server/tenant/issuer",
		"server/tenant/password", "server/tenant/seconds", "server/tenant/seed",
	},
	"server/tenant/action":        {"server/tenant/directory"},
	"server/tenant/action/script": {"server/tenant/action"},
	"server/tenant/authapi": {
		"server/tenant/account", "server/tenant/authorize", "server/tenant/connection", "server/tenant/decode",
		"server/tenant/directory", "server/tenant/expiring", "server/tenant/issuer", "server/tenant/leftout",
		"server/tenant/oauth", "server/tenant/page", "server/tenant/password", "server/tenant/reply",
		"server/tenant/seed", "server/tenant/session",
	},
	"server/tenant/authorize": {
		"server/tenant/directory", "server/tenant/fault", "server/tenant/issuer", "server/tenant/oauth",
		"server/tenant/page", "server/tenant/reply", "server/tenant/session",
	},
	"server/tenant/avatar":     {"app/inert"},
	"server/tenant/connection": {},
	"server/tenant/control": {
		"server/tenant/decode", "server/tenant/directory", "server/tenant/fault", "server/tenant/keyring",
		"server/tenant/reply", "server/tenant/requestlog",
	},
	"server/tenant/dashboard": {
		"server/tenant/account", "server/tenant/decode", "server/tenant/directory", "server/tenant/page",
		"server/tenant/reply", "server/tenant/state",
	},
	"server/tenant/datadir": {"server/tenant/decode"},
	"server/tenant/decode":  {},
	"server/tenant/directory": {
		"server/tenant/connection", "server/tenant/datadir", "server/tenant/decode", "server/tenant/organization",
		"server/tenant/password", "server/tenant/seed",
	},
	"server/tenant/expiring": {},
	"server/tenant/fault":    {"server/tenant/decode", "server/tenant/reply"},
	"server/tenant/hosted": {
		"server/tenant/account", "server/tenant/authorize", "server/tenant/connection", "server/tenant/directory",
		"server/tenant/keyring", "server/tenant/oauth", "server/tenant/page", "server/tenant/reply",
		"server/tenant/seed", "server/tenant/session",
	},
	"server/tenant/issuer":  {},
	"server/tenant/keyring": {"server/tenant/datadir"},
	"server/tenant/leftout": {"server/tenant/reply"},
	"server/tenant/managementapi": {
		"server/tenant/connection", "server/tenant/directory", "server/tenant/issuer", "server/tenant/keyring",
		"server/tenant/leftout", "server/tenant/password", "server/tenant/reply",
	},
	"server/tenant/oauth": {
		"server/tenant/action", "server/tenant/decode", "server/tenant/directory", "server/tenant/expiring", "server/tenant/fault",
		"server/tenant/issuer", "server/tenant/keyring", "server/tenant/leftout", "server/tenant/organization",
		"server/tenant/seconds",
	},
	"server/tenant/organization": {},
	"server/tenant/page":         {"server/tenant/issuer", "server/tenant/reply"},
	"server/tenant/password":     {},
	"server/tenant/reply":        {},
	"server/tenant/requestlog":   {"server/tenant/reply"},
	"server/tenant/seconds":      {},
	"server/tenant/seed":         {"server/tenant/connection"},
	"server/tenant/session":      {"server/tenant/expiring", "server/tenant/issuer"},
	"server/tenant/state":        {"server/tenant/directory", "server/tenant/fault"},
	"server/tenant/tenanttest":   {"server/tenant"},

	"server/e2e":                 {},
	"server/e2e/programs":        {},
	"server/e2e/programs/ensure": {"server/e2e/programs"},
	"server/e2e/webhost":         {"server/e2e/programs"},
	"server/e2e/bidi":            {"server/e2e/webdriver"},
	"server/e2e/webdriver":       {},
	"server/bench": {
		"app/config", "app/text", "server/e2e/programs", "server/e2e/webhost", "server/site", "server/tenant", "wasm/bundle",
		"web", "web/asset",
	},
	"wasm/absent":                {},
	"wasm/absent/aes":            {},
	"wasm/absent/cipher":         {},
	"wasm/absent/driver":         {},
	"wasm/absent/ecdsa":          {},
	"wasm/absent/ed25519":        {},
	"wasm/absent/fips140only":    {},
	"wasm/absent/godebug":        {},
	"wasm/absent/hmac":           {},
	"wasm/absent/html":           {},
	"wasm/absent/http":           {},
	"wasm/absent/md5":            {},
	"wasm/absent/netip":          {},
	"wasm/absent/pow10":          {},
	"wasm/absent/regexp":         {},
	"wasm/absent/rsa":            {},
	"wasm/absent/sha1":           {},
	"wasm/absent/x509":           {},
	"wasm/bundle":                {"wasm/module", "web/asset"},
	"wasm/bundle/testdata/hello": {},
	"wasm/mkbundle":              {"wasm/bundle", "web/asset"},
	"wasm/module":                {},
	"wasm/module/testdata/trace": {},
	"wasm/size":                  {"wasm/bundle", "wasm/module", "web/asset"},
	"web":                        {},
	"web/asset":                  {},
}

// only has the packages that may import one that is forbidden to all others. The domain
// knows nothing of go-app or of JavaScript.
var only = map[string][]string{
	"syscall/js": {"app/browser"},
	goApp:        {"app", "app/lock", "app/ui", "app/words", "wasm", "server/site", "server/bench"},
}

// heavy are packages that no package below app may import, since they make the browser's
// program too large. app/browser uses net/http natively, for tests.
var heavy = []string{"net/http", "log/slog", "html/template", "text/template", "regexp"}

// banned are packages that must not be in the browser's program at all.
var banned = []string{
	"net", "crypto/tls", "net/textproto", "mime/multipart", "log/slog", "html/template", "text/template",
}

// graph has the imports of each package.
type graph map[string][]string

// crossings returns the imports of our packages that the rules do not allow.
func crossings(g graph) []string {
	var found []string
	for path, imports := range g {
		name, ours := strings.CutPrefix(path, module)
		if !ours {
			continue
		}
		allowed, known := arrows[name]
		if !known {
			found = append(found, name+" is not in the table arrows")
		}
		for _, i := range imports {
			if problem := crossing(name, i, allowed); problem != "" {
				found = append(found, problem)
			}
		}
	}
	slices.Sort(found)
	return found
}

// crossing returns what is wrong with one import, "" for nothing.
func crossing(name, imported string, allowed []string) string {
	other, ours := strings.CutPrefix(imported, module)
	if ours && !slices.Contains(allowed, other) {
		return name + " must not import " + other
	}
	if users, special := only[imported]; special && !slices.Contains(users, name) {
		return name + " must not import " + imported
	}
	inApp := name == "app" || strings.HasPrefix(name, "app/")
	if inApp && name != "app/browser" && slices.Contains(heavy, imported) {
		return fmt.Sprintf("%s must not import %s: it is too heavy for a browser", name, imported)
	}
	return ""
}

// TestContributingNamesTheHouse checks that CONTRIBUTING.md has a line for each
// package. The stand-ins below wasm/absent have one together.
func TestContributingNamesTheHouse(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(root, ".github", "CONTRIBUTING.md"))
	if err != nil {
		t.Fatal(err)
	}
	for name := range arrows {
		if strings.Contains(name, "/testdata/") || strings.HasPrefix(name, "wasm/absent/") {
			continue
		}
		if !strings.Contains(string(page), "\n- `"+name+"`: ") {
			t.Errorf("CONTRIBUTING.md does not name %s", name)
		}
	}
}

// maxReadme is how long README.md may be, in bytes: people read it in five minutes. What
// does not fit has a page of its own.
const maxReadme = 9_000

func TestReadmeIsShort(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	if len(page) > maxReadme {
		t.Errorf("README.md has %d bytes, the limit is %d", len(page), maxReadme)
	}
}

// TestLinksOfPages checks that each link from a Markdown page to a file of the module leads
// to a file.
func TestLinksOfPages(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#]+)`)
	pages := 0
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && slices.Contains([]string{".git", "bin", "node_modules"}, d.Name()):
			return fs.SkipDir
		case d.IsDir() || filepath.Ext(name) != ".md":
			return nil
		}
		page, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		pages++
		for _, m := range link.FindAllStringSubmatch(string(page), -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			if _, err := os.Stat(filepath.Join(filepath.Dir(name), m[1])); err != nil {
				t.Errorf("%s has a link to %s: %v", name, m[1], err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if pages < 6 {
		t.Errorf("only %d pages", pages)
	}
}

// list returns packages and their imports, without those of tests, from the go command.
func list(t *testing.T, environ []string, args ...string) graph {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-json=ImportPath,Imports"}, args...)...)
	cmd.Dir, cmd.Env = root, environ
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	g := graph{}
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := dec.Decode(&p); err == io.EOF {
			return g
		} else if err != nil {
			t.Fatal(err)
		}
		g[p.ImportPath] = p.Imports
	}
}

// program returns the packages of the browser's program.
func program(t *testing.T) graph {
	t.Helper()
	overlay, err := bundle.NewOverlay(t.Context(), root, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return list(t, overlay.Environ, overlay.Flag, "-deps", "./wasm")
}

func TestArrows(t *testing.T) {
	native := list(t, os.Environ(), "./...")
	if len(native) < 10 {
		t.Fatalf("only %d packages", len(native))
	}
	for _, crossing := range crossings(native) {
		t.Error(crossing)
	}
}

func TestProgram(t *testing.T) {
	g := program(t)
	for _, crossing := range crossings(g) {
		t.Error(crossing)
	}
	for _, path := range banned {
		if _, in := g[path]; in {
			t.Errorf("%s is in the browser's program", path)
		}
	}
	if _, in := g[module+"app/browser"]; !in || !slices.Contains(g[module+"app/browser"], "syscall/js") {
		t.Error("app/browser does not import syscall/js: this is not the browser's program")
	}
}

// TestFlowKnowsNoPage checks that app/flow imports nothing that draws the page or touches a
// browser, neither itself nor through others.
func TestFlowKnowsNoPage(t *testing.T) {
	g := list(t, os.Environ(), "-deps", "./app/flow")
	for _, path := range []string{
		goApp, "syscall/js",
		module + "app/browser", module + "app/lock", module + "app/ui", module + "app/words",
	} {
		if _, in := g[path]; in {
			t.Errorf("app/flow imports %s", path)
		}
	}
	if _, in := g[module+"app/linking"]; !in {
		t.Error("app/flow does not import app/linking: this is not the flow")
	}
}

// TestCrossings tries the rules on graphs that break them.
func TestCrossings(t *testing.T) {
	tests := []struct {
		name string
		g    graph
		want []string
	}{
		{"as it should be", graph{"twinlock/app/session": {"fmt", "twinlock/app/oidc"}, "fmt": {"os"}}, nil},
		{"upwards", graph{"twinlock/app/oidc": {"twinlock/app/session"}}, []string{"app/oidc must not import app/session"}},
		{"app to server", graph{"twinlock/app/ui": {"twinlock/server/site"}}, []string{"app/ui must not import server/site"}},
		{
			"domain to the machine", graph{"twinlock/app/linking": {"syscall/js"}},
			[]string{"app/linking must not import syscall/js"},
		},
		{
			"domain to the browser", graph{"twinlock/app/session": {"twinlock/app/browser"}},
			[]string{"app/session must not import app/browser"},
		},
		{"domain to go-app", graph{"twinlock/app/oidc": {goApp}}, []string{"app/oidc must not import " + goApp}},
		{
			"machine to domain", graph{"twinlock/app/browser": {"twinlock/app/oidc"}},
			[]string{"app/browser must not import app/oidc"},
		},
		{
			"weight", graph{"twinlock/app/config": {"net/http"}},
			[]string{"app/config must not import net/http: it is too heavy for a browser"},
		},
		{"machine by HTTP", graph{"twinlock/app/browser": {"net/http"}}, nil},
		{"newcomer", graph{"twinlock/app/util": {}}, []string{"app/util is not in the table arrows"}},
		{
			"several", graph{"twinlock/app/text": {"twinlock/app/ui", "syscall/js"}},
			[]string{"app/text must not import app/ui", "app/text must not import syscall/js"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := crossings(test.g); !slices.Equal(got, test.want) {
				t.Errorf("crossings = %q, want %q", got, test.want)
			}
		})
	}
}

// TestTextIsDrawnByWords checks that nothing draws text by go-app's own functions: such
// text breaks on a page that a translator rewrites. See app/words.
func TestTextIsDrawnByWords(t *testing.T) {
	for _, dir := range []string{"app", "app/ui", "app/lock"} {
		files, err := filepath.Glob(filepath.Join(root, dir, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no files in %s: %v", dir, err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			source, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, problem := range ownTexts(t, name, source) {
				t.Error(problem)
			}
		}
	}
	const source = `package ui
var _ = app.P().Class("a").Text(x)
var _ = app.Text(x)
var _ = inert.Text(x, 1)
`
	if found := ownTexts(t, "f.go", []byte(source)); len(found) != 2 {
		t.Errorf("found %q", found)
	}
}

// ownTexts returns the places where a file draws text by go-app's own functions.
func ownTexts(t *testing.T, name string, source []byte) (found []string) {
	t.Helper()
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, name, source, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		method, is := n.(*ast.SelectorExpr)
		if !is || method.Sel.Name != "Text" && method.Sel.Name != "Textf" {
			return true
		}
		if of, named := method.X.(*ast.Ident); !named || of.Name != "inert" {
			found = append(found, fmt.Sprintf("%s draws text without words", set.Position(n.Pos())))
		}
		return true
	})
	return found
}
