package server_test

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// oneWay are the packages whose files must not use each other in a circle: a reader can
// then read them one after the other.
var oneWay = []string{"app/ui", "app/flow"}

// exported returns what opens the export data of some packages and of all that they import.
func exported(t *testing.T, packages ...string) func(path string) (io.ReadCloser, error) {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-export", "-deps", "-json=ImportPath,Export"}, packages...)...)
	cmd.Dir, cmd.Stderr = root, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	files := make(map[string]string)
	for dec := json.NewDecoder(strings.NewReader(string(out))); dec.More(); {
		var p struct{ ImportPath, Export string }
		if err := dec.Decode(&p); err != nil {
			t.Fatal(err)
		}
		files[p.ImportPath] = p.Export
	}
	return func(path string) (io.ReadCloser, error) { return os.Open(files[path]) }
}

// fileUses returns which files of a package use each other: for each file those whose
// declarations it uses, with an example.
func fileUses(t *testing.T, dir string) map[string]map[string]string {
	t.Helper()
	fset := token.NewFileSet()
	paths, err := filepath.Glob(filepath.Join(root, dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var files []*ast.File
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	info := &types.Info{Uses: make(map[*ast.Ident]types.Object)}
	config := types.Config{Importer: importer.ForCompiler(fset, "gc", exported(t, "./"+dir))}
	pkg, err := config.Check(module+dir, fset, files, info)
	if err != nil {
		t.Fatal(err)
	}
	name := func(pos token.Pos) string { return filepath.Base(fset.Position(pos).Filename) }
	uses := make(map[string]map[string]string)
	for ident, object := range info.Uses {
		from, to := name(ident.Pos()), name(object.Pos())
		if object.Pkg() != pkg || from == to || local(pkg, object) {
			continue
		}
		if uses[from] == nil {
			uses[from] = make(map[string]string)
		}
		uses[from][to] = object.Name()
	}
	return uses
}

// local reports whether an object is declared inside a function.
func local(pkg *types.Package, object types.Object) bool {
	if v, ok := object.(*types.Var); ok && v.IsField() {
		return false
	}
	if f, ok := object.(*types.Func); ok && f.Signature().Recv() != nil {
		return false
	}
	return object.Parent() != pkg.Scope()
}

// circle returns files that use each other in a circle, nil if there are none.
func circle(uses map[string]map[string]string) []string {
	const (
		onPath = 1
		done   = 2
	)
	state := make(map[string]int)
	var path []string
	var visit func(file string) []string
	visit = func(file string) []string {
		switch state[file] {
		case done:
			return nil
		case onPath:
			return append(slices.Clone(path[slices.Index(path, file):]), file)
		}
		state[file], path = onPath, append(path, file)
		for _, to := range slices.Sorted(maps.Keys(uses[file])) {
			if found := visit(to); found != nil {
				return found
			}
		}
		state[file], path = done, path[:len(path)-1]
		return nil
	}
	for _, file := range slices.Sorted(maps.Keys(uses)) {
		if found := visit(file); found != nil {
			return found
		}
	}
	return nil
}

func TestFilesPointOneWay(t *testing.T) {
	for _, dir := range oneWay {
		t.Run(dir, func(t *testing.T) {
			t.Parallel()
			uses := fileUses(t, dir)
			if len(uses) < 5 {
				t.Fatalf("only %d files use others", len(uses))
			}
			found := circle(uses)
			for i := range max(0, len(found)-1) {
				t.Errorf("%s uses %s of %s", found[i], uses[found[i]][found[i+1]], found[i+1])
			}
		})
	}
}

func TestCircle(t *testing.T) {
	line := map[string]map[string]string{"a": {"b": "x", "c": "y"}, "b": {"c": "z"}}
	if found := circle(line); found != nil {
		t.Errorf("found %v where there is none", found)
	}
	line["c"] = map[string]string{"a": "w"}
	if found := circle(line); fmt.Sprint(found) != "[a b c a]" {
		t.Errorf("found %v", found)
	}
}
