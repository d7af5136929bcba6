// Package site renders the whole of Twinlock's site in memory, once, and serves it from
// there.
//
// Primary types: a [Site] is a rendered site, made by [New] from [Options]; a [File] is one
// thing that it serves, in one or several codings ([Form]). [Site.ServeHTTP] serves the
// files, and [Site.Export] writes the same bytes to a folder for another host.
//
// go-app's own handler draws the pages, and is never open to the network.
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
	"twinlock/server/picture"
	"twinlock/wasm/bundle"
	"twinlock/web"
	"twinlock/web/asset"
)

// Options are what a site is made of.
type Options struct {
	// Config is what the pages are drawn for, and what /config.json says. It must be
	// complete and valid; see [config.Config.WithDefaults].
	Config config.Config
	// BasePath is the folder that the site is served under, such as "/accounts". "" and
	// "/" are the origin's root. See [CleanBasePath].
	BasePath string
	// Version is what people see of the program's version.
	Version string
	// Texts are the operator's own words; see [CheckTexts].
	Texts Texts
	// Pictures are the operator's own, which Config names by their paths.
	Pictures []picture.Picture
	// Static has the styles, scripts and icons, the modules of the boot script below
	// "boot", the catalogues below "catalogues", and the program below "dist"; nil means
	// [web.Files].
	Static fs.FS
}

// Site is a rendered site. It does not change, and any number of goroutines may use it.
type Site struct {
	base     string // "" or "/folder"
	headers  http.Header
	files    []*File
	byURL    map[string]*File // by path, with the base
	notFound *File            // the answer for every other path
}

// ErrBasePath is returned when a string cannot be a base path.
var ErrBasePath = errors.New("base path must look like /accounts: letters, digits and -_.~ between slashes")

var basePath = regexp.MustCompile(`^(/[A-Za-z0-9_~-][A-Za-z0-9_.~-]*)*$`)

// CleanBasePath returns a base path without the slash at its end; "/" becomes "".
//
// Errors: [ErrBasePath].
func CleanBasePath(path string) (string, error) {
	clean := strings.TrimSuffix(path, "/")
	if !basePath.MatchString(clean) {
		return "", ErrBasePath
	}
	return clean, nil
}

// New renders a site. go-app's routes belong to the process: New registers those of this
// site, in place of those of the site before.
//
// Errors: [ErrBasePath]; [bundle.ErrMissing] if the browser's program has not been built;
// others name the file or the page that cannot be rendered.
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
			s.notFound = f
			continue
		}
		s.byURL[base+f.Path] = f
	}
	return s, nil
}

// Files returns what is served, sorted by path. The files must not be changed.
func (s *Site) Files() iter.Seq[*File] { return slices.Values(s.files) }

// Header returns the headers that every answer of the host must have, also answers that
// are not from the site. It must not be changed.
func (s *Site) Header() http.Header { return s.headers }

// File is one thing that is served.
type File struct {
	// Path is where it is served, below the base path; it begins with a slash.
	Path string
	// Status is 200, or 404 for the one page that answers for every other path.
	Status int
	// Header has the headers of its answers, in any coding.
	Header http.Header
	// Forms are the content in its codings, the smallest first. One of them is
	// [asset.Identity].
	Forms []Form
}

// identity returns the content as it is.
func (f *File) identity() Form {
	return f.Forms[slices.IndexFunc(f.Forms, func(form Form) bool { return form.Encoding == asset.Identity })]
}

// Form is the content of a file in one coding (RFC 9110 section 8.4.1).
type Form struct {
	// Encoding is the coding.
	Encoding asset.Encoding
	// Body is the encoded content.
	Body []byte
	// ETag is a strong entity tag of the body, in quotation marks.
	ETag string

	header http.Header // the headers of its answers
}

func newForm(e asset.Encoding, body []byte) Form {
	return Form{Encoding: e, Body: body, ETag: `"` + asset.Sum(body)[:32] + `"`}
}

// The values of Cache-Control.
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
	style   string // of every page
	inline  string // the script in every page of the program
	words   words
	shown   []string // the URLs of the operator's pictures
	files   []*File
	program bundle.Manifest
	names   map[string]string // from the plain name, such as "boot.js", to the hashed one
}

func (b *builder) build() error {
	steps := []func() error{
		b.readStyle, b.readWords, b.addCatalogues, b.addProgram, b.addStatic, b.addPictures, b.addBootScript, b.addConfig,
		b.addManifest, b.addFixed, b.addPages, b.addWorker,
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	slices.SortFunc(b.files, func(f, g *File) int { return strings.Compare(f.Path, g.Path) })
	return nil
}

// add compresses a file and adds it, with the headers that all files have.
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

// addForms adds a file that is compressed already.
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
	return contentType == "image/svg+xml" || !strings.HasPrefix(contentType, "image/")
}

// url returns the path at which browsers find a file of /web/, by its plain name.
func (b *builder) url(name string) (string, error) {
	hashed, ok := b.names[name]
	if !ok {
		return "", fmt.Errorf("site: no file %s in web", name)
	}
	return b.base + "/web/" + hashed, nil
}
