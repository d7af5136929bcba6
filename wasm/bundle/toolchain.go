package bundle

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"go/version"
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

// smallJSON returns the value of GOEXPERIMENT for a small program. Since Go 1.27
// encoding/json is a layer over json/v2, which makes this program 14 % larger; the
// experiment nojsonv2 brings the earlier one back. A later toolchain may not know
// its name any more, and who asks for jsonv2 gets it.
func smallJSON(t toolchain, known func(experiment string) bool) string {
	goVersion, _, _ := strings.Cut(t.GOVERSION, " ")
	if version.Compare(goVersion, "go1.27") < 0 || strings.Contains(t.GOEXPERIMENT, "jsonv2") {
		return t.GOEXPERIMENT
	}
	experiment := strings.TrimPrefix(t.GOEXPERIMENT+",nojsonv2", ",")
	if !known(experiment) {
		return t.GOEXPERIMENT
	}
	return experiment
}

// knows returns a function that reports whether the toolchain accepts a value of
// GOEXPERIMENT. The go command refuses to start with an unknown one.
func knows(ctx context.Context, t toolchain) func(experiment string) bool {
	return func(experiment string) bool {
		cmd := t.command(ctx, "env", "GOEXPERIMENT")
		cmd.Env = append(environ(), "GOTOOLCHAIN=local", "GOEXPERIMENT="+experiment)
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
