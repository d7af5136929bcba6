package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"twinlock/app/config"
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

func TestServe(t *testing.T) {
	needBundle(t)
	for _, signal := range []os.Signal{syscall.SIGTERM, os.Interrupt} {
		t.Run(signal.String(), func(t *testing.T) {
			p := startProcess(t, "serve", "--addr=127.0.0.1:0", "--base-path=/accounts",
				"--domain=acme.eu.auth0.com", "--client-id=abc", "--connections=google-oauth2")
			home := p.line(t, "ready: ")
			if r, _ := get(t, home); r.StatusCode != http.StatusOK {
				t.Errorf("%s: status %d", home, r.StatusCode)
			}
			if !strings.HasSuffix(home, "/accounts/") {
				t.Errorf("ready: %s", home)
			}
			if r, body := get(t, strings.TrimSuffix(home, "accounts/")+"healthz"); string(body) != "ok\n" {
				t.Errorf("/healthz: status %d, %q", r.StatusCode, body)
			}
			p.end(t, signal)
		})
	}
}

func TestDev(t *testing.T) {
	needBundle(t)
	p := startProcess(t, "dev", "--addr=127.0.0.1:0", "--tenant-addr=127.0.0.1:0")
	issuer := p.line(t, "tenant: ")
	home := p.line(t, "ready: ")

	_, body := get(t, home+"config.json")
	c, err := config.Parse(body)
	if err != nil {
		t.Fatal(err)
	}
	if c.Issuer != issuer || len(c.Connections) != 3 {
		t.Errorf("configuration = %+v, want the tenant at %s", c, issuer)
	}
	_, body = get(t, issuer+".well-known/openid-configuration")
	var discovery struct{ Issuer string }
	if err := json.Unmarshal(body, &discovery); err != nil || discovery.Issuer != issuer {
		t.Errorf("the tenant calls itself %q, %v", discovery.Issuer, err)
	}
	// The tenant knows this very app: it asks for a password, and does not refuse.
	query := url.Values{
		"client_id": {c.ClientID}, "redirect_uri": {home + "callback"}, "response_type": {"code"}, "scope": {"openid"},
		"state": {"s"}, "nonce": {"n"}, "connection": {c.Connections[0].Name},
		"code_challenge": {"47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"}, "code_challenge_method": {"S256"},
	}
	if r, body := get(t, issuer+"authorize?"+query.Encode()); r.StatusCode != http.StatusOK || !bytes.Contains(body, []byte(`name="password"`)) {
		t.Errorf("/authorize: status %d: %.300s", r.StatusCode, body)
	}

	rest := p.end(t, syscall.SIGTERM)
	if !strings.Contains(rest, "ada@example.com") || !strings.Contains(rest, "Analytical-Engine-1843") {
		t.Errorf("no accounts to try in %q", rest)
	}
}

func TestTenant(t *testing.T) {
	p := startProcess(t, "tenant", "--tenant-addr=127.0.0.1:0", "--data="+t.TempDir())
	issuer := p.line(t, "ready: ")
	if r, _ := get(t, issuer+".well-known/jwks.json"); r.StatusCode != http.StatusOK {
		t.Errorf("keys: status %d", r.StatusCode)
	}
	p.end(t, syscall.SIGTERM)
}

// TestExport compares the folder with what serve would send.
func TestExport(t *testing.T) {
	needBundle(t)
	dir := filepath.Join(t.TempDir(), "site")
	args := []string{"export", "--out=" + dir, "--base-path=/accounts", "--domain=acme.eu.auth0.com", "--client-id=abc", "--connections=google-oauth2"}
	code, stdout, stderr := callWith(t.Context(), nil, args...)
	if code != exitOK || !strings.Contains(stdout, dir) {
		t.Fatalf("exit code %d, %s%s", code, stdout, stderr)
	}
	for _, name := range []string{"index.html", "index.html.br", "callback.html", "404.html", "config.json", "manifest.webmanifest", "robots.txt"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
	rules, err := os.ReadFile(filepath.Join(dir, "_headers"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"\n/accounts/callback\n", "\n/accounts/callback.html\n", "  Content-Security-Policy: default-src 'none'",
		"  Cross-Origin-Opener-Policy: unsafe-none\n", "  Cache-Control: public, max-age=31536000, immutable\n",
	} {
		if !strings.Contains(string(rules), want) {
			t.Errorf("_headers lacks %q", want)
		}
	}
	code, _, stderr = callWith(t.Context(), nil, args...)
	if code != exitUsage || !strings.Contains(stderr, "out: ") {
		t.Errorf("a second export to the same folder: exit code %d, %s", code, stderr)
	}
	link := dir + "-link"
	if err := os.Symlink(t.TempDir(), link); err != nil {
		t.Fatal(err)
	}
	for _, end := range []string{"", "/", "/."} {
		args[1] = "--out=" + link + end
		if code, _, stderr = callWith(t.Context(), nil, args...); code != exitUsage || !strings.Contains(stderr, "out: "+link+" is a link") {
			t.Errorf("an export to a link, %q: exit code %d, %s", end, code, stderr)
		}
	}
	// A signal has come.
	parent := t.TempDir()
	args[1] = "--out=" + filepath.Join(parent, "site")
	if code, _, stderr = call(t, nil, args...); code != exitFailure || !strings.Contains(stderr, "export: stopped") {
		t.Errorf("a stopped export: exit code %d, %s", code, stderr)
	}
	if entries, err := os.ReadDir(parent); err != nil || len(entries) > 0 {
		t.Errorf("left %v, %v", entries, err)
	}
}

// TestExportAgain: an edited config.json is a file of settings, from which the
// folder can be made anew where the tenant or the colours have changed.
func TestExportAgain(t *testing.T) {
	needBundle(t)
	first, second := filepath.Join(t.TempDir(), "first"), filepath.Join(t.TempDir(), "second")
	if code, _, stderr := callWith(t.Context(), nil, "export", "--out="+first, "--domain=acme.eu.auth0.com", "--client-id=abc", "--connections=google-oauth2"); code != exitOK {
		t.Fatal(stderr)
	}
	edited := filepath.Join(first, "config.json")
	document, err := os.ReadFile(edited)
	if err != nil {
		t.Fatal(err)
	}
	document = bytes.ReplaceAll(document, []byte("acme.eu.auth0.com"), []byte("other.us.auth0.com"))
	if err := os.WriteFile(edited, document, 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, stderr := callWith(t.Context(), nil, "export", "--out="+second, "--config="+edited); code != exitOK {
		t.Fatal(stderr)
	}
	for name, want := range map[string]string{
		"config.json": `"issuer":"https://other.us.auth0.com/"`,
		"index.html":  "connect-src &#39;self&#39; https://other.us.auth0.com;",
		"_headers":    "connect-src 'self' https://other.us.auth0.com;",
	} {
		content, err := os.ReadFile(filepath.Join(second, name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(content, []byte(want)) || bytes.Contains(content, []byte("acme")) {
			t.Errorf("%s lacks %s, or has something of the old tenant", name, want)
		}
	}
}

// call runs the command within the test.
func call(t *testing.T, env map[string]string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // whatever would serve ends at once
	return callWith(ctx, env, args...)
}

func callWith(ctx context.Context, env map[string]string, args ...string) (code int, stdout, stderr string) {
	var out, log bytes.Buffer
	code = run(ctx, args, &out, &log, func(name string) (string, bool) { v, ok := env[name]; return v, ok })
	return code, out.String(), log.String()
}

func TestUsage(t *testing.T) {
	good := []string{"serve", "--domain=acme.eu.auth0.com", "--client-id=abc", "--connections=google-oauth2"}
	serve := func(more ...string) []string { return append(append([]string{}, good...), more...) }
	tests := []struct {
		name string
		args []string
		want []string // parts of standard error, each on a line of its own
	}{
		{"no command", nil, []string{"serve"}},
		{"unknown command", []string{"bake"}, []string{"bake"}},
		{"unknown flag", []string{"serve", "--colour=red"}, []string{"--colour"}},
		{"nothing set", []string{"serve"}, []string{"issuer: is missing", "client_id: is missing (--client-id, TWINLOCK_CLIENT_ID)", "connections: "}},
		{"address", serve("--addr=localhost"), []string{"addr: must be host:port"}},
		{"port", serve("--addr=127.0.0.1:http"), []string{"addr: must be host:port"}},
		{"base path", serve("--base-path=accounts"), []string{"base_path: must look like"}},
		{"domain", serve("--domain=https://acme.eu.auth0.com"), []string{"domain: "}},
		{"issuer", serve("--issuer=http://acme.eu.auth0.com/"), []string{"issuer: must be https"}},
		{"audience", serve("--audience=acme"), []string{"audience: "}},
		{"scopes", serve("--scopes=profile"), []string{"scopes: must contain openid (--scopes, TWINLOCK_SCOPES)"}},
		{"connections", serve("--connections=a b"), []string{"connections[1].name: "}},
		{"interaction", serve("--interaction=iframe"), []string{"interaction: must be"}},
		{"history", serve("--history=forever"), []string{"history: must be keep or wipe"}},
		{"brand name", serve("--brand-name=" + strings.Repeat("x", 99)), []string{"brand.name: must be"}},
		{"brand logo", serve("--brand-logo=http://x/"), []string{"brand.logo: must be an https URL or a path on this site (--brand-logo, TWINLOCK_BRAND_LOGO)"}},
		{"brand accent", serve("--brand-accent=red"), []string{"brand.accent: "}},
		{"brand accent, dark", serve("--brand-accent-dark=#000000"), []string{"brand.accent_dark: "}},
		{"languages", serve("--languages=tlh"), []string{"languages[0]: must be one of"}},
		{"certificate", serve("--tls-cert=nowhere.crt", "--tls-key=nowhere.key"), []string{"tls_cert: open nowhere.crt", "tls_key: open nowhere.key"}},
		{"certificate without key", serve("--tls-cert=main.go"), []string{"tls_key: is missing: TLS needs a certificate and its key (--tls-key, TWINLOCK_TLS_KEY)"}},
		{"key without certificate", serve("--tls-key=main.go"), []string{"tls_cert: is missing"}},
		{"no certificate", serve("--tls-cert=main.go", "--tls-key=main.go"), []string{"tls_cert: cannot be used with tls_key: "}},
		{"log format", serve("--log-format=xml"), []string{"log_format: must be text or json (--log-format, TWINLOCK_LOG_FORMAT)"}},
		{"access log", serve("--access-log=often"), []string{"--access-log"}},
		{"header timeout", serve("--header-timeout=0s"), []string{"header_timeout: must be a time from 1ms to 1h"}},
		{"header timeout without unit", serve("--header-timeout=10"), []string{"--header-timeout"}},
		{"write timeout", serve("--write-timeout=2h"), []string{"write_timeout: must be"}},
		{"idle timeout", serve("--idle-timeout=-1s"), []string{"idle_timeout: must be"}},
		{"drain time", serve("--drain-time=-1s"), []string{"drain_time: must be a time from 0s to 1h"}},
		{"stop timeout", serve("--stop-timeout=0s"), []string{"stop_timeout: must be"}},
		{"header size", serve("--max-header-bytes=1"), []string{"max_header_bytes: must be from 1024 to 1048576 (--max-header-bytes, TWINLOCK_MAX_HEADER_BYTES)"}},
		{"header size in words", serve("--max-header-bytes=many"), []string{"--max-header-bytes"}},
		{"no such file", serve("--config=nowhere.yaml"), []string{"config: open nowhere.yaml"}},
		{"several at once", serve("--addr=x", "--base-path=x", "--interaction=x"), []string{"addr: ", "base_path: ", "interaction: "}},
		{"dev: tenant's address", []string{"dev", "--tenant-addr=x"}, []string{"tenant_addr: must be host:port"}},
		{"dev: tenant for everybody", []string{"dev", "--tenant-addr=0.0.0.0:0"}, []string{"tenant_addr: 0.0.0.0:0 can be reached"}},
		{"tenant for everybody", []string{"tenant", "--tenant-addr=:0"}, []string{"tenant_addr: :0 can be reached"}},
		{"tenant: app", []string{"tenant", "--app=http://127.0.0.1:8000"}, []string{"app: must be a URL"}},
		{"tenant: issuer", []string{"tenant", "--issuer=http://127.0.0.1/x/"}, []string{"issuer: must be an origin"}},
		{"export: no folder", []string{"export"}, []string{"--out"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			code, stdout, stderr := call(t, nil, test.args...)
			if code != exitUsage || stdout != "" {
				t.Errorf("exit code %d with %q", code, stdout)
			}
			lines := strings.Split(strings.TrimSpace(stderr), "\n")
			for i, want := range test.want {
				if i >= len(lines) || !strings.Contains(lines[i], want) {
					t.Errorf("standard error %q lacks %q on line %d", stderr, want, i+1)
				}
			}
		})
	}
}

func TestAllowRemote(t *testing.T) {
	flags := emulatorFlags{TenantAddr: "0.0.0.0:8001"}
	if flags.check() == nil {
		t.Error("an address for everybody was taken")
	}
	flags.AllowRemote = true
	if err := flags.check(); err != nil {
		t.Errorf("with --allow-remote: %v", err)
	}
	for _, addr := range []string{"127.0.0.1:8001", "localhost:8001", "[::1]:8001", "127.0.0.2:0"} {
		if err := (emulatorFlags{TenantAddr: addr}).check(); err != nil {
			t.Errorf("%s: %v", addr, err)
		}
	}
}

// TestDataInUse: two processes with one folder would lose what they have answered. One
// that was killed leaves it free.
func TestDataInUse(t *testing.T) {
	dir := t.TempDir()
	args := []string{"tenant", "--tenant-addr=127.0.0.1:0", "--data=" + dir}
	first := startProcess(t, args...)
	first.line(t, "ready: ")
	code, stdout, stderr := call(t, nil, args...)
	if want := "twinlock: data: " + dir + " is in use by another tenant (--data, TWINLOCK_DATA)\n"; code != exitUsage || stdout != "" || stderr != want {
		t.Errorf("exit code %d, %q, %q, want 2 and %q", code, stdout, stderr, want)
	}
	if err := first.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	first.cmd.Wait()
	again := startProcess(t, args...)
	again.line(t, "ready: ")
	again.end(t, syscall.SIGTERM)
}

func TestAddressInUse(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if _, err := listen(t.Context(), l.Addr().String()); !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("err = %v, want address in use", err)
	}
}

func TestHelpAndVersion(t *testing.T) {
	for _, args := range [][]string{{"--help"}, {"dev", "--help"}, {"version"}} {
		code, stdout, _ := call(t, nil, args...)
		if code != exitOK || !strings.Contains(stdout, "twinlock") {
			t.Errorf("%v: exit code %d, %q", args, code, stdout)
		}
	}
}

// TestWait stops when a server fails of itself.
func TestWait(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := start(l, http.NotFoundHandler(), discard(), serverOptions{})
	l.Close()
	done := make(chan error)
	go func() { done <- wait(t.Context(), discard(), s) }()
	select {
	case err := <-done:
		if !errors.Is(err, net.ErrClosed) {
			t.Errorf("err = %v, want that of the listener", err)
		}
	case <-time.After(time.Minute):
		t.Error("still waiting")
	}
}
