//go:build !js

package browser

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"testing"
)

// guarding are the functions that make errors of what is thrown in the functions given to
// them.
var guarding = []string{"try", "handler", "wait"}

// triedElsewhere are the functions, and the types of the methods, that need no guard of
// their own.
var triedElsewhere = map[string]string{
	"get":       "Reflect is part of the language",
	"bytesOf":   "Uint8Array is part of the language",
	"arrayOf":   "Uint8Array is part of the language",
	"numberOf":  "it looks at the type first",
	"records":   "transact tries what they do",
	"presses":   "they are called by a handler",
	"pressable": "it is called by a handler",
	"button":    "it is called by a handler",
}

// canEnd are the methods of js.Value that end the program where the value is not of the
// kind that they need, as undefined is not, or where the browser throws.
var canEnd = []string{
	"Bool", "Call", "Delete", "Float", "Get", "Index", "InstanceOf", "Int", "Invoke", "Length", "New", "Set", "SetIndex",
}

// What a browser lacks or throws is an error value: nothing that could end the program is
// done outside of a guard.
func TestEverythingIsTried(t *testing.T) {
	names, err := filepath.Glob("*_js.go")
	if err != nil || len(names) < 10 {
		t.Fatalf("%d files: %v", len(names), err)
	}
	unused := make(map[string]bool)
	for name := range triedElsewhere {
		unused[name] = true
	}
	for _, name := range append(names, "js.go") {
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, position := range untried(file, unused) {
			t.Errorf("%s can end the program: try it", files.Position(position))
		}
	}
	for name := range unused {
		t.Errorf("%s needs no exception, or is not there", name)
	}
}

// TestUntried tries the test above on functions of which some guard nothing.
func TestUntried(t *testing.T) {
	const source = `package p
func a(v js.Value) { v.Get("x") }
func b(v js.Value) { _ = try(func() { v.Get("x") }) }
func c(v js.Value) { v.Call("x"); errors.New("x") }
func d(v js.Value) { handler(func(js.Value) any { return v.Int() }) }
func e(v js.Value) { js.FuncOf(func() any { return v.Int() }) }
func (r records) f(v js.Value) { v.Int() }
func g(v js.Value) { try(v.Int()) }
`
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, "p.go", source, 0)
	if err != nil {
		t.Fatal(err)
	}
	var lines []int
	for _, position := range untried(file, map[string]bool{}) {
		lines = append(lines, files.Position(position).Line)
	}
	if want := []int{2, 4, 6, 8}; !slices.Equal(lines, want) {
		t.Errorf("found in lines %v, want %v", lines, want)
	}
}

// untried returns the calls in a file that can end the program, and removes the exceptions
// that were needed from unused.
func untried(file *ast.File, unused map[string]bool) (found []token.Pos) {
	for _, declared := range file.Decls {
		f, is := declared.(*ast.FuncDecl)
		if !is {
			found = append(found, unguarded(declared)...)
			continue
		}
		positions, exception := unguarded(f), subject(f)
		if _, is := triedElsewhere[exception]; !is {
			found = append(found, positions...)
		} else if len(positions) > 0 {
			delete(unused, exception)
		}
	}
	return found
}

// subject is the name of a function, or of the type of a method.
func subject(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return f.Name.Name
	}
	of := f.Recv.List[0].Type
	if pointer, is := of.(*ast.StarExpr); is {
		of = pointer.X
	}
	return of.(*ast.Ident).Name
}

// unguarded returns the calls within a node that can end the program.
func unguarded(node ast.Node) (found []token.Pos) {
	ast.Inspect(node, func(n ast.Node) bool {
		call, is := n.(*ast.CallExpr)
		if !is {
			return true
		}
		switch called := call.Fun.(type) {
		case *ast.Ident:
			if slices.Contains(guarding, called.Name) {
				for _, argument := range call.Args {
					if _, guarded := argument.(*ast.FuncLit); !guarded {
						found = append(found, unguarded(argument)...)
					}
				}
				return false
			}
		case *ast.SelectorExpr:
			from, is := called.X.(*ast.Ident)
			if slices.Contains(canEnd, called.Sel.Name) && !(is && from.Name == "errors") {
				found = append(found, call.Pos())
			}
		}
		return true
	})
	return found
}
