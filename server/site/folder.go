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

// CheckFolder tells why a site cannot be exported to a folder: it may be missing or
// empty. In one that is not, what is left of an earlier program would be served for
// ever, and a page would ask for files that are not written yet. A link is never
// followed: the folder behind it may be anybody's.
func CheckFolder(dir string) error {
	dir = filepath.Clean(dir) // with a slash behind it a link is what it leads to
	info, err := os.Lstat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case info.Mode()&fs.ModeSymlink != 0:
		return fmt.Errorf("%s is a link", dir)
	case !info.IsDir():
		return fmt.Errorf("%s is no folder", dir)
	}
	entries, err := os.ReadDir(dir)
	if err == nil && len(entries) > 0 {
		err = fmt.Errorf("%s is not empty", dir)
	}
	return err
}

// writeFolder makes a folder of the files: beside the place where it is to be, and
// then in one step.
func writeFolder(ctx context.Context, dir string, files []exportFile) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	if err := CheckFolder(dir); err != nil {
		return err
	}
	if isWorkingFolder(dir) { // whoever stands in it would not see the new one
		return fill(ctx, dir, files)
	}
	err = replace(ctx, dir, files)
	if _, missing := os.Lstat(dir); missing == nil && notOurs(err) {
		return fill(ctx, dir, files)
	}
	return err
}

// notOurs tells that a folder's parent lets nobody replace it, or not us: it is
// another's, read-only, or the folder a mount of its own.
func notOurs(err error) bool {
	return errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) || errors.Is(err, syscall.EBUSY)
}

func isWorkingFolder(dir string) bool {
	here, err := os.Stat(".")
	if err != nil {
		return false
	}
	there, err := os.Stat(dir)
	return err == nil && os.SameFile(here, there)
}

// replace writes a folder beside dir and puts it in its place, which must still be
// free or empty. After an error there is nothing that was not there before.
func replace(ctx context.Context, dir string, files []exportFile) (err error) {
	made, err := makeFolders(filepath.Dir(dir))
	beside := filepath.Join(filepath.Dir(dir), ".twinlock-"+rand.Text())
	defer func() {
		if err != nil {
			os.RemoveAll(beside)
			for _, parent := range slices.Backward(made) {
				os.Remove(parent) // unless somebody uses it by now
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
	// Unlike os.Rename the system's own takes the place of an empty folder.
	if err := syscall.Rename(beside, dir); err != nil {
		return &os.LinkError{Op: "rename", Old: beside, New: dir, Err: err}
	}
	return isFolder(written, dir)
}

// makeFolders is os.MkdirAll that tells what it has made.
func makeFolders(dir string) (made []string, err error) {
	if _, err := os.Lstat(dir); !errors.Is(err, fs.ErrNotExist) {
		return nil, nil // whether it is of use is found out by using it
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

// fill writes the files into a folder that is there. Of two at once the first to
// make the folder of the first file goes on, and the other has written nothing.
func fill(ctx context.Context, dir string, files []exportFile) error {
	root, err := openFolder(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	begun, err := writeFiles(ctx, root, files)
	if err != nil && begun {
		return fmt.Errorf("%s is incomplete, and has to be emptied: %w", dir, err)
	}
	return err
}

// openFolder opens a folder and no link to one.
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

// isFolder checks that a path is the folder itself, and no link that somebody has
// put there.
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

// writeFiles writes new files into new folders below root, and tells whether there
// is one. What somebody else has put there is an error; links lead nowhere.
func writeFiles(ctx context.Context, root *os.Root, files []exportFile) (begun bool, err error) {
	made := map[string]bool{".": true}
	for _, f := range files {
		if ctx.Err() != nil {
			return begun, fmt.Errorf("stopped: %w", context.Cause(ctx))
		}
		if folder := path.Dir(f.name); !made[folder] {
			if err := root.Mkdir(filepath.FromSlash(folder), 0o755); err != nil {
				return begun, err
			}
			begun, made[folder] = true, true
		}
		if err := writeFile(root, filepath.FromSlash(f.name), f.body); err != nil {
			return begun, err
		}
	}
	return begun, nil
}

func writeFile(root *os.Root, name string, body []byte) error {
	f, err := root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(body)
	return errors.Join(err, f.Close()) // some disks tell only now that they are full
}
