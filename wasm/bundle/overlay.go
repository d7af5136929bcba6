package bundle

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// replacement is the standard package that the program is built without, and
// stub the file, below the module's root, that stands in for it.
const (
	replacement = "net/http"
	stub        = "wasm/nethttp/http.go"
)

// Overlay returns the document for the go command's -overlay flag that empties
// net/http and puts the stub there. See package twinlock/wasm/nethttp.
func Overlay(module, goroot string) ([]byte, error) {
	dir := filepath.Join(goroot, "src", filepath.FromSlash(replacement))
	sources, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, fmt.Errorf("overlay: %w", err)
	}
	if len(sources) == 0 {
		return nil, fmt.Errorf("overlay: no Go files in %s", dir)
	}
	standIn, err := filepath.Abs(filepath.Join(module, filepath.FromSlash(stub)))
	if err != nil {
		return nil, fmt.Errorf("overlay: %w", err)
	}
	replace := make(map[string]string, len(sources)+1)
	for _, s := range sources {
		replace[s] = "" // deleted
	}
	replace[filepath.Join(dir, filepath.Base(standIn))] = standIn
	return json.Marshal(struct{ Replace map[string]string }{replace})
}

func writeOverlay(module, goroot string) (path string, err error) {
	doc, err := Overlay(module, goroot)
	if err != nil {
		return "", err
	}
	f, err := os.CreateTemp("", "twinlock-overlay-*.json")
	if err != nil {
		return "", fmt.Errorf("overlay: %w", err)
	}
	defer f.Close()
	if _, err := f.Write(doc); err != nil {
		return "", fmt.Errorf("overlay: %w", err)
	}
	return f.Name(), nil
}
