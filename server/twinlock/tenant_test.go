package main

import (
	"net/http"
	"syscall"
	"testing"
)

func TestTenant(t *testing.T) {
	p := startProcess(t, "tenant", "--tenant-addr=127.0.0.1:0", "--data="+t.TempDir())
	issuer := p.line(t, "ready: ")
	if r, _ := get(t, issuer+".well-known/jwks.json"); r.StatusCode != http.StatusOK {
		t.Errorf("keys: status %d", r.StatusCode)
	}
	p.end(t, syscall.SIGTERM)
}

func TestAllowRemote(t *testing.T) {
	flags := emulatorFlags{TenantAddr: "0.0.0.0:8001"}
	if flags.check() == nil {
		t.Error("an address for everybody was accepted")
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
