package e2e

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// sweep is whether every case of a table is tried.
var sweep = flag.Bool("sweep", false, "try every case of the tables, not only those that stand for their kind")

// cases are the cases of a table that this run tries: the first few, which stand for
// all kinds in it, or with -sweep every one. A test that calls it belongs to
// make test-sweeps.
func cases[T any](few int, all []T) []T {
	if *sweep {
		return all
	}
	return all[:few]
}

// inSweeps leaves a test to make test-sweeps: what it looks at is far from what breaks
// an account, or another test stands for its kind in make test.
func inSweeps(t *testing.T) {
	t.Helper()
	if !*sweep {
		t.Skip("runs with -sweep")
	}
}

// Every test that is cut short or left out runs whole in make test-sweeps.
func TestSweepsAreListed(t *testing.T) {
	makefile, err := os.ReadFile("../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	listed := regexp.MustCompile(`(?m)^sweeps := (.*)$`).FindSubmatch(makefile)
	if listed == nil {
		t.Fatal("the Makefile has no line with sweeps")
	}
	files, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range sweeping(string(source)) {
			if !slices.Contains(strings.Split(string(listed[1]), "|"), name) {
				t.Errorf("Test%s of %s is not among the Makefile's sweeps", name, file)
			}
		}
	}
}

// sweeping names the tests of a file that call cases or inSweeps.
func sweeping(source string) (names []string) {
	for _, test := range strings.Split(source, "\nfunc ")[1:] {
		name, body, _ := strings.Cut(test, "(")
		short, isTest := strings.CutPrefix(name, "Test")
		if isTest && (strings.Contains(body, "cases(") || strings.Contains(body, "inSweeps(")) {
			names = append(names, short)
		}
	}
	return names
}
