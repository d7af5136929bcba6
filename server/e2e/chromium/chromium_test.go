package chromium

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
			got, err := Find()
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
