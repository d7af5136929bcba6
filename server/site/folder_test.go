package site_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"twinlock/server/site"
)

// meanwhile is a context that lets a test do something in the middle of an export, which
// asks it before each file.
type meanwhile struct {
	context.Context
	before func(file int) error
	file   int
}

func (m *meanwhile) Err() error {
	m.file++
	return m.before(m.file)
}

var once *site.Site

// rendered is one site for all of these tests. They only read it.
func rendered(t *testing.T) *site.Site {
	t.Helper()
	if once == nil {
		once = render(t, options(t))
	}
	return once
}

// tree lists what is below a folder, also hidden files, and links as links.
func tree(t *testing.T, dir string) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && path != dir {
			name, _ := filepath.Rel(dir, path)
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// whole returns what a complete export consists of.
func whole(t *testing.T, s *site.Site) []string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "whole")
	if err := s.Export(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	return tree(t, dir)
}

// folderAt makes a folder.
func folderAt(t *testing.T, dir string) string {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

var errStop = errors.New("enough")

// TestExportIsWholeOrNothing stops an export before every third of its files.
func TestExportIsWholeOrNothing(t *testing.T) {
	s := rendered(t)
	want := whole(t, s)
	for _, target := range []string{"new", "empty", "a/b/c"} {
		t.Run(target, func(t *testing.T) {
			parent := t.TempDir()
			folderAt(t, filepath.Join(parent, "empty"))
			dir := filepath.Join(parent, target)
			for stop, last := 1, false; !last; stop += 3 {
				ctx := &meanwhile{Context: t.Context(), before: func(file int) error {
					if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
						t.Fatalf("%d entries before file %d", len(entries), file)
					}
					if file == stop {
						return errStop
					}
					return nil
				}}
				err := s.Export(ctx, dir)
				if last = err == nil; last {
					break
				}
				if got := tree(t, parent); !slices.Equal(got, []string{"empty"}) || !strings.Contains(err.Error(), "export: stopped") {
					t.Fatalf("stopped before file %d: %v, left %v", stop, err, got)
				}
			}
			if got := tree(t, dir); !slices.Equal(got, want) {
				t.Errorf("wrote %v, want %v", got, want)
			}
			if hidden, _ := filepath.Glob(filepath.Join(parent, ".*")); len(hidden) > 0 {
				t.Errorf("left %v", hidden)
			}
		})
	}
}

// TestExportKeepsWhatIsThere: no link is followed and nothing is overwritten, wherever it
// is and whenever it gets there.
func TestExportKeepsWhatIsThere(t *testing.T) {
	s := rendered(t)
	link := func(to string) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			if err := os.Symlink(to, dir); err != nil {
				t.Error(err)
			}
		}
	}
	file := func(t *testing.T, dir string) {
		if err := os.WriteFile(dir, []byte("mine"), 0o600); err != nil {
			t.Error(err)
		}
	}
	filled := func(t *testing.T, dir string) { file(t, filepath.Join(folderAt(t, dir), "mine")) }
	tests := []struct {
		name string
		put  func(t *testing.T, dir string)
		late bool // during the export
		want string
	}{
		{"a file", file, false, "not a folder"},
		{"a folder with something in it", filled, false, "not empty"},
		{"a link to a folder", link("outside"), false, "a link"},
		{"a link to a file", link("outside/precious"), false, "a link"},
		{"a link to nothing", link("nowhere"), false, "a link"},
		{"a link to itself", link("site"), false, "a link"},
		{"a file, late", file, true, "rename"},
		{"a folder with something in it, late", filled, true, "rename"},
		{"a link to a folder, late", link("outside"), true, "rename"},
		{"a link to nothing, late", link("nowhere"), true, "rename"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			parent := t.TempDir()
			file(t, filepath.Join(folderAt(t, filepath.Join(parent, "outside")), "precious"))
			dir := filepath.Join(parent, "site")
			if !test.late {
				test.put(t, dir)
			}
			ctx := &meanwhile{Context: t.Context(), before: func(file int) error {
				if test.late && file == 5 {
					test.put(t, dir)
				}
				return nil
			}}
			err := s.Export(ctx, dir)
			if err == nil || !strings.HasPrefix(err.Error(), "export: ") || !strings.Contains(err.Error(), test.want) {
				t.Errorf("err = %v, want one with %q", err, test.want)
			}
			before := t.TempDir()
			file(t, filepath.Join(folderAt(t, filepath.Join(before, "outside")), "precious"))
			test.put(t, filepath.Join(before, "site"))
			if got, want := tree(t, parent), tree(t, before); !slices.Equal(got, want) {
				t.Errorf("there is %v, want %v", got, want)
			}
		})
	}
}

// TestExportIntoExchangedFolder: somebody replaces the folder that is being written by a
// link.
func TestExportIntoExchangedFolder(t *testing.T) {
	s := rendered(t)
	parent := t.TempDir()
	outside, dir := folderAt(t, filepath.Join(parent, "outside")), filepath.Join(parent, "site")
	ctx := &meanwhile{Context: t.Context(), before: func(file int) error {
		if file != 5 {
			return nil
		}
		hidden, err := filepath.Glob(filepath.Join(parent, ".*"))
		if err != nil || len(hidden) != 1 {
			t.Fatalf("written at %v, %v", hidden, err)
		}
		return errors.Join(os.Rename(hidden[0], filepath.Join(parent, "away")), os.Symlink(outside, hidden[0]))
	}}
	if err := s.Export(ctx, dir); err == nil || !strings.Contains(err.Error(), "replaced by something else") {
		t.Errorf("err = %v", err)
	}
	if got := tree(t, outside); len(got) > 0 {
		t.Errorf("wrote %v through a link", got)
	}
}

// TestExportTwiceAtOnce: one export is complete, and the other has changed nothing.
func TestExportTwiceAtOnce(t *testing.T) {
	s := rendered(t)
	want := whole(t, s)
	for _, target := range []string{"new", "empty", "a/b"} {
		parent := t.TempDir()
		folderAt(t, filepath.Join(parent, "empty"))
		dir := filepath.Join(parent, target)
		failed := make([]error, 4)
		var all sync.WaitGroup
		for n := range failed {
			all.Go(func() { failed[n] = s.Export(t.Context(), dir) })
		}
		all.Wait()
		good := 0
		for _, err := range failed {
			if err == nil {
				good++
			}
		}
		if got := tree(t, dir); good != 1 || !slices.Equal(got, want) {
			t.Errorf("%s: %d exports are good (%v), and wrote %v", target, good, failed, got)
		}
		if hidden, _ := filepath.Glob(filepath.Join(filepath.Dir(dir), ".*")); len(hidden) > 0 {
			t.Errorf("left %v", hidden)
		}
	}
}

// TestExportKeepsTheFolder: a folder keeps its mode, and the working directory is filled
// and not replaced.
func TestExportKeepsTheFolder(t *testing.T) {
	s := rendered(t)
	want := whole(t, s)
	private := filepath.Join(t.TempDir(), "private")
	if err := os.Mkdir(private, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := s.Export(t.Context(), private); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(private); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("mode %v, %v, want 0700", info.Mode(), err)
	}
	t.Chdir(t.TempDir())
	if err := s.Export(t.Context(), "."); err != nil {
		t.Fatal(err)
	}
	if got := tree(t, "."); !slices.Equal(got, want) {
		t.Errorf("in the working folder there is %v", got)
	}
}
