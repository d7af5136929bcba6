package site

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"syscall"
)

// CheckFolder returns an error unless the folder is missing or empty: only then can a site
// be exported to it. Files of an earlier version would be served for ever, and its pages
// would ask for files that are not written yet. A symbolic link is an error, since anybody
// may own the folder behind it.
func CheckFolder(dir string) error {
	dir = filepath.Clean(dir) // with a slash at the end Lstat would follow a link
	info, err := os.Lstat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case info.Mode()&fs.ModeSymlink != 0:
		return fmt.Errorf("%s is a link", dir)
	case !info.IsDir():
		return fmt.Errorf("%s is not a folder", dir)
	}
	entries, err := os.ReadDir(dir)
	if err == nil && len(entries) > 0 {
		err = fmt.Errorf("%s is not empty", dir)
	}
	return err
}

// writeFolder makes a folder with the files. It writes them to a folder beside it, which it
// then renames, so that nobody sees a part of them.
func writeFolder(ctx context.Context, dir string, files []exportFile) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	if err := CheckFolder(dir); err != nil {
		return err
	}
	if isWorkingFolder(dir) { // a process in it would not see the new one
		return fill(ctx, dir, files)
	}
	err = replace(ctx, dir, files)
	if _, missing := os.Lstat(dir); missing == nil && notOurs(err) {
		return fill(ctx, dir, files)
	}
	return err
}

// notOurs reports whether an error says that we may not replace a folder: its parent is not
// ours or read-only, or the folder is a mount.
func notOurs(err error) bool {
	return errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) || errors.Is(err, syscall.EBUSY)
}

// isWorkingFolder reports whether dir is the working directory.
func isWorkingFolder(dir string) bool {
	here, err := os.Stat(".")
	if err != nil {
		return false
	}
	there, err := os.Stat(dir)
	return err == nil && os.SameFile(here, there)
}

// replace writes a folder beside dir and renames it to dir, which must still be missing or
// empty. After an error everything is as it was before.
func replace(ctx context.Context, dir string, files []exportFile) (err error) {
	made, err := makeFolders(filepath.Dir(dir))
	beside := filepath.Join(filepath.Dir(dir), ".twinlock-"+rand.Text())
	defer func() {
		if err != nil {
			os.RemoveAll(beside)
			for _, parent := range slices.Backward(made) {
				os.Remove(parent) // fails if it is not empty, which is right
			}
		}
	}()
	if err != nil {
		return err
	}
	if err := os.Mkdir(beside, 0o755); err != nil {
		return err
	}
	root, err := openFolder(beside)
	if err != nil {
		return err
	}
	defer root.Close()
	if _, err := writeFiles(ctx, root, files); err != nil {
		return err
	}
	if before, err := os.Lstat(dir); err == nil {
		if err := root.Chmod(".", before.Mode()); err != nil {
			return err
		}
	}
	written, err := root.Stat(".")
	if err != nil {
		return err
	}
	root.Close() // not every system renames what is open
	// Unlike os.Rename, the system call replaces an empty folder.
	if err := syscall.Rename(beside, dir); err != nil {
		return &os.LinkError{Op: "rename", Old: beside, New: dir, Err: err}
	}
	return isFolder(written, dir)
}

// makeFolders is os.MkdirAll that returns which folders it has made.
func makeFolders(dir string) (made []string, err error) {
	if _, err := os.Lstat(dir); !errors.Is(err, fs.ErrNotExist) {
		return nil, nil // if it is of no use, the next step fails
	}
	if made, err = makeFolders(filepath.Dir(dir)); err != nil {
		return made, err
	}
	switch err := os.Mkdir(dir, 0o755); {
	case err == nil:
		return append(made, dir), nil
	case errors.Is(err, fs.ErrExist): // another export has been quicker
		return made, nil
	default:
		return made, err
	}
}

// fill writes the files into a folder that is there. If two do so at once, only one of them
// can make the folder of the first file. The other returns an error and has written
// nothing.
func fill(ctx context.Context, dir string, files []exportFile) error {
	root, err := openFolder(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	changed, err := writeFiles(ctx, root, files)
	if err != nil && changed {
		return fmt.Errorf("%s is incomplete, and has to be emptied: %w", dir, err)
	}
	return err
}

// openFolder opens a folder; a link to one is an error.
func openFolder(dir string) (*os.Root, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	opened, err := root.Stat(".")
	if err == nil {
		err = isFolder(opened, dir)
	}
	if err != nil {
		root.Close()
		return nil, err
	}
	return root, nil
}

// isFolder returns an error unless the path is that folder: somebody may have put a link
// there.
func isFolder(folder fs.FileInfo, dir string) error {
	named, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	if !os.SameFile(folder, named) {
		return fmt.Errorf("%s has been replaced by something else", dir)
	}
	return nil
}

// writeFiles writes new files into new folders below root, and reports whether it has
// changed anything there. A file or folder that is there already is an error, and links are
// not followed.
func writeFiles(ctx context.Context, root *os.Root, files []exportFile) (changed bool, err error) {
	made := map[string]bool{".": true}
	for _, f := range files {
		if ctx.Err() != nil {
			return changed, fmt.Errorf("stopped: %w", context.Cause(ctx))
		}
		if folder := path.Dir(f.name); !made[folder] {
			if err := root.Mkdir(filepath.FromSlash(folder), 0o755); err != nil {
				return changed, err
			}
			changed, made[folder] = true, true
		}
		if err := writeFile(root, filepath.FromSlash(f.name), f.body); err != nil {
			return changed, err
		}
	}
	return changed, nil
}

func writeFile(root *os.Root, name string, body []byte) error {
	f, err := root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(body)
	return errors.Join(err, f.Close()) // some file systems report only now that they are full
}
