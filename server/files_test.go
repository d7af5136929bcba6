package server_test

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"path/filepath"
	"slices"
	"testing"
)

// oneWay are the packages whose files must not use each other in a circle: a reader can
// then read them one after the other.
var oneWay = []string{"app/ui", "app/flow"}

// fileUses returns which files of a package use each other: for each file those whose
// declarations it uses, with an example.
func fileUses(t *testing.T, dir string) map[string]map[string]string {
	t.Helper()
	c, sources := newChecker(t)
	info := &types.Info{Uses: make(map[*ast.Ident]types.Object)}
	config := types.Config{Importer: c.importer}
	pkg, err := config.Check(module+dir, c.set, c.parse(t, sources[module+dir]), info)
	if err != nil {
		t.Fatal(err)
	}
	name := func(pos token.Pos) string { return filepath.Base(c.set.Position(pos).Filename) }
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
