//go:build !js

package browser

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// Everything exported is declared, documented and given named parameters in a file
// that every platform compiles: what is read about this package does not depend on
// where it is read.
func TestDocumentedOnce(t *testing.T) {
	names, err := filepath.Glob("*.go")
	if err != nil || len(names) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		platform := strings.HasSuffix(name, "_js.go") || strings.HasSuffix(name, "_native.go") || name == "js.go"
		for _, declared := range file.Decls {
			if general, is := declared.(*ast.GenDecl); is && platform {
				for _, exported := range exportedNames(general) {
					t.Errorf("%s: %s is exported for one platform only", name, exported)
				}
			}
			f, is := declared.(*ast.FuncDecl)
			if !is || !f.Name.IsExported() || f.Recv != nil && !exportedReceiver(f) {
				continue
			}
			if platform {
				t.Errorf("%s: %s is exported for one platform only", name, f.Name)
			}
			if f.Doc == nil {
				t.Errorf("%s: %s is not documented", name, f.Name)
			}
			for _, parameter := range f.Type.Params.List {
				if len(parameter.Names) == 0 || parameter.Names[0].Name == "_" {
					t.Errorf("%s: %s has a parameter without a name", name, f.Name)
				}
			}
		}
	}
}

// exportedNames are the types, constants and variables of a declaration.
func exportedNames(d *ast.GenDecl) (names []string) {
	for _, spec := range d.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			if spec.Name.IsExported() {
				names = append(names, spec.Name.Name)
			}
		case *ast.ValueSpec:
			for _, name := range spec.Names {
				if name.IsExported() {
					names = append(names, name.Name)
				}
			}
		}
	}
	return names
}

func exportedReceiver(f *ast.FuncDecl) bool {
	of := f.Recv.List[0].Type
	if pointer, is := of.(*ast.StarExpr); is {
		of = pointer.X
	}
	named, is := of.(*ast.Ident)
	return is && named.IsExported()
}
