// Package bundle builds what the browser downloads: the program as WebAssembly,
// the script that starts it and their compressed forms. [Build] does it as
// [Options] say and returns the [Manifest], which names the files.
//
// The program is made small in four ways: an [Overlay] leaves parts of the standard
// library out, most calls are not inlined, encoding/json and the garbage collector are
// the small ones, and package module packs the result. Each depends on the Go toolchain.
// Where one does not work with the toolchain at hand, the build goes on without it and
// the manifest has a warning. A stock program is built with none of them.
//
// The same input gives the same bytes on any machine. A build with nothing changed
// costs a tenth of a second: the go command finds the linked program up to date, and
// a compressed form is found by its hash.
package bundle

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
)

// Options says what to build, and where. Every path is needed.
type Options struct {
	// Module is the module's root directory.
	Module string
	// Package is the program's package main, as the go command takes it.
	Package string
	// Linked is the file of the linked program. It stays there, for the go command
	// to find it up to date the next time.
	Linked string
	// Out is the directory to fill, which must exist. Everything else in it is
	// deleted, except dot files.
	Out string
	// Touched are the names of the functions that the program's start calls, sorted: a browser
	// can compile them ahead. Names that the program does not have are ignored.
	Touched []string
	// Stock builds the program as anyone would: with the whole standard library, the
	// toolchain's own settings and no packing. It does the same and is much larger.
	Stock bool
}

// Hello returns the options that build go-app's hello world as its users do, to
// compare this program with. Its directories are below the module's root.
func Hello(module string) Options {
	return Options{
		Module:  module,
		Package: "./wasm/bundle/testdata/goapp",
		Linked:  filepath.Join(module, "bin", "hello.wasm"),
		Out:     filepath.Join(module, "bin", "hello"),
		Stock:   true,
	}
}

// BuildHello builds [Hello] and creates its directory first.
func BuildHello(ctx context.Context, module string) (Manifest, error) {
	o := Hello(module)
	if err := os.MkdirAll(o.Out, 0o755); err != nil {
		return Manifest{}, fmt.Errorf("output: %w", err)
	}
	return Build(ctx, o)
}

// Build fills the output directory and returns its manifest. It fails if the go
// command cannot build the program in any way, or if a file cannot be written.
func Build(ctx context.Context, o Options) (Manifest, error) {
	t, err := findToolchain(ctx, o.Module)
	if err != nil {
		return Manifest{}, err
	}
	m := Manifest{Go: t.GOVERSION, Stock: o.Stock}
	program, err := compile(ctx, o, t, m.warn)
	if err != nil {
		return Manifest{}, err
	}
	if m.Program, err = emit(o.Out, "app.wasm", program); err != nil {
		return Manifest{}, err
	}
	script, err := os.ReadFile(t.execScript())
	if err != nil {
		return Manifest{}, fmt.Errorf("wasm_exec.js: %w", err)
	}
	if m.Exec, err = emit(o.Out, "wasm_exec.js", script); err != nil {
		return Manifest{}, err
	}
	if err := prune(o.Out, m); err != nil {
		return Manifest{}, err
	}
	return m, writeManifest(o.Out, m)
}
