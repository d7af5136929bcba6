package http_test

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"

	"twinlock/wasm/bundle"
	http "twinlock/wasm/nethttp"
)

// TestExact loads the program as the build does and compares what it uses of
// net/http with what the stub declares.
func TestExact(t *testing.T) {
	stub, used := uses(t)
	unnamed := map[string]bool{
		"Header": true, "Response": true, // the types of fields and results that are used
		"ErrAbsent": true,
	}
	for name := range declared(stub) {
		if !used[name] && !unnamed[name] {
			t.Errorf("the stub declares %s, which nothing uses", name)
		}
	}
	if len(used) == 0 {
		t.Error("nothing uses net/http: the stub and its overlay can go")
	}
}

// uses type-checks the program against the stub, which also proves that the stub
// has all that is needed, and returns the stub with the names used of it.
func uses(t *testing.T) (stub *types.Package, used map[string]bool) {
	t.Helper()
	pkgs, err := packages.Load(&packages.Config{
		Mode: packages.NeedName | packages.NeedImports | packages.NeedDeps |
			packages.NeedTypes | packages.NeedTypesInfo | packages.NeedSyntax,
		Dir:        "../..",
		Env:        bundle.Environ(),
		BuildFlags: []string{"-overlay=" + overlay(t)},
		ParseFile:  parseStub,
	}, "./wasm")
	if err != nil {
		t.Fatal(err)
	}
	used = map[string]bool{}
	packages.Visit(pkgs, nil, func(p *packages.Package) {
		for _, err := range p.Errors {
			t.Error(err)
		}
		if p.PkgPath == "net/http" {
			stub = p.Types
			return
		}
		for _, object := range p.TypesInfo.Uses {
			if object.Pkg() != nil && object.Pkg().Path() == "net/http" {
				used[qualified(object)] = true
			}
		}
	})
	if stub == nil {
		t.Fatal("the program does not import net/http: the stub and its overlay can go")
	}
	return stub, used
}

// parseStub reads the stub where the overlay has put it: packages gives the flag
// to the go command, but reads sources from the disk.
func parseStub(fset *token.FileSet, name string, src []byte) (*ast.File, error) {
	if strings.HasSuffix(filepath.ToSlash(name), "/src/net/http/http.go") {
		stub, err := os.ReadFile("http.go")
		if err != nil {
			return nil, err
		}
		src = stub
	}
	return parser.ParseFile(fset, name, src, parser.SkipObjectResolution)
}

func overlay(t *testing.T) string {
	t.Helper()
	goroot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := bundle.Overlay("../..", strings.TrimSpace(string(goroot)))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "overlay.json")
	if err := os.WriteFile(path, doc, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// declared names the stub's exported package-level names, methods and fields.
func declared(stub *types.Package) map[string]bool {
	names := map[string]bool{}
	scope := stub.Scope()
	for _, name := range scope.Names() {
		object := scope.Lookup(name)
		if !object.Exported() {
			continue
		}
		names[name] = true
		named, ok := object.Type().(*types.Named)
		if _, isType := object.(*types.TypeName); !ok || !isType {
			continue
		}
		for method := range named.Methods() {
			names[qualified(method)] = true
		}
		switch under := named.Underlying().(type) {
		case *types.Struct:
			for field := range under.Fields() {
				names[qualified(field)] = true
			}
		case *types.Interface:
			for method := range under.ExplicitMethods() {
				names[qualified(method)] = true
			}
		}
	}
	return names
}

// qualified is the name of an object, for a method with its receiver. A field goes
// by its name alone, as types do not name its struct.
func qualified(object types.Object) string {
	switch object := object.(type) {
	case *types.Func:
		if recv := object.Signature().Recv(); recv != nil {
			return recv.Type().String() + "." + object.Name()
		}
	case *types.Var:
		if object.IsField() {
			return "field " + object.Name()
		}
	}
	return object.Name()
}

func TestFailsLoudly(t *testing.T) {
	calls := map[string]func() error{
		"Get":        func() error { _, err := http.Get("/"); return err },
		"NotFound":   panics(func() { http.NotFound(nil, nil) }),
		"FileServer": panics(func() { http.FileServer("") }),
		"Header.Get": panics(func() { http.Header{}.Get("") }),
		"Header.Set": panics(func() { http.Header{}.Set("", "") }),
	}
	for name, call := range calls {
		if err := call(); !errors.Is(err, http.ErrAbsent) {
			t.Errorf("%s: %v, want %v", name, err, http.ErrAbsent)
		}
	}
}

// panics turns a panic's value to an error.
func panics(call func()) func() error {
	return func() (err error) {
		defer func() { err, _ = recover().(error) }()
		call()
		return nil
	}
}
