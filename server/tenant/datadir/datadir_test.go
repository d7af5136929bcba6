package datadir_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"twinlock/server/tenant/datadir"
)

const file = "v.json"

func open(t *testing.T, path string) *datadir.Dir {
	t.Helper()
	d, err := datadir.Open(path, file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

func TestSaveAndLoad(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new")
	d := open(t, path)
	var got map[string]any
	if found, err := d.Load(file, &got); found || err != nil {
		t.Errorf("before saving: %t, %v", found, err)
	}
	for _, n := range []json.Number{"1", "2.0"} {
		if err := d.Save(file, map[string]any{"n": n}); err != nil {
			t.Fatal(err)
		}
		if found, err := d.Load(file, &got); !found || err != nil || got["n"] != n {
			t.Errorf("got %v, %t, %v", got, found, err)
		}
	}
	if err := d.Save(file, func() {}); err == nil {
		t.Error("a function was saved")
	}
	info, err := os.Stat(filepath.Join(path, file))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file is %v, %v", info, err)
	}
}

func TestLoadDamaged(t *testing.T) {
	path := t.TempDir()
	d := open(t, path)
	for _, content := range []string{"", "{", "{} {}", "[]"} {
		if err := os.WriteFile(filepath.Join(path, file), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Load(file, new(map[string]any)); !errors.Is(err, datadir.ErrDamaged) {
			t.Errorf("%q: %v", content, err)
		}
	}
}

// What a crash left half written is removed; a failed save leaves the old file.
func TestTemporaryFiles(t *testing.T) {
	path := t.TempDir()
	temp := filepath.Join(path, file+".tmp")
	if err := os.WriteFile(temp, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	d := open(t, path)
	if _, err := os.Stat(temp); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("half a file is still there: %v", err)
	}
	if err := d.Save(file, 1); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(temp, 0o700); err != nil {
		t.Fatal(err)
	}
	var got int
	if err := d.Save(file, 2); err == nil {
		t.Error("saved where no file can be written")
	}
	if _, err := d.Load(file, &got); err != nil || got != 1 {
		t.Errorf("got %d, %v", got, err)
	}
}
