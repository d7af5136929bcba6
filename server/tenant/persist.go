package tenant

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// ErrDamaged tells that a file of the data directory cannot be used.
var ErrDamaged = errors.New("damaged data file")

// The files of the data directory. Users and keys change independently.
const (
	usersFile = "users.json"
	keysFile  = "keys.json"

	tempSuffix = ".tmp"
)

// dataVersion is that of the files' form.
const dataVersion = 1

type usersData struct {
	Version int     `json:"version"`
	Users   []*user `json:"users"`
}

type keysData struct {
	Version int          `json:"version"`
	Keys    []signingKey `json:"keys"`
}

// openData reads what the directory holds and lets changes be saved there.
func (t *Tenant) openData(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("data directory: %w", err)
	}
	var err error
	if t.lock, err = lockData(dir); err != nil {
		return err
	}
	for _, name := range []string{usersFile, keysFile} { // what a crash has left half written
		if err := os.Remove(filepath.Join(dir, name+tempSuffix)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("data directory: %w", err)
		}
	}
	users, err := readData[usersData](dir, usersFile)
	if err != nil {
		return err
	}
	if users != nil {
		if t.directory.users, err = users.index(); err != nil {
			return damaged(dir, usersFile, err)
		}
	}
	keys, err := readData[keysData](dir, keysFile)
	if err != nil {
		return err
	}
	if keys != nil {
		if t.keys.keys, err = keys.list(); err != nil {
			return damaged(dir, keysFile, err)
		}
	}
	t.directory.save = func(users []*user) error {
		return replaceFile(dir, usersFile, usersData{dataVersion, users})
	}
	t.keys.save = func(keys []signingKey) error {
		return replaceFile(dir, keysFile, keysData{dataVersion, keys})
	}
	return nil
}

// index checks what the directory relies on: every user has an identity, and no
// identity has two users.
func (d *usersData) index() (map[string]*user, error) {
	if d.Version != dataVersion {
		return nil, fmt.Errorf("version %d is not known", d.Version)
	}
	users, seen := map[string]*user{}, map[string]bool{}
	for n, u := range d.Users {
		if u == nil || len(u.Identities) == 0 {
			return nil, fmt.Errorf("user %d has no identity", n)
		}
		for _, i := range u.Identities {
			if u.Document == nil && i.Document == nil && (i.Provider == "" || i.ID == "" || i.Connection == "") {
				return nil, fmt.Errorf("user %d has an incomplete identity", n)
			}
			if i.key() != "" && seen[i.key()] {
				return nil, fmt.Errorf("identity %s occurs twice", i.key())
			}
			seen[i.key()] = true
		}
		if u.id() == "" {
			return nil, fmt.Errorf("user %d has no id", n)
		}
		users[u.id()] = u
	}
	return users, nil
}

func (d *keysData) list() ([]signingKey, error) {
	if d.Version != dataVersion {
		return nil, fmt.Errorf("version %d is not known", d.Version)
	}
	if len(d.Keys) == 0 {
		return nil, errors.New("no key")
	}
	return d.Keys, nil
}

func damaged(dir, name string, err error) error {
	return fmt.Errorf("%w %s: %w", ErrDamaged, filepath.Join(dir, name), err)
}

// readData returns nil if there is no such file yet.
func readData[T any](dir, name string) (*T, error) {
	data, err := os.ReadFile(filepath.Join(dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}
	v := new(T)
	if err := unmarshalNumbered(data, v); err != nil {
		return nil, damaged(dir, name, err)
	}
	return v, nil
}

// replaceFile writes a new file and puts it in the place of the old one: after
// a crash there is the one or the other, never a part.
func replaceFile(dir, name string, v any) (err error) {
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("save %s: %w", name, err)
	}
	f, err := os.OpenFile(filepath.Join(dir, name+tempSuffix), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("save %s: %w", name, err)
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
			err = fmt.Errorf("save %s: %w", name, err)
		}
	}()
	if _, err := f.Write(append(data, '\n')); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), filepath.Join(dir, name)); err != nil {
		return err
	}
	return syncDir(dir)
}

// syncDir makes a rename durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
