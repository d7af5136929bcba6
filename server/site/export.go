package site

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// Export writes the site to a folder for a static host: what is served, byte for
// byte, each file with its compressed forms beside it, and the headers in the
// file _headers, which Netlify and Cloudflare Pages read.
//
// The folder is one that [CheckFolder] accepts. It appears whole or not at all,
// unless it is there and cannot be replaced: then it is filled, pages last, and an
// error says where it is incomplete. The end of ctx is an error.
func (s *Site) Export(ctx context.Context, dir string) error {
	if err := writeFolder(ctx, dir, s.export()); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	return nil
}

// export lists the files to write, in the order in which a host may get them: what
// pages ask for before the pages. The first is in a folder: see fill.
func (s *Site) export() []exportFile {
	var list []exportFile
	var rules strings.Builder
	for f := range s.Files() {
		names, forms := f.filenames(), f.Forms
		if f.Path == configPath {
			forms = []Form{f.plain()} // it may be edited: a compressed form would keep the old one
		}
		for _, name := range names {
			for _, form := range forms {
				list = append(list, exportFile{f.turn(), name + form.Encoding.Extension(), form.Body})
			}
		}
		for _, path := range f.addresses(names) {
			writeRule(&rules, s.base+path, f.Header)
		}
	}
	list = append(list, exportFile{turnOther, "_headers", []byte(rules.String())})
	slices.SortStableFunc(list, func(f, g exportFile) int { return cmp.Compare(f.turn, g.turn) })
	return list
}

// An exportFile is one to be written.
type exportFile struct {
	turn int
	name string // with slashes
	body []byte
}

// The turns of files. The worker fetches the pages, and these what has gone before.
const (
	turnAsset = iota
	turnOther
	turnPage
	turnWorker
)

func (f *File) turn() int {
	switch {
	case strings.HasPrefix(f.Path, "/web/"):
		return turnAsset
	case f.Path == workerPath:
		return turnWorker
	case f.isPage():
		return turnPage
	}
	return turnOther
}

func (f *File) isPage() bool { return strings.HasPrefix(f.Header.Get("Content-Type"), "text/html") }

// filenames are the names under which hosts look for a file: for /callback some
// for callback.html, others for callback/index.html.
func (f *File) filenames() []string {
	name := strings.TrimPrefix(f.Path, "/")
	switch {
	case name == "":
		return []string{"index.html"}
	case f.Status == http.StatusNotFound:
		return []string{name + ".html"}
	case f.isPage():
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
