package bundle

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// warnings collects what a build warns of.
type warnings []string

func (w *warnings) add(sentence string) { *w = append(*w, sentence) }

// testProgram returns options for a program of testdata.
func testProgram(t *testing.T, name string) Options {
	return Options{
		Module:  "../..",
		Package: "./wasm/bundle/testdata/" + name,
		Linked:  filepath.Join(t.TempDir(), "linked.wasm"),
	}
}

func testToolchain(t *testing.T) toolchain {
	t.Helper()
	tool, err := findToolchain(t.Context(), "../..")
	if err != nil {
		t.Fatal(err)
	}
	return tool
}

// mustCompile returns the program, which must not be built with a warning.
func mustCompile(t *testing.T, o Options) []byte {
	t.Helper()
	var warned warnings
	program, err := compile(t.Context(), o, testToolchain(t), warned.add)
	if err != nil {
		t.Fatal(err)
	}
	if len(warned) > 0 {
		t.Errorf("warnings: %q", warned)
	}
	return program
}

// A toolchain whose table of functions has another layout gives a program as it was
// linked, and a warning that names the toolchain.
func TestUnknownTableOfFunctions(t *testing.T) {
	o := testProgram(t, "hello")
	o.Stock = true
	known := mustCompile(t, o)
	const table = "\xff\xff\xff\x00\x00\x01\x08"
	other := bytes.ReplaceAll(known, []byte("\xf1"+table), []byte("\xf2"+table))
	if bytes.Equal(other, known) {
		t.Fatal("no table of functions in the program")
	}

	var warned warnings
	program := pack(other, toolchain{GOVERSION: "go1.99"}, warned.add)

	if !bytes.Equal(program, other) {
		t.Error("the program is not the one that was linked")
	}
	if len(warned) != 1 || !strings.HasPrefix(warned[0], "go1.99 writes programs that cannot be packed") {
		t.Errorf("warnings: %q", warned)
	}
}

// A toolchain whose runtime was not read gives a program with more in its stack traces,
// and a warning that names the toolchain.
func TestUnknownStackTraces(t *testing.T) {
	o := testProgram(t, "hello")
	o.Stock = true
	linked := mustCompile(t, o)
	var warned warnings

	known := pack(linked, testToolchain(t), warned.add)
	if len(warned) > 0 {
		t.Errorf("warnings: %q", warned)
	}
	unknown := pack(linked, toolchain{GOVERSION: "go1.99"}, warned.add)

	if len(unknown) <= len(known) || len(unknown) >= len(linked) {
		t.Errorf("%d bytes of %d, and %d where the toolchain is known", len(unknown), len(linked), len(known))
	}
	if len(warned) != 1 || !strings.HasPrefix(warned[0], "go1.99 writes stack traces") {
		t.Errorf("warnings: %q", warned)
	}
}

// A toolchain whose standard library does not build with the stand-ins gives a
// program with the whole standard library, and a warning that names the toolchain.
func TestWithoutStandIns(t *testing.T) {
	o, tool := testProgram(t, "whole"), testToolchain(t)
	if err := linkSmall(t.Context(), o, tool); err == nil {
		t.Fatal("the stand-ins were not used")
	}
	var warned warnings
	if err := link(t.Context(), o, tool, warned.add); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(o.Linked); err != nil {
		t.Error(err)
	}
	want := tool.GOVERSION + " cannot build the program without parts of the standard library"
	if len(warned) != 1 || !strings.HasPrefix(warned[0], want) || !strings.Contains(warned[0], "UnescapeString") {
		t.Errorf("warnings: %q", warned)
	}
}

// The table that is worked out takes the place of this toolchain's table, and of no
// other.
func TestPow10(t *testing.T) {
	for _, test := range []struct {
		goroot string
		want   bool
	}{
		{testToolchain(t).GOROOT, true},
		{otherTables(t), false},
	} {
		document, err := overlayDocument("../..", test.goroot)
		if err != nil {
			t.Fatal(err)
		}
		if got := bytes.Contains(document, []byte(pow10Worked)); got != test.want {
			t.Errorf("below %s: %t, want %t", test.goroot, got, test.want)
		}
	}
}

// otherTables returns a root with a file for each package that is replaced.
func otherTables(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	write := func(file string) {
		path := filepath.Join(root, "src", filepath.FromSlash(file))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("package other"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for pkg := range Absent {
		write(pkg + "/other.go")
	}
	write(pow10Table)
	return root
}

// TestFetchedToolchain gives the module cache a toolchain, as if the go command had
// downloaded it there. It then refuses to replace a standard package's files, and the
// build must make the same program all the same.
func TestFetchedToolchain(t *testing.T) {
	want := mustCompile(t, testProgram(t, "hello"))

	cache := t.TempDir()
	fetched := filepath.Join(cache, "toolchain")
	if err := os.Symlink(testToolchain(t).GOROOT, fetched); err != nil {
		t.Skip(err)
	}
	t.Setenv("GOROOT", fetched)
	t.Setenv("GOMODCACHE", cache)
	t.Setenv("GOPROXY", "off") // the program needs no module
	if tool := testToolchain(t); tool.GOROOT != fetched || tool.GOMODCACHE != cache {
		t.Fatalf("toolchain = %+v", tool)
	}
	if refusal := replaceOne(t, fetched); !strings.Contains(refusal, "must not be replaced") {
		t.Skipf("this go command does not refuse: %s", refusal)
	}

	if got := mustCompile(t, testProgram(t, "hello")); !bytes.Equal(got, want) {
		t.Error("the program differs from that of the same toolchain elsewhere")
	}
}

// replaceOne has the go command replace one file of GOROOT and returns what it says.
func replaceOne(t *testing.T, goroot string) string {
	t.Helper()
	file := filepath.Join(goroot, "src", "html", "escape.go")
	doc, err := json.Marshal(map[string]any{"Replace": map[string]string{file: file}})
	if err != nil {
		t.Fatal(err)
	}
	overlay := filepath.Join(t.TempDir(), "overlay.json")
	if err := os.WriteFile(overlay, doc, 0o600); err != nil {
		t.Fatal(err)
	}
	out, _ := exec.Command("go", "list", "-overlay="+overlay, "html").CombinedOutput()
	return string(out)
}

func TestExperiments(t *testing.T) {
	all := func(string) bool { return true }
	none := func(string) bool { return false }
	withoutCollector := func(experiments string) bool { return !strings.Contains(experiments, "greenteagc") }
	tests := []struct {
		name  string
		set   string // GOEXPERIMENT
		known func(string) bool
		want  string
	}{
		{"by default", "", all, "nojsonv2,nogreenteagc"},
		{"another experiment", "other", all, "other,nojsonv2,nogreenteagc"},
		{"asked for", "jsonv2", all, "jsonv2,nogreenteagc"},
		{"asked for already", "nogreenteagc", all, "nogreenteagc,nojsonv2"},
		{"one no longer known", "", withoutCollector, "nojsonv2"},
		{"no longer known", "", none, ""},
		{"no longer known, another experiment", "other", none, "other"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := experiments(toolchain{GOEXPERIMENT: test.set}, test.known); got != test.want {
				t.Errorf("GOEXPERIMENT = %q, want %q", got, test.want)
			}
		})
	}
}

func TestKnows(t *testing.T) {
	known := knows(t.Context(), testToolchain(t))
	if !known("") || known("nosuchexperiment") {
		t.Error("the go command was not asked")
	}
}
