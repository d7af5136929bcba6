package bundle

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"twinlock/web/asset"
)

// ManifestName is the file in the output directory that holds the [Manifest].
const ManifestName = "manifest.json"

// ErrMissing says that a directory holds no finished build.
var ErrMissing = errors.New("wasm bundle is missing: run make build")

// Manifest names what a build made.
type Manifest struct {
	Go      string `json:"go"`      // the toolchain's version
	Program File   `json:"program"` // app.wasm
	Exec    File   `json:"exec"`    // wasm_exec.js of the same toolchain
}

// File is one file and its compressed forms. Sizes are in bytes.
type File struct {
	Name    string                 `json:"name"` // hashed
	SHA256  string                 `json:"sha256"`
	Size    int                    `json:"size"`
	Encoded map[asset.Encoding]int `json:"encoded"` // beside it, with the coding's extension
}

// Files lists the manifest's files.
func (m Manifest) Files() []File { return []File{m.Program, m.Exec} }

// ReadManifest reads the manifest of an output directory, or fails with
// [ErrMissing] where there is none.
func ReadManifest(dir fs.FS) (Manifest, error) {
	body, err := fs.ReadFile(dir, ManifestName)
	if errors.Is(err, fs.ErrNotExist) {
		return Manifest{}, ErrMissing
	}
	if err != nil {
		return Manifest{}, fmt.Errorf("wasm bundle: %w", err)
	}
	var m Manifest
	if err := json.Unmarshal(body, &m); err != nil {
		return Manifest{}, fmt.Errorf("wasm bundle: %s: %w", ManifestName, err)
	}
	return m, nil
}

func writeManifest(dir string, m Manifest) error {
	body, err := json.MarshalIndent(m, "", "\t")
	if err != nil {
		return fmt.Errorf("manifest: %w", err)
	}
	return writeFile(filepath.Join(dir, ManifestName), append(body, '\n'))
}
