// Command ensure prints the paths of the programs that tests need: those named,
// or what every run of them wants. Where one is missing and it may, on Debian and
// its kin, it installs browsers and unpacks the web servers into the module,
// where nobody starts them. Without a web server some tests are left out, and it
// says so; without a browser it fails.
package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"twinlock/server/e2e/programs"
)

func main() {
	code := 0
	for _, p := range slices.Concat(programs.All, programs.Others) {
		if !wanted(p) {
			continue
		}
		path, err := ensure(p)
		switch {
		case err == nil:
			fmt.Println(path)
		case p.Service:
			fmt.Fprintf(os.Stderr, "Left out: the tests behind %v\n", err)
		case len(p.Files) > 0:
			fmt.Fprintf(os.Stderr, "Left out: the tests that need them. %v\n", err)
		case p.Optional:
			fmt.Fprintf(os.Stderr, "The browser tests will take longer. %v\n", err)
		default:
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

func wanted(p programs.Program) bool {
	if len(os.Args) == 1 {
		return slices.ContainsFunc(programs.All, func(one programs.Program) bool { return one.Title == p.Title })
	}
	return slices.Contains(os.Args[1:], strings.ToLower(p.Title))
}

func ensure(p programs.Program) (string, error) {
	path, err := p.Find()
	if !errors.Is(err, programs.ErrMissing) || p.Env != "" && os.Getenv(p.Env) != "" {
		return path, err
	}
	if _, missing := exec.LookPath("apt-get"); missing != nil {
		return "", err
	}
	get := install
	if p.Service {
		get = unpack
	}
	if problem := get(p.Packages); problem != nil {
		return "", err
	}
	return p.Find()
}

// install installs packages, if this is root or may be without a password.
func install(packages []string) error {
	if err := run("", asRoot("apt-get", "update")); err != nil {
		return err
	}
	return run("", asRoot(append([]string{"apt-get", "install", "--yes", "--no-install-recommends"}, packages...)...))
}

// unpack takes packages apart in the module's own folder, for which nobody has
// to be root, but for the list of packages where there is none.
func unpack(packages []string) error {
	root, err := programs.Root()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "programs")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	download := append([]string{"apt-get", "download", "-o", "APT::Sandbox::User="}, packages...)
	if exec.Command(download[0], append([]string{"--print-uris"}, download[1:]...)...).Run() != nil {
		if err := run("", asRoot("apt-get", "update")); err != nil {
			return err
		}
	}
	if err := run(dir, download); err != nil {
		return err
	}
	archives, err := filepath.Glob(filepath.Join(dir, "*.deb"))
	if err != nil {
		return err
	}
	to := filepath.Join(root, programs.Unpacked)
	if err := os.MkdirAll(to, 0o755); err != nil {
		return err
	}
	for _, archive := range archives {
		if err := run("", []string{"dpkg-deb", "-x", archive, to}); err != nil {
			return err
		}
	}
	return nil
}

func asRoot(command ...string) []string {
	command = append([]string{"env", "DEBIAN_FRONTEND=noninteractive"}, command...)
	if os.Geteuid() != 0 {
		command = append([]string{"sudo", "-n"}, command...)
	}
	return command
}

// run shows a command's output only if it fails, on one's way to the error that
// says what to do.
func run(dir string, command []string) error {
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Dir = dir
	output, err := cmd.CombinedOutput()
	if err != nil {
		_, _ = os.Stderr.Write(output)
	}
	return err
}
