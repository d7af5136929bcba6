package module_test

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"twinlock/wasm/module"
)

func TestTouch(t *testing.T) {
	program := link(t)
	names, err := module.Names(program)
	if err != nil {
		t.Fatal(err)
	}
	at := slices.Index(names, "main.main")
	if at < 0 {
		t.Fatalf("no main.main among %d functions", len(names))
	}
	touchable, found, err := module.Touch(program, []string{"main.main", "main.nobody"})
	if err != nil || found != 1 {
		t.Fatalf("%d functions, %v", found, err)
	}
	bits := make([]byte, (len(names)+7)/8)
	bits[at/8] = 1 << (at % 8)
	if !bytes.HasSuffix(touchable, append([]byte("\x05touch"), bits...)) {
		t.Error("the section does not name main.main alone")
	}
	if again, _, err := module.Touch(pack(t, program), nil); !errors.Is(err, module.ErrFormat) {
		t.Errorf("a packed program: %d bytes, err = %v, want ErrFormat", len(again), err)
	}
	if _, err := module.Count(program[:len(program)/2]); !errors.Is(err, module.ErrFormat) {
		t.Errorf("half a program: err = %v, want ErrFormat", err)
	}
}

// What can be touched, and what counts, is the same program.
func TestTouchedRuns(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a browser")
	}
	browser, program := startBrowser(t), link(t)
	want := evaluate(t, browser, pack(t, program), runProgram)
	touchable, _, err := module.Touch(program, []string{"main.main"})
	if err != nil {
		t.Fatal(err)
	}
	if got := evaluate(t, browser, pack(t, touchable), runProgram); got != want {
		t.Errorf("touchable: %s\nwant %s", got, want)
	}
	counting, err := module.Count(program)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := evaluate(t, browser, counting, runProgram), evaluate(t, browser, program, runProgram); got != want {
		t.Errorf("counting: %s\nwant %s", got, want)
	}
}
