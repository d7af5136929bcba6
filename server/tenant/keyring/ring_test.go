package keyring_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/golang-jwt/jwt/v5"

	"twinlock/server/tenant/datadir"
	"twinlock/server/tenant/keyring"
)

func openRing(t *testing.T, data *datadir.Dir) *keyring.Ring {
	t.Helper()
	r, err := keyring.Open(data, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func openDir(t *testing.T) (*datadir.Dir, string) {
	t.Helper()
	path := t.TempDir()
	data, err := datadir.Open(path, keyring.File)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { data.Close() })
	return data, path
}

func ids(r *keyring.Ring) []string {
	var list []string
	for _, k := range r.KeySet() {
		list = append(list, k.ID())
	}
	return list
}

func TestRotate(t *testing.T) {
	r := openRing(t, nil)
	first := r.Current()
	signed, err := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{}).SignedString(first.Key())
	if err != nil {
		t.Fatal(err)
	}
	token, _, err := jwt.NewParser().ParseUnverified(signed, jwt.MapClaims{})
	if err != nil {
		t.Fatal(err)
	}
	token.Header["kid"] = first.ID()
	second, err := r.Rotate(false)
	if err != nil || r.Current().ID() != second.ID() || !slices.Equal(ids(r), []string{first.ID(), second.ID()}) {
		t.Errorf("after rotating: %v, %v", ids(r), err)
	}
	if key, err := r.VerificationKey(token); err != nil || !first.Public().Equal(key) {
		t.Errorf("the old key does not verify: %v, %v", key, err)
	}
	third, err := r.Rotate(true)
	if err != nil || !slices.Equal(ids(r), []string{third.ID()}) {
		t.Errorf("after dropping: %v, %v", ids(r), err)
	}
	if _, err := r.VerificationKey(token); err == nil {
		t.Error("a dropped key verifies")
	}
}

func TestKeysAreSaved(t *testing.T) {
	data, path := openDir(t)
	r := openRing(t, data)
	if _, err := r.Rotate(false); err != nil {
		t.Fatal(err)
	}
	again := openRing(t, data)
	if !slices.Equal(ids(r), ids(again)) || !r.Current().Public().Equal(again.Current().Public()) {
		t.Errorf("saved %v, loaded %v", ids(r), ids(again))
	}
	for _, content := range []string{`{}`, `{"version":2}`, `{"version":1}`, `{"version":1,"keys":["AAAA"]}`, `{"version":1,"keys":[1]}`} {
		if err := os.WriteFile(filepath.Join(path, keyring.File), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := keyring.Open(data, nil); !errors.Is(err, datadir.ErrDamaged) {
			t.Errorf("%s: %v", content, err)
		}
	}
}

// What cannot be saved does not sign.
func TestUnsavableRotation(t *testing.T) {
	data, path := openDir(t)
	r := openRing(t, data)
	before := ids(r)
	if err := os.Mkdir(filepath.Join(path, keyring.File+".tmp"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Rotate(true); err == nil || !slices.Equal(before, ids(r)) {
		t.Errorf("error %v, keys %v", err, ids(r))
	}
}
