package programs

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestFind(t *testing.T) {
	tests := []struct {
		name      string
		installed []string
		chosen    string // CHROME_BIN, in the folder of the installed
		want      string
		wantErr   error
	}{
		{name: "none", wantErr: ErrMissing},
		{name: "one", installed: []string{"google-chrome"}, want: "google-chrome"},
		{name: "first", installed: []string{"microsoft-edge", "chromium"}, want: "chromium"},
		{name: "chosen", installed: []string{"chromium", "my-browser"}, chosen: "my-browser", want: "my-browser"},
		{name: "chosen but absent", installed: []string{"chromium"}, chosen: "my-browser", wantErr: ErrMissing},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			for _, name := range tt.installed {
				if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"), 0o700); err != nil {
					t.Fatal(err)
				}
			}
			t.Setenv("PATH", dir)
			t.Setenv("CHROME_BIN", "")
			if tt.chosen != "" {
				t.Setenv("CHROME_BIN", filepath.Join(dir, tt.chosen))
			}
			got, err := Chromium.Find()
			if !errors.Is(err, tt.wantErr) {
				t.Fatalf("error = %v, want %v", err, tt.wantErr)
			}
			want := ""
			if tt.want != "" {
				want = filepath.Join(dir, tt.want)
			}
			if got != want {
				t.Errorf("found %q, want %q", got, want)
			}
		})
	}
}

// A service is also found where ensure unpacks it, and where Debian installs it.
func TestFindUnpacked(t *testing.T) {
	root := t.TempDir()
	program := filepath.Join(root, Unpacked, "usr", "sbin", "webserver")
	below := filepath.Join(root, "below")
	for _, dir := range []string{filepath.Dir(program), below} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for name, mode := range map[string]os.FileMode{program: 0o700, filepath.Join(root, "go.mod"): 0o600} {
		if err := os.WriteFile(name, []byte("#!/bin/sh\n"), mode); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(below)
	t.Setenv("PATH", "")
	p := Program{Title: "Webserver", Env: "WEBSERVER_BIN", Names: []string{"webserver"}, Packages: []string{"web-server"}, Service: true}
	if got, err := p.Find(); err != nil || got != program {
		t.Errorf("found %q, %v, want %q", got, err, program)
	}
	p.Service = false
	_, err := p.Find()
	if want := "Webserver: not found: install one (Debian: apt-get install web-server) or set WEBSERVER_BIN to its path"; err == nil || err.Error() != want {
		t.Errorf("err = %v, want %s", err, want)
	}
}
