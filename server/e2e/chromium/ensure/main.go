// Command ensure prints the path of a Chromium for the end-to-end tests. Where
// there is none and it may, on Debian and its kin, it installs one.
package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"

	"twinlock/server/e2e/chromium"
)

func main() {
	path, err := chromium.Find()
	if errors.Is(err, chromium.ErrMissing) && os.Getenv("CHROME_BIN") == "" {
		if install() == nil {
			path, err = chromium.Find()
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(path)
}

// install installs the distribution's Chromium, if this is root or may be
// without a password.
func install() error {
	if _, err := exec.LookPath("apt-get"); err != nil {
		return err
	}
	var as []string
	if os.Geteuid() != 0 {
		as = []string{"sudo", "-n"}
	}
	as = append(as, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get")
	if err := run(append(as, "update")); err != nil {
		return err
	}
	return run(append(as, "install", "--yes", "--no-install-recommends", "chromium"))
}

// run shows a command's output only if it fails, on one's way to the error that
// says what to do.
func run(command []string) error {
	cmd := exec.Command(command[0], command[1:]...)
	output, err := cmd.CombinedOutput()
	if err != nil {
		_, _ = os.Stderr.Write(output)
	}
	return err
}
