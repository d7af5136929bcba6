package tenant

import (
	"cmp"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// Branding is how the hosted pages look.
type Branding struct {
	// Name is whom the pages say one signs in to. Empty: the host.
	Name string `yaml:"name"`
	// PrimaryColor is of buttons, as #rrggbb. Empty: a blue.
	PrimaryColor string `yaml:"primary_color"`
}

var hexColor = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)

// displayName is what the hosted pages call the tenant.
func (t *Tenant) displayName() string { return cmp.Or(t.branding.Name, t.issuer.Host()) }

// brandStyle overrides the colours of style.css.
func (b Branding) style() string {
	if b.PrimaryColor == "" {
		return ""
	}
	on := "#ffffff"
	if luminance(b.PrimaryColor) > 0.18 { // where black and white contrast alike (WCAG 2, 1.4.3)
		on = "#000000"
	}
	return fmt.Sprintf("\n:root { --accent: %s; --on-accent: %s; }\n", b.PrimaryColor, on)
}

// luminance is the relative one of a valid #rrggbb, without its gamma: near
// enough to choose between black and white.
func luminance(color string) float64 {
	sum := 0.0
	for n, weight := range []float64{0.2126, 0.7152, 0.0722} {
		part, _ := strconv.ParseUint(color[1+2*n:3+2*n], 16, 8)
		linear := float64(part) / 255
		sum += weight * linear * linear
	}
	return sum
}

const avatarsPath = "/_emulator/avatars/"

// avatarURL is where the tenant draws a picture for an account of that name.
func (t *Tenant) avatarURL(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return t.issuer.URL() + avatarsPath[1:] + url.PathEscape(cmp.Or(strings.Join(words, "-"), "account")) + ".svg"
}
