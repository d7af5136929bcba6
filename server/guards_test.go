package server_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"go/parser"
	"go/token"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var tryGuards = flag.Bool("guards", false, "take each guard away in turn, and see the tests fail that are for it")

// guard is a piece of source that prevents something. The table is in guardlist_test.go.
type guard struct {
	// what holds with the guard.
	what string
	// file is the source's, in the module.
	file string
	// text stands in the file exactly once.
	text string
	// without stands in its place when the guard is taken away.
	without string
	// tests then fail, each of them: "app/oidc: TestFinishRefuses/too old".
	tests []string
}

// unguarded are the tests of SECURITY.md's table that no guard is taken away for, and why.
// Those of server/e2e are not among them: they take what make build has built.
var unguarded = map[string]string{
	"app/linking: TestModelFinds": "it takes guards away itself",
	"app/linking: TestPatch/names of root attributes are but keys (attack case 34)": "" +
		"there is none: such a key is like any other",
	"app/ui: TestNothingIsUntold":              "it reads the sources themselves; TestUntold tries it",
	"server/setup: TestSuggestLink":            "the guard is a script, which it runs",
	"server/setup: TestSuggestLinkAsksNothing": "the guard is a script, which it runs",
	"server/setup: TestIdentitiesChanged":      "the guard is a script, which it runs",
	"server: TestWhereTokensAreRevealed":       "it reads the sources themselves; TestRevealing tries it",
}

// inBrowsers are the rows of SECURITY.md's table that only tests in browsers prove, and why.
var inBrowsers = map[string]string{
	"3":  "tabs and windows of a browser keep the transactions apart",
	"22": "there is no search: all that is asked is seen",
	"40": "the service worker is a script, and caches are the browser's",
}

// TestGuardsAreThere checks that every guard can be taken away, and that every test of
// SECURITY.md's table is tried in that way.
func TestGuardsAreThere(t *testing.T) {
	tests, err := testsIn(os.DirFS(root))
	if err != nil {
		t.Fatal(err)
	}
	tried, whats := map[string]bool{}, map[string]bool{}
	for _, g := range guards {
		if whats[g.what] {
			t.Errorf("%q stands twice", g.what)
		}
		whats[g.what] = true
		mutant, err := g.removed()
		if err != nil {
			t.Errorf("%s: %v", g.what, err)
		}
		if _, err := parser.ParseFile(token.NewFileSet(), g.file, mutant, parser.SkipObjectResolution); err != nil {
			t.Errorf("%s: without it %v", g.what, err)
		}
		if len(g.tests) == 0 {
			t.Errorf("%s: no test is for it", g.what)
		}
		for _, name := range g.tests {
			if !exists(tests, name) {
				t.Errorf("%s: there is no test %s", g.what, name)
			}
			tried[name] = true
		}
	}
	page, err := os.ReadFile(filepath.Join(root, ".github", "SECURITY.md"))
	if err != nil {
		t.Fatal(err)
	}
	rows, _ := checkTable(string(page), tests)
	for _, p := range checkTried(rows, tried, unguarded, inBrowsers) {
		t.Error(p)
	}
}

// checkTried returns what of the table's tests is neither tried nor excused, and the excuses
// that nothing needs.
func checkTried(rows []row, tried map[string]bool, unguarded, inBrowsers map[string]string) (problems []string) {
	excuses, browsers := maps.Clone(unguarded), maps.Clone(inBrowsers)
	for _, r := range rows {
		number := fmt.Sprint(r.number, r.letter)
		native := slices.DeleteFunc(slices.Clone(r.tests), func(name string) bool {
			return strings.HasPrefix(name, "server/e2e: ")
		})
		for _, name := range native {
			_, excused := unguarded[name]
			if !tried[name] && !excused {
				problems = append(problems, fmt.Sprintf("case %s: no guard is taken away for %s", number, name))
			}
			if !tried[name] {
				delete(excuses, name)
			}
		}
		_, excused := inBrowsers[number]
		if len(native) == 0 && !excused {
			problems = append(problems, fmt.Sprintf("case %s: only browsers prove it", number))
		}
		if len(native) == 0 {
			delete(browsers, number)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(excuses)) {
		problems = append(problems, fmt.Sprintf("%s needs no excuse", name))
	}
	for _, number := range slices.Sorted(maps.Keys(browsers)) {
		problems = append(problems, fmt.Sprintf("case %s needs no excuse", number))
	}
	return problems
}

// TestCheckTried tries the rules on rows that break them.
func TestCheckTried(t *testing.T) {
	rows := []row{
		{number: 1, tests: []string{"app/oidc: TestOne", "server/e2e: TestSeen"}},
		{number: 1, letter: "a", tests: []string{"server/e2e: TestSeen"}},
		{number: 2, tests: []string{"app/oidc: TestTwo"}},
	}
	none := map[string]string{}
	for _, tt := range []struct {
		name              string
		tried             []string
		unguarded, inside map[string]string
		want              []string
	}{
		{"as it should be", []string{"app/oidc: TestOne", "app/oidc: TestTwo"}, none, map[string]string{"1a": ""}, nil},
		{
			"excused", []string{"app/oidc: TestOne"},
			map[string]string{"app/oidc: TestTwo": ""}, map[string]string{"1a": ""}, nil,
		},
		{
			"not tried", []string{"app/oidc: TestTwo"}, none, map[string]string{"1a": ""},
			[]string{"case 1: no guard is taken away for app/oidc: TestOne"},
		},
		{
			"only browsers", []string{"app/oidc: TestOne", "app/oidc: TestTwo"}, none, none,
			[]string{"case 1a: only browsers prove it"},
		},
		{
			"excuses that nothing needs", []string{"app/oidc: TestOne", "app/oidc: TestTwo"},
			map[string]string{"app/oidc: TestOne": "", "app/oidc: TestGone": ""}, map[string]string{"1a": "", "2": ""},
			[]string{"app/oidc: TestGone needs no excuse", "app/oidc: TestOne needs no excuse", "case 2 needs no excuse"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tried := map[string]bool{}
			for _, name := range tt.tried {
				tried[name] = true
			}
			if got := checkTried(rows, tried, tt.unguarded, tt.inside); !slices.Equal(got, tt.want) {
				t.Errorf("problems %q, want %q", got, tt.want)
			}
		})
	}
}

// TestGuards takes one guard away after the other, and expects its tests to fail.
func TestGuards(t *testing.T) {
	if !*tryGuards {
		t.Skip("make test-guards runs it")
	}
	for _, g := range guards {
		t.Run(g.what, func(t *testing.T) {
			t.Parallel()
			failed, out := g.failures(t)
			for _, name := range g.tests {
				if pkg, path, _ := strings.Cut(name, ": "); !failed[pkg+": "+asWritten(path)] {
					t.Errorf("%s does not notice", name)
				}
			}
			if len(failed) == 0 {
				t.Logf("%s", out[max(0, len(out)-4000):])
			}
		})
	}
}

// removed returns the file without the guard.
func (g guard) removed() (string, error) {
	source, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(g.file)))
	if err != nil {
		return "", err
	}
	if n := strings.Count(string(source), g.text); n != 1 {
		return string(source), fmt.Errorf("%s has the guard %d times", g.file, n)
	}
	return strings.Replace(string(source), g.text, g.without, 1), nil
}

// failures runs the guard's tests without it, and returns those that fail, and what was
// written. The sources stay as they are: an overlay stands in their place.
func (g guard) failures(t *testing.T) (failed map[string]bool, out string) {
	t.Helper()
	mutant, err := g.removed()
	if err != nil {
		t.Fatal(err)
	}
	path, err := filepath.Abs(filepath.Join(root, filepath.FromSlash(g.file)))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	source, overlay := filepath.Join(dir, "mutant.go"), filepath.Join(dir, "overlay.json")
	list, err := json.Marshal(map[string]map[string]string{"Replace": {path: source}})
	if err != nil {
		t.Fatal(err)
	}
	err = errors.Join(os.WriteFile(source, []byte(mutant), 0o600), os.WriteFile(overlay, list, 0o600))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "go", append([]string{
		"test", "-json", "-short", "-vet=off", "-count=1", "-timeout=2m", "-overlay=" + overlay,
	}, g.arguments()...)...)
	cmd.Dir = root
	written, _ := cmd.CombinedOutput() // it fails, as it should
	return failuresIn(t, written)
}

// arguments name the guard's tests, and their packages.
func (g guard) arguments() []string {
	var patterns, packages, more []string
	for _, name := range g.tests {
		pkg, path, _ := strings.Cut(name, ": ")
		parts := strings.Split(asWritten(path), "/")
		for i, part := range parts {
			parts[i] = "^" + regexp.QuoteMeta(part) + "$"
		}
		patterns = append(patterns, strings.Join(parts, "/"))
		packages = append(packages, "./"+pkg)
		if name == "app/flow: TestModel" { // some guards are needed seldom
			more = []string{"-model.steps=20000000"}
		}
	}
	slices.Sort(packages)
	arguments := append([]string{"-run=" + strings.Join(patterns, "|")}, slices.Compact(packages)...)
	return append(arguments, more...)
}

// asWritten returns the name of a test as go test writes it.
func asWritten(name string) string { return strings.ReplaceAll(name, " ", "_") }

// failuresIn reads what go test -json has written.
func failuresIn(t *testing.T, written []byte) (failed map[string]bool, out string) {
	t.Helper()
	failed = map[string]bool{}
	var text strings.Builder
	for line := range bytes.Lines(written) {
		var event struct{ Action, Package, Test, Output string }
		d := json.NewDecoder(bytes.NewReader(line))
		if err := d.Decode(&event); err != nil && err != io.EOF {
			text.Write(line) // of the go command itself
			continue
		}
		text.WriteString(event.Output)
		if event.Action == "fail" && event.Test != "" {
			failed[strings.TrimPrefix(event.Package, module)+": "+event.Test] = true
		}
	}
	return failed, text.String()
}
