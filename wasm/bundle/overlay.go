package bundle

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"twinlock/web/asset"
)

// Absent lists the standard packages that the program is built without, and the
// file below the module's root that stands in for each. See package
// twinlock/wasm/absent.
var Absent = map[string]string{
	"crypto/aes":                   "wasm/absent/aes/aes.go",
	"crypto/cipher":                "wasm/absent/cipher/cipher.go",
	"crypto/ecdsa":                 "wasm/absent/ecdsa/ecdsa.go",
	"crypto/ed25519":               "wasm/absent/ed25519/ed25519.go",
	"crypto/hmac":                  "wasm/absent/hmac/hmac.go",
	"crypto/internal/fips140/drbg": "wasm/absent/drbg/rand.go",
	"crypto/internal/fips140only":  "wasm/absent/fips140only/fips140only.go",
	"crypto/md5":                   "wasm/absent/md5/md5.go",
	"crypto/rsa":                   "wasm/absent/rsa/rsa.go",
	"crypto/sha1":                  "wasm/absent/sha1/sha1.go",
	"crypto/x509":                  "wasm/absent/x509/x509.go",
	"database/sql/driver":          "wasm/absent/driver/driver.go",
	"html":                         "wasm/absent/html/escape.go",
	"internal/godebug":             "wasm/absent/godebug/godebug.go",
	"net/http":                     "wasm/absent/http/http.go",
	"net/netip":                    "wasm/absent/netip/netip.go",
	"regexp":                       "wasm/absent/regexp/regexp.go",
}

// The standard library's table of powers of ten, and the file that works it out. It
// takes the place of this very source only: another Go's table stays.
const (
	pow10Table  = "internal/strconv/pow10tab.go"
	pow10Sum    = "1c4356efc589a293b12b6af86f0fca7a88d139d01876ba98306cc1aae2e19ab4"
	pow10Worked = "wasm/absent/pow10/pow10tab.go"
)

// Overlay makes the go command see the stand-ins of [Absent] in place of the
// packages themselves.
type Overlay struct {
	// Flag is the go command's -overlay flag.
	Flag string
	// Environ is the environment in which the go command builds the small program for
	// the browser. The flag needs its GOROOT.
	Environ []string
}

// NewOverlay returns the overlay for the toolchain of the module at a root directory.
// It writes into dir, which must stay until the go command has ended.
func NewOverlay(ctx context.Context, module, dir string) (Overlay, error) {
	t, err := findToolchain(ctx, module)
	if err != nil {
		return Overlay{}, err
	}
	return newOverlay(ctx, t, module, dir)
}

func newOverlay(ctx context.Context, t toolchain, module, dir string) (Overlay, error) {
	goroot, err := replaceable(t, dir)
	if err != nil {
		return Overlay{}, err
	}
	doc, err := overlayDocument(module, goroot)
	if err != nil {
		return Overlay{}, err
	}
	file := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(file, doc, 0o600); err != nil {
		return Overlay{}, fmt.Errorf("overlay: %w", err)
	}
	return Overlay{
		Flag:    "-overlay=" + file,
		Environ: append(environ(), "GOROOT="+goroot, "GOTOOLCHAIN=local", "GOEXPERIMENT="+experiments(t, knows(ctx, t))),
	}, nil
}

// replaceable returns a path of the toolchain's GOROOT below which the go command
// accepts replacements. It accepts none below the module cache, which is where it
// puts a toolchain that it has downloaded (go.dev/issue/78644). The rule protects
// modules and hits GOROOT by accident: a symbolic link in dir is a path elsewhere.
func replaceable(t toolchain, dir string) (string, error) {
	below, err := filepath.Rel(t.GOMODCACHE, t.GOROOT)
	if err != nil || below == ".." || strings.HasPrefix(below, ".."+string(filepath.Separator)) {
		return t.GOROOT, nil
	}
	goroot := filepath.Join(dir, "goroot")
	if err := os.Symlink(t.GOROOT, goroot); err != nil {
		return "", fmt.Errorf("overlay: %w", err)
	}
	return goroot, nil
}

// overlayDocument returns the JSON document for the -overlay flag.
func overlayDocument(module, goroot string) ([]byte, error) {
	root, err := filepath.Abs(module)
	if err != nil {
		return nil, fmt.Errorf("overlay: %w", err)
	}
	replace := map[string]string{}
	for pkg, standIn := range Absent {
		dir := filepath.Join(goroot, "src", filepath.FromSlash(pkg))
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
		replace[filepath.Join(dir, path.Base(standIn))] = filepath.Join(root, filepath.FromSlash(standIn))
	}
	table := filepath.Join(goroot, "src", filepath.FromSlash(pow10Table))
	if source, err := os.ReadFile(table); err == nil && asset.Sum(source) == pow10Sum {
		replace[table] = filepath.Join(root, filepath.FromSlash(pow10Worked))
	}
	return json.Marshal(struct{ Replace map[string]string }{replace})
}
