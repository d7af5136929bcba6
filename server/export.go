package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"twinlock/app/config"
	"twinlock/server/site"
)

type exportCommand struct {
	siteFlags
	tenantFlags
	Out string `required:"" placeholder:"DIR" help:"Folder to write to. It must be empty or not exist."`
}

// Run writes the same bytes that serve would send.
func (cmd exportCommand) Run(_ context.Context, c console) error {
	s, err := readFile(cmd.File)
	// A file for serve may be used, however it serves.
	s.Addr, s.Serving = defaultAddr, defaultSettings().Serving
	cmd.siteFlags.apply(&s)
	cmd.tenantFlags.apply(&s)
	if err := errors.Join(err, s.finish(), checkEmpty(cmd.Out)); err != nil {
		return err
	}
	rendered, err := site.New(site.Options{Config: s.Config, BasePath: s.BasePath, Version: version()})
	if err != nil {
		return err
	}
	if err := export(cmd.Out, s.BasePath, rendered); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	_, err = fmt.Fprintf(c.Out, "wrote %s, to be served at %s/\n", cmd.Out, s.BasePath)
	return err
}

// checkEmpty keeps an export from being mixed with another: what is left of an
// earlier program would be served for ever.
func checkEmpty(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) == 0 {
		return nil
	}
	if err != nil {
		return &config.FieldError{Field: "out", Problem: err.Error()}
	}
	return &config.FieldError{Field: "out", Problem: dir + " is not empty"}
}

func export(dir, base string, s *site.Site) error {
	var rules strings.Builder
	for f := range s.Files() {
		name := filename(f)
		for _, form := range f.Forms {
			if err := write(filepath.Join(dir, filepath.FromSlash(name+form.Encoding.Extension())), form.Body); err != nil {
				return err
			}
		}
		writeRule(&rules, base+f.Path, f.Header)
		if page := "/" + name; page != f.Path {
			writeRule(&rules, base+page, f.Header)
		}
	}
	// Netlify and Cloudflare Pages read it; other hosts have a way of their own.
	return write(filepath.Join(dir, "_headers"), []byte(rules.String()))
}

// filename is the name under which hosts look for a path.
func filename(f *site.File) string {
	switch {
	case f.Path == "/":
		return "index.html"
	case strings.HasPrefix(f.Header.Get("Content-Type"), "text/html"):
		return strings.TrimPrefix(f.Path, "/") + ".html"
	}
	return strings.TrimPrefix(f.Path, "/")
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
