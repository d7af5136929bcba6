package bundle

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// Absent lists the standard packages that the program is built without, and the
// file below the module's root that stands in for each. See package
// twinlock/wasm/absent.
var Absent = map[string]string{
	"crypto/aes":          "wasm/absent/aes/aes.go",
	"crypto/cipher":       "wasm/absent/cipher/cipher.go",
	"crypto/ecdsa":        "wasm/absent/ecdsa/ecdsa.go",
	"crypto/ed25519":      "wasm/absent/ed25519/ed25519.go",
	"crypto/hmac":         "wasm/absent/hmac/hmac.go",
	"crypto/md5":          "wasm/absent/md5/md5.go",
	"crypto/rsa":          "wasm/absent/rsa/rsa.go",
	"crypto/sha1":         "wasm/absent/sha1/sha1.go",
	"crypto/x509":         "wasm/absent/x509/x509.go",
	"database/sql/driver": "wasm/absent/driver/driver.go",
	"html":                "wasm/absent/html/escape.go",
	"net/http":            "wasm/absent/http/http.go",
	"net/netip":           "wasm/absent/netip/netip.go",
	"regexp":              "wasm/absent/regexp/regexp.go",
}

// Overlay returns the document for the go command's -overlay flag that replaces
// the packages of [Absent].
func Overlay(module, goroot string) ([]byte, error) {
	replace := map[string]string{}
	for path, standIn := range Absent {
		dir := filepath.Join(goroot, "src", filepath.FromSlash(path))
		sources, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			return nil, fmt.Errorf("overlay: %w", err)
		}
		if len(sources) == 0 {
			return nil, fmt.Errorf("overlay: no Go files in %s", dir)
		}
		for _, s := range sources {
			replace[s] = "" // deleted
		}
		file, err := filepath.Abs(filepath.Join(module, filepath.FromSlash(standIn)))
		if err != nil {
			return nil, fmt.Errorf("overlay: %w", err)
		}
		replace[filepath.Join(dir, filepath.Base(file))] = file
	}
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
