package site

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"twinlock/app"
	"twinlock/web/asset"
)

const (
	workerSource = "worker.js"
	// workerPath is in the folder of the pages: a worker answers only for what is below
	// its own folder.
	workerPath = "/app-worker.js"
)

// offlineFiles are the files, by their plain names, that the page needs without a network.
// Other icons are fetched by the system that installs the page.
var offlineFiles = []string{iconVector, "wasm_exec.js", bootScript, "touch.js", "app.wasm"}

// workerSite is what web/worker.js knows of the site.
type workerSite struct {
	// Version is another one for each content of the site.
	Version string `json:"version"`
	// Base is the base path, with a slash at its end.
	Base string `json:"base"`
	// Pages has the SHA-256 of each page in Base64, by path.
	Pages map[string]string `json:"pages"`
	// Files has the SHA-256 of each file in Base64, by path.
	Files map[string]string `json:"files"`
	// Catalogues has the same of each catalogue. Catalogue is that of the first language.
	Catalogues map[string]string `json:"catalogues"`
	Catalogue  string            `json:"catalogue"`
	// Config is the path of the configuration.
	Config string `json:"config"`
	// Program is the path of the program.
	Program string `json:"program"`
}

// addWorker adds the service worker. Its text changes when a page or a file does; the
// browser then installs it as a new one, which stores the site again.
func (b *builder) addWorker() error {
	source, err := fs.ReadFile(b.Static, workerSource)
	if err != nil {
		return fmt.Errorf("service worker: %w", err)
	}
	if source, err = minify(workerSource, source); err != nil {
		return err
	}
	site := workerSite{Base: b.base + "/", Config: b.base + configPath}
	if site.Program, err = b.url("app.wasm"); err != nil {
		return err
	}
	var pages []string
	files := slices.Clone(b.shown)
	for _, path := range app.Paths {
		pages = append(pages, b.base+path)
	}
	for _, name := range offlineFiles {
		url, err := b.url(name)
		if err != nil {
			return err
		}
		files = append(files, url)
	}
	var catalogues []string
	for _, language := range b.Config.Languages {
		catalogues = append(catalogues, b.base+strings.Replace(b.words.pattern, "*", language, 1))
	}
	site.Pages, site.Files, site.Catalogues = b.sums(pages), b.sums(files), b.sums(catalogues)
	site.Catalogue = catalogues[0]
	facts, err := json.Marshal(site)
	if err != nil {
		return fmt.Errorf("service worker: %w", err)
	}
	// The facts have the sums of the contents, and so the version changes with them.
	site.Version = asset.Sum(facts)[:16]
	if facts, err = json.Marshal(site); err != nil {
		return fmt.Errorf("service worker: %w", err)
	}
	body := append(fmt.Appendf(nil, "const site = %s;\n", facts), source...)
	_, err = b.add(workerPath, "text/javascript; charset=utf-8", revalidate, body)
	return err
}

// sums returns the SHA-256 of what is served at some paths.
func (b *builder) sums(urls []string) map[string]string {
	sums := map[string]string{}
	for _, f := range b.files {
		if url := b.base + f.Path; slices.Contains(urls, url) {
			sums[url] = sumOf(f.identity().Body)
		}
	}
	return sums
}
