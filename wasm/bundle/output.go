package bundle

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"twinlock/web/asset"
)

// emit writes a file under its hashed name, and its compressed forms. A form that
// exists was made from the same bytes and stays.
func emit(dir, name string, body []byte) (File, error) {
	sum := asset.Sum(body)
	f := File{Name: asset.HashedName(name, sum), SHA256: sum, Size: len(body), Encoded: map[asset.Encoding]int{}}
	path := filepath.Join(dir, f.Name)
	if _, err := ensure(path, func() ([]byte, error) { return body, nil }); err != nil {
		return File{}, err
	}
	for _, e := range asset.Encodings {
		size, err := ensure(path+e.Extension(), func() ([]byte, error) { return e.Compress(body) })
		if err != nil {
			return File{}, err
		}
		f.Encoded[e] = size
	}
	return f, nil
}

// ensure writes what content returns unless the file exists, and returns its size.
func ensure(path string, content func() ([]byte, error)) (size int, err error) {
	info, err := os.Stat(path)
	if err == nil {
		return int(info.Size()), nil
	}
	if !errors.Is(err, os.ErrNotExist) {
		return 0, fmt.Errorf("output: %w", err)
	}
	body, err := content()
	if err != nil {
		return 0, fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	return len(body), writeFile(path, body)
}

// writeFile writes the whole file or nothing: after an interrupted build the next one
// must not find half a file and think that it is complete.
func writeFile(path string, body []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), ".tmp-*")
	if err != nil {
		return fmt.Errorf("output: %w", err)
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(body)
	err = errors.Join(err, tmp.Chmod(0o644), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("output: %w", err)
	}
	return nil
}

// prune deletes the files of earlier builds.
func prune(dir string, m Manifest) error {
	current := map[string]bool{ManifestName: true}
	for _, f := range m.Files() {
		current[f.Name] = true
		for e := range f.Encoded {
			current[f.Name+e.Extension()] = true
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("output: %w", err)
	}
	for _, e := range entries {
		if current[e.Name()] || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		if err := os.Remove(filepath.Join(dir, e.Name())); err != nil {
			return fmt.Errorf("file of an earlier build: %w", err)
		}
	}
	return nil
}
