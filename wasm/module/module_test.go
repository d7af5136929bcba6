package module_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"twinlock/wasm/module"
)

// link builds the program of testdata/trace.
func link(t testing.TB) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "trace.wasm")
	cmd := exec.Command("go", "build", "-o", path, "-ldflags=-s -w", "./testdata/trace")
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "GOWASM=", "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	program, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return program
}

func pack(t *testing.T, program []byte) []byte {
	t.Helper()
	packed, err := module.Pack(program, runtime.Version())
	if err != nil {
		t.Fatal(err)
	}
	return packed
}

func TestPackAgain(t *testing.T) {
	once := pack(t, link(t))
	if !bytes.Equal(pack(t, once), once) {
		t.Error("a packed program packs to something else")
	}
}

func TestPackErrors(t *testing.T) {
	program := link(t)
	const table = "\xff\xff\xff\x00\x00\x01\x08"
	tests := []struct {
		name    string
		program []byte
	}{
		{"empty", nil},
		{"a page", []byte("<!doctype html><title>Not found</title>")},
		{"nothing after the preamble", program[:8]},
		{"cut short", program[:len(program)/2]},
		{"another table of functions", bytes.ReplaceAll(program, []byte("\xf1"+table), []byte("\xf2"+table))},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if _, err := module.Pack(test.program, runtime.Version()); !errors.Is(err, module.ErrFormat) {
				t.Errorf("err = %v, want ErrFormat", err)
			}
		})
	}
}

// FuzzPack damages a program in one place: it must be refused or packed, never
// crash the build.
func FuzzPack(f *testing.F) {
	program := link(f)
	f.Add(uint32(8), byte(0xff))
	f.Add(uint32(len(program)-100), byte(0x80))
	f.Fuzz(func(t *testing.T, at uint32, value byte) {
		damaged := bytes.Clone(program)
		damaged[int(at)%len(damaged)] ^= value
		if _, err := module.Pack(damaged, runtime.Version()); err != nil && !errors.Is(err, module.ErrFormat) {
			t.Error(err)
		}
	})
}

func TestWeigh(t *testing.T) {
	program := link(t)
	weights, err := module.Weigh(program)
	if err != nil {
		t.Fatal(err)
	}
	sum := 0
	for path, w := range weights {
		if w.Code <= 0 || w.Tables <= 0 {
			t.Errorf("%s weighs %+v", path, w)
		}
		sum += w.Code + w.Tables
	}
	if sum < len(program)/2 || sum > len(program) {
		t.Errorf("functions weigh %d of %d bytes", sum, len(program))
	}
	if weights["runtime"].Code < weights["main"].Code || weights["main"].Code == 0 {
		t.Errorf("runtime weighs %+v, main %+v", weights["runtime"], weights["main"])
	}
	if _, err := module.Weigh(pack(t, program)); !errors.Is(err, module.ErrFormat) {
		t.Errorf("a packed program: err = %v, want ErrFormat", err)
	}
}
