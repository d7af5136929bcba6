package absent_test

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

	"twinlock/wasm/absent/aes"
	"twinlock/wasm/absent/cipher"
	"twinlock/wasm/absent/ecdsa"
	"twinlock/wasm/absent/ed25519"
	"twinlock/wasm/absent/godebug"
	"twinlock/wasm/absent/hmac"
	"twinlock/wasm/absent/html"
	"twinlock/wasm/absent/http"
	"twinlock/wasm/absent/md5"
	"twinlock/wasm/absent/regexp"
	"twinlock/wasm/absent/rsa"
	"twinlock/wasm/absent/sha1"
	"twinlock/wasm/absent/x509"
	"twinlock/wasm/bundle"
)

// unnamed lists what stand-ins declare although the program does not name it: the
// errors, and the types of fields and results.
var unnamed = map[string]bool{
	"ErrAbsent": true, "Header": true, "Response": true, "Certificate": true,
	"Curve": true, "CurveParams": true, "Addr": true,
}

// TestExact loads the program as the build does, which proves that it compiles with
// the stand-ins. It then compares what each stand-in declares with what is used of it.
func TestExact(t *testing.T) {
	program := load(t)
	for path := range bundle.Absent {
		t.Run(path, func(t *testing.T) {
			standIn, used := uses(program, path)
			if standIn == nil || len(used) == 0 {
				t.Fatal("nothing uses it: the stand-in can go")
			}
			for name := range declared(standIn) {
				if !used[name] && !unnamed[name] {
					t.Errorf("nothing uses %s", name)
				}
			}
		})
	}
}

// TestNoSettings proves that package godebug answers what is true: a program may have
// settings of its own, such as those that keep the behaviour of an earlier Go.
func TestNoSettings(t *testing.T) {
	overlay, err := bundle.NewOverlay(t.Context(), "../..", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "go", "list", overlay.Flag, "-f={{.DefaultGODEBUG}}", "./wasm")
	cmd.Dir, cmd.Env = "../..", overlay.Environ
	if out, err := cmd.CombinedOutput(); err != nil || strings.TrimSpace(string(out)) != "" {
		t.Errorf("GODEBUG = %s, %v", out, err)
	}
}

func load(t *testing.T) []*packages.Package {
	t.Helper()
	overlay, err := bundle.NewOverlay(t.Context(), "../..", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	program, err := packages.Load(&packages.Config{
		Mode: packages.NeedName | packages.NeedImports | packages.NeedDeps |
			packages.NeedTypes | packages.NeedTypesInfo | packages.NeedSyntax,
		Dir:        "../..",
		Env:        overlay.Environ,
		BuildFlags: []string{overlay.Flag},
		ParseFile:  parse,
	}, "./wasm")
	if err != nil {
		t.Fatal(err)
	}
	packages.Visit(program, nil, func(p *packages.Package) {
		for _, err := range p.Errors {
			t.Error(err)
		}
	})
	return program
}

// uses returns the package of a path and what others use of it.
func uses(program []*packages.Package, path string) (used *types.Package, names map[string]bool) {
	names = map[string]bool{}
	packages.Visit(program, nil, func(p *packages.Package) {
		if p.PkgPath == path {
			used = p.Types
			return
		}
		for _, object := range p.TypesInfo.Uses {
			if object.Pkg() != nil && object.Pkg().Path() == path {
				names[qualified(object)] = true
			}
		}
	})
	return used, names
}

// parse reads a stand-in in place of the file that the overlay replaces by it. Package
// packages gives the flag to the go command, but reads the sources itself.
func parse(fset *token.FileSet, name string, src []byte) (*ast.File, error) {
	for path, standIn := range bundle.Absent {
		if !strings.HasSuffix(filepath.ToSlash(name), "/src/"+path+"/"+filepath.Base(standIn)) {
			continue
		}
		var err error
		if src, err = os.ReadFile("../../" + standIn); err != nil {
			return nil, err
		}
	}
	return parser.ParseFile(fset, name, src, parser.SkipObjectResolution)
}

// declared names what a package exports: package-level names, methods and fields.
func declared(standIn *types.Package) map[string]bool {
	names := map[string]bool{}
	scope := standIn.Scope()
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
				if method.Exported() {
					names[qualified(method)] = true
				}
			}
		}
	}
	return names
}

// qualified is the name of an object, for a method with its receiver. A field has no
// more than its name, because go/types does not tell its struct.
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
	tests := []struct {
		name string
		call func() error
		want error
	}{
		{"http.Get", second(http.Get("/")), http.ErrAbsent},
		{"http.NotFound", panics(func() { http.NotFound(nil, nil) }), http.ErrAbsent},
		{"http.FileServer", panics(func() { http.FileServer("") }), http.ErrAbsent},
		{"http.Header.Get", panics(func() { http.Header{}.Get("") }), http.ErrAbsent},
		{"http.Header.Set", panics(func() { http.Header{}.Set("", "") }), http.ErrAbsent},
		{"x509.ParseCertificate", second(x509.ParseCertificate(nil)), x509.ErrAbsent},
		{"x509.ParsePKIXPublicKey", second(x509.ParsePKIXPublicKey(nil)), x509.ErrAbsent},
		{"x509.ParsePKCS1PublicKey", second(x509.ParsePKCS1PublicKey(nil)), x509.ErrAbsent},
		{"x509.ParsePKCS1PrivateKey", second(x509.ParsePKCS1PrivateKey(nil)), x509.ErrAbsent},
		{"x509.ParsePKCS8PrivateKey", second(x509.ParsePKCS8PrivateKey(nil)), x509.ErrAbsent},
		{"x509.ParseECPrivateKey", second(x509.ParseECPrivateKey(nil)), x509.ErrAbsent},
		{"ecdsa.Sign", func() error { _, _, err := ecdsa.Sign(nil, nil, nil); return err }, ecdsa.ErrAbsent},
		{"ecdsa.Verify", panics(func() { ecdsa.Verify(nil, nil, nil, nil) }), ecdsa.ErrAbsent},
		{"ed25519.Verify", panics(func() { ed25519.Verify(nil, nil, nil) }), ed25519.ErrAbsent},
		{"aes.NewCipher", second(aes.NewCipher(nil)), aes.ErrAbsent},
		{"cipher.NewGCM", second(cipher.NewGCM(nil)), cipher.ErrAbsent},
		{"godebug.Setting.IncNonDefault", panics(func() { godebug.New("").IncNonDefault() }), godebug.ErrAbsent},
		{"hmac.New", panics(func() { hmac.New(nil, nil) }), hmac.ErrAbsent},
		{"hmac.Equal", panics(func() { hmac.Equal(nil, nil) }), hmac.ErrAbsent},
		{"rsa.VerifyPKCS1v15", func() error { return rsa.VerifyPKCS1v15(nil, 0, nil, nil) }, rsa.ErrAbsent},
		{"rsa.SignPKCS1v15", second(rsa.SignPKCS1v15(nil, nil, 0, nil)), rsa.ErrAbsent},
		{"rsa.VerifyPSS", func() error { return rsa.VerifyPSS(nil, 0, nil, nil, nil) }, rsa.ErrAbsent},
		{"rsa.SignPSS", second(rsa.SignPSS(nil, nil, 0, nil, nil)), rsa.ErrAbsent},
		{"html.EscapeString", panics(func() { html.EscapeString("") }), html.ErrAbsent},
		{"md5.New", panics(func() { md5.New() }), md5.ErrAbsent},
		{"sha1.New", panics(func() { sha1.New() }), sha1.ErrAbsent},
		{"sha1.Sum", panics(func() { sha1.Sum(nil) }), sha1.ErrAbsent},
		{"regexp.MustCompile", panics(func() { regexp.MustCompile("") }), regexp.ErrAbsent},
		{"regexp.Regexp.MatchString", panics(func() { new(regexp.Regexp).MatchString("") }), regexp.ErrAbsent},
		{"x509.DecryptPEMBlock", second(x509.DecryptPEMBlock(nil, nil)), x509.ErrAbsent},
	}
	for _, test := range tests {
		if err := test.call(); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", test.name, err, test.want)
		}
	}
}

func second[T any](_ T, err error) func() error {
	return func() error { return err }
}

// panics returns a function that makes the call and returns what it panics with.
func panics(call func()) func() error {
	return func() (err error) {
		defer func() { err, _ = recover().(error) }()
		call()
		return nil
	}
}
