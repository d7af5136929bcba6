package server_test

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// revealed are the functions of the program in which a token becomes readable.
var revealed = []string{
	"app/management link",  // sent: link_with
	"app/management try",   // sent: the Authorization header
	"app/oidc Revoke",      // sent: the token to be revoked
	"app/oidc parseTokens", // received: the token endpoint's answer
	"app/oidc refresh",     // sent: the refresh token
	"app/oidc verify",      // parsed: the ID token
	"app/session stored",   // sealed: the session
}

// checker checks the types of the program's packages.
type checker struct {
	set      *token.FileSet
	importer types.Importer
}

// newChecker returns a checker, and the source files of our packages in the program.
func newChecker(t *testing.T) (checker, map[string][]string) {
	t.Helper()
	list := exec.Command("go", "list", "-export", "-deps", "-json=ImportPath,Dir,GoFiles,Export", "./app/...")
	list.Dir, list.Stderr = root, os.Stderr
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	exports, sources := map[string]string{}, map[string][]string{}
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct {
			ImportPath, Dir, Export string
			GoFiles                 []string
		}
		if err := dec.Decode(&p); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		exports[p.ImportPath] = p.Export
		if strings.HasPrefix(p.ImportPath, module) {
			for _, name := range p.GoFiles {
				sources[p.ImportPath] = append(sources[p.ImportPath], filepath.Join(p.Dir, name))
			}
		}
	}
	set := token.NewFileSet()
	open := func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) }
	return checker{set, importer.ForCompiler(set, "gc", open)}, sources
}

// parse parses source files.
func (c checker) parse(t *testing.T, names []string) (files []*ast.File) {
	t.Helper()
	for _, name := range names {
		file, err := parser.ParseFile(c.set, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	return files
}

// revealing returns the functions of a package in which a token becomes readable: by
// Reveal, or by being converted.
func (c checker) revealing(t *testing.T, path string, files []*ast.File) (found []string) {
	t.Helper()
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}}
	config := types.Config{Importer: c.importer}
	if _, err := config.Check(path, c.set, files, info); err != nil {
		t.Fatal(err)
	}
	isToken := func(e ast.Expr) bool {
		of := info.TypeOf(e)
		if pointer, is := of.(*types.Pointer); is {
			of = pointer.Elem()
		}
		return of != nil && types.Unalias(of).String() == module+"app/secret.Token"
	}
	for _, file := range files {
		for _, decl := range file.Decls {
			name := "a declaration"
			if f, is := decl.(*ast.FuncDecl); is {
				name = f.Name.Name
			}
			ast.Inspect(decl, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.SelectorExpr:
					if n.Sel.Name == "Reveal" {
						found = append(found, name)
					}
				case *ast.CallExpr:
					if info.Types[n.Fun].IsType() && isToken(n.Args[0]) && !isToken(n) {
						found = append(found, name)
					}
				}
				return true
			})
		}
	}
	return found
}

// Attack case 39: a token is readable where it is received, parsed, sent or sealed, and
// nowhere else.
func TestWhereTokensAreRevealed(t *testing.T) {
	c, sources := newChecker(t)
	var found []string
	for path, names := range sources {
		if path == module+"app/secret" {
			continue
		}
		for _, place := range c.revealing(t, path, c.parse(t, names)) {
			found = append(found, strings.TrimPrefix(path, module)+" "+place)
		}
	}
	slices.Sort(found)
	if found = slices.Compact(found); !slices.Equal(found, revealed) {
		t.Errorf("tokens are readable in\n%s\nwant\n%s", strings.Join(found, "\n"), strings.Join(revealed, "\n"))
	}
}

// TestRevealing tries the rule on functions that break it.
func TestRevealing(t *testing.T) {
	const source = `package p
import "twinlock/app/oidc"
type text string
func revealed(s oidc.Secret) string { return s.Reveal() }
func later(s oidc.Secret) func() string { return s.Reveal }
func converted(r oidc.Tokens) string { return string(r.ID) }
func bytes(s oidc.Secret) []byte { return []byte(s) }
func through(s oidc.Secret) *string { return (*string)(&s) }
func renamed(s oidc.Secret) text { return text(s) }
func made(s string) oidc.Secret { return oidc.Secret(s) }
func joined(s oidc.Secret) oidc.Secret { return oidc.Secret(s + "x") }
`
	c, _ := newChecker(t)
	file, err := parser.ParseFile(c.set, "p.go", source, 0)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"revealed", "later", "converted", "bytes", "through", "renamed"}
	if found := c.revealing(t, "p", []*ast.File{file}); !slices.Equal(found, want) {
		t.Errorf("found %q, want %q", found, want)
	}
}
