package site

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"

	"github.com/evanw/esbuild/pkg/api"

	"twinlock/app/config"
	"twinlock/app/provider"
	"twinlock/wasm/bundle"
	"twinlock/web/asset"
)

// contentTypes has the type of every kind of file that is served. Another kind is an error:
// browsers must not guess.
var contentTypes = map[string]string{
	".js":   "text/javascript; charset=utf-8",
	".svg":  "image/svg+xml",
	".png":  "image/png",
	".wasm": "application/wasm",
}

// stylesheet is inside every page, so that a page is painted without waiting for another
// file.
const stylesheet = "twinlock.css"

// readStyle reads the stylesheet and adds the colours of the providers and of the brand.
func (b *builder) readStyle() error {
	body, err := fs.ReadFile(b.Static, stylesheet)
	if err != nil {
		return fmt.Errorf("static files: %w", err)
	}
	minified := api.Transform(string(body), api.TransformOptions{Loader: api.LoaderCSS, MinifyWhitespace: true})
	if len(minified.Errors) > 0 {
		return fmt.Errorf("static files: %s: %s", stylesheet, minified.Errors[0].Text)
	}
	b.style = string(minified.Code) + provider.Style() + brandStyle(b.Config.Brand) + b.logoStyle()
	inline, err := join(b.Static, bootInline)
	if err != nil {
		return err
	}
	b.inline = string(bytes.TrimSpace(inline))
	b.headers = headers(b.policy())
	return nil
}

// addProgram adds the program as the build has compressed it.
func (b *builder) addProgram() error {
	dist, err := fs.Sub(b.Static, "dist")
	if err != nil {
		return fmt.Errorf("wasm bundle: %w", err)
	}
	if b.program, err = bundle.ReadManifest(dist); err != nil {
		return err
	}
	for plain, f := range map[string]bundle.File{"app.wasm": b.program.Program, "wasm_exec.js": b.program.Exec} {
		forms, err := readForms(dist, f)
		if err != nil {
			return err
		}
		b.names[plain] = f.Name
		b.addForms("/web/"+f.Name, contentTypes[path.Ext(plain)], forever, forms)
	}
	return nil
}

// readForms reads a file of the build in all its codings.
func readForms(dist fs.FS, f bundle.File) ([]Form, error) {
	body, err := fs.ReadFile(dist, f.Name)
	if err != nil {
		return nil, fmt.Errorf("wasm bundle: %w", err)
	}
	if asset.Sum(body) != f.SHA256 {
		return nil, fmt.Errorf("wasm bundle: %s is not what was built: run make build", f.Name)
	}
	forms := []Form{newForm(asset.Identity, body)}
	for e := range f.Encoded {
		small, err := fs.ReadFile(dist, f.Name+e.Extension())
		if err != nil {
			return nil, fmt.Errorf("wasm bundle: %w", err)
		}
		forms = append(forms, newForm(e, small))
	}
	return forms, nil
}

// addStatic adds the files of the folder web under hashed names.
func (b *builder) addStatic() error {
	entries, err := fs.ReadDir(b.Static, ".")
	if err != nil {
		return fmt.Errorf("static files: %w", err)
	}
	for _, e := range entries {
		if e.IsDir() || e.Name() == workerSource || e.Name() == stylesheet {
			continue
		}
		body, err := fs.ReadFile(b.Static, e.Name())
		if err != nil {
			return fmt.Errorf("static files: %w", err)
		}
		if path.Ext(e.Name()) == ".js" {
			if body, err = minify(e.Name(), body); err != nil {
				return err
			}
		}
		if err := b.addHashed(e.Name(), body); err != nil {
			return err
		}
	}
	return nil
}

// addBootScript adds the boot script, made of its modules.
func (b *builder) addBootScript() error {
	body, err := BootScript(b.Static)
	if err != nil {
		return err
	}
	return b.addHashed(bootScript, body)
}

// addHashed adds a file of /web/ under a name that changes with its content.
func (b *builder) addHashed(name string, body []byte) error {
	contentType, known := contentTypes[path.Ext(name)]
	if !known {
		return fmt.Errorf("static files: %s is of a kind that is not served", name)
	}
	hashed := asset.HashedName(name, asset.Sum(body))
	b.names[name] = hashed
	_, err := b.add("/web/"+hashed, contentType, forever, body)
	return err
}

// brandStyle returns rules for the stylesheet's --accent, and for --on-accent, which is the
// colour of text on it. With the content security policy there is no other way to colour a
// page before the program runs.
func brandStyle(brand config.Brand) string {
	return accentRule("light", brand.Accent) + accentRule("dark", brand.AccentDark)
}

// accentRule returns the rule for one colour scheme, "" without an accent: the stylesheet
// has one for each scheme.
func accentRule(scheme, accent string) string {
	if accent == "" {
		return ""
	}
	text, err := config.TextOn(accent)
	if err != nil {
		return "" // not a colour: a valid configuration has none of these
	}
	const rule = "@media (prefers-color-scheme: %s) { :root { --accent: %s; --on-accent: %s; } }\n"
	return fmt.Sprintf(rule, scheme, accent, text)
}

const configPath = "/config.json"

// addConfig adds the configuration that the program reads.
func (b *builder) addConfig() error {
	body, err := json.Marshal(b.Config)
	if err != nil {
		return fmt.Errorf("configuration: %w", err)
	}
	_, err = b.add(configPath, "application/json", revalidate, body)
	return err
}

// addFixed adds the files that are asked for by well-known names.
func (b *builder) addFixed() error {
	// Search engines have nothing to find on a page about one's own account.
	_, err := b.add("/robots.txt", "text/plain; charset=utf-8", revalidate, []byte("User-agent: *\nDisallow: /\n"))
	if err != nil {
		return err
	}
	// Browsers fetch it for pages that name no icon.
	icon, err := fs.ReadFile(b.Static, iconDefault)
	if err != nil {
		return fmt.Errorf("static files: %w", err)
	}
	_, err = b.add("/favicon.ico", "image/png", revalidate, icon)
	return err
}
