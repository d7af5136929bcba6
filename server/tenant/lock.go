package tenant

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// ErrInUse tells that another tenant has the data directory: each would undo what
// the other has saved.
var ErrInUse = errors.New("is in use by another tenant")

// lockFile is empty, and stays: whoever removed it could lock another than the next.
const lockFile = "lock"

// lockData keeps the directory for this tenant until the file is closed, which the
// end of the process does too, however it comes.
func lockData(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, lockFile), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}
	taken, err := tryLock(f)
	if err == nil && !taken {
		err = ErrInUse
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("data directory %s: %w", dir, err)
	}
	return f, nil
}
