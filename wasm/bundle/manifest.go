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

// ErrMissing is returned when a directory holds no finished build.
var ErrMissing = errors.New("wasm bundle is missing: run make build")

// Manifest names the files of a build.
type Manifest struct {
	// Go is the toolchain's version, as in "go1.26.8".
	Go string `json:"go"`
	// Stock is true for a stock program. See [Options].
	Stock bool `json:"stock,omitempty"`
	// Warnings says, a sentence each, why the program is larger than it could be. It
	// is empty if all went well. The program works in any case.
	Warnings []string `json:"warnings,omitempty"`
	// Program is app.wasm.
	Program File `json:"program"`
	// Exec is wasm_exec.js of the same toolchain, which starts the program.
	Exec File `json:"exec"`
}

// File is one file and its compressed forms.
type File struct {
	// Name is the file's name, with a part of the hash in it.
	Name string `json:"name"`
	// SHA256 is the hash of the content, in hexadecimal digits.
	SHA256 string `json:"sha256"`
	// Size is in bytes.
	Size int `json:"size"`
	// Encoded has the sizes of the compressed forms, in bytes. They are files beside
	// this one, whose names end in the encoding's extension.
	Encoded map[asset.Encoding]int `json:"encoded"`
}

// Files lists the program and its script.
func (m Manifest) Files() []File { return []File{m.Program, m.Exec} }

func (m *Manifest) warn(sentence string) { m.Warnings = append(m.Warnings, sentence) }

// ReadManifest reads the manifest of an output directory. Errors: [ErrMissing] where
// there is none, and those of reading and parsing.
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
