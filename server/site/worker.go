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
	// workerPath is beside the pages, or the worker could not answer for them.
	workerPath = "/app-worker.js"
)

// kept are the files, by their plain names, that the app needs without a
// network. Other icons and pictures are the installing system's to fetch.
var kept = []string{iconVector, "wasm_exec.js", "boot.js", "rehearsal.js", "app.wasm"}

// workerSite is what the worker is told of the site; see web/worker.js.
type workerSite struct {
	Version string   `json:"version"`
	Base    string   `json:"base"`
	Pages   []string `json:"pages"`
	Files   []string `json:"files"`
	Config  string   `json:"config"`
	Program string   `json:"program"`
}

// addWorker adds the service worker. A browser takes it for a new one, and keeps
// the site anew, when a page or a file is another than before.
func (b *builder) addWorker() error {
	source, err := fs.ReadFile(b.Static, workerSource)
	if err != nil {
		return fmt.Errorf("service worker: %w", err)
	}
	site := workerSite{Base: b.base + "/", Config: b.base + "/config.json"}
	if site.Program, err = b.url("app.wasm"); err != nil {
		return err
	}
	for _, path := range app.Paths {
		site.Pages = append(site.Pages, b.base+path)
	}
	for _, name := range kept {
		url, err := b.url(name)
		if err != nil {
			return err
		}
		site.Files = append(site.Files, url)
	}
	site.Version = b.version(site)
	facts, err := json.Marshal(site)
	if err != nil {
		return fmt.Errorf("service worker: %w", err)
	}
	body := append(fmt.Appendf(nil, "const site = %s;\n", facts), source...)
	_, err = b.add(workerPath, "text/javascript; charset=utf-8", revalidate, body)
	return err
}

// version names the contents that a worker keeps: the hash of their hashes.
func (b *builder) version(site workerSite) string {
	var sums []string
	for _, f := range b.files {
		if path := b.base + f.Path; slices.Contains(site.Pages, path) || slices.Contains(site.Files, path) {
			sums = append(sums, f.Path+" "+f.plain().ETag)
		}
	}
	slices.Sort(sums)
	return asset.Sum([]byte(strings.Join(sums, "\n")))[:16]
}
