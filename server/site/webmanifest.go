package site

import (
	"encoding/json"
	"fmt"

	"twinlock/app/text"
)

// The icons, by what they are for.
const (
	iconVector   = "icon.svg"
	iconDefault  = "icon-192.png"
	iconLarge    = "icon-512.png"
	iconApple    = "apple-touch-icon.png"
	iconMaskable = "icon-maskable-512.png" // with room around it for the system to cut a shape
)

// The colours of the window's frame, if the operator has given no accent, and of the screen
// while the app starts.
const (
	themeColour      = "#3b4cc0"
	backgroundColour = "#f5f5f2"
)

// webManifest is the web application manifest (W3C Web Application Manifest; the members
// have its names). go-app's own has no id, and its scope is wrong below a base path.
type webManifest struct {
	ID          string            `json:"id"`
	Name        string            `json:"name"`
	ShortName   string            `json:"short_name"`
	Description string            `json:"description"`
	Lang        string            `json:"lang"`
	StartURL    string            `json:"start_url"`
	Scope       string            `json:"scope"`
	Display     string            `json:"display"`
	Theme       string            `json:"theme_color"`
	Background  string            `json:"background_color"`
	Icons       []webManifestIcon `json:"icons"`
	// Screenshots and shortcuts are shown by the system that installs the app.
	Screenshots []webManifestScreenshot `json:"screenshots"`
	Shortcuts   []webManifestShortcut   `json:"shortcuts"`
}

type webManifestScreenshot struct {
	Source     string `json:"src"`
	Type       string `json:"type"`
	Sizes      string `json:"sizes"`
	FormFactor string `json:"form_factor"`
	Label      string `json:"label"`
}

type webManifestShortcut struct {
	Name string `json:"name"`
	URL  string `json:"url"`
}

type webManifestIcon struct {
	Source  string `json:"src"`
	Type    string `json:"type"`
	Sizes   string `json:"sizes"`
	Purpose string `json:"purpose"`
}

// addManifest adds the manifest, for the first language.
func (b *builder) addManifest() error {
	root := b.base + "/"
	m := webManifest{
		ID:          root,
		Name:        b.Config.Brand.Name,
		ShortName:   b.Config.Brand.Name,
		Description: b.words.first.Of(text.Description),
		Lang:        b.Config.Languages[0],
		StartURL:    root,
		Scope:       root,
		Display:     "standalone",
		Theme:       b.themeColour(),
		Background:  backgroundColour,
	}
	for _, icon := range []struct{ name, contentType, sizes, purpose string }{
		{iconVector, "image/svg+xml", "any", "any"},
		{iconDefault, "image/png", "192x192", "any"},
		{iconLarge, "image/png", "512x512", "any"},
		{iconMaskable, "image/png", "512x512", "maskable"},
	} {
		url, err := b.url(icon.name)
		if err != nil {
			return err
		}
		m.Icons = append(m.Icons, webManifestIcon{url, icon.contentType, icon.sizes, icon.purpose})
	}
	for _, s := range []struct{ name, sizes, formFactor string }{
		{"screenshot-narrow.png", "780x1688", "narrow"},
		{"screenshot-wide.png", "1280x800", "wide"},
	} {
		url, err := b.url(s.name)
		if err != nil {
			return err
		}
		m.Screenshots = append(m.Screenshots, webManifestScreenshot{url, "image/png", s.sizes, s.formFactor, b.words.first.Of(text.Accounts)})
	}
	m.Shortcuts = []webManifestShortcut{{b.words.first.Of(text.LinkAccount), root + "?do=link"}}
	body, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("web manifest: %w", err)
	}
	_, err = b.add("/manifest.webmanifest", "application/manifest+json", revalidate, body)
	return err
}

// themeColour returns the accent, or the default.
func (b *builder) themeColour() string {
	if b.Config.Brand.Accent != "" {
		return b.Config.Brand.Accent
	}
	return themeColour
}
