// Package chromium finds the browser that the end-to-end tests run in.
package chromium

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
)

// ErrMissing tells that there is no browser on this machine.
var ErrMissing = errors.New("no Chromium found: install one (Debian: apt-get install chromium) or set CHROME_BIN to its path")

// Names are the commands that are looked for on PATH, in this order. All are
// Chromium or built from it.
var Names = []string{
	"chromium", "chromium-browser", "google-chrome", "google-chrome-stable",
	"microsoft-edge", "microsoft-edge-stable",
}

// Find returns the path of a browser: that of CHROME_BIN if it is set, or else
// the first of [Names] on PATH. It fails with [ErrMissing] where there is none.
func Find() (string, error) {
	names := slices.Clone(Names)
	if chosen := os.Getenv("CHROME_BIN"); chosen != "" {
		names = []string{chosen}
	}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("%w (looked for %s)", ErrMissing, strings.Join(names, ", "))
}
