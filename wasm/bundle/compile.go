package bundle

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"twinlock/wasm/module"
)

// flags are the go command's flags for every program. -trimpath and
// -buildvcs=false keep the building machine and the commit out of the bytes,
// so that a change elsewhere is not an update for those who use the app.
var flags = []string{"-trimpath", "-buildvcs=false", "-ldflags=-s -w"}

// inlining are flags that turn inlining off in the module (./...) and its libraries.
// They run a few times a click: a call costs nothing that is felt, and a copy of a
// function for every caller is downloaded. The standard library keeps its copies:
// without those of JSON and of the runtime a program is slower.
var inlining = []string{"-gcflags=./...=-l", "-gcflags=github.com/...=-l"}

// compile returns the program, and warns of each way to make it small that did not
// work.
func compile(ctx context.Context, o Options, t toolchain, warn func(string)) ([]byte, error) {
	if err := link(ctx, o, t, warn); err != nil {
		return nil, err
	}
	program, err := os.ReadFile(o.Linked)
	if err != nil {
		return nil, fmt.Errorf("linked program: %w", err)
	}
	if o.Stock {
		return program, nil
	}
	return pack(touch(program, o.Touched, warn), t, warn), nil
}

// fewTouched is so few of the listed functions that the list is too old.
const fewTouched = 0.8

// touch returns the program in which the listed functions can be compiled ahead, or the program
// itself, with a warning.
func touch(program []byte, names []string, warn func(string)) []byte {
	if len(names) == 0 {
		return program
	}
	touchable, found, err := module.Touch(program, names)
	if err != nil {
		warn(fmt.Sprintf("the program starts more slowly than it could (%v)", err))
		return program
	}
	if float64(found) < fewTouched*float64(len(names)) {
		warn(fmt.Sprintf("the list of functions to compile ahead is old: the program has %d of its %d", found, len(names)))
	}
	return touchable
}

// pack returns the packed program. It returns the program itself, with a warning,
// where the toolchain writes a format that package module does not know.
func pack(program []byte, t toolchain, warn func(string)) []byte {
	packed, err := module.Pack(program, t.GOVERSION)
	if err != nil {
		warn(fmt.Sprintf("%s writes programs that cannot be packed: "+
			"this one works, but is a fifth larger than it could be (%v)", t.GOVERSION, err))
		return program
	}
	if !module.IsKnown(t.GOVERSION) {
		warn(fmt.Sprintf("%s writes stack traces that were not looked at: "+
			"this program works, but is a twentieth larger than it could be", t.GOVERSION))
	}
	return packed
}

// link has the go command write the linked program. If the small program does not
// build, it tries the stock one: only what fails there is the program's own error.
func link(ctx context.Context, o Options, t toolchain, warn func(string)) error {
	if o.Stock {
		return linkStock(ctx, o, t)
	}
	small := linkSmall(ctx, o, t)
	if small == nil || ctx.Err() != nil {
		return small
	}
	if err := linkStock(ctx, o, t); err != nil {
		return err
	}
	warn(fmt.Sprintf("%s cannot build the program without parts of the standard library: "+
		"this one works, but is much larger than it could be (%v)", t.GOVERSION, small))
	return nil
}

func linkStock(ctx context.Context, o Options, t toolchain) error {
	return build(ctx, o, t, environ(), flags)
}

func linkSmall(ctx context.Context, o Options, t toolchain) error {
	dir, err := os.MkdirTemp("", "twinlock-overlay-*")
	if err != nil {
		return fmt.Errorf("overlay: %w", err)
	}
	defer os.RemoveAll(dir)
	overlay, err := newOverlay(ctx, t, o.Module, dir)
	if err != nil {
		return err
	}
	return build(ctx, o, t, overlay.Environ, slices.Concat(flags, inlining, []string{overlay.Flag}))
}

func build(ctx context.Context, o Options, t toolchain, environ, flags []string) error {
	linked, err := filepath.Abs(o.Linked)
	if err != nil {
		return fmt.Errorf("linked program: %w", err)
	}
	cmd := t.command(ctx, slices.Concat([]string{"build", "-o", linked}, flags, []string{o.Package})...)
	cmd.Dir, cmd.Env = o.Module, environ
	_, err = run(cmd)
	return err
}
