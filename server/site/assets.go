package site

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"path"

	"twinlock/app/config"
	"twinlock/app/provider"
	"twinlock/wasm/bundle"
	"twinlock/web/asset"
)

// contentTypes are those of what we serve; a file of another kind is an error,
// so that nothing goes out for a browser to guess at.
var contentTypes = map[string]string{
	".js":   "text/javascript; charset=utf-8",
	".svg":  "image/svg+xml",
	".png":  "image/png",
	".wasm": "application/wasm",
}

// stylesheet is the one that the colours of the providers and of the brand are added
// to. The pages hold it: none of them has to wait for another file before it can be
// painted.
const stylesheet = "twinlock.css"

func (b *builder) readStyle() error {
	body, err := fs.ReadFile(b.Static, stylesheet)
	if err != nil {
		return fmt.Errorf("static files: %w", err)
	}
	b.style = string(body) + provider.Style() + brandStyle(b.Config.Brand)
	b.headers = headers(b.Config, b.style)
	return nil
}

// addProgram takes the program as the build has compressed it.
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
		if err := b.addHashed(e.Name(), body); err != nil {
			return err
		}
	}
	return nil
}

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

// brandStyle sets the stylesheet's --accent and --on-accent, the text upon it.
// Under the content security policy this is the one way to colour a page before
// its program runs.
func brandStyle(brand config.Brand) string {
	return accentRule("light", brand.Accent) + accentRule("dark", brand.AccentDark)
}

// accentRule colours one scheme; without an accent of its own it keeps the
// stylesheet's, which is made for it.
func accentRule(scheme, accent string) string {
	if accent == "" {
		return ""
	}
	text, err := config.TextOn(accent)
	if err != nil {
		return "" // not a colour, which a valid configuration excludes
	}
	return fmt.Sprintf("@media (prefers-color-scheme: %s) { :root { --accent: %s; --on-accent: %s; } }\n", scheme, accent, text)
}

const configPath = "/config.json"

func (b *builder) addConfig() error {
	body, err := json.Marshal(b.Config)
	if err != nil {
		return fmt.Errorf("configuration: %w", err)
	}
	_, err = b.add(configPath, "application/json", revalidate, body)
	return err
}

// addFixed adds what is asked for by a well-known name.
func (b *builder) addFixed() error {
	// Nothing here is for a search engine: it is a page about one's own account.
	_, err := b.add("/robots.txt", "text/plain; charset=utf-8", revalidate, []byte("User-agent: *\nDisallow: /\n"))
	if err != nil {
		return err
	}
	// Browsers ask for it unasked where a page that is not ours is shown.
	icon, err := fs.ReadFile(b.Static, iconDefault)
	if err != nil {
		return fmt.Errorf("static files: %w", err)
	}
	_, err = b.add("/favicon.ico", "image/png", revalidate, icon)
	return err
}
