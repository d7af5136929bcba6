package site_test

import (
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// somebody is a user who owns nothing here.
const somebody = 1

// asSomebody runs a function without the rights of root: modes do not stop root.
// Linux has the user of file access by thread.
func asSomebody(t *testing.T, do func()) {
	t.Helper()
	if os.Geteuid() != 0 {
		do()
		return
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	become := func(uid uintptr) {
		syscall.RawSyscall(syscall.SYS_SETFSUID, uid, 0, 0) // tells who it was, and no error
	}
	become(somebody)
	defer become(0)
	do()
}

// anothers makes an empty folder of ours in a folder that we may not write to.
func anothers(t *testing.T) (parent, dir string) {
	t.Helper()
	parent = t.TempDir()
	dir = folderAt(t, filepath.Join(parent, "site"))
	for _, open := range []string{filepath.Dir(parent), parent} { // for somebody, and not to write
		if err := os.Chmod(open, 0o555); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { os.Chmod(filepath.Dir(parent), 0o700); os.Chmod(parent, 0o700) })
	if os.Geteuid() == 0 {
		if err := os.Chown(dir, somebody, -1); err != nil {
			t.Fatal(err)
		}
	}
	asSomebody(t, func() {
		if err := os.Mkdir(filepath.Join(parent, "probe"), 0o755); err == nil {
			t.Fatal("the parent is ours to write: this tests nothing")
		}
	})
	return parent, dir
}

// TestExportIntoAnothers: if only the folder itself is ours, it is filled, with the pages
// after all that they ask for.
func TestExportIntoAnothers(t *testing.T) {
	s := rendered(t)
	want := whole(t, s)
	parent, dir := anothers(t)
	pages := false
	ctx := &meanwhile{Context: t.Context(), before: func(int) error {
		for _, name := range tree(t, dir) {
			pages = pages || strings.HasSuffix(name, ".html")
		}
		if pages {
			for _, name := range want {
				page := strings.Contains(name, ".html") || name == "callback" || strings.HasPrefix(name, "app-worker.js")
				if _, err := os.Stat(filepath.Join(dir, name)); err != nil && !page {
					t.Fatalf("a page is there before %s", name)
				}
			}
		}
		return nil
	}}
	asSomebody(t, func() {
		if err := s.Export(ctx, dir); err != nil {
			t.Fatal(err)
		}
		if err := s.Export(t.Context(), filepath.Join(parent, "new")); err == nil {
			t.Error("a new folder in another's")
		}
	})
	if got := tree(t, dir); !pages || !slices.Equal(got, want) {
		t.Errorf("wrote %v, want %v", got, want)
	}
}

// TestExportIntoAnothersFails says that the folder is incomplete, and follows no link
// that is put into it.
func TestExportIntoAnothersFails(t *testing.T) {
	s := rendered(t)
	outside := t.TempDir()
	precious := filepath.Join(outside, "precious")
	if err := os.WriteFile(precious, []byte("mine"), 0o666); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, link, to string
	}{
		{"stopped", "", ""},
		{"a link to a file", "index.html", precious},
		{"a link to nothing", "index.html", filepath.Join(outside, "new")},
		{"a link to a folder", "callback", outside},
		{"a link to a folder within", "callback", "web"},
		{"a link for the rules", "_headers", precious},
		{"a link to a file within", "_headers", "robots.txt"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, dir := anothers(t)
			ctx := &meanwhile{Context: t.Context(), before: func(file int) error {
				switch {
				case file != 5:
					return nil
				case test.link == "":
					return errStop
				}
				return os.Symlink(test.to, filepath.Join(dir, test.link))
			}}
			asSomebody(t, func() {
				if err := s.Export(ctx, dir); err == nil || !strings.Contains(err.Error(), dir+" is incomplete") {
					t.Errorf("err = %v", err)
				}
			})
			if body, err := os.ReadFile(precious); err != nil || string(body) != "mine" || len(tree(t, outside)) != 1 {
				t.Errorf("outside there is %q in %v, %v", body, tree(t, outside), err)
			}
		})
	}
}

// TestExportIntoAnothersAtOnce: the second export finds the files of the first and adds
// nothing.
func TestExportIntoAnothersAtOnce(t *testing.T) {
	s := rendered(t)
	want := whole(t, s)
	_, dir := anothers(t)
	var second error
	ctx := &meanwhile{Context: t.Context(), before: func(file int) error {
		if file == 5 {
			second = s.Export(t.Context(), dir)
		}
		return nil
	}}
	asSomebody(t, func() {
		if err := s.Export(ctx, dir); err != nil {
			t.Error(err)
		}
	})
	if second == nil || strings.Contains(second.Error(), "incomplete") {
		t.Errorf("the second: %v", second)
	}
	if got := tree(t, dir); !slices.Equal(got, want) {
		t.Errorf("wrote %v, want %v", got, want)
	}
}

// TestExportToFullDisk: a file cannot be written to its end. A limit of the process stands
// for the disk, and so the export runs in a process of its own.
func TestExportToFullDisk(t *testing.T) {
	const alone = "TEST_ALONE"
	if os.Getenv(alone) == "" {
		c := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
		c.Env = append(os.Environ(), alone+"=1")
		if out, err := c.CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, out)
		}
		return
	}
	s := rendered(t)
	largest := 0
	for f := range s.Files() {
		for _, form := range f.Forms {
			largest = max(largest, len(form.Body))
		}
	}
	signal.Ignore(syscall.SIGXFSZ) // so that the write fails instead
	small := uint64(largest) - 1
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: small, Max: small}); err != nil {
		t.Fatal(err)
	}
	parent := t.TempDir()
	if err := s.Export(t.Context(), filepath.Join(parent, "a", "site")); err == nil || len(tree(t, parent)) > 0 {
		t.Errorf("err = %v, left %v", err, tree(t, parent))
	}
	_, dir := anothers(t)
	asSomebody(t, func() {
		if err := s.Export(t.Context(), dir); err == nil || !strings.Contains(err.Error(), dir+" is incomplete") {
			t.Errorf("err = %v", err)
		}
	})
}

// TestExportModes: the modes of the files are those of the caller's umask.
func TestExportModes(t *testing.T) {
	s := rendered(t)
	for umask, want := range map[int][2]fs.FileMode{0o022: {0o755, 0o644}, 0o077: {0o700, 0o600}, 0o027: {0o750, 0o640}} {
		dir := filepath.Join(t.TempDir(), "parent", "site")
		before := syscall.Umask(umask)
		err := s.Export(t.Context(), dir)
		syscall.Umask(before)
		if err != nil {
			t.Fatal(err)
		}
		checkModes(t, filepath.Dir(dir), want)
	}
}

func checkModes(t *testing.T, dir string, want [2]fs.FileMode) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		mode := want[1]
		if d.IsDir() {
			mode = want[0]
		}
		if info.Mode().Perm() != mode {
			t.Errorf("%s: mode %v, want %v", path, info.Mode().Perm(), mode)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
