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

// Export writes the site to a folder for a static host: the bytes that are served, each
// file with its compressed forms beside it, and the headers in the file _headers, which
// Netlify and Cloudflare Pages read.
//
// The folder must be one that [CheckFolder] accepts. It appears complete or not at all. The
// exception is a folder that is there and cannot be replaced: it is filled, with the pages
// last. Export stops when ctx ends.
//
// Errors: those of CheckFolder, of the file system and of ctx. If a folder is left
// incomplete, the error says so.
func (s *Site) Export(ctx context.Context, dir string) error {
	if err := writeFolder(ctx, dir, s.export()); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	return nil
}

// export returns the files in the order of writing, so that a page never asks for a file
// that is not there yet. The first file is in a folder of its own; see fill.
func (s *Site) export() []exportFile {
	var list []exportFile
	var rules strings.Builder
	for f := range s.Files() {
		names, forms := f.filenames(), f.Forms
		if f.Path == configPath {
			forms = []Form{f.identity()} // people edit it, and a compressed form would stay the old one
		}
		for _, name := range names {
			for _, form := range forms {
				list = append(list, exportFile{f.stage(), name + form.Encoding.Extension(), form.Body})
			}
		}
		for _, path := range f.addresses(names) {
			writeRule(&rules, s.base+path, f.Header)
		}
	}
	list = append(list, exportFile{stageOther, "_headers", []byte(rules.String())})
	slices.SortStableFunc(list, func(f, g exportFile) int { return cmp.Compare(f.stage, g.stage) })
	return list
}

// exportFile is a file to be written.
type exportFile struct {
	stage int    // when it is written
	name  string // with slashes
	body  []byte
}

// The stages of writing. Each needs what was written before: the worker fetches the pages,
// and the pages fetch the rest.
const (
	stageAsset = iota
	stageOther
	stagePage
	stageWorker
)

func (f *File) stage() int {
	switch {
	case strings.HasPrefix(f.Path, "/web/"):
		return stageAsset
	case f.Path == workerPath:
		return stageWorker
	case f.isPage():
		return stagePage
	}
	return stageOther
}

func (f *File) isPage() bool { return strings.HasPrefix(f.Header.Get("Content-Type"), "text/html") }

// filenames returns the names under which hosts look for a file: for /callback some look
// for callback.html, others for callback/index.html.
func (f *File) filenames() []string {
	name := strings.TrimPrefix(f.Path, "/")
	switch {
	case name == "":
		return []string{"index.html"}
	case f.Status == http.StatusNotFound:
		return []string{name + ".html"}
	case strings.HasSuffix(name, ".html"):
		return []string{name}
	case f.isPage():
		return []string{name + ".html", name + "/index.html"}
	}
	return []string{name}
}

// addresses returns the paths at which a host may serve a file.
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

// writeRule writes the headers of one path. There are no rules with wildcards, since hosts
// add up all rules that fit.
func writeRule(rules *strings.Builder, path string, header http.Header) {
	fmt.Fprintln(rules, path)
	for _, name := range slices.Sorted(maps.Keys(header)) {
		if name != "Vary" { // the host chooses the coding, and adds it
			fmt.Fprintf(rules, "  %s: %s\n", name, header.Get(name))
		}
	}
}
