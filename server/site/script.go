package site

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/evanw/esbuild/pkg/api"

	"twinlock/app/lock"
)

const (
	bootScript = "boot.js"        // as the pages know it
	bootMain   = "boot/main.js"   // the one that imports the others
	bootInline = "boot/inline.js" // the one that the pages have in them
)

// BootScript joins the modules of the boot script, which are below "boot" in the static
// files (see [Options]), into one file and minifies it. The same modules give the same
// bytes. The error says what is missing or wrong in them.
func BootScript(static fs.FS) ([]byte, error) { return join(static, bootMain) }

func join(static fs.FS, entry string) ([]byte, error) {
	result := api.Build(api.BuildOptions{
		EntryPoints: []string{entry},
		Plugins:     []api.Plugin{modules(static)},
		Bundle:      true,
		Format:      api.FormatIIFE,
		Banner:      map[string]string{"js": `"use strict";`}, // modules always are
		// The modules are written in it. Minifying must not add anything newer.
		Target:            api.ES2020,
		MinifyWhitespace:  true,
		MinifyIdentifiers: true,
		MinifySyntax:      true,
	})
	var problems []error
	for _, m := range append(result.Errors, result.Warnings...) {
		problems = append(problems, errors.New(m.Text))
	}
	if len(problems) > 0 {
		return nil, fmt.Errorf("%s: %w", entry, errors.Join(problems...))
	}
	return result.OutputFiles[0].Contents, nil
}

// minify returns a script that stands alone with fewer bytes. Its global names stay.
func minify(name string, source []byte) ([]byte, error) {
	result := api.Transform(string(source), api.TransformOptions{
		Target: api.ES2020, MinifyWhitespace: true, MinifySyntax: true, MinifyIdentifiers: true,
	})
	if len(result.Errors) > 0 {
		return nil, fmt.Errorf("%s: %s", name, result.Errors[0].Text)
	}
	return result.Code, nil
}

// modules is the plugin that finds what the boot script imports: its own modules, and the
// one of package lock under the name "lock".
func modules(static fs.FS) api.Plugin {
	const namespace = "web"
	resolve := func(a api.OnResolveArgs) (api.OnResolveResult, error) {
		name := a.Path
		if strings.HasPrefix(name, "./") {
			name = path.Join(path.Dir(a.Importer), name)
		}
		return api.OnResolveResult{Path: name, Namespace: namespace}, nil
	}
	load := func(a api.OnLoadArgs) (api.OnLoadResult, error) {
		if a.Path == "lock" {
			contents := lock.BootModule()
			return api.OnLoadResult{Contents: &contents}, nil
		}
		source, err := fs.ReadFile(static, a.Path)
		if err != nil {
			return api.OnLoadResult{}, err
		}
		contents := string(source)
		return api.OnLoadResult{Contents: &contents}, nil
	}
	return api.Plugin{Name: namespace, Setup: func(build api.PluginBuild) {
		build.OnResolve(api.OnResolveOptions{Filter: ".*"}, resolve)
		build.OnLoad(api.OnLoadOptions{Filter: ".*", Namespace: namespace}, load)
	}}
}
