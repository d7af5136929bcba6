// Package bundle builds what the browser downloads: the program as WebAssembly,
// the script that starts it, their compressed forms and the [Manifest] that
// names them.
//
// The same input gives the same bytes on any machine, and a build with nothing
// changed costs a tenth of a second: the go command finds the linked program
// up to date, and a compressed form is found by its hash.
package bundle

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"twinlock/wasm/module"
	"twinlock/web/asset"
)

// Flags are the go command's flags for the program. -trimpath and
// -buildvcs=false keep the building machine and the commit out of the bytes,
// so that a change elsewhere is not an update for those who use the app.
var Flags = []string{"-trimpath", "-buildvcs=false", "-ldflags=-s -w"}

// sparing are further flags, not for stock programs. What the app and its libraries
// do, they do a few times a click: there a call costs nothing that is felt, and a copy
// for every caller is downloaded. The standard library keeps its copies; without
// those of JSON and of the runtime a program is slower.
var sparing = []string{"-gcflags=twinlock/...=-l", "-gcflags=github.com/...=-l"}

// Options says where things are. Every field is needed.
type Options struct {
	Module  string // the module's root directory
	Package string // package main of the program, as the go command takes it
	Linked  string // where the linked program stays, for the go command to find it up to date
	Out     string // the directory to fill; what else is in it is deleted but for dot files
	Stock   bool   // build it as anyone would: nothing left out, nothing packed
}

// Hello are the options that build go-app's hello world as its users do, to compare
// this program with. Directories are below the module's root.
func Hello(module string) Options {
	return Options{
		Module:  module,
		Package: "./wasm/bundle/testdata/goapp",
		Linked:  filepath.Join(module, "bin", "hello.wasm"),
		Out:     filepath.Join(module, "bin", "hello"),
		Stock:   true,
	}
}

// BuildHello builds [Hello], whose directory no repository has.
func BuildHello(ctx context.Context, module string) (Manifest, error) {
	o := Hello(module)
	if err := os.MkdirAll(o.Out, 0o755); err != nil {
		return Manifest{}, fmt.Errorf("output: %w", err)
	}
	return Build(ctx, o)
}

func (o Options) pack(program []byte) ([]byte, error) {
	if o.Stock {
		return program, nil
	}
	return module.Pack(program)
}

// Build fills the output directory and returns its manifest.
func Build(ctx context.Context, o Options) (Manifest, error) {
	tool, err := findToolchain(ctx, o.Module)
	if err != nil {
		return Manifest{}, err
	}
	if err := link(ctx, o, tool); err != nil {
		return Manifest{}, err
	}
	m := Manifest{Go: tool.GOVERSION}
	if m.Program, err = emit(o.Out, "app.wasm", o.Linked, o.pack); err != nil {
		return Manifest{}, err
	}
	if m.Exec, err = emit(o.Out, "wasm_exec.js", tool.execScript(), asItIs); err != nil {
		return Manifest{}, err
	}
	if err := prune(o.Out, m); err != nil {
		return Manifest{}, err
	}
	return m, writeManifest(o.Out, m)
}

// toolchain is the part of `go env` that a build needs. It is asked for rather
// than taken from this process: the script must fit the compiler of the program.
type toolchain struct{ GOROOT, GOVERSION string }

func findToolchain(ctx context.Context, dir string) (toolchain, error) {
	cmd := exec.CommandContext(ctx, "go", "env", "-json", "GOROOT", "GOVERSION")
	cmd.Dir = dir
	out, err := run(cmd)
	if err != nil {
		return toolchain{}, err
	}
	var t toolchain
	if err := json.Unmarshal(out, &t); err != nil {
		return toolchain{}, fmt.Errorf("go env: %w", err)
	}
	return t, nil
}

func (t toolchain) execScript() string {
	return filepath.Join(t.GOROOT, "lib", "wasm", "wasm_exec.js")
}

func link(ctx context.Context, o Options, t toolchain) error {
	linked, err := filepath.Abs(o.Linked)
	if err != nil {
		return fmt.Errorf("output of the linker: %w", err)
	}
	args := append([]string{"build", "-o", linked}, Flags...)
	if !o.Stock {
		overlay, err := writeOverlay(o.Module, t.GOROOT)
		if err != nil {
			return err
		}
		defer os.Remove(overlay)
		args = append(append(args, sparing...), "-overlay="+overlay)
	}
	cmd := exec.CommandContext(ctx, "go", append(args, o.Package)...)
	cmd.Dir = o.Module
	cmd.Env = Environ()
	_, err = run(cmd)
	return err
}

// Environ is this process's environment turned to the browser.
func Environ() []string {
	return append(os.Environ(), "GOOS=js", "GOARCH=wasm", "GOWASM=", "CGO_ENABLED=0")
}

// run returns a command's standard output, or an error with what it said.
func run(cmd *exec.Cmd) ([]byte, error) {
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("go %s: %w\n%s", cmd.Args[1], err, strings.TrimSpace(stderr.String()))
	}
	return stdout.Bytes(), nil
}

// asItIs packs nothing.
func asItIs(body []byte) ([]byte, error) { return body, nil }

// emit packs a file and writes it under its hashed name with its compressed forms.
// A form that is there already was made from the same bytes and stays.
func emit(dir, name, source string, pack func([]byte) ([]byte, error)) (File, error) {
	body, err := os.ReadFile(source)
	if err != nil {
		return File{}, fmt.Errorf("%s: %w", name, err)
	}
	if body, err = pack(body); err != nil {
		return File{}, fmt.Errorf("%s: %w", name, err)
	}
	sum := asset.Sum(body)
	f := File{Name: asset.HashedName(name, sum), SHA256: sum, Size: len(body), Encoded: map[asset.Encoding]int{}}
	path := filepath.Join(dir, f.Name)
	if _, err := ensure(path, func() ([]byte, error) { return body, nil }); err != nil {
		return File{}, err
	}
	for _, e := range asset.Encodings {
		f.Encoded[e], err = ensure(path+e.Extension(), func() ([]byte, error) { return e.Compress(body) })
		if err != nil {
			return File{}, err
		}
	}
	return f, nil
}

// ensure writes what content returns unless the file exists, and returns its size.
func ensure(path string, content func() ([]byte, error)) (size int, err error) {
	info, err := os.Stat(path)
	if err == nil {
		return int(info.Size()), nil
	}
	if !errors.Is(err, os.ErrNotExist) {
		return 0, fmt.Errorf("output: %w", err)
	}
	body, err := content()
	if err != nil {
		return 0, fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	return len(body), writeFile(path, body)
}

// writeFile makes the file appear whole or not at all: a build that was
// interrupted must not leave a half that the next one takes for done.
func writeFile(path string, body []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), ".tmp-*")
	if err != nil {
		return fmt.Errorf("output: %w", err)
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(body)
	err = errors.Join(err, tmp.Chmod(0o644), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("output: %w", err)
	}
	return nil
}

// prune deletes what earlier builds left.
func prune(dir string, m Manifest) error {
	keep := map[string]bool{ManifestName: true}
	for _, f := range m.Files() {
		keep[f.Name] = true
		for e := range f.Encoded {
			keep[f.Name+e.Extension()] = true
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("output: %w", err)
	}
	for _, e := range entries {
		if keep[e.Name()] || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		if err := os.Remove(filepath.Join(dir, e.Name())); err != nil {
			return fmt.Errorf("output of an earlier build: %w", err)
		}
	}
	return nil
}
