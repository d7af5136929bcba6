package site

import (
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Export writes the site to a folder for a static host: what is served, byte for
// byte, each file with its compressed forms beside it, and the headers in the
// file _headers, which Netlify and Cloudflare Pages read.
func (s *Site) Export(dir string) error {
	var rules strings.Builder
	for f := range s.Files() {
		names, forms := f.filenames(), f.Forms
		if f.Path == configPath {
			forms = []Form{f.plain()} // it may be edited: a compressed form would keep the old one
		}
		for _, name := range names {
			for _, form := range forms {
				if err := write(filepath.Join(dir, filepath.FromSlash(name+form.Encoding.Extension())), form.Body); err != nil {
					return fmt.Errorf("export: %w", err)
				}
			}
		}
		for _, path := range f.addresses(names) {
			writeRule(&rules, s.base+path, f.Header)
		}
	}
	if err := write(filepath.Join(dir, "_headers"), []byte(rules.String())); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	return nil
}

// filenames are the names under which hosts look for a file: for /callback some
// for callback.html, others for callback/index.html.
func (f *File) filenames() []string {
	name := strings.TrimPrefix(f.Path, "/")
	switch {
	case name == "":
		return []string{"index.html"}
	case f.Status == http.StatusNotFound:
		return []string{name + ".html"}
	case strings.HasPrefix(f.Header.Get("Content-Type"), "text/html"):
		return []string{name + ".html", name + "/index.html"}
	}
	return []string{name}
}

// addresses are the paths under which a host may answer with a file.
func (f *File) addresses(filenames []string) []string {
	paths := []string{f.Path}
	for _, name := range filenames {
		paths = append(paths, "/"+name)
		if folder, is := strings.CutSuffix("/"+name, "index.html"); is {
			paths = append(paths, folder)
		}
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

func write(name string, body []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, body, 0o644)
}

// writeRule writes the headers of one path. Rules with wildcards would add to
// each other: there are none.
func writeRule(rules *strings.Builder, path string, header http.Header) {
	fmt.Fprintln(rules, path)
	for _, name := range slices.Sorted(maps.Keys(header)) {
		if name != "Vary" { // the host encodes, and says so
			fmt.Fprintf(rules, "  %s: %s\n", name, header.Get(name))
		}
	}
}
