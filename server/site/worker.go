package site

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"

	"twinlock/app"
	"twinlock/web/asset"
)

const (
	workerSource = "worker.js"
	// workerPath is beside the pages, or the worker could not answer for them.
	workerPath = "/app-worker.js"
)

// kept are the files, by their plain names, that the app needs without a
// network. Other icons and pictures are the installing system's to fetch.
var kept = []string{iconVector, "wasm_exec.js", bootScript, "rehearsal.js", "app.wasm"}

// workerSite is what the worker is told of the site; see web/worker.js.
type workerSite struct {
	Version string            `json:"version"`
	Base    string            `json:"base"`
	Pages   map[string]string `json:"pages"` // by path the SHA-256, in Base64
	Files   map[string]string `json:"files"`
	Config  string            `json:"config"`
	Program string            `json:"program"`
}

// addWorker adds the service worker. A browser takes it for a new one, and keeps
// the site anew, when a page or a file is another than before.
func (b *builder) addWorker() error {
	source, err := fs.ReadFile(b.Static, workerSource)
	if err != nil {
		return fmt.Errorf("service worker: %w", err)
	}
	site := workerSite{Base: b.base + "/", Config: b.base + configPath}
	if site.Program, err = b.url("app.wasm"); err != nil {
		return err
	}
	var pages, files []string
	for _, path := range app.Paths {
		pages = append(pages, b.base+path)
	}
	for _, name := range kept {
		url, err := b.url(name)
		if err != nil {
			return err
		}
		files = append(files, url)
	}
	site.Pages, site.Files = b.sums(pages), b.sums(files)
	facts, err := json.Marshal(site)
	if err != nil {
		return fmt.Errorf("service worker: %w", err)
	}
	// With the sums in them, the facts are others when the contents are.
	site.Version = asset.Sum(facts)[:16]
	if facts, err = json.Marshal(site); err != nil {
		return fmt.Errorf("service worker: %w", err)
	}
	body := append(fmt.Appendf(nil, "const site = %s;\n", facts), source...)
	_, err = b.add(workerPath, "text/javascript; charset=utf-8", revalidate, body)
	return err
}

// sums are the hashes of what is served at some URLs.
func (b *builder) sums(urls []string) map[string]string {
	sums := map[string]string{}
	for _, f := range b.files {
		if url := b.base + f.Path; slices.Contains(urls, url) {
			sums[url] = sumOf(f.plain().Body)
		}
	}
	return sums
}
