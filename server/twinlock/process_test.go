package main

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"strings"
	"testing"

	"twinlock/wasm/bundle"
	"twinlock/web"
)

// asCommand makes the test's binary the command, for tests that need a process.
const asCommand = "TEST_AS_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// needBundle skips a test where the site cannot be made.
func needBundle(t *testing.T) {
	t.Helper()
	if _, err := web.Files.Open("dist/" + bundle.ManifestName); err != nil {
		t.Skip(bundle.ErrMissing)
	}
}

// process is the command as the shell runs it.
type process struct {
	cmd    *exec.Cmd
	lines  *bufio.Scanner
	stderr *bytes.Buffer
}

func startProcess(t *testing.T, args ...string) *process {
	t.Helper()
	p := &process{cmd: exec.Command(os.Args[0], args...), stderr: new(bytes.Buffer)}
	p.cmd.Env = append(os.Environ(), asCommand+"=1")
	p.cmd.Stderr = p.stderr
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.cmd.Process.Kill() })
	p.lines = bufio.NewScanner(stdout)
	return p
}

// line is the rest of the next line of output, which must have a prefix.
func (p *process) line(t *testing.T, prefix string) string {
	t.Helper()
	if !p.lines.Scan() {
		t.Fatalf("no line %q; standard error: %s", prefix, p.stderr)
	}
	rest, found := strings.CutPrefix(p.lines.Text(), prefix)
	if !found {
		t.Fatalf("line %q, want %q", p.lines.Text(), prefix)
	}
	return rest
}

// end sends a signal and returns the rest of the output. The process must end
// well.
func (p *process) end(t *testing.T, signal os.Signal) string {
	t.Helper()
	if err := p.cmd.Process.Signal(signal); err != nil {
		t.Fatal(err)
	}
	var rest strings.Builder
	for p.lines.Scan() {
		rest.WriteString(p.lines.Text() + "\n")
	}
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("ended with %v; standard error: %s", err, p.stderr)
	}
	return rest.String()
}

func get(t *testing.T, url string) (*http.Response, []byte) {
	t.Helper()
	jar, err := cookiejar.New(nil) // the tenant's sign-in wants its cookie back
	if err != nil {
		t.Fatal(err)
	}
	r, err := (&http.Client{Jar: jar}).Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r, body
}
