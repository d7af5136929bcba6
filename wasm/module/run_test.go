package module_test

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"twinlock/server/e2e/programs"
	"twinlock/wasm/module"
)

// TestPackedRuns runs a program that grows its stack, collects garbage, recovers and
// crashes, which proves that the runtime still finds what it needs. Its trace names
// functions, and neither lines nor arguments any more.
func TestPackedRuns(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a browser")
	}
	browser := startBrowser(t)
	program := link(t)

	if output := evaluate(t, browser, program, runProgram); !strings.Contains(output, "main.go:") {
		t.Errorf("no lines in the trace of the program as linked, so the test proves nothing:\n%s", output)
	}
	output := evaluate(t, browser, pack(t, program), runProgram)
	for _, want := range []string{
		"5000 recovered ? 0 true\n",
		"by a wrapper: recovered, by a call in it: <nil>\n",
		"panic: runtime error: index out of range [0] with length 0",
		"main.fail()",
		"main.main()",
	} {
		if !strings.Contains(output, want) {
			t.Errorf("no %q in the output:\n%s", want, output)
		}
	}
	if strings.Contains(output, ".go:") {
		t.Errorf("lines in the trace:\n%s", output)
	}
}

// TestStart has the browser start a packed program: its memory must be the one that
// the linker wrote, without the lines.
func TestStart(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a browser")
	}
	browser := startBrowser(t)
	program := link(t)
	linked, err := module.Simplified(program, runtime.Version())
	if err != nil {
		t.Fatal(err)
	}

	want := evaluate(t, browser, linked, hashMemory)
	if got := evaluate(t, browser, pack(t, program), hashMemory); got != want {
		t.Errorf("the memory is %s, want %s", got, want)
	}
	if got := evaluate(t, browser, program, hashMemory); got == want {
		t.Error("lines are no part of the hash, so the test proves nothing")
	}
}

// hashMemory hashes the memory of /program.wasm before its first instruction.
const hashMemory = `(async () => {
	const { instance } = await WebAssembly.instantiateStreaming(fetch("/program.wasm"), new Go().importObject);
	const hash = await crypto.subtle.digest("SHA-256", instance.exports.mem.buffer);
	return new Uint8Array(hash).join(" ");
})()`

// runProgram runs /program.wasm until it ends, and gives what it printed.
const runProgram = `(async () => {
	const printed = [];
	console.log = (lines) => printed.push(lines + "\n");
	const go = new Go();
	const { instance } = await WebAssembly.instantiateStreaming(fetch("/program.wasm"), go.importObject);
	await go.run(instance);
	return printed.join("");
})()`

// evaluate returns what a script makes of a program at /program.wasm.
func evaluate(t *testing.T, browser context.Context, program []byte, script string) string {
	t.Helper()
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	starter := filepath.Join(strings.TrimSpace(string(root)), "lib", "wasm", "wasm_exec.js")
	mux := http.NewServeMux()
	mux.HandleFunc("/{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Write([]byte(`<!doctype html><script src="/wasm_exec.js"></script>`))
	})
	mux.HandleFunc("/wasm_exec.js", func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, starter) })
	mux.HandleFunc("/program.wasm", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/wasm")
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(program))
	})
	server := httptest.NewServer(mux)
	defer server.Close()

	if err := chromedp.Do(browser, chromedp.Navigate(server.URL)); err != nil {
		t.Fatal(err)
	}
	output, err := chromedp.Run(browser, chromedp.Evaluate[string](script, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	return output
}

// startBrowser starts Chromium, or skips the test where there is none.
func startBrowser(t *testing.T) context.Context {
	t.Helper()
	path, err := programs.Shell.Find()
	if err != nil {
		path, err = programs.Chromium.Find()
	}
	if err != nil {
		t.Skip(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path), chromedp.Headless, chromedp.NoFirstRun,
		chromedp.Flag("disable-gpu", true), chromedp.Flag("disable-dev-shm-usage", true),
	}
	if os.Geteuid() == 0 { // root cannot have a sandbox
		options = append(options, chromedp.NoSandbox)
	}
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	return ctx
}
