package datadir

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// ErrInUse is returned when another tenant has the directory: each would undo what
// the other has saved.
var ErrInUse = errors.New("is in use by another tenant")

// lockFile is empty and is never removed: if it were, two processes could lock two
// different files of that name.
const lockFile = "lock"

// lockDir locks the directory until the file is closed. The end of the process
// closes it too, even after a crash.
func lockDir(path string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(path, lockFile), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}
	locked, err := tryLock(f)
	if err == nil && !locked {
		err = ErrInUse
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("data directory %s: %w", path, err)
	}
	return f, nil
}
