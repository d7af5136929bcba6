package bundle

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// toolchain is the part of `go env` that a build needs. The go command is asked for
// it in the module's directory, because it may choose another toolchain there than
// the one that this process was built with.
type toolchain struct {
	GOROOT       string
	GOVERSION    string // as in "go1.26.8", with experiments as in "go1.26.8 X:jsonv2"
	GOMODCACHE   string
	GOEXPERIMENT string // as it is set, empty by default
}

func findToolchain(ctx context.Context, dir string) (toolchain, error) {
	cmd := exec.CommandContext(ctx, "go", "env", "-json", "GOROOT", "GOVERSION", "GOMODCACHE", "GOEXPERIMENT")
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

// command returns a call of this toolchain's own go command. Another one, further up
// on PATH, could choose another toolchain.
func (t toolchain) command(ctx context.Context, args ...string) *exec.Cmd {
	return exec.CommandContext(ctx, filepath.Join(t.GOROOT, "bin", "go"), args...)
}

// execScript is the path of the script that starts this toolchain's programs.
func (t toolchain) execScript() string {
	return filepath.Join(t.GOROOT, "lib", "wasm", "wasm_exec.js")
}

// environ returns this process's environment with the browser as target.
func environ() []string {
	return append(os.Environ(), "GOOS=js", "GOARCH=wasm", "GOWASM=", "CGO_ENABLED=0")
}

// large are the parts of Go that have a smaller predecessor, by the names of their
// experiments. With json/v2 below encoding/json, as since Go 1.27, this program is 14 %
// larger, and with the collector of Go 1.26, which is for many processors, 0.7 %.
var large = []string{"jsonv2", "greenteagc"}

// experiments returns the value of GOEXPERIMENT for a small program. A later toolchain
// may not know a predecessor any more, and who asks for a part by its name gets it.
func experiments(t toolchain, known func(experiments string) bool) string {
	set := t.GOEXPERIMENT
	for _, name := range large {
		without := strings.TrimPrefix(set+",no"+name, ",")
		if !strings.Contains(t.GOEXPERIMENT, name) && known(without) {
			set = without
		}
	}
	return set
}

// knows returns a function that reports whether the toolchain accepts a value of
// GOEXPERIMENT. The go command refuses to start with an unknown one.
func knows(ctx context.Context, t toolchain) func(experiments string) bool {
	return func(experiments string) bool {
		cmd := t.command(ctx, "env", "GOEXPERIMENT")
		cmd.Env = append(environ(), "GOTOOLCHAIN=local", "GOEXPERIMENT="+experiments)
		return cmd.Run() == nil
	}
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
