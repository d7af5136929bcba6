package server_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// attackCases is how many rows the table of the security policy has.
const attackCases = 49

// statuses are those that a row of the table can have.
var statuses = []string{"tested", "tenant", "not applicable", "not covered"}

// TestSecurityTable checks that every attack case has its row, and that every test that a
// row names exists.
func TestSecurityTable(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(root, ".github", "SECURITY.md"))
	if err != nil {
		t.Fatal(err)
	}
	tests, err := testsIn(os.DirFS(root))
	if err != nil {
		t.Fatal(err)
	}
	rows, problems := checkTable(string(page), tests)
	for _, p := range problems {
		t.Error(p)
	}
	count := map[string]int{}
	for _, r := range rows {
		count[r.status]++
	}
	t.Logf("%d rows: %v", len(rows), count)
}

// row is a line of the table. A case may have further rows: 14a, 14b.
type row struct {
	number int
	letter string // of a further row; "" for the case itself
	status string
	tests  []string // "app/oidc: TestFinish/too old"
}

var (
	rowPattern  = regexp.MustCompile(`(?m)^\| *(\d+[a-z]?) *\|.*\|$`)
	testPattern = regexp.MustCompile("`([a-z0-9/]+: (?:Test|Fuzz|Example)[^`]*)`")
	// mention is anything that looks like the name of a test.
	mention = regexp.MustCompile(`\b(?:Test|Fuzz)[A-Z]\w*`)
)

// checkTable reads the table, and returns what is wrong with it.
func checkTable(page string, tests map[string][]string) (rows []row, problems []string) {
	problem := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	for _, line := range rowPattern.FindAllString(page, -1) {
		r, err := parseRow(line)
		if err != nil {
			problem("%v in %s", err, line)
			continue
		}
		rows = append(rows, r)
		if n := len(mention.FindAllString(line, -1)); n != len(r.tests) {
			problem("case %d: %d tests are mentioned, %d of them as `package: TestName`", r.number, n, len(r.tests))
		}
		if claimed := r.status == "tested" || r.status == "tenant"; claimed && len(r.tests) == 0 {
			problem("case %d: %s, but no test is named", r.number, r.status)
		}
		for _, name := range r.tests {
			if !exists(tests, name) {
				problem("case %d: there is no test %s", r.number, name)
			}
		}
	}
	cases, letter := 0, byte('a')
	for _, r := range rows {
		if r.letter == "" {
			cases, letter = cases+1, 'a'
		} else if letter++; r.letter != string(letter-1) {
			problem("case %d: row %s is not the next", r.number, r.letter)
		}
		if r.number != cases {
			problem("row %d is of case %d", cases, r.number)
		}
	}
	if cases != attackCases {
		problem("%d rows, want %d", cases, attackCases)
	}
	return rows, problems
}

// parseRow reads "| number | attack | status | guard | tests |".
func parseRow(line string) (row, error) {
	cells := strings.Split(strings.Trim(line, "| "), "|")
	if len(cells) != 5 {
		return row{}, fmt.Errorf("%d columns", len(cells))
	}
	for i := range cells {
		if cells[i] = strings.TrimSpace(cells[i]); cells[i] == "" {
			return row{}, fmt.Errorf("column %d is empty", i+1)
		}
	}
	r := row{status: cells[2]}
	if !slices.Contains(statuses, r.status) {
		return row{}, fmt.Errorf("unknown status %q", r.status)
	}
	number := strings.TrimRight(cells[0], "abcdefghijklmnopqrstuvwxyz")
	r.letter = cells[0][len(number):]
	var err error
	if r.number, err = strconv.Atoi(number); err != nil {
		return row{}, err
	}
	for _, m := range testPattern.FindAllStringSubmatch(cells[4], -1) {
		r.tests = append(r.tests, m[1])
	}
	return r, nil
}

// exists reports whether a test exists; for a subtest, whether its name is a string in the
// test.
func exists(tests map[string][]string, name string) bool {
	pkg, path, _ := strings.Cut(name, ": ")
	function, sub, isSub := strings.Cut(path, "/")
	strs, found := tests[pkg+": "+function]
	return found && (!isSub || slices.Contains(strs, sub))
}

// testsIn returns all tests of a module, as "package: TestName", with the strings in each.
func testsIn(module fs.FS) (map[string][]string, error) {
	tests := map[string][]string{}
	err := fs.WalkDir(module, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "testdata" || d.Name() == "node_modules" ||
			strings.HasPrefix(d.Name(), ".") && name != "."):
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(name, "_test.go"):
			return nil
		}
		source, err := fs.ReadFile(module, name)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, source, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, decl := range file.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if ok && f.Recv == nil && isTest(f.Name.Name) {
				tests[filepath.ToSlash(filepath.Dir(name))+": "+f.Name.Name] = stringsIn(f)
			}
		}
		return nil
	})
	return tests, err
}

func isTest(name string) bool {
	return name != "TestMain" &&
		(strings.HasPrefix(name, "Test") || strings.HasPrefix(name, "Fuzz") || strings.HasPrefix(name, "Example"))
}

// stringsIn returns the strings in a function.
func stringsIn(f *ast.FuncDecl) []string {
	var list []string
	ast.Inspect(f, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if s, err := strconv.Unquote(lit.Value); err == nil {
				list = append(list, s)
			}
		}
		return true
	})
	return list
}

// TestCheckTable tries the rules on tables that break them.
func TestCheckTable(t *testing.T) {
	tests := map[string][]string{"app/oidc: TestFinish": {"too old"}, "app/oidc: FuzzFinish": nil}
	good := make([]string, attackCases)
	for i := range good {
		good[i] = fmt.Sprintf(
			"| %d | replay | tested | the transaction | `app/oidc: TestFinish/too old`, `app/oidc: FuzzFinish` |", i+1,
		)
	}
	with := func(number int, line string) []string {
		list := slices.Clone(good)
		list[number-1] = line
		return list
	}
	for _, tt := range []struct {
		name  string
		table []string
		want  string
	}{
		{"as it should be", good, ""},
		{"nothing to test", with(3, "| 3 | search | not applicable | nobody is searched for | none |"), ""},
		{"a case is missing", slices.Delete(slices.Clone(good), 6, 7), "row 7 is of case 8"},
		{"the last case is missing", good[:attackCases-1], "48 rows, want 49"},
		{"a case twice", with(8, good[6]), "row 8 is of case 7"},
		{
			"a test is gone", with(5, "| 5 | replay | tested | the transaction | `app/oidc: TestGone` |"),
			"case 5: there is no test app/oidc: TestGone",
		},
		{
			"a test of another package", with(5, "| 5 | replay | tested | the transaction | `app/lock: TestFinish` |"),
			"case 5: there is no test app/lock: TestFinish",
		},
		{
			"a subtest is gone",
			with(5, "| 5 | replay | tested | the transaction | `app/oidc: TestFinish/too young` |"),
			"case 5: there is no test app/oidc: TestFinish/too young",
		},
		{
			"a test without its package", with(5, "| 5 | replay | tested | the transaction | `TestFinish` |"),
			"case 5: 1 tests are mentioned, 0 of them as `package: TestName`",
		},
		{
			"claimed without a test", with(5, "| 5 | replay | tested | the transaction | none |"),
			"case 5: tested, but no test is named",
		},
		{"a status of its own", with(5, "| 5 | replay | sure | the transaction | none |"), `unknown status "sure"`},
		{
			"further rows", with(5, good[4]+"\n"+strings.Replace(good[4], " 5 ", " 5a ", 1)+"\n"+
				strings.Replace(good[4], " 5 ", " 5b ", 1)), "",
		},
		{"further rows of another case", with(5, good[4]+"\n"+strings.Replace(good[4], " 5 ", " 6a ", 1)), "row 5 is of case 6"},
		{
			"further rows with a gap", with(5, good[4]+"\n"+strings.Replace(good[4], " 5 ", " 5b ", 1)),
			"case 5: row b is not the next",
		},
		{"a column is empty", with(5, "| 5 | replay | tested | | none |"), "column 4 is empty"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, problems := checkTable(strings.Join(tt.table, "\n"), tests)
			if tt.want == "" && len(problems) > 0 {
				t.Errorf("problems %q", problems)
			}
			if !strings.Contains(strings.Join(problems, "\n"), tt.want) {
				t.Errorf("problems %q, want %q", problems, tt.want)
			}
		})
	}
}
