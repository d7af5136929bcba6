// Package programs finds what the tests need of a machine beside Go: a browser,
// and the web servers that an exported site must do behind.
package programs

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// Program is one that somebody else makes.
type Program struct {
	Title string
	// Env names the variable that may hold the path of one.
	Env string
	// Names are the commands that are looked for on PATH, in this order.
	Names []string
	// Files are those of what is no command: each must be there.
	Files []string
	// Packages are Debian's.
	Packages []string
	// Service is one that its packages start at once. It is unpacked, and not
	// installed.
	Service bool
	// Optional ones only make the tests quicker.
	Optional bool
}

// The programs. A browser may be any that is built from Chromium.
var (
	Chromium = Program{
		Title: "Chromium", Env: "CHROME_BIN", Packages: []string{"chromium"},
		Names: []string{
			"chromium", "chromium-browser", "google-chrome", "google-chrome-stable",
			"microsoft-edge", "microsoft-edge-stable",
		},
	}
	// Shell is Chromium without windows: a test takes half the time in it. It has no
	// pop-up blocker and no settings.
	Shell = Program{
		Title: "Chromium's headless shell", Env: "CHROME_SHELL_BIN", Packages: []string{"chromium-headless-shell"},
		Names: []string{"chromium-headless-shell", "chrome-headless-shell"}, Optional: true,
	}
	Nginx = Program{
		Title: "nginx", Env: "NGINX_BIN", Names: []string{"nginx"}, Service: true,
		Packages: []string{"nginx", "nginx-common", "libnginx-mod-http-brotli-static"},
	}
	Caddy   = Program{Title: "Caddy", Env: "CADDY_BIN", Names: []string{"caddy"}, Service: true, Packages: []string{"caddy"}}
	Firefox = Program{
		Title: "Firefox", Env: "FIREFOX_BIN", Packages: []string{"firefox-esr"},
		Names: []string{"firefox-esr", "firefox"},
	}
	// WebKit is the driver of WebKitGTK, which brings the browser with it.
	WebKit = Program{
		Title: "WebKit", Env: "WEBKIT_DRIVER_BIN", Packages: []string{"webkit2gtk-driver"},
		Names: []string{"WebKitWebDriver"},
	}
	// Xvfb is the screen that WebKitGTK wants.
	Xvfb = Program{Title: "Xvfb", Env: "XVFB_BIN", Names: []string{"Xvfb"}, Packages: []string{"xvfb"}}
	// Fonts have the letters of the languages that Debian's usual fonts lack. None of them
	// has others: the languages that are written with those look as before.
	Fonts = Program{
		Title: "Fonts", Optional: true,
		Packages: []string{"fonts-noto-cjk", "fonts-lohit-deva", "fonts-thai-tlwg"},
		Files: []string{
			"/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
			"/usr/share/fonts/truetype/lohit-devanagari/Lohit-Devanagari.ttf",
			"/usr/share/fonts/truetype/tlwg/Loma.ttf",
		},
	}
)

// All lists what every run of the tests wants.
var All = []Program{Chromium, Shell, Nginx, Caddy}

// Others lists what the tests in other browsers, and the sweeps, want besides.
var Others = []Program{Firefox, WebKit, Xvfb, Fonts}

// ErrMissing tells that a program is not on this machine.
var ErrMissing = errors.New("not found")

// Unpacked is the folder below the module's root that services are unpacked to.
const Unpacked = "bin/programs"

// Find returns the path of a program: that of its variable if it is set, or else
// the first of its names on PATH, in /usr/sbin, which is not everybody's, and in
// [Unpacked]. It fails with [ErrMissing], and says what to install.
func (p Program) Find() (string, error) {
	if len(p.Files) > 0 {
		return p.findFiles()
	}
	names := slices.Clone(p.Names)
	if chosen := os.Getenv(p.Env); chosen != "" {
		names = []string{chosen}
	} else if p.Service {
		for _, dir := range folders() {
			for _, name := range p.Names {
				names = append(names, filepath.Join(dir, name))
			}
		}
	}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("%s: %w: install one (Debian: apt-get install %s) or set %s to its path",
		p.Title, ErrMissing, strings.Join(p.Packages, " "), p.Env)
}

func (p Program) findFiles() (string, error) {
	for _, file := range p.Files {
		if _, err := os.Stat(file); err != nil {
			return "", fmt.Errorf("%s: %w: install them (Debian: apt-get install %s)", p.Title, ErrMissing, strings.Join(p.Packages, " "))
		}
	}
	return p.Files[0], nil
}

func folders() []string {
	list := []string{"/usr/sbin"}
	if root, err := Root(); err == nil {
		for _, dir := range []string{"usr/sbin", "usr/bin"} {
			list = append(list, filepath.Join(root, Unpacked, dir))
		}
	}
	return list
}

// Root is the module's folder, from anywhere below it.
func Root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", fmt.Errorf("no go.mod above the working directory")
		}
		dir = parent
	}
}
