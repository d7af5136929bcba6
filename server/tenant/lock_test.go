//go:build unix

package tenant_test

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"twinlock/server/tenant"
	"twinlock/server/tenant/tenanttest"
)

// TestDataIsLocked: of two tenants with one folder the second does not start, by
// whatever name it has the folder, and leaves no trace.
func TestDataIsLocked(t *testing.T) {
	dir := t.TempDir()
	alias := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(dir, alias); err != nil {
		t.Fatal(err)
	}
	first := tenanttest.Start(t, func(o *tenant.Options) { o.DataDir = dir })
	options := tenant.Options{Issuer: "http://127.0.0.1:8001/", Clients: []tenant.Client{{ID: "c"}}}
	saving := filepath.Join(dir, "users.json.tmp") // as if the first were just saving
	if err := os.WriteFile(saving, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{dir, dir + "/", alias} {
		options.DataDir = name
		if _, err := tenant.New(options); !errors.Is(err, tenant.ErrInUse) {
			t.Errorf("%s: err = %v", name, err)
		}
	}
	if _, err := os.Stat(saving); err != nil {
		t.Error(err)
	}
	primary := first.Login(t, ada, tenant.Database, nil)
	if status, _, f := link(t, first, primary, adaID, first.Login(t, google, tenant.Google, nil).IDToken); status != http.StatusCreated {
		t.Errorf("the first: %d %+v", status, f)
	}
	// The next may, and has all.
	first.Close()
	if err := first.Tenant.Close(); err != nil {
		t.Fatal(err)
	}
	again := tenanttest.Start(t, func(o *tenant.Options) { o.DataDir = dir })
	if n := len(again.Users(t)[adaID].Identities); n != 2 {
		t.Errorf("%d identities", n)
	}
}

// TestFailedStartUnlocks: a tenant that cannot start holds nothing.
func TestFailedStartUnlocks(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "users.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	options := tenant.Options{Issuer: "http://127.0.0.1:8001/", DataDir: dir, Clients: []tenant.Client{{ID: "c"}}}
	for range 2 {
		if _, err := tenant.New(options); !errors.Is(err, tenant.ErrDamaged) {
			t.Errorf("err = %v", err)
		}
	}
}
