// Package datadir has JSON files in a directory that one process has at a time:
// [Open] locks it, [Dir.Load] reads a file, [Dir.Save] replaces one as a whole.
package datadir

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"twinlock/server/tenant/decode"
)

// ErrDamaged is returned when a file of the directory cannot be used.
var ErrDamaged = errors.New("damaged data file")

const tempSuffix = ".tmp"

// A Dir is a locked directory.
type Dir struct {
	path string
	lock *os.File
}

// Open makes the directory if there is none, locks it, and removes what a crash has
// left half written of the named files. Errors: ErrInUse, and those of the file
// system.
func Open(path string, files ...string) (*Dir, error) {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}
	lock, err := lockDir(path)
	if err != nil {
		return nil, err
	}
	d := &Dir{path, lock}
	for _, name := range files {
		if err := os.Remove(filepath.Join(path, name+tempSuffix)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, errors.Join(fmt.Errorf("data directory: %w", err), d.Close())
		}
	}
	return d, nil
}

// Close unlocks the directory. Closing it again does nothing.
func (d *Dir) Close() error {
	if err := d.lock.Close(); !errors.Is(err, os.ErrClosed) {
		return err
	}
	return nil
}

// Load decodes the file into v and returns whether there is such a file. Numbers
// that go into an interface keep their form (json.Number). Errors: ErrDamaged, and
// those of the file system.
func (d *Dir) Load(name string, v any) (found bool, err error) {
	data, err := os.ReadFile(filepath.Join(d.path, name))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("data directory: %w", err)
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if err := decode.One(decoder, v); err != nil {
		return false, d.Damaged(name, err)
	}
	return true, nil
}

// Damaged returns ErrDamaged with the file's name and what is wrong with it.
func (d *Dir) Damaged(name string, err error) error {
	return fmt.Errorf("%w %s: %w", ErrDamaged, filepath.Join(d.path, name), err)
}

// Save writes v to a new file and puts it in the place of the old one: after a crash
// there is the one or the other, never a part. It returns once the file is on disk.
func (d *Dir) Save(name string, v any) error {
	data, err := json.MarshalIndent(v, "", "  ")
	if err == nil {
		err = replaceFile(filepath.Join(d.path, name), append(data, '\n'))
	}
	if err != nil {
		return fmt.Errorf("save %s: %w", name, err)
	}
	return nil
}

func replaceFile(path string, data []byte) error {
	temp := path + tempSuffix
	if err := writeFile(temp, data); err != nil {
		os.Remove(temp)
		return err
	}
	if err := os.Rename(temp, path); err != nil {
		os.Remove(temp)
		return err
	}
	return syncDir(filepath.Dir(path))
}

// writeFile is os.WriteFile for its owner only, and waits for the disk.
func writeFile(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// syncDir makes a rename durable.
func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
