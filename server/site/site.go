// Package site renders the whole of Twinlock's site in memory, once, and serves
// it from there. The pages, the program, the styles and the configuration are
// compressed, hashed and given their headers by one path, whether they are
// served ([Site.ServeHTTP]) or written to a folder for another host
// ([Site.Files]).
//
// go-app's own handler draws the pages and never faces the network.
package site

import (
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"twinlock/app/config"
	"twinlock/wasm/bundle"
	"twinlock/web"
	"twinlock/web/asset"
)

// Options are what a site is made of.
type Options struct {
	// Config is complete and valid. See [config.Config.WithDefaults].
	Config config.Config
	// BasePath is the folder that the site is served under, as "/accounts"; ""
	// or "/" is the origin's root.
	BasePath string
	// Version is what people see of the program's version.
	Version string
	// Static holds the styles, scripts and icons, the modules of the boot script below
	// "boot" and the program below "dist"; nil is [web.Files].
	Static fs.FS
}

// Site is a rendered site. Its files do not change.
type Site struct {
	base    string // "" or "/folder"
	headers http.Header
	files   []*File
	byURL   map[string]*File // with the base
	lost    *File            // the answer for every other path
}

// ErrBasePath tells that a base path cannot be one.
var ErrBasePath = errors.New("base path must look like /accounts: letters, digits and -_.~ between slashes")

var basePath = regexp.MustCompile(`^(/[A-Za-z0-9_~-][A-Za-z0-9_.~-]*)*$`)

// CleanBasePath takes a slash from the end of a base path, or fails with
// [ErrBasePath].
func CleanBasePath(path string) (string, error) {
	clean := strings.TrimSuffix(path, "/")
	if !basePath.MatchString(clean) {
		return "", ErrBasePath
	}
	return clean, nil
}

// New renders a site. It fails with [bundle.ErrMissing] where the browser's
// program has not been built. go-app keeps routes for the whole process, so that
// the program's pages, should it draw any later, are those of the last site made.
func New(o Options) (*Site, error) {
	base, err := CleanBasePath(o.BasePath)
	if err != nil {
		return nil, err
	}
	if o.Static == nil {
		o.Static = web.Files
	}
	b := builder{Options: o, base: base, names: map[string]string{}}
	if err := b.build(); err != nil {
		return nil, err
	}
	s := &Site{base: base, headers: b.headers, files: b.files, byURL: map[string]*File{}}
	for _, f := range b.files {
		f.finish()
		if f.Status == http.StatusNotFound {
			s.lost = f
			continue
		}
		s.byURL[base+f.Path] = f
	}
	return s, nil
}

// Files lists what is served, by path.
func (s *Site) Files() iter.Seq[*File] { return slices.Values(s.files) }

// Header is what every answer carries, also those that are not of the site. It
// must not be changed.
func (s *Site) Header() http.Header { return s.headers }

// File is one thing that is served.
type File struct {
	// Path is where it is served, below the base path.
	Path   string
	Status int // 200, or 404 for the one page that answers for every other path
	Header http.Header
	// Forms are the content in its codings, the smallest first;
	// [asset.Identity] is always there.
	Forms []Form
}

// plain is the content as it is.
func (f *File) plain() Form {
	return f.Forms[slices.IndexFunc(f.Forms, func(form Form) bool { return form.Encoding == asset.Identity })]
}

// Form is the content in one coding.
type Form struct {
	Encoding asset.Encoding
	Body     []byte
	ETag     string // strong: other bytes, other tag

	header http.Header // all that goes out with it
}

func newForm(e asset.Encoding, body []byte) Form {
	return Form{Encoding: e, Body: body, ETag: `"` + asset.Sum(body)[:32] + `"`}
}

// The lifetimes of files in caches.
const (
	forever    = "public, max-age=31536000, immutable" // the name changes with the content
	revalidate = "no-cache"
	never      = "no-store"
)

// builder collects the files of a site.
type builder struct {
	Options
	base    string
	headers http.Header
	style   string // what every page holds
	files   []*File
	program bundle.Manifest
	names   map[string]string // hashed names by plain ones, as "boot.js"
}

func (b *builder) build() error {
	steps := []func() error{
		b.readStyle, b.addProgram, b.addStatic, b.addBootScript, b.addConfig, b.addManifest, b.addFixed, b.addPages, b.addWorker,
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	slices.SortFunc(b.files, func(f, g *File) int { return strings.Compare(f.Path, g.Path) })
	return nil
}

// add compresses a file and gives it the headers that all have in common.
func (b *builder) add(path, contentType, cache string, body []byte) (*File, error) {
	forms := []Form{newForm(asset.Identity, body)}
	if compressible(contentType) {
		for _, e := range asset.Encodings {
			small, err := compress(e, body)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", path, err)
			}
			if len(small) < len(body) {
				forms = append(forms, newForm(e, small))
			}
		}
	}
	return b.addForms(path, contentType, cache, forms), nil
}

func (b *builder) addForms(path, contentType, cache string, forms []Form) *File {
	header := b.headers.Clone()
	header.Set("Content-Type", contentType)
	header.Set("Cache-Control", cache)
	if len(forms) > 1 {
		header.Set("Vary", "Accept-Encoding")
	}
	f := &File{Path: path, Status: http.StatusOK, Header: header, Forms: forms}
	b.files = append(b.files, f)
	return f
}

func compressible(contentType string) bool {
	return contentType != "image/png"
}

// url is where the browser finds a file of /web/ by its plain name.
func (b *builder) url(name string) (string, error) {
	hashed, ok := b.names[name]
	if !ok {
		return "", fmt.Errorf("site: no file %s in web", name)
	}
	return b.base + "/web/" + hashed, nil
}
