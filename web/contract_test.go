package web_test

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A name is a row of CONTRACT.md.
type name struct {
	name          string
	setBy, usedBy []string // files and folders of the repository, "go" and "go-app"
}

var (
	row  = regexp.MustCompile("^\\| `([^`]+)` \\|(.*)\\|$")
	code = regexp.MustCompile("`([^`]+)`")
)

// contract reads the rows of CONTRACT.md.
func contract(t *testing.T) (names []name) {
	t.Helper()
	page, err := os.ReadFile("CONTRACT.md")
	if err != nil {
		t.Fatal(err)
	}
	quoted := func(cell string) (list []string) {
		for _, m := range code.FindAllStringSubmatch(cell, -1) {
			list = append(list, m[1])
		}
		return list
	}
	for line := range strings.Lines(string(page)) {
		m := row.FindStringSubmatch(strings.TrimSpace(line))
		if m == nil {
			continue
		}
		switch cells := strings.Split(m[2], "|"); len(cells) {
		case 3:
			n := name{m[1], quoted(cells[0]), quoted(cells[1])}
			if len(n.setBy) == 0 || len(n.usedBy) == 0 || strings.TrimSpace(cells[2]) == "" {
				t.Errorf("%s: a cell is empty", n.name)
			}
			names = append(names, n)
		default:
			t.Errorf("not a row: %s", line)
		}
	}
	if len(names) < 50 {
		t.Fatalf("%d names", len(names))
	}
	return names
}

// source is the text of a place, without tests but for those in server/e2e. A folder is
// taken without those below it.
func source(t *testing.T, place string) string {
	t.Helper()
	path := filepath.Join("..", filepath.FromSlash(place))
	switch place {
	case "go":
		path = filepath.Join(run(t, "env", "GOROOT"), "lib", "wasm", "wasm_exec.js")
	case "go-app":
		path = filepath.Join(run(t, "list", "-m", "-f", "{{.Dir}}", "github.com/maxence-charriere/go-app/v10"), "pkg", "app")
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if !info.IsDir() {
		return read(t, path)
	}
	files, err := fs.Glob(os.DirFS(path), "*.*")
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, file := range files {
		test := strings.HasSuffix(file, "_test.go") && place != "server/e2e"
		if !test && (strings.HasSuffix(file, ".go") || strings.HasSuffix(file, ".js") && place == "web/boot") {
			all.WriteString(read(t, filepath.Join(path, file)))
		}
	}
	return all.String()
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return withoutComments(string(text))
}

var comment = regexp.MustCompile(`(?m)(^|\s)//.*$`)

// withoutComments takes out what is said about names.
func withoutComments(text string) string { return comment.ReplaceAllString(text, "") }

func run(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.Command("go", args...).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// camel is how a script calls an attribute: "maxAge" for "max-age".
func camel(attribute string) string {
	words := strings.Split(attribute, "-")
	for i, w := range words[1:] {
		words[i+1] = strings.ToUpper(w[:1]) + w[1:]
	}
	return strings.Join(words, "")
}

// spelled is how a name of the contract may stand in a source: as a word, or as the part
// of one that it is when it ends so. An attribute has a form for each language.
func spelled(n string) *regexp.Regexp {
	attribute, is := strings.CutPrefix(n, "data-")
	if is {
		return regexp.MustCompile(`data-` + attribute + `\b|"` + attribute + `"|\b` + camel(attribute) + `\b`)
	}
	pattern := regexp.QuoteMeta(n)
	if word := regexp.MustCompile(`\w`); word.MatchString(n[:1]) {
		pattern = `\b` + pattern
		if word.MatchString(n[len(n)-1:]) {
			pattern += `\b`
		}
	}
	return regexp.MustCompile(pattern)
}

// Each name is where CONTRACT.md says.
func TestContractIsKept(t *testing.T) {
	names := contract(t)
	sources := map[string]string{}
	for _, n := range names {
		for _, place := range slices.Concat(n.setBy, n.usedBy) {
			if _, known := sources[place]; !known {
				sources[place] = source(t, place)
			}
			if !spelled(n.name).MatchString(sources[place]) {
				t.Errorf("%s does not have %s", place, n.name)
			}
		}
	}
}

// What is used of window and of attributes is in CONTRACT.md, and with the place where it
// is used.
func TestContractIsComplete(t *testing.T) {
	names := contract(t)
	listed := func(what, place string) bool {
		return slices.ContainsFunc(names, func(n name) bool {
			return n.name == what && (slices.Contains(n.setBy, place) || slices.Contains(n.usedBy, place))
		})
	}
	global := regexp.MustCompile(`\b(?:twinlock|goapp)[A-Z]\w*`)
	for _, place := range []string{
		"web/boot", "web/touch.js", "web/worker.js", "app/browser", "app/lock", "app/ui", "app", "wasm",
	} {
		for _, what := range global.FindAllString(source(t, place), -1) {
			if !listed(what, place) {
				t.Errorf("%s uses %s: CONTRACT.md does not say so", place, what)
			}
		}
	}
	attribute := regexp.MustCompile(`\bdata-([a-z]+(?:-[a-z]+)*)|\bdataset\.(\w+)`)
	dashed := regexp.MustCompile(`[A-Z]`)
	for _, m := range attribute.FindAllStringSubmatch(source(t, "web/boot"), -1) {
		what := "data-" + m[1] + dashed.ReplaceAllStringFunc(m[2], func(c string) string { return "-" + strings.ToLower(c) })
		if !listed(what, "web/boot") {
			t.Errorf("web/boot uses %s: CONTRACT.md does not say so", what)
		}
	}
	for _, m := range attribute.FindAllStringSubmatch(source(t, "server/site"), -1) {
		if what := "data-" + m[1]; m[1] != "" && !listed(what, "server/site") {
			t.Errorf("server/site writes %s: CONTRACT.md does not say so", what)
		}
	}
}
